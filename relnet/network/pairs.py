"""Pairs of accounts, their numbers and those of the accounts: a hash table, several times faster than a join of the engine."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.errors import InputError
from relnet.plugin import Keys, each_part
from relnet.plugin.compiled import compiled

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_BLOCK: Final = 1 << 15
"""Pairs that are looked up at a time: what is worked out beside them stays in the processor's cache."""
_PAIR_BITS: Final = 25
"""Bits of a pair's number, here and in the codes of acts."""
_ACCOUNT_BITS: Final = 26
_PART_BITS: Final = 12
"""Pairs are put in order by parts: those whose first ends are accounts that share all but so many bits."""
Numbers = NDArray[np.int32]
T = TypeVar("T", bound=np.generic)


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
        """Return the number of each pair, int32[n]; one that is not there gets the next.

        Raises
        ------
        InputError
            There are more pairs than can be told apart.
        """
        self._make_room(len(a))
        numbers = np.empty(len(a), dtype=np.int32)
        self._count = self._place(a, b, self._count, numbers)
        if self._count > 1 << _PAIR_BITS:
            raise InputError(
                f"More than {1 << _PAIR_BITS:,} pairs of accounts are connected.",
                "Judge a part of the time: --since DATE.",
            )
        return numbers

    def sorted(self) -> tuple[Keys, Numbers, Numbers]:
        """Return the accounts in order, those of each pair (int32[n, 2]) in the order of pairs, and the row of each number.

        The pairs themselves are let go.
        """
        accounts, ends = met(self.a.copy(), self.b.copy())
        self._table, self._held, self._count = self._table[:0].copy(), self._held[:0].copy(), 0
        cuts = np.cumsum(np.bincount(ends[:, 0] >> _PART_BITS, minlength=1))
        codes, rank = np.empty(len(ends), np.int64), np.empty(len(ends), np.int32)
        _share_out(ends, np.append(0, cuts[:-1]), codes)

        def settle(part: int) -> None:
            low, high = int(cuts[part - 1]) if part else 0, int(cuts[part])
            codes[low:high].sort()
            _settle(codes[low:high], part << _PART_BITS, low, ends, rank)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(settle, range(len(cuts))))
        return accounts, ends, rank

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
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = list(pool.map(_numbered, (a, b)))
        accounts = distinct(*(keys for keys, _ in ends))
        columns = pool.map(lambda end: places(accounts, end[0]).astype(np.int32)[end[1]], ends)
    return accounts, np.stack(list(columns), axis=1)


def both_ends(values: NDArray[T], ends: Numbers) -> tuple[NDArray[T], NDArray[T]]:
    """Return what the accounts have, of the one end of each pair and of the other."""
    one, other = np.empty(len(ends), values.dtype), np.empty(len(ends), values.dtype)

    def fill(low: int, high: int) -> None:
        one[low:high], other[low:high] = values[ends[low:high, 0]], values[ends[low:high, 1]]

    each_part(fill, len(ends))
    return one, other


def places(accounts: Keys, some: Keys) -> NDArray[np.intp]:
    """Return where some keys stand among the accounts, which are sorted and hold them all."""
    order, found = np.argsort(some), np.empty(len(some), np.intp)
    found[order] = np.searchsorted(accounts, some[order])  # a sorted search stays in the processor's cache
    return found


def _numbered(keys: Keys) -> tuple[Keys, Numbers]:
    """Return the different keys, and which of them stands in each row."""
    found = Pairs()  # each with itself: several times faster than sorting or searching the column
    numbers = found.numbers(keys, keys)
    return found.a, numbers


def distinct(*keys: Keys) -> Keys:
    """Return the different keys of some columns, sorted."""
    return pl.Series(np.concatenate(keys)).unique().sort().to_numpy()


@compiled
def _share_out(ends: Numbers, free: NDArray[np.int64], codes: NDArray[np.int64]) -> None:
    """Put each pair at the next free place of its part: its first end within the part, its other end, its number."""
    for i in range(len(ends)):
        part = ends[i, 0] >> _PART_BITS
        first = np.int64(ends[i, 0]) & ((1 << _PART_BITS) - 1)
        codes[free[part]] = (first << _ACCOUNT_BITS | ends[i, 1]) << _PAIR_BITS | i
        free[part] += 1


@compiled
def _settle(codes: NDArray[np.int64], first: int, row: int, ends: Numbers, rank: Numbers) -> None:
    """Write the ends of the pairs of a part in their order, and in which row each is."""
    for i in range(len(codes)):
        ends[row + i, 0] = first + (codes[i] >> (_ACCOUNT_BITS + _PAIR_BITS))
        ends[row + i, 1] = codes[i] >> _PAIR_BITS & ((1 << _ACCOUNT_BITS) - 1)
        rank[codes[i] & ((1 << _PAIR_BITS) - 1)] = row + i


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
