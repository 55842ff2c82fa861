"""Who is connected with whom around a connection: closed triples."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Keys, Structure
from relnet.plugin.compiled import compiled

Ints = NDArray[np.int64]
Triples = tuple[Ints, Ints, Ints]
_BLOCK: Final = 1 << 20
"""Pairs of connections looked at together: there is room for as many closed triples."""
_KEPT: Final = 2
"""Blocks of closed triples that are kept; if there are more, they are looked for each time."""
_HANDED: Final = 1 << 19
"""Closed triples handed out together: whoever counts them may go over all connections each time."""


def structure_of(ends: NDArray[np.int32], tied: NDArray[np.bool_]) -> Structure:
    """Return the structure around the pairs of some ends; only those that are `tied` close triples."""
    return Structure(ends, ClosedTriples(ends, tied))


class ClosedTriples(msgspec.Struct):
    """Yields the closed triples of some pairs; where they are few, they are looked for once (see `closed_triples`)."""

    ends: NDArray[np.int32]
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


def distinct(ordered: Keys) -> Keys:
    """Return the different keys among sorted ones; with the sort, several times faster than `np.unique`."""
    first = np.ones(len(ordered), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def closed_triples(ends: NDArray[np.int32], counts: NDArray[np.bool_]) -> Iterator[Triples]:
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
    waiting: list[Triples] = []
    for found in _closed(ends, counts):
        waiting.append(found)
        if sum(len(each[0]) for each in waiting) >= _HANDED:
            yield _together(waiting)
            waiting = []
    if waiting:
        yield _together(waiting)


def _together(triples: list[Triples]) -> Triples:
    first, second, third = (np.concatenate(rows) for rows in zip(*triples, strict=True))
    return first, second, third


def _closed(ends: NDArray[np.int32], counts: NDArray[np.bool_]) -> Iterator[Triples]:
    rows = np.flatnonzero(counts)
    one, other = ends[rows, 0].astype(np.int64), ends[rows, 1].astype(np.int64)
    accounts = int(ends.max(initial=-1)) + 1
    degree = np.bincount(one, minlength=accounts) + np.bincount(other, minlength=accounts)
    turned = (degree[one] > degree[other]) | ((degree[one] == degree[other]) & (one > other))
    tail, head = np.where(turned, other, one), np.where(turned, one, other)
    starts = np.append(0, np.cumsum(np.bincount(tail, minlength=accounts)))
    order = np.empty(len(tail), dtype=np.int64)
    _in_order(tail, starts[:-1].copy(), order)
    tail, head, rows = tail[order], head[order], rows[order]
    mark = np.full(accounts, -1, dtype=np.int64)
    most = np.cumsum(starts[head + 1] - starts[head])
    edges = np.searchsorted(most, np.arange(0, int(most[-1]) + 1 if len(most) else 1, _BLOCK))
    for low, high in pairwise(np.unique(np.append(edges, len(tail)))):
        room = int(most[high - 1] - (most[low - 1] if low else 0))
        found = np.empty((3, room), dtype=np.int64)
        count = _close(head, tail, starts, rows, low, high, mark, found)
        first, second, third = found[:, :count].copy()
        yield first, second, third


@compiled
def _in_order(tail: Ints, free: Ints, order: Ints) -> None:
    for i in range(len(tail)):
        order[free[tail[i]]] = i
        free[tail[i]] += 1


@compiled
def _close(head: Ints, tail: Ints, starts: Ints, rows: Ints, low: int, high: int, mark: Ints, found: Ints) -> int:
    """Look from where each of some pairs leads for accounts that are marked: those to which its tail leads as well."""
    count, at = 0, -1
    for i in range(low, high):
        begin, end = starts[tail[i]], starts[tail[i] + 1]
        if tail[i] != at:
            at = tail[i]
            for j in range(begin, end):
                mark[head[j]] = j
        for k in range(starts[head[i]], starts[head[i] + 1]):
            j = mark[head[k]]
            if begin <= j < end:
                found[0, count], found[1, count], found[2, count] = rows[i], rows[j], rows[k]
                count += 1
    return count
