"""What features read: who acted when, and what was said, for all connections or some of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.plugin.compiled import compiled
from relnet.plugin.values import Column

if TYPE_CHECKING:
    from relnet.plugin import nw

PERIODS: Final = 28
"""Periods in one horizon W; those of W / 14 and W / 7 nest inside."""


class Periods(msgspec.Struct, frozen=True, kw_only=True):
    """When the two sides of each connection acted: what a feature with `table = "periods"` reads.

    Time is counted back from the moment of judging in horizons W; a period is W / 28. Only dated acts are here,
    newest first inside a connection. Columns of two: from `a` to `b`, then from `b` to `a`; for the other direction of
    a directed feature they are turned round.

    Attributes
    ----------
    rows
        Number of connections n.
    horizon_days
        Days in W.
    tie, age
        int32[m] connection (its row) and age in whole periods of each period with an act.
    acts
        int32[m, 2]: acts of each side in it.
    first, last
        float64[n, 2] age of each side's first and last act in W, −infinite and infinite if there is none.
    words
        float64[n, 2] acts of each side, each shared by those who got the same.
    decayed
        float64[n, 2] by name, sums of 2 ** (−age / h) over acts: `third`, `half`, `one` for h = W / 3, W / 2, W;
        `personal` as `one`, each act shared as in `words`.
    ends
        int32[n, 2] number of each end among the accounts.
    """

    rows: int
    horizon_days: float
    tie: NDArray[np.int32]
    age: NDArray[np.int32]
    acts: NDArray[np.int32]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    words: NDArray[np.float64]
    decayed: Mapping[str, NDArray[np.float64]]
    ends: NDArray[np.int32]
    closed: Callable[[], Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]]
    """Yields in blocks, once each, the three connections (their rows) of every closed triple of accounts."""

    @property
    def acted(self) -> NDArray[np.bool_]:
        """bool[m, 2]: which sides acted in each period."""
        return np.asarray(self.acts > 0)

    def part(self, low: int, high: int) -> Periods:
        """Return the same of consecutive connections, which close no triples."""
        begin, end = np.searchsorted(self.tie, np.array([low, high], self.tie.dtype))
        return Periods(
            rows=min(high, self.rows) - low, horizon_days=self.horizon_days, tie=self.tie[begin:end] - low,
            age=self.age[begin:end], acts=self.acts[begin:end], first=self.first[low:high], last=self.last[low:high],
            words=self.words[low:high], decayed={name: sums[low:high] for name, sums in self.decayed.items()},
            ends=self.ends[low:high], closed=lambda: iter(()),
        )  # fmt: skip

    def turned(self) -> Periods:
        """Return the same seen from the other end."""
        return Periods(
            rows=self.rows, horizon_days=self.horizon_days, tie=self.tie, age=self.age, acts=self.acts[:, ::-1],
            first=self.first[:, ::-1], last=self.last[:, ::-1], words=self.words[:, ::-1],
            decayed={name: sums[:, ::-1] for name, sums in self.decayed.items()}, ends=self.ends[:, ::-1],
            closed=self.closed,
        )  # fmt: skip


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of some connections, those of one connection together: what `Days` and `Turns` have in common.

    Attributes
    ----------
    rows
        Number of connections n; some may have no rows here.
    tie
        int32[m] connection of each row.
    starts
        int64[k]: where the rows of each connection that has some begin.
    """

    rows: int
    tie: NDArray[np.int32]
    starts: NDArray[np.int64]

    def total(self, values: Column) -> Column:
        """Return float64[n]: the sum of float64[m] values over the rows of each connection."""
        return np.asarray(np.bincount(self.tie, values, self.rows), np.float64)

    def count(self, which: NDArray[np.bool_]) -> Column:
        """Return float64[n]: how many of the rows of each connection are meant by bool[m]."""
        counts = np.zeros(self.rows)
        _count(which, self.tie, counts)
        return counts


@compiled
def _count(which: NDArray[np.bool_], tie: NDArray[np.int32], counts: Column) -> None:
    for i in range(len(which)):
        counts[tie[i]] += which[i]


class Days(Ordered, frozen=True, kw_only=True):
    """The UTC days on which the two of a connection were in touch: what a feature with `table = "days"` reads.

    It is asked for some connections at a time. Dated acts only; the newest day comes first.

    Attributes
    ----------
    day
        int64[m] days since 1970-01-01.
    gap
        float64[m] days since the connection's day in touch before; infinite at its first.
    acted
        bool[m, 2]: whether `a` acted towards `b`, and `b` towards `a`.
    """

    day: NDArray[np.int64]
    gap: Column
    acted: NDArray[np.bool_]

    def turned(self) -> Days:
        """Return the same seen from the other end."""
        return msgspec.structs.replace(self, acted=self.acted[:, ::-1])


class Turns(Ordered, frozen=True, kw_only=True):
    """The dated acts of each connection in their order: what a feature with `table = "turns"` reads.

    It is asked for some connections at a time; the newest act comes first. Acts of one second are one moment.

    Attributes
    ----------
    at
        int64[m] ms UTC.
    until
        ms UTC until which the imports cover what was judged.
    this_way
        bool[m]: whether the act goes from `a` to `b`.
    gap
        float64[m] ms since the connection's moment before; infinite at its first.
    begins
        bool[m]: one act of each moment.
    passes
        bool[m]: one act of each side in a moment, where the other side acted in the moment before.
    delay
        float64[m] ms until the other side answered: by the act that names this one, or the next that names none;
        infinite if it never did.
    crowd
        float64[m] accounts addressed together, or sent the same text if those are more; at most 63.
    """

    at: NDArray[np.int64]
    until: int
    this_way: NDArray[np.bool_]
    gap: Column
    begins: NDArray[np.bool_]
    passes: NDArray[np.bool_]
    delay: Column
    crowd: Column

    def turned(self) -> Turns:
        """Return the same seen from the other end."""
        return msgspec.structs.replace(self, this_way=~self.this_way)


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """What the two sides of each connection wrote to each other: what a feature with `table = "texts"` reads.

    Acts only, whose text was imported; oldest first. They are strangers' words: data, never shown by a feature.

    Attributes
    ----------
    rows
        Number of connections n.
    tie
        int32[m] connection (its row) of each text.
    this_way
        bool[m]: whether it goes from the first account to the second of the direction asked for; all, for a feature
        that is not directed.
    text, language
        The words, and the language code that the network states (`None` where it states none).
    """

    rows: int
    tie: NDArray[np.int32]
    this_way: NDArray[np.bool_]
    text: list[str]
    language: list[str | None]


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """At which hours of the day accounts act: what a feature with `table = "hours"` reads.

    Attributes
    ----------
    acts
        float64[k, 24] dated acts and signals of each account by hour, UTC; one towards several counts once.
    ends
        int32[n, 2] row in `acts` of each end of each connection.
    """

    acts: NDArray[np.float64]
    ends: NDArray[np.int32]

    @property
    def rows(self) -> int:
        """Number of connections."""
        return len(self.ends)


class Log(Protocol):
    """A table of what happened as a feature sees it: expressions over its rows, nothing after `as_of`.

    `log` has one row an interaction or declared state, `signals` those of them that are no dated acts.

    Attributes
    ----------
    at
        ms UTC; null if undated.
    this_way
        True for rows from the first account to the second of the direction asked for; all rows, for a feature that is
        not directed.
    kind, is_act, declared, audience
        `is_act` for acts that make ties, `declared` for follows, blocks and mutes, `audience` accounts addressed
        together (null if unknown).
    as_of, until, horizon
        ms UTC of the moment of judging and of what the imports cover until then; ms that engagement looks ahead.
    """

    @property
    def at(self) -> nw.Expr: ...
    @property
    def this_way(self) -> nw.Expr: ...
    @property
    def kind(self) -> nw.Expr: ...
    @property
    def is_act(self) -> nw.Expr: ...
    @property
    def declared(self) -> nw.Expr: ...
    @property
    def audience(self) -> nw.Expr: ...
    @property
    def as_of(self) -> int: ...
    @property
    def until(self) -> int: ...
    @property
    def horizon(self) -> int: ...
