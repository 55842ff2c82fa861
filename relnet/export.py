"""Data out: interactions flat, with native ids as text and times in ISO UTC."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import msgspec
import polars as pl

from relnet.assess.run import judgements
from relnet.errors import SettingsError
from relnet.network.engine import frame
from relnet.network.view import NetworkView, accounts
from relnet.store.workspace import Workspace
from relnet.text import clean_column

EDGE_COLUMNS: Final = (
    "event", "source", "source_handle", "target", "target_handle", "kind", "at", "directness", "parent", "network",
)  # fmt: skip
PRIVATE: Final = ("direct", "private", "followers", "limited")
"""Visibilities left out of shared output by default."""
_FORMULA: Final = r"^[=+\-@\t\r]"
_HARMLESS: Final = r"^(@[\w.\-]+|[+-]?\d+)$"
"""A plain handle or a number is no formula."""


class Written(msgspec.Struct):
    """How many rows were written, and how many were withheld as private."""

    rows: int
    withheld: int


def write_edges(
    workspace: Workspace,
    output: Path,
    format: str = "csv",
    *,
    as_of: int | None = None,
    since: int | None = None,
    private: bool = False,
) -> Written:
    """Write every interaction, one row each, oldest first; undated ones last.

    A text that a spreadsheet would run as a formula is prefixed with an apostrophe (CSV only).

    Raises
    ------
    SettingsError
        The format is unknown.
    """
    if format not in ("csv", "parquet"):
        raise SettingsError(f"There is no format {format!r}.", "Choose csv or parquet.", "--format")
    decided = judgements(workspace)
    view = NetworkView(workspace.log, workspace.imports(), as_of, since, decided.persons, decided.me)
    rows, withheld = edges(view, private=private)
    if format == "parquet":
        rows.write_parquet(sys.stdout.buffer if str(output) == "-" else output)
    else:
        rows = rows.with_columns(_inert(name) for name in EDGE_COLUMNS)
        if str(output) == "-":
            sys.stdout.write(rows.write_csv())
        else:
            rows.write_csv(output)
    return Written(len(rows), withheld)


def edges(view: NetworkView, *, private: bool = False) -> tuple[pl.DataFrame, int]:
    """Return the interactions as a frame of `EDGE_COLUMNS`, oldest first, and how many were withheld."""
    found = frame(
        view.connection.sql(
            'SELECT event_id AS event, source AS s, target AS t, kind, "at" AS ms, directness, '
            "parent_id AS parent, network, visibility "
            "FROM (FROM acts UNION ALL FROM undated) ORDER BY ms NULLS LAST, event, t"
        )
    )
    shown = found if private else found.filter(~pl.col("visibility").is_in(PRIVATE))
    people = accounts(view)
    names = pl.DataFrame(
        {
            "key": people.account,
            "id": people.columns["native_id"].tolist(),
            "handle": clean_column(people.columns["handle"].tolist()),
        },
        schema_overrides={"id": pl.String, "handle": pl.String},
    ).with_columns(pl.col("handle").replace("", None))
    for side, column in (("s", "source"), ("t", "target")):
        named = names.rename({"key": side, "id": column, "handle": f"{column}_handle"})
        shown = shown.join(named, on=side, how="left", maintain_order="left")
    return shown.with_columns(at=_iso(pl.col("ms"))).select(EDGE_COLUMNS), len(found) - len(shown)


def _iso(ms: pl.Expr) -> pl.Expr:
    moment = pl.from_epoch(ms, time_unit="ms")
    whole = moment.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return pl.when(ms % 1000 == 0).then(whole).otherwise(moment.dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))


def _inert(name: str) -> pl.Expr:
    """Prefix what a spreadsheet would run as a formula."""
    text = pl.col(name)
    risky = text.str.contains(_FORMULA) & ~text.str.contains(_HARMLESS)
    return pl.when(risky).then("'" + text).otherwise(text).alias(name)
