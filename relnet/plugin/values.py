"""Values of the contract: what plugins receive and what they return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.plugin.compiled import compiled

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

    def totals(self, ab: Column, ba: Column) -> Column:
        """Return what `a` gave to all of its connections, float64[n]; unknown counts as nothing.

        Parameters
        ----------
        ab, ba
            float64[n]: what each end gives to the other.
        """
        return self._given(ab, ba, own=True)

    def others(self, ab: Column, ba: Column) -> Column:
        """Return what `a` gave to its other connections, float64[n]; unknown counts as nothing."""
        return self._given(ab, ba, own=False)

    def _given(self, ab: Column, ba: Column, own: bool) -> Column:
        given, total = np.empty(len(ab)), np.zeros(int(self.ends.max(initial=-1)) + 1)
        near = 0 if self.ends.flags.c_contiguous else 1  # turned ends are read as they lie in memory
        ab, ba, ends = map(np.ascontiguousarray, (ab, ba, self.ends[:, ::-1] if near else self.ends))
        _give(ab, ba, ends, near, total, own, given)
        return given

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


@compiled
def _give(ab: Column, ba: Column, ends: Ends, near: int, total: Column, own: bool, given: Column) -> None:
    for i in range(len(ab)):
        if ab[i] == ab[i]:
            total[ends[i, near]] += ab[i]
        if ba[i] == ba[i]:
            total[ends[i, 1 - near]] += ba[i]
    for i in range(len(ab)):
        given[i] = total[ends[i, near]]
        if not own and ab[i] == ab[i]:
            given[i] -= ab[i]
