"""Values of the contract: what plugins receive and what they return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import networkx as nx

    from relnet.plugin import nw

Column = NDArray[np.float64]
Keys = NDArray[np.int64]

Reason = Literal["not_covered", "too_few", "undated", "failed", "stated"]
REASONS: tuple[Reason, ...] = ("not_covered", "too_few", "undated", "failed", "stated")
"""Why a value is unknown; bit i of a `why` column stands for `REASONS[i]`.

`stated`: the account's own state says it (declared bot, suspended, moved), so that no label is given.
"""


def why_bit(reason: Reason) -> np.uint8:
    """Return the bit of a reason in a `why` column."""
    return np.uint8(1 << REASONS.index(reason))


def reasons(bits: int) -> list[Reason]:
    """Return the reasons named by a `why` value."""
    return [name for i, name in enumerate(REASONS) if bits >> i & 1]


class Inputs(Mapping[str, Column]):
    """The columns a plugin asked for: read-only float64[n], NaN where unknown, in one row order.

    Attributes
    ----------
    a, b
        int64[n] account keys of the connection (scorers); for labelers `a` is the account and `b` is empty.
    as_of
        Moment of judging, ms UTC.
    me
        Keys of the owner's accounts; empty where nobody is “me”.
    """

    def __init__(
        self,
        columns: Mapping[str, Column],
        a: Keys,
        b: Keys,
        as_of: int,
        me: frozenset[int] = frozenset(),
        seed: int = 0,
        graph: Callable[[], nx.DiGraph[int]] | None = None,
        texts: Mapping[str, Sequence[str | None]] | None = None,
        structure: Callable[[], Structure] | None = None,
    ) -> None:
        self._columns = dict(columns)
        for column in self._columns.values():
            column.flags.writeable = False
        self.a, self.b, self.as_of, self.me, self._seed, self._graph = a, b, as_of, me, seed, graph
        self.texts, self._structure = texts or {}, structure
        self._built: nx.DiGraph[int] | None = None

    def __reduce__(self) -> tuple[object, ...]:
        # Columns that are read-only here are read-only wherever they go.
        structure = None if self._structure is None else partial(_same, self._structure())
        given = (self.a, self.b, self.as_of, self.me, self._seed, self._graph, self.texts, structure)
        return Inputs, (self._columns, *given)

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def rows(self) -> int:
        """Number of connections (or accounts)."""
        return len(self.a)

    @property
    def rng(self) -> np.random.Generator:
        """A generator seeded by the run: the same numbers for the same run."""
        return np.random.default_rng(self._seed)

    def graph(self) -> nx.DiGraph[int]:
        """Return the network as a networkx DiGraph, built once on request."""
        if self._graph is None:
            raise LookupError("this run offers no graph")
        if self._built is None:
            self._built = self._graph()
        return self._built

    def structure(self) -> Structure:
        """Return who is connected with whom around these connections; offered to features."""
        if self._structure is None:
            raise LookupError("this run offers no structure")
        return self._structure()

    def take(self, rows: NDArray[np.intp]) -> Inputs:
        """Return the inputs of some rows only."""
        columns = {name: column[rows] for name, column in self._columns.items()}
        texts = {name: [values[i] for i in rows] for name, values in self.texts.items()}
        b = self.b[rows] if len(self.b) else self.b
        return Inputs(columns, self.a[rows], b, self.as_of, self.me, self._seed, self._graph, texts)


def _same(structure: Structure) -> Structure:
    return structure


class Structure(msgspec.Struct, frozen=True):
    """Who is connected with whom around each connection.

    Attributes
    ----------
    ends
        int32[n, 2] number of each end among the accounts.
    closed
        Yields in blocks, once each, the three connections (their rows) of every closed triple of accounts.
    """

    ends: NDArray[np.int32]
    closed: Callable[[], Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]]

    def totals(self, ab: Column, ba: Column) -> tuple[Column, Column]:
        """Return what `a` gave to all of its connections, and `b` to all of its own; unknown counts as nothing.

        Parameters
        ----------
        ab, ba
            float64[n]: what each end gives to the other.
        """
        one, other = self.ends.T
        size = int(self.ends.max(initial=-1)) + 1
        total = np.bincount(one, np.nan_to_num(ab), size) + np.bincount(other, np.nan_to_num(ba), size)
        return total[one], total[other]

    def turned(self) -> Structure:
        """Return the same seen from the other end."""
        return Structure(self.ends[:, ::-1], self.closed)


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
        return self._placed(np.add.reduceat(values, self.starts))

    def count(self, which: NDArray[np.bool_]) -> Column:
        """Return float64[n]: how many of the rows of each connection are meant by bool[m]."""
        return self._placed(np.add.reduceat(which.view(np.int8), self.starts, dtype=np.int64))

    def _placed(self, values: NDArray[np.int64] | Column) -> Column:
        placed = np.zeros(self.rows)
        placed[self.tie[self.starts]] = values
        return placed


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


class Evidence(msgspec.Struct):
    """Why a score is what it is: `base + Σ parts = link(score)` to 1e-9 where the score is known.

    `parts` maps a feature's name to float64[k], its signed contribution for each of the k rows asked for.
    """

    base: Column
    parts: dict[str, Column]
    link: Literal["identity", "logit"] = "identity"

    def total(self) -> Column:
        """Return the score that the parts add up to, float64[k]."""
        z = self.base + sum(self.parts.values(), start=np.zeros_like(self.base))
        return 1 / (1 + np.exp(-z)) if self.link == "logit" else z


class LabelResult(msgspec.Struct):
    """Probabilities per account, float64[n], NaN where the labeler cannot say."""

    p_fake: Column
    p_inactive: Column
    why: NDArray[np.uint8]


class LabelErrors(msgspec.Struct):
    """How a labeler's p_fake did on labelled accounts that its fit had not seen: what corrects a share of fakes.

    Attributes
    ----------
    answers
        float64[3, 2] accounts answered fake, good, unknown (rows) that were truly fake, truly genuine (columns).
    covered
        bool[n]: accounts with the facts for which this was measured.
    least_recall
        Share of fakes found where it was lowest, for fakes of a kind never seen.
    """

    answers: NDArray[np.float64]
    covered: NDArray[np.bool_]
    least_recall: float


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
