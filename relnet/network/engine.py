"""DuckDB as the engine of the group-bys: one connection, and results as NumPy columns."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    import duckdb


def connect(memory_gb: float | None = None) -> duckdb.DuckDBPyConnection:
    """Open an engine in memory; `RELNET_MEMORY_GB` bounds it where the argument does not."""
    settings: dict[str, Any] = {"preserve_insertion_order": False}
    bound = memory_gb or float(os.environ.get("RELNET_MEMORY_GB", "0"))
    if bound:
        settings["memory_limit"] = f"{bound}GB"
    import duckdb  # it takes a tenth of a second, and what is cached needs none

    return duckdb.connect(config=settings)


def columns(relation: duckdb.DuckDBPyRelation) -> dict[str, NDArray[Any]]:
    """Run a relation and return its columns; nulls become NaN in numbers and `None` in text."""
    return {name: _plain(column) for name, column in relation.fetchnumpy().items()}


def array(column: pl.Series) -> NDArray[Any]:
    """Return a column without nulls as NumPy; unlike `to_numpy` one that may be written to."""
    return np.concatenate([piece.to_numpy() for piece in column.get_chunks()])


def _plain(column: NDArray[Any]) -> NDArray[Any]:
    if not isinstance(column, np.ma.MaskedArray):
        return column
    plain: NDArray[Any] = column.data
    if not np.ma.is_masked(column):
        return plain
    plain = plain.astype(object if plain.dtype.kind == "O" else np.float64)
    plain[column.mask] = None if plain.dtype.kind == "O" else np.nan
    return plain


def give_back() -> None:
    """Return freed memory to the system; glibc keeps what arrays of some megabytes took, and it is not used again."""
    with contextlib.suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def register(connection: duckdb.DuckDBPyConnection, name: str, table: Mapping[str, NDArray[Any]]) -> None:
    """Make NumPy columns a table of the engine."""
    connection.register("_incoming", dict(table))
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM _incoming")
    connection.unregister("_incoming")
