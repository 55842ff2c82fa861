"""Who was active, and when: every dated interaction counts, act or signal."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.network.pairs import Numbers
from relnet.plugin import Keys
from relnet.plugin.compiled import compiled

Ints = NDArray[np.int64]
_NEVER: Final = np.iinfo(np.int64).min


class Activity(msgspec.Struct, frozen=True):
    """The dated interactions of a network, all together and by account.

    Attributes
    ----------
    interactions
        Their number.
    first, last
        Moments of the first and the last, ms UTC; `None` without any.
    accounts
        int64[k] keys of the accounts that did something, sorted.
    newest
        int64[k] moment of the last thing each did, ms UTC.
    """

    interactions: int = 0
    first: int | None = None
    last: int | None = None
    accounts: Keys = np.empty(0, np.int64)
    newest: Ints = np.empty(0, np.int64)


class ActivityLog:
    """Notes interactions of numbered pairs as they are read."""

    def __init__(self) -> None:
        self._interactions = 0
        self._first, self._last = -_NEVER, _NEVER
        self._newest = np.empty((0, 2), np.int64)

    def note(self, at: Ints, number: Numbers, forward: NDArray[np.bool_], pairs: int) -> None:
        """Note some interactions; `pairs` is how many pairs there are by now."""
        if not len(at):
            return
        self._interactions += len(at)
        self._first, self._last = min(self._first, int(at.min())), max(self._last, int(at.max()))
        if pairs > len(self._newest):
            more = np.full((2 * pairs - len(self._newest), 2), _NEVER)
            self._newest = np.concatenate([self._newest, more])
        _note(at, number, forward, self._newest)

    def activity(self, accounts: Keys, ends: NDArray[np.int32], rank: Numbers) -> Activity:
        """Return what was noted.

        Parameters
        ----------
        accounts, ends
            Keys of the accounts, sorted; which of them each pair joins, int32[n, 2].
        rank
            Row in `ends` of the pair of each number.
        """
        if not self._interactions:
            return Activity()
        newest = np.full(len(accounts), _NEVER)
        noted = min(len(rank), len(self._newest))  # pairs that came later have no dated interaction
        _gather(rank[:noted], ends, self._newest, newest)
        active = newest > _NEVER
        return Activity(self._interactions, self._first, self._last, accounts[active], newest[active])


@compiled
def _note(at: Ints, number: Numbers, forward: NDArray[np.bool_], newest: Ints) -> None:
    for i in range(len(at)):
        side = 0 if forward[i] else 1
        newest[number[i], side] = max(newest[number[i], side], at[i])


@compiled
def _gather(rank: Numbers, ends: Numbers, noted: Ints, newest: Ints) -> None:
    for i in range(len(rank)):
        for side in range(2):
            account = ends[rank[i], side]
            newest[account] = max(newest[account], noted[i, side])
