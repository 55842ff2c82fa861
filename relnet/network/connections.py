"""From interactions to connections: one row a pair, one column a feature, NaN where unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from relnet.network.engine import columns
from relnet.network.view import NetworkView
from relnet.plugin import Column, Feature, Inputs, Keys

DAY_MS: Final = 86_400_000
SUFFIXES: Final = ("ab", "ba")


class Connections(msgspec.Struct):
    """Pairs of accounts a < b, sorted, with their features.

    Attributes
    ----------
    a, b
        int64[n] account keys.
    features
        float64[n] by name; NaN is unknown. Directed ones end in `_ab` and `_ba`.
    """

    a: Keys
    b: Keys
    features: dict[str, Column]

    def __len__(self) -> int:
        return len(self.a)

    def row(self, one: int, other: int) -> int | None:
        """Return the row of a pair; `None` if the two never met."""
        a, b = min(one, other), max(one, other)
        low, high = np.searchsorted(self.a, [a, a + 1])
        i = low + int(np.searchsorted(self.b[low:high], b))
        return int(i) if i < high and self.b[i] == b else None


class LogColumns:
    """The `Log` that aggregating features see: Narwhals expressions over the acts of a group."""

    def __init__(self, as_of: int, this_way: nw.Expr) -> None:
        self.as_of, self.this_way = as_of, this_way
        self.at, self.kind, self.is_act = nw.col("at"), nw.col("kind"), nw.col("is_act")
        self.audience = nw.col("audience")


def columns_of(feature: Feature) -> tuple[str, ...]:
    """Return the names of the columns that a feature makes."""
    if not feature.directed:
        return (feature.name,)
    return tuple(f"{feature.name}_{suffix}" for suffix in SUFFIXES)


def connect_pairs(view: NetworkView, features: Sequence[Feature]) -> Connections:
    """Compute the chosen pair features, in the order given (needs before users).

    Every pair with any interaction is a row. All features over one table go into one group-by. A directed
    count of nothing is NaN where the coverage does not say that absence means zero.
    """
    aggregated = [feature for feature in features if feature.table != "columns"]
    table: dict[str, NDArray[Any]] | None = None
    for name in ("log", "days", "turns"):
        chosen = [feature for feature in aggregated if feature.table == name]
        if name == "log" or chosen:
            table = _joined(table, _grouped(view, name, chosen))
    assert table is not None
    a, b = table.pop("a"), table.pop("b")
    table["known_ab"] = view.known(a, b).astype(np.float64)
    table["known_ba"] = view.known(b, a).astype(np.float64)
    made = {name: column.astype(np.float64) for name, column in table.items()}
    _hide_uncovered(made, aggregated)
    for feature in features:
        if feature.table == "columns":
            derive(feature, made, a, b, view.as_of, view.me)
    return Connections(a, b, made)


def derive(feature: Feature, made: dict[str, Column], a: Keys, b: Keys, as_of: int, me: frozenset[int]) -> None:
    """Add the columns of a feature that is computed from other columns."""
    for i, name in enumerate(columns_of(feature)):
        needed = {
            need: made[need] if need in made else made[f"{need}_{SUFFIXES[i]}"] for need in feature.needs
        }
        made[name] = feature.derive(Inputs(needed, a, b, as_of, me)).astype(np.float64)


def _grouped(view: NetworkView, table: str, features: Iterable[Feature]) -> dict[str, NDArray[Any]]:
    frame: Any = nw.from_native(view.connection.sql(_TABLES[table].format(as_of=view.as_of)))
    forward = nw.col("forward")
    expressions: dict[str, nw.Expr] = {"interactions": nw.len()} if table == "log" else {}
    for feature in features:
        ways = (forward, ~forward) if feature.directed else (nw.lit(True),)
        for name, this_way in zip(columns_of(feature), ways, strict=True):
            expressions[name] = feature.aggregate(LogColumns(view.as_of, this_way))
    grouped = frame.group_by("a", "b").agg(**expressions).sort("a", "b")
    return columns(nw.to_native(grouped))


_TABLES: Final = {
    "log": 'SELECT a, b, forward, "at", kind, is_act, audience FROM acts '
    "UNION ALL SELECT a, b, forward, NULL, kind, false, audience FROM undated",
    "days": 'SELECT a, b, "at" // 86400000 AS day, true AS is_act, max("at") AS "at", '
    "count(*) FILTER (forward) AS there, count(*) FILTER (NOT forward) AS back, true AS forward "
    "FROM acts WHERE is_act GROUP BY a, b, day",
}


def _joined(left: dict[str, NDArray[Any]] | None, right: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Join the groups of another table on the pair; a pair without rows there has NaN."""
    if left is None:
        return right
    order = np.lexsort((left["b"], left["a"]))
    mine = np.rec.fromarrays([left["a"], left["b"]])
    theirs = np.rec.fromarrays([right["a"], right["b"]])
    place = np.searchsorted(mine, theirs, sorter=None) if _is_sorted(order) else order[np.searchsorted(mine[order], theirs)]
    for name, column in right.items():
        if name not in ("a", "b"):
            full = np.full(len(left["a"]), np.nan)
            full[place] = column
            left[name] = full
    return left


def _is_sorted(order: NDArray[np.intp]) -> bool:
    return bool((order[1:] > order[:-1]).all())


def _hide_uncovered(made: dict[str, Column], features: Iterable[Feature]) -> None:
    for feature in features:
        if feature.directed and feature.unit == "interactions":
            for suffix, name in zip(SUFFIXES, columns_of(feature), strict=True):
                made[name][(made[name] == 0) & (made[f"known_{suffix}"] == 0)] = np.nan
