"""Values of the contract: what plugins receive and what they return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import networkx as nx

    from relnet.plugin import nw

Column = NDArray[np.float64]
Keys = NDArray[np.int64]

Reason = Literal["not_covered", "too_few", "undated", "failed"]
REASONS: tuple[Reason, ...] = ("not_covered", "too_few", "undated", "failed")
"""Why a value is unknown; bit i of a `why` column stands for `REASONS[i]`."""


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
    ) -> None:
        self._columns = dict(columns)
        for column in self._columns.values():
            column.flags.writeable = False
        self.a, self.b, self.as_of, self.me, self._seed, self._graph = a, b, as_of, me, seed, graph
        self.texts = texts or {}

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
        return self._graph()

    def take(self, rows: NDArray[np.intp]) -> Inputs:
        """Return the inputs of some rows only."""
        columns = {name: column[rows] for name, column in self._columns.items()}
        texts = {name: [values[i] for i in rows] for name, values in self.texts.items()}
        b = self.b[rows] if len(self.b) else self.b
        return Inputs(columns, self.a[rows], b, self.as_of, self.me, self._seed, self._graph, texts)


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


class Log(Protocol):
    """The interaction log as a feature sees it: expressions over one row an act, nothing after `as_of`.

    `this_way` is true for rows from the first account to the second of the direction asked for (all rows,
    for a feature that is not directed); `is_act` for acts that make ties, `at` is ms UTC, null if undated.
    """

    @property
    def at(self) -> nw.Expr: ...
    @property
    def kind(self) -> nw.Expr: ...
    @property
    def is_act(self) -> nw.Expr: ...
    @property
    def this_way(self) -> nw.Expr: ...
    @property
    def audience(self) -> nw.Expr: ...
    @property
    def as_of(self) -> int: ...


class Block(msgspec.Struct, tag_field="block"):
    """A piece of a report section; never raw HTML."""


class Text(Block, tag="text"):
    """A paragraph."""

    text: str


class Table(Block, tag="table"):
    """A table; cells are plain values, formatted by whoever shows it."""

    caption: str
    head: list[str]
    rows: list[list[Any]]
    total: int | None = None


class Chart(Block, tag="chart"):
    """Data of a chart; the report draws it and shows the data table beside it."""

    kind: Literal["bars", "stack", "months", "rings", "scatter"]
    title: str
    head: list[str]
    rows: list[list[Any]]
    note: str = ""
