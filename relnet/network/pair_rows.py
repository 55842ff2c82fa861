"""From pairs of accounts to their rows: a hash table in NumPy, several times faster than a join of the engine."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Keys

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)


class PairRows:
    """Rows of the pairs (a, b), which are all different: open addressing in a table at most half full."""

    def __init__(self, a: Keys, b: Keys) -> None:
        self._a, self._b = a, b
        bits = max(2, (2 * len(a)).bit_length())
        self._shift, self._last = np.uint64(64 - bits), (1 << bits) - 1
        self._table = np.full(1 << bits, -1, dtype=np.int32)
        waiting, slot = np.arange(len(a), dtype=np.int32), self._slot(a, b)
        while len(waiting):
            free = self._table[slot] < 0
            self._table[slot[free]] = waiting[free]
            left = self._table[slot] != waiting
            waiting, slot = waiting[left], (slot[left] + 1) & self._last

    def of(self, a: Keys, b: Keys) -> NDArray[np.int32]:
        """Return the rows of pairs that are all there.

        Raises
        ------
        LookupError
            A pair is not there.
        """
        slot = self._slot(a, b)
        rows = self._table[slot]
        wrong = np.flatnonzero((self._a[rows] != a) | (self._b[rows] != b)) if len(self._a) else np.arange(len(a))
        slot = slot[wrong]
        while len(wrong):
            if (rows[wrong] < 0).any():
                raise LookupError("a pair is not among the connections")
            slot = (slot + 1) & self._last
            there = rows[wrong] = self._table[slot]
            left = (self._a[there] != a[wrong]) | (self._b[there] != b[wrong])
            wrong, slot = wrong[left], slot[left]
        return rows

    def _slot(self, a: Keys, b: Keys) -> NDArray[np.int64]:
        mixed = (a.view(np.uint64) * _MIX + b.view(np.uint64)) * _SPREAD
        return np.asarray(mixed >> self._shift).astype(np.int64)
