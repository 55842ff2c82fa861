"""The whole tables behind a report, where a page shows their first rows."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
import polars as pl

from relnet.plugin import Findings

_NUMBERED: Final = {"community"}
_PARTS: Final = ("value", "low", "high")
_LISTED: Final = {"list": pl.String, "place": pl.Int64, "who": pl.String, "from": pl.String}
_DAYS: Final = {"last", "first", "last_out", "last_in"}


def tables(found: Findings) -> dict[str, pl.DataFrame]:
    """Return connections, accounts, figures, lists, months and windows as frames by name; unknown is null."""
    figures = [
        msgspec.structs.asdict(each) | {"figure": name} | {part: getattr(found.figures[name], part) for part in _PARTS}
        for name, each in found.measures.items()
    ]
    first = ["figure", *_PARTS]
    listed = [
        (name, place, found.ties["who"][row], found.ties["from"][row])
        for name, each in found.lists.items()
        for place, row in enumerate(each.rows.tolist(), 1)
    ]
    made = {
        "connections": pl.DataFrame([_series(name, _coarse(found, name)) for name in found.ties]),
        "accounts": pl.DataFrame([_series(name, column) for name, column in found.accounts.items()]),
        "figures": pl.DataFrame(figures, infer_schema_length=None).select(*first, pl.exclude(first)),
        "lists": pl.DataFrame(listed, schema=_LISTED, orient="row"),
        "months": pl.DataFrame([_series(name, column) for name, column in found.months.items()]),
        "windows": pl.DataFrame([_series(name, column) for name, column in found.windows.items()]),
    }  # fmt: skip
    return {name: frame.fill_nan(None) for name, frame in made.items()}


def _coarse(found: Findings, name: str) -> np.ndarray[Any, Any]:
    """Return a column of the ties; where names are hidden in whole days, from which no moment can be told."""
    column = found.ties[name]
    return np.round(column) if found.redacted and name in _DAYS else column


def _series(name: str, column: np.ndarray[Any, Any]) -> pl.Series:
    if column.dtype == object:
        return pl.Series(name, column.tolist(), dtype=pl.String)
    if column.dtype.kind == "M":
        return pl.Series(name, column.astype(str).tolist(), dtype=pl.String)
    if name in _NUMBERED:  # -1 stands for none
        return pl.Series(name, [None if each < 0 else int(each) for each in column.tolist()], dtype=pl.Int64)
    return pl.Series(name, column)
