"""Features that are group-bys by connection: expressions over the rows of the log or of the signals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet import runner
from relnet.moments import DAY_MS
from relnet.network.connections import columns_of
from relnet.network.engine import columns
from relnet.network.log_table import log_table
from relnet.network.view import NetworkView
from relnet.plugin import Column, Feature


class LogColumns:
    """The `Log` that aggregating features see: Narwhals expressions over the rows of a table."""

    def __init__(self, view: NetworkView, this_way: nw.Expr) -> None:
        self.as_of, self.until, self.this_way = view.as_of, view.until, this_way
        self.horizon = round(view.horizon_days * DAY_MS)
        self.at, self.kind, self.is_act = nw.col("at"), nw.col("kind"), nw.col("is_act")
        self.audience, self.declared = nw.col("audience"), nw.col("declared")


def over_signals(
    view: NetworkView,
    signals: pl.DataFrame,
    features: Sequence[Feature],
    nothing: Mapping[str, float],
    rows: int,
    failures: list[runner.Failure],
) -> dict[str, Column]:
    """Compute the features over what is no dated act; a pair without any has the value `nothing` of the feature."""
    table = nw.from_native(signals.lazy())
    asked = _expressions(features, view, failures, lambda: table, ("row",))
    found = _collected(table.group_by("row").agg(**asked)) if asked else {}
    row = found.pop("row", None)
    made = {name: np.full(rows, nothing[name]) for name in found}
    for name, column in found.items():
        made[name][row] = column
    return made


def over_log(view: NetworkView, features: Sequence[Feature], failures: list[runner.Failure]) -> dict[str, Column]:
    """Compute the features over the log."""
    log = nw.from_native(log_table(view))
    asked = _expressions(features, view, failures, lambda: log, ("a", "b"))
    table = _collected(log.group_by("a", "b").agg(**asked))
    order = np.lexsort((table.pop("b"), table.pop("a")))
    return {name: column[order].astype(np.float64) for name, column in table.items()}


def _expressions(
    features: Iterable[Feature],
    view: NetworkView,
    failures: list[runner.Failure],
    sample: Callable[[], Any],
    by: tuple[str, ...],
) -> dict[str, nw.Expr]:
    """Return the expressions of some features of one table, by column; one that the engine refuses is left out.

    Parameters
    ----------
    sample
        Makes rows of the table on which a feature that is not built in is tried first.
    by
        What the table is grouped by.
    """
    expressions: dict[str, nw.Expr] = {}
    for feature in features:
        ways = (nw.col("forward"), nw.col("back")) if feature.directed else (nw.lit(True),)
        asked = [runner.run(feature, "aggregate", LogColumns(view, this_way)) for this_way in ways]
        failure = next((outcome.failure for outcome in asked if outcome.failure), None)
        found = dict(zip(columns_of(feature), (outcome.value for outcome in asked), strict=True))
        if failure is None and type(feature).home is not None:
            failure = _refused(feature, found, sample(), by)
        if failure is None:
            expressions |= found
        else:
            failures.append(failure)
    return expressions


def _refused(feature: Feature, found: Mapping[str, nw.Expr], table: Any, by: tuple[str, ...]) -> runner.Failure | None:
    try:
        columns = _collected(table.group_by(*by).agg(**found))
        wrong = [
            str(column.dtype) for name, column in columns.items() if name in found and column.dtype.kind not in "biuf"
        ]
    except Exception as error:
        return runner.Failure(feature.name, f"The engine refuses its expression ({type(error).__name__}: {error}).")
    return runner.Failure(feature.name, f"Its expression gives {wrong[0]}, not a number.") if wrong else None


def _collected(table: Any) -> dict[str, NDArray[Any]]:
    native = nw.to_native(table)
    if isinstance(native, pl.LazyFrame):
        return {column.name: column.to_numpy() for column in native.collect()}
    return columns(native)
