"""The dated acts of all connections in the order of time: one integer an act, read in one pass and sorted.

From the highest bit: row of the pair, age in whole seconds before the moment of judging, whether from b to a, whether
it names the act it answers, accounts that got the same. So the newest act of a pair comes first. Ages end at 34 years;
more than 63 accounts count as 63.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Lock
from typing import Final

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.network.activity import ActivityLog
from relnet.network.engine import array
from relnet.network.log_table import copied, undated
from relnet.network.pairs import Numbers, Pairs
from relnet.network.view import NetworkView
from relnet.plugin import Keys
from relnet.plugin.compiled import compiled

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

CROWD_BITS: Final = 6
SECOND_BITS: Final = 30
CROWD: Final = (1 << CROWD_BITS) - 1
SECONDS: Final = (1 << SECOND_BITS) - 1
NAMES: Final = CROWD_BITS
BACK: Final = CROWD_BITS + 1
AGE: Final = CROWD_BITS + 2
ROW: Final = AGE + SECOND_BITS
NEVER: Final = 1 << SECOND_BITS
"""Seconds until an act was answered, if it was not."""
_PIECES: Final = 32
"""The log is read in so many pieces, so that few rows are held twice."""
_PART: Final = 1 << 14
"""Acts that are put in order at a time, unless that makes too many parts."""
_MOST_PARTS: Final = 1 << 8
"""Parts, up to twice as many, to which acts are shared out at a time."""


class Acts(msgspec.Struct, frozen=True):
    """Acts as codes, sorted by pair and then newest first.

    Attributes
    ----------
    codes
        int64[m].
    starts
        int64[pairs + 1]: where the acts of each pair, with or without any, begin; at last where they end.
    waited
        int32[m]: seconds until the soonest act that names this one as what it answers; `NEVER` without one.
    first
        Row of the first pair.
    """

    codes: Ints
    starts: Ints
    waited: NDArray[np.int32]
    first: int = 0

    @property
    def rows(self) -> int:
        """Number of pairs."""
        return len(self.starts) - 1

    @property
    def counts(self) -> Ints:
        """Number of acts of each pair, int64[rows]."""
        return np.diff(self.starts)

    def blocks(self, size: int) -> Iterator[Acts]:
        """Yield all pairs with their acts in blocks of about `size` acts that cut no pair apart."""
        for low, high in _shares(self.starts, -(-len(self.codes) // size) or 1):
            begin, end = self.starts[low], self.starts[high]
            yield Acts(self.codes[begin:end], self.starts[low : high + 1] - begin, self.waited[begin:end], low)


def _shares(starts: Ints, parts: int) -> list[tuple[int, int]]:
    """Share out rows, of which acts begin where `starts` says, so that each part has about as many acts."""
    cuts = np.searchsorted(starts, np.linspace(0, starts[-1], parts + 1)[:-1])
    return list(pairwise(np.unique(np.append(cuts, len(starts) - 1)).tolist()))


class Unsorted(msgspec.Struct, frozen=True):
    """Dated interactions as they were read, in no order.

    Attributes
    ----------
    pairs
        The pairs that they are of; others may be added.
    pieces
        Acts: codes, in which the row is the pair's number; keys of the acts, and of the acts that they name (where they
        do). The keys are left out where no act names another.
    signals
        The others: `number` of the pair, `forward`, `at`, `kind`, `audience`.
    activity
        Who did something, and when.
    """

    pairs: Pairs
    pieces: list[tuple[Ints, Ints, Ints]]
    signals: list[pl.DataFrame]
    activity: ActivityLog

    def sorted(self, rank: Numbers, rows: int) -> Acts:
        """Return the acts with the pair numbered n in row rank[n] (any, without an act); what was read is used up.

        First each piece is shared out to parts of consecutive rows, then each part is put in order: both stay in the
        processor's cache, however many acts there are.
        """
        n, named = sum(len(codes) for codes, _, _ in self.pieces), any(len(event) for _, event, _ in self.pieces)
        shift = max(0, rows.bit_length() - min(_MOST_PARTS, n // _PART).bit_length())
        ends = np.zeros((len(self.pieces), (rows >> shift) + 2), np.int64)  # of the parts in each piece, after 0
        codes, waited, starts = np.empty(n, np.int64), np.empty(n, np.int32), np.empty(rows + 1, np.int64)
        starts[-1] = n

        def share_out(pieces: slice) -> None:
            room = np.empty((3, max((len(codes) for codes, _, _ in self.pieces), default=0)), np.int64)
            for piece, cuts in zip(self.pieces[pieces], ends[pieces], strict=True):
                _rank(piece[0], rank, shift, cuts[1:])
                np.cumsum(cuts, out=cuts)
                _share_out(*piece, shift, cuts[:-1].copy(), *room)
                for column, shared in zip(piece, room, strict=True):
                    column[:] = shared[: len(column)]

        def settle(part: int) -> None:
            low, high = part << shift, min(rows, (part + 1) << shift)
            here, first = slice(*begins[part : part + 2].tolist()), np.zeros(high - low + 1, np.int64)
            if here.start < here.stop:
                cuts = ends[:, part : part + 2].tolist()
                mine, event, parent = (
                    np.concatenate([column[begin:end] for column, (begin, end) in zip(columns, cuts, strict=True)])
                    for columns in zip(*self.pieces, strict=True)
                )
                placed, linked = np.empty_like(codes[here]), np.empty((len(codes[here]) if named else 0, 2), np.int64)
                _place(mine, event, parent, low, first, placed, linked)
                waited[here] = NEVER
                if named:
                    table = np.empty(4 * int(np.diff(first).max()), np.int64)
                    _link(placed, first, linked, table, waited[here])
                _sort(placed, first, low, waited[here])
                codes[here] = placed
            starts[low:high] = here.start + first[:-1]

        workers = os.cpu_count() or 1
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(share_out, (slice(first, None, workers) for first in range(workers))))
            begins = ends.sum(axis=0)
            list(pool.map(settle, range(len(begins) - 1)))
        return Acts(codes, starts, waited)


def read_acts(view: NetworkView, *, links: bool = False) -> Unsorted:
    """Read the dated interactions.

    Parameters
    ----------
    links
        Whether to look up which acts were answered by one that names them.
    """
    answers = view.scan("interactions").filter(pl.col("parent").is_not_null()).select("parent")
    linking = links and not answers.head(1).collect(engine="streaming").is_empty()
    copies = copied(view)
    pairs, activity, numbering, noting = Pairs(), ActivityLog(), Lock(), Lock()
    none = np.empty(0, np.int64)
    wanted = [
        "a", "b", "forward", "at", "is_act", "kind", "audience", pl.col("parent").is_not_null().alias("names"),
        pl.max_horizontal("audience", *(["copies"] if copies is not None else []), pl.lit(1)).clip(1, CROWD).alias("crowd"),
        *([pl.col("event"), pl.col("parent").fill_null(0)] if linking else []),
    ]  # fmt: skip

    def read(files: list[str]) -> tuple[tuple[Ints, Ints, Ints], pl.DataFrame]:
        rows = view.dated(files)
        if copies is not None:
            post = pl.coalesce("post", "event")
            rows = rows.join(copies.lazy(), left_on=[post, "source"], right_on=["post", "source"], how="left")
        found = rows.select(wanted).collect(engine="streaming")
        forward, at, is_act = array(found["forward"]), array(found["at"]), array(found["is_act"])
        with numbering:
            number, pairs_by_now = pairs.numbers(array(found["a"]), array(found["b"])), len(pairs)
        with noting:
            activity.note(at, number, forward, pairs_by_now)
        signals = found.select("forward", "at", "kind", "audience").filter(pl.Series(~is_act))
        signals = signals.with_columns(number=number[~is_act])
        codes = np.empty(len(found), np.int64)
        event, parent = (array(found["event"]), array(found["parent"])) if linking else (none, none)
        acts = _encode(
            number, forward, at, is_act, array(found["crowd"]), array(found["names"]),
            view.as_of // 1000, codes, event, parent,
        )  # fmt: skip
        return (codes[:acts], event[:acts], parent[:acts]), signals

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(read, _pieces(view)))
    return Unsorted(pairs, [acts for acts, _ in found], [signals for _, signals in found], activity)


def signals_of(view: NetworkView, read: Unsorted) -> pl.DataFrame:
    """Return what is no dated act: signals, undated interactions and declared states, with the `number` of their pair."""
    rest = undated(view)
    rest = rest.select(pl.exclude("a", "b"), number=read.pairs.numbers(array(rest["a"]), array(rest["b"])))
    further = {"back": ~pl.col("forward"), "is_act": pl.lit(False), "declared": pl.lit(False)}
    return pl.concat([*(signals.with_columns(**further).select(rest.columns) for signals in read.signals), rest])


def acts_of(view: NetworkView, a: Keys, b: Keys) -> Acts:
    """Return the acts of the pairs (a, b), which are sorted and hold every pair with an act."""
    found = read_acts(view)
    number = found.pairs.numbers(a, b)
    rank = np.full(len(found.pairs), -1, dtype=np.int32)
    rank[number] = np.arange(len(a), dtype=np.int32)
    return found.sorted(rank, len(a))


def _pieces(view: NetworkView) -> list[list[str]]:
    """Take the log apart by its files; all at once where duplicates must be found in it."""
    files = view.files("interactions")
    if view.overlaps:
        return [files]
    size = -(-len(files) // _PIECES) or 1
    return [files[low : low + size] for low in range(0, len(files), size)]


@compiled
def _encode(
    number: Numbers, forward: Bools, at: Ints, is_act: Bools, crowd: NDArray[np.int32], names: Bools,
    now: int, codes: Ints, event: Ints, parent: Ints,
) -> int:  # fmt: skip
    """Put the codes of the acts, and what stands beside them, at the front; return how many there are."""
    acts = 0
    for i in range(len(number)):
        if is_act[i]:
            code = np.int64(number[i]) << SECOND_BITS | min(now - at[i] // 1000, SECONDS)
            code = code << 2 | np.int64(not forward[i]) << 1 | names[i]
            codes[acts] = code << CROWD_BITS | crowd[i]
            if len(event):
                event[acts], parent[acts] = event[i], parent[i]
            acts += 1
    return acts


@compiled
def _rank(codes: Ints, rank: Numbers, shift: int, sizes: Ints) -> None:
    """Put the row of the pair in the place of its number, and count the acts of each part."""
    for i in range(len(codes)):
        codes[i] = np.int64(rank[codes[i] >> ROW]) << ROW | (codes[i] & ((1 << ROW) - 1))
    for i in range(len(codes)):  # in one loop with the other it takes five times as long
        sizes[codes[i] >> (ROW + shift)] += 1


@compiled
def _share_out(
    codes: Ints, event: Ints, parent: Ints, shift: int, free: Ints, codes_to: Ints, event_to: Ints, parent_to: Ints
) -> None:
    """Put each act, and what it names, at the next free place of its part."""
    for i in range(len(codes)):
        part = codes[i] >> (ROW + shift)
        place = free[part]
        free[part] += 1
        codes_to[place] = codes[i]
        if len(event):
            event_to[place], parent_to[place] = event[i], parent[i]


@compiled
def _place(codes: Ints, event: Ints, parent: Ints, first: int, starts: Ints, placed: Ints, linked: Ints) -> None:
    """Put the acts of consecutive pairs, without these, pair by pair, and find where each begins.

    What belongs to a pair is filled from its end, since logs begin with the oldest.
    """
    for i in range(len(codes)):
        starts[(codes[i] >> ROW) - first] += 1
    for row in range(1, len(starts)):
        starts[row] += starts[row - 1]
    for i in range(len(codes)):
        row = (codes[i] >> ROW) - first
        starts[row] -= 1
        placed[starts[row]] = codes[i] & ((1 << ROW) - 1)
        if len(event):
            linked[starts[row], 0], linked[starts[row], 1] = event[i], parent[i]


@compiled
def _link(codes: Ints, ends: Ints, links: Ints, table: Ints, waited: NDArray[np.int32]) -> None:
    """Find, in each row, the acts that a later one of the other side names as what it answers: by a hash table."""
    for row in range(len(ends) - 1):
        low, high, size = ends[row], ends[row + 1], 2
        while size < 2 * (high - low):
            size *= 2
        for slot in range(size):
            table[slot] = -1
        for i in range(low, high):
            slot = links[i, 0] & (size - 1)
            while table[slot] >= 0:
                slot = (slot + 1) & (size - 1)
            table[slot] = i
        for j in range(low, high):
            if not codes[j] >> NAMES & 1:
                continue
            slot = links[j, 1] & (size - 1)
            while table[slot] >= 0:
                i = table[slot]
                wait = (codes[i] >> AGE) - (codes[j] >> AGE)
                if links[i, 0] == links[j, 1] and wait > 0 and (codes[i] ^ codes[j]) >> BACK & 1:
                    waited[i] = min(waited[i], wait)
                slot = (slot + 1) & (size - 1)


@compiled
def _sort(codes: Ints, ends: Ints, first: int, waited: NDArray[np.int32]) -> None:
    """Sort each row, by insertion at ever smaller distances (Shell 1959), and note which row it is."""
    for row in range(len(ends) - 1):
        low, high, step = ends[row], ends[row + 1], 1
        while step < (high - low) // 3:
            step = 3 * step + 1
        while step > 0:
            for i in range(low + step, high):
                code, wait, k = codes[i], waited[i], i
                while k - step >= low and codes[k - step] > code:
                    codes[k], waited[k] = codes[k - step], waited[k - step]
                    k -= step
                codes[k], waited[k] = code, wait
            step //= 3
        for i in range(low, high):
            codes[i] |= (first + row) << ROW
