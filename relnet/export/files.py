"""Frames written to a file, or to stdout, in the format asked for."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

import polars as pl
import polars.selectors as cs

from relnet.errors import SettingsError
from relnet.text import FORMULA, HARMLESS

FORMATS: Final = ("csv", "parquet", "jsonl", "arrow", "sqlite")
_SUFFIXES: Final = {"ndjson": "jsonl", "ipc": "arrow", "feather": "arrow", "db": "sqlite", "sqlite3": "sqlite"}


def chosen(format: str | None, output: Path, formats: tuple[str, ...] = FORMATS) -> str:
    """Return the format that was named, or that the name of the output ends in, or else the first.

    Raises
    ------
    SettingsError
        There is no such format of this.
    """
    if format is None:
        suffix = output.suffix.lower().removeprefix(".")
        suffix = _SUFFIXES.get(suffix, suffix)
        return suffix if suffix in formats else formats[0]
    if format not in formats:
        raise SettingsError(f"There is no format {format!r} of this.", f"Choose {', '.join(formats)}.", "--format")
    return format


def write_frame(frame: pl.DataFrame, output: Path, format: str, *, raw: bool = False, table: str = "data") -> None:
    """Write one frame; unknown is empty in CSV and null elsewhere.

    A text that a spreadsheet would run as a formula is prefixed with an apostrophe in CSV, unless `raw`.

    Parameters
    ----------
    output
        `-` for stdout, which SQLite cannot be written to.
    table
        Name of the table in SQLite.

    Raises
    ------
    SettingsError
        The format cannot be written there.
    """
    if format == "sqlite":
        write_sqlite({table: frame}, output)
        return
    target = sys.stdout.buffer if str(output) == "-" else output
    if format == "csv":
        (frame if raw else frame.with_columns(_inert(name) for name in _texts(frame))).write_csv(target)
    elif format == "parquet":
        frame.write_parquet(target)
    elif format == "arrow":
        frame.write_ipc(target)
    else:
        frame.write_ndjson(target)


def write_sqlite(frames: Mapping[str, pl.DataFrame], output: Path) -> None:
    """Write each frame as a table of a SQLite file; the file is made anew.

    Raises
    ------
    SettingsError
        The output is stdout.
    """
    if str(output) == "-":
        raise SettingsError("SQLite cannot be written to stdout.", "Name a file with -o.", "--output")
    output.unlink(missing_ok=True)
    connection = sqlite3.connect(output)
    try:
        with connection:
            for table, frame in frames.items():
                stated = ", ".join(f"{_quoted(name)} {_sql_type(dtype)}" for name, dtype in frame.schema.items())
                connection.execute(f"CREATE TABLE {_quoted(table)} ({stated})")
                places = ", ".join("?" * frame.width)
                connection.executemany(f"INSERT INTO {_quoted(table)} VALUES ({places})", frame.iter_rows())
    finally:
        connection.close()


def write_text(text: bytes, output: Path | IO[Any]) -> None:
    """Write bytes to a file, or to stdout for `-`."""
    if str(output) == "-":
        sys.stdout.buffer.write(text)
    elif isinstance(output, Path):
        output.write_bytes(text)


def _texts(frame: pl.DataFrame) -> list[str]:
    return frame.select(cs.string()).columns


def _inert(name: str) -> pl.Expr:
    """Prefix what a spreadsheet would run as a formula."""
    text = pl.col(name)
    risky = text.str.contains(FORMULA) & ~text.str.contains(HARMLESS)
    return pl.when(risky).then("'" + text).otherwise(text).alias(name)


def _sql_type(dtype: pl.DataType) -> str:
    if dtype.is_integer() or dtype == pl.Boolean:
        return "INTEGER"
    return "REAL" if dtype.is_float() else "TEXT"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
