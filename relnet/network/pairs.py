"""Pairs of accounts, their numbers and those of the accounts: a hash table, several times faster than a join of the engine."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.plugin import Keys
from relnet.plugin.compiled import compiled

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_BLOCK: Final = 1 << 15
"""Pairs that are looked up at a time: what is worked out beside them stays in the processor's cache."""
Numbers = NDArray[np.int32]


class Pairs:
    """Different pairs, numbered in the order in which they were met: open addressing in a table at most half full."""

    def __init__(self) -> None:
        self._table, self._count = np.empty(0, np.int32), 0
        self._held = np.empty((0, 2), np.int64)

    def __len__(self) -> int:
        return self._count

    @property
    def a(self) -> Keys:
        """The one account of each pair."""
        return self._held[: self._count, 0]

    @property
    def b(self) -> Keys:
        """The other account of each pair."""
        return self._held[: self._count, 1]

    def numbers(self, a: Keys, b: Keys) -> Numbers:
        """Return the number of each pair, int32[n]; one that is not there gets the next."""
        self._make_room(len(a))
        numbers = np.empty(len(a), dtype=np.int32)
        self._count = self._place(a, b, self._count, numbers)
        return numbers

    def sorted(self) -> tuple[Keys, Numbers, Numbers]:
        """Return the accounts in order, those of each pair (int32[n, 2]) in the order of pairs, and the row of each number.

        The pairs themselves are let go.
        """
        accounts, ends = met(self.a.copy(), self.b.copy())
        # One column that sorts as the two do: far faster than by both.
        codes = ends[:, 0].astype(np.int64) * len(accounts) + ends[:, 1]
        order = pl.Series(codes).arg_sort().to_numpy()
        codes = codes[order]
        ends[:, 0] = codes // max(1, len(accounts))
        ends[:, 1] = codes - ends[:, 0].astype(np.int64) * len(accounts)
        self._table, self._held, self._count = self._table[:0].copy(), self._held[:0].copy(), 0
        return accounts, ends, _places(order)

    def _make_room(self, more: int) -> None:
        most = self._count + more
        if 2 * most <= len(self._table):
            return
        a, b = self.a.copy(), self.b.copy()
        self._table = np.full(1 << max(3, (2 * most - 1).bit_length()), -1, dtype=np.int32)
        self._held = np.empty((len(self._table) // 2, 2), np.int64)
        again = np.empty(len(a), dtype=np.int32)
        self._place(a, b, 0, again)

    def _place(self, a: Keys, b: Keys, count: int, numbers: Numbers) -> int:
        for low in range(0, len(a), _BLOCK):
            one, other, numbered = a[low : low + _BLOCK], b[low : low + _BLOCK], numbers[low : low + _BLOCK]
            slots = _slots(one, other, self._table)
            count = _place(one, other, slots, self._table, self._held, count, numbered)
        return count


def met(a: Keys, b: Keys) -> tuple[Keys, Numbers]:
    """Return the accounts of the pairs in the order of their keys, and the ends' numbers there, int32[n, 2]."""
    accounts = Pairs()  # each with itself: several times faster than sorting or searching both columns
    numbers = accounts.numbers(a, a), accounts.numbers(b, b)
    order = np.argsort(accounts.a)
    places = _places(order)
    return accounts.a[order], np.stack([places[number] for number in numbers], axis=1)


def _places(order: NDArray[np.signedinteger]) -> Numbers:
    """Return where each row stands in an order."""
    places = np.empty(len(order), dtype=np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places


def _slots(a: Keys, b: Keys, table: Numbers) -> NDArray[np.int64]:
    mixed = (a.view(np.uint64) * _MIX + b.view(np.uint64)) * _SPREAD
    return np.asarray(mixed >> np.uint64(65 - len(table).bit_length())).view(np.int64)


@compiled
def _place(
    a: Keys, b: Keys, slots: NDArray[np.int64], table: Numbers, held: NDArray[np.int64], count: int, numbers: Numbers
) -> int:
    last = len(table) - 1
    for i in range(len(a)):
        slot = slots[i]
        while True:
            number = table[slot]
            if number < 0:
                number = table[slot] = count
                held[count, 0], held[count, 1] = a[i], b[i]
                count += 1
            if held[number, 0] == a[i] and held[number, 1] == b[i]:
                break
            slot = (slot + 1) & last
        numbers[i] = number
    return count
