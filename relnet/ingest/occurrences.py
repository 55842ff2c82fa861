"""Which occurrence of a repeated row this is, over all batches of one input."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Occurrences:
    """Numbers equal keys from 0 in the order in which they come; keeps 12 bytes a distinct key."""

    def __init__(self) -> None:
        self._keys = np.empty(0, np.int64)
        self._counts = np.empty(0, np.int32)

    def number(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return int64[n]: how often each key came before, in this batch or an earlier one."""
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))[: len(keys)]
        sizes = np.diff(np.append(starts, len(keys))).astype(np.int32)
        distinct = ordered[starts]
        place = np.searchsorted(self._keys, distinct)
        known = np.zeros(len(distinct), np.bool_)
        inside = place < len(self._keys)
        known[inside] = self._keys[place[inside]] == distinct[inside]
        before = np.zeros(len(distinct), np.int64)
        before[known] = self._counts[place[known]]
        numbers = np.empty(len(keys), np.int64)
        numbers[order] = np.arange(len(keys)) - np.repeat(starts - before, sizes)
        self._counts[place[known]] += sizes[known]
        self._keys = np.insert(self._keys, place[~known], distinct[~known])
        self._counts = np.insert(self._counts, place[~known], sizes[~known])
        return numbers
