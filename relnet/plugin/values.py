"""Values of the contract: what plugins receive and what they return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.plugin.compiled import compiled
from relnet.plugin.narrow import Held, Narrow
from relnet.plugin.parts import each_part, fill_by_parts, spans

if TYPE_CHECKING:
    import networkx as nx

Column = NDArray[np.float64]
Keys = NDArray[np.int64]
Ends = NDArray[np.int32]

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
        columns: Mapping[str, Held],
        a: Keys,
        b: Keys,
        as_of: int,
        me: frozenset[int] = frozenset(),
        seed: int = 0,
        graph: Callable[[], nx.DiGraph[int]] | None = None,
        texts: Mapping[str, Sequence[str | None]] | None = None,
        structure: Callable[[], Structure] | None = None,
        sums: dict[Given, Column] | None = None,
    ) -> None:
        self._columns = {name: column[:] for name, column in columns.items()}
        for column in self._columns.values():
            if isinstance(column, np.ndarray):
                column.flags.writeable = False
        self.a, self.b, self.as_of, self.me, self._seed, self._graph = a, b, as_of, me, seed, graph
        self.texts, self._structure = texts or {}, structure
        self._sums = {} if sums is None else sums
        self._built: nx.DiGraph[int] | None = None

    def __reduce__(self) -> tuple[object, ...]:
        # Columns that are read-only here are read-only wherever they go.
        structure = None if self._structure is None else partial(_same, self._structure())
        given = (self.a, self.b, self.as_of, self.me, self._seed, self._graph, self.texts, structure)
        return Inputs, (self._columns, *given)

    def __getitem__(self, name: str) -> Column:
        column = self._columns[name]
        if isinstance(column, Narrow):
            column = column.wide()
            column.flags.writeable = False
        return column

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

    def account_totals(self, given: Given) -> Column:
        """Return what each account gave to all of its connections, by its number in the structure; unknown is nothing.

        Parameters
        ----------
        given
            Called with some rows; returns what `a` gives to `b` and what `b` gives to `a`, a number or truth a row. For
            the other direction of a feature, in which the rows are turned, totals of the same function are not made again.
        """
        if given not in self._sums:
            ends = self.structure().ends
            first = 0 if ends.flags.c_contiguous else 1  # turned ends are read as they lie in memory
            totals = np.zeros(int(ends.max(initial=-1)) + 1)
            for low, high in spans(self.rows):
                ab, ba = (np.asarray(gives, np.float64) for gives in given(self.part(low, high)))
                _add(ab, ba, ends[low:high, ::-1] if first else ends[low:high], first, totals)
            self._sums[given] = totals
        return self._sums[given]

    def totals(self, given: Given, end: Literal[0, 1] = 0) -> Column:
        """Return what `a` (at `end` 1: `b`) gave to all of its connections, float64[n]; see `account_totals`."""
        totals, ends, column = self.account_totals(given), self.structure().ends, np.empty(self.rows)
        fill_by_parts(column, lambda rows: totals[ends[rows, end]], self.rows)
        return column

    def others(self, given: Given) -> Column:
        """Return what `a` gave to its other connections, float64[n]; see `account_totals`."""
        column = self.totals(given)

        def take(low: int, high: int) -> None:
            column[low:high] -= np.nan_to_num(given(self.part(low, high))[0])

        each_part(take, self.rows)
        return column

    def part(self, low: int, high: int) -> Inputs:
        """Return the inputs of consecutive connections, without what is around these."""
        columns = {name: column[low:high] for name, column in self._columns.items()}
        return Inputs(columns, self.a[low:high], self.b[low:high], self.as_of, self.me, self._seed)

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

    def turned(self) -> Structure:
        """Return the same seen from the other end."""
        return Structure(self.ends[:, ::-1], self.closed)


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


Given = Callable[[Inputs], tuple[NDArray[Any], NDArray[Any]]]


@compiled
def _add(ab: Column, ba: Column, ends: Ends, first: int, totals: Column) -> None:
    for i in range(len(ab)):
        if ab[i] == ab[i]:
            totals[ends[i, first]] += ab[i]
        if ba[i] == ba[i]:
            totals[ends[i, 1 - first]] += ba[i]
