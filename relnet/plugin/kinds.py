"""The five kinds of plugin and the guard that keeps a class from missing its contract unnoticed."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Self, dataclass_transform, get_origin

import msgspec
import numpy as np

from relnet.facts.coverage import Coverage
from relnet.facts.records import Record
from relnet.plugin.findings import Block, Findings
from relnet.plugin.reading import Batch, Peek, Reader
from relnet.plugin.tables import Log
from relnet.plugin.values import Column, Evidence, Inputs, LabelErrors, LabelResult

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from relnet.plugin import nw

_CONTRACT = frozenset(
    (
        "name", "version", "network", "needs", "rowwise", "level", "unit",
        "dtype", "kinds", "directed", "order", "portable", "nothing", "table", "title",
    )
)  # fmt: skip

METHODS: Final = {
    "log": "aggregate", "signals": "aggregate", "days": "over", "turns": "over", "periods": "over", "texts": "over",
    "hours": "over", "columns": "derive",
}  # fmt: skip
"""What a feature defines, by its table."""


class Home(msgspec.Struct, frozen=True):
    """Where a plugin that is not built in was found, and how it is run.

    Attributes
    ----------
    origin
        A distribution with its version, or a file.
    file, digest
        Path and digest of a plugin file; empty for a distribution.
    seconds
        Time limit of one call.
    """

    origin: str
    file: str = ""
    digest: str = ""
    seconds: float = 60.0


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Plugin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all plugins: an immutable value whose typed fields are its parameters.

    Contract attributes (`name`, `version`, `needs` …) are plain class attributes, never typed fields.
    """

    name: ClassVar[str] = ""
    version: ClassVar[str] = "0"
    home: ClassVar[Home | None] = None
    """Set where it is found; a plugin with one runs in a process of its own."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        annotations = inspect.get_annotations(cls)
        for field, kind in annotations.items():
            if field in _CONTRACT and not _is_class_var(kind):
                raise TypeError(
                    f"{cls.__name__}.{field} is part of the plugin contract and must not be typed: "
                    f"write `{field} = …` without an annotation."
                )
        for attribute, value in vars(cls).items():
            if attribute.startswith("_") or attribute in _CONTRACT or attribute in annotations:
                continue
            if not (callable(value) or isinstance(value, (property, classmethod, staticmethod))) and not (
                inspect.ismemberdescriptor(value)
            ):
                raise TypeError(
                    f"{cls.__name__}.{attribute} is neither a parameter nor part of the contract: give it a "
                    f"type to make it a parameter, or check the spelling (contract: {', '.join(sorted(_CONTRACT))})."
                )


def _is_class_var(kind: Any) -> bool:
    return kind is ClassVar or get_origin(kind) is ClassVar or str(kind).startswith(("ClassVar", "typing.ClassVar"))


class Source(Plugin, frozen=True, kw_only=True):
    """Reads one format: says whether an input is its own, yields its facts, and states what it could see."""

    network: ClassVar[str] = ""

    def sniff(self, peek: Peek) -> float:
        """Return how surely the input is of this format, 0 to 1."""
        raise TypeError(f"{type(self).__name__} does not define sniff()")

    def read(self, reader: Reader) -> Iterable[Record | Batch]:
        """Yield the facts, as records or as column batches."""
        raise TypeError(f"{type(self).__name__} does not define read()")

    def coverage(self, reader: Reader) -> list[Coverage]:
        """Return what this input could have seen; asked after `read`."""
        raise TypeError(f"{type(self).__name__} does not define coverage()")


class Feature(Plugin, frozen=True, kw_only=True):
    """A number per connection, from what happened or from other features.

    By `table`: `log` and `signals` are group-bys by connection, of which `aggregate` gives one expression (`Log`);
    `days`, `turns`, `periods`, `texts` and `hours` (`Days`, `Turns` …) are read by `over`; `columns` are those that
    `needs` names, from which `derive` computes. A `directed` feature exists twice, as `<name>_ab` and
    `<name>_ba`: `aggregate` is told which way by `this_way`; `over` and `derive` are written for a → b and given the
    connection turned round for the other. A connection without a row in the table has the value `nothing`. `portable`
    is false for a feature that only the engine of one machine can compute, `rowwise` for one in which a connection's value
    depends on other connections.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    unit: ClassVar[str] = ""
    dtype: ClassVar[Literal["int64", "float64"]] = "float64"
    level: ClassVar[Literal["pair", "account"]] = "pair"
    rowwise: ClassVar[bool] = True
    kinds: ClassVar[tuple[str, ...]] = ()
    directed: ClassVar[bool] = False
    portable: ClassVar[bool] = True
    nothing: ClassVar[float] = float("nan")
    table: ClassVar[Literal["log", "signals", "days", "turns", "periods", "texts", "hours", "columns"]] = "log"

    def aggregate(self, log: Log) -> nw.Expr:
        """Return the expression for one connection's rows of the table."""
        raise TypeError(f"feature {self.name} is not computed by a group-by")

    def over(self, table: Any) -> Column:
        """Return float64[n] from the table; without a dated act, `nothing` stands where `days`, `turns` and `periods` end."""
        raise TypeError(f"feature {self.name} is not computed over a table")

    def derive(self, inputs: Inputs) -> Column:
        """Return float64[n] from the columns in `needs`."""
        raise TypeError(f"feature {self.name} is not derived from columns")


class Scorer(Plugin, frozen=True, kw_only=True):
    """A number in [0, 1] per connection, NaN where unknown."""

    needs: ClassVar[tuple[str, ...]] = ()
    rowwise: ClassVar[bool] = True

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n] in [0, 1], NaN where unknown."""
        raise TypeError(f"{type(self).__name__} does not define score()")

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence | None:
        """Return the parts that the scores of some rows are made of; `None` where it has none."""
        return None

    def interval(self, inputs: Inputs) -> tuple[Column, Column] | None:
        """Return the ends of a 95 % interval of the scores, float64[n] each; `None` where it has none."""
        return None

    def fit(self, inputs: Inputs, outcome: NDArray[Any]) -> Self:
        """Return a scorer fitted to an earlier window; outcome is bool[n]. By default the scorer itself."""
        return self


class Labeler(Plugin, frozen=True, kw_only=True):
    """Probability of fake and of inactive per account."""

    needs: ClassVar[tuple[str, ...]] = ()

    def label(self, inputs: Inputs) -> LabelResult:
        """Return p_fake and p_inactive, float64[n], NaN where unknown."""
        raise TypeError(f"{type(self).__name__} does not define label()")

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence | None:
        """Return the cues behind the p_fake of some rows; `None` where it has none."""
        return None

    def fit(self, inputs: Inputs, outcome: NDArray[Any]) -> Self:
        """Return a labeler fitted to accounts of known truth; outcome is bool[n], true for fakes. By default itself."""
        return self

    def errors(self, inputs: Inputs) -> LabelErrors | None:
        """Return how often p_fake was right on such accounts; `None` where that was not measured."""
        return None


class Section(Plugin, frozen=True, kw_only=True):
    """A section of the report: blocks of text, tables and chart data, never markup.

    `title` is its heading; sections stand by `order`, then by name.
    """

    title: ClassVar[str] = ""
    order: ClassVar[int] = 100

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return the blocks of this section."""
        raise TypeError(f"{type(self).__name__} does not define render()")
