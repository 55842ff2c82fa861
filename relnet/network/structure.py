"""Who is connected with whom around a connection: closed triples."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Structure
from relnet.plugin.compiled import compiled

Ints = NDArray[np.int64]
Numbers = NDArray[np.int32]
Triples = tuple[Ints, Ints, Ints]
_BLOCK: Final = 1 << 19
"""Closed triples handed out together, about: whoever counts them may go over all connections each time."""
_KEPT: Final = 8
"""Blocks of closed triples that are kept; if there are more, they are looked for each time."""


def structure_of(ends: Numbers, tied: NDArray[np.bool_]) -> Structure:
    """Return the structure around the pairs of some ends; only those that are `tied` close triples."""
    return Structure(ends, ClosedTriples(ends, tied))


class ClosedTriples(msgspec.Struct):
    """Yields the closed triples of some pairs; where they are few, they are looked for once (see `closed_triples`)."""

    ends: Numbers
    tied: NDArray[np.bool_]
    kept: list[Triples] = []

    def __call__(self) -> Iterator[Triples]:
        """Yield them in blocks."""
        if self.kept:
            yield from self.kept
            return
        found = closed_triples(self.ends, self.tied)
        first = list(islice(found, _KEPT + 1))
        if len(first) <= _KEPT:
            self.kept.extend(first)
        yield from first
        yield from found


def closed_triples(ends: Numbers, counts: NDArray[np.bool_]) -> Iterator[Triples]:
    """Yield, once each and in blocks, the rows of the three pairs of every closed triple of accounts.

    Every pair is turned towards its end with more pairs; two pairs that leave the same account are then closed by a
    third or not. So a popular account costs no more than others (Chiba and Nishizeki 1985; Latapy 2008).

    Parameters
    ----------
    ends
        int32[n, 2] account numbers of each pair.
    counts
        bool[n]: which pairs there are; the others are not seen.
    """
    accounts = int(ends.max(initial=-1)) + 1
    tails, starts = np.full(len(ends), -1, dtype=np.int32), np.zeros(accounts + 1, dtype=np.int32)
    _turn(ends, counts, np.zeros(accounts, dtype=np.int32), tails, starts)
    starts = np.cumsum(starts, dtype=np.int32)
    leads = np.empty((int(starts[-1]), 2), dtype=np.int32)
    _lead(ends, tails, starts[:-1].copy(), leads)
    mark = np.full(accounts, -1, dtype=np.int32)
    found = np.empty((3, max(_BLOCK, int(np.diff(starts).max(initial=0)))), dtype=np.int64)
    place = np.zeros(2, dtype=np.int64)
    while place[0] < accounts:
        first, second, third = found[:, : _close(leads, starts, mark, place, found)].copy()
        yield first, second, third


@compiled
def _turn(ends: Numbers, counts: NDArray[np.bool_], pairs: Numbers, tails: Numbers, starts: Numbers) -> None:
    """Find which end of each pair has fewer pairs, and how many pairs leave each account."""
    for i in range(len(ends)):
        if counts[i]:
            pairs[ends[i, 0]] += 1
            pairs[ends[i, 1]] += 1
    for i in range(len(ends)):
        if counts[i]:
            one, other = ends[i, 0], ends[i, 1]
            turned = pairs[one] > pairs[other] or (pairs[one] == pairs[other] and one > other)
            tails[i] = other if turned else one
            starts[1 + tails[i]] += 1


@compiled
def _lead(ends: Numbers, tails: Numbers, free: Numbers, leads: Numbers) -> None:
    """Note where the pairs that leave each account lead, and their rows."""
    for i in range(len(ends)):
        if tails[i] >= 0:
            place = free[tails[i]]
            free[tails[i]] += 1
            leads[place, 0], leads[place, 1] = ends[i, 0] + ends[i, 1] - tails[i], i


@compiled
def _close(leads: Numbers, starts: Numbers, mark: Numbers, place: Ints, found: Ints) -> int:
    """Look from where each pair leads for accounts that are marked: those to which its tail leads as well.

    Begins at a place, an account and a pair that leaves it; stops at another one where there is no room for more.
    """
    count, tail, resumed = 0, place[0], place[1]
    while tail < len(mark):
        begin, end = starts[tail], starts[tail + 1]
        hint = 0  # the marked accounts by their last six bits: most others need not be looked up
        for j in range(begin, end):
            mark[leads[j, 0]] = j
            hint |= np.int64(1) << (leads[j, 0] & 63)
        for i in range(max(resumed, begin), end):
            head = leads[i, 0]
            if count + starts[head + 1] - starts[head] > found.shape[1]:
                place[0], place[1] = tail, i
                return count
            for k in range(starts[head], starts[head + 1]):
                if not hint >> (leads[k, 0] & 63) & 1:
                    continue
                j = mark[leads[k, 0]]
                if begin <= j < end:
                    found[0, count], found[1, count], found[2, count] = leads[i, 1], leads[j, 1], leads[k, 1]
                    count += 1
        tail += 1
    place[0] = tail
    return count
