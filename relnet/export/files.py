"""Frames written to a file, or to stdout, in the format asked for."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import IO, Final

import polars as pl
import polars.selectors as cs

from relnet.errors import SettingsError
from relnet.text import FORMULA, HARMLESS, UNSAFE
from relnet.whole_file import whole

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
        format = _SUFFIXES.get(suffix, suffix) or formats[0]
    if format not in formats:
        raise SettingsError(f"There is no format {format!r} of this.", f"Choose {', '.join(formats)}.", "--format")
    return format


def write_frame(frame: pl.DataFrame, output: Path, format: str, *, raw: bool = False, table: str = "data") -> None:
    """Write one frame; unknown is empty in CSV and null elsewhere.

    In CSV, unless `raw`, texts have no control characters, and what a spreadsheet would run as a formula has an
    apostrophe before it.

    Parameters
    ----------
    output
        `-` for stdout, which SQLite cannot be written to.
    table
        Name of the table in SQLite.

    Raises
    ------
    SettingsError
        The format cannot be written there, or nothing can.
    """
    if format == "sqlite":
        write_sqlite({table: frame}, output)
        return
    with _writing(output) as target:
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
        The output is stdout, or cannot be written.
    """
    if str(output) == "-":
        raise SettingsError("SQLite cannot be written to stdout.", "Name a file with -o.", "--output")
    with _writing(output) as target, closing(sqlite3.connect(str(target))) as connection, connection:
        for table, frame in frames.items():
            stated = ", ".join(f"{_quoted(name)} {_sql_type(dtype)}" for name, dtype in frame.schema.items())
            connection.execute(f"CREATE TABLE {_quoted(table)} ({stated})")
            places = ", ".join("?" * frame.width)
            connection.executemany(f"INSERT INTO {_quoted(table)} VALUES ({places})", frame.iter_rows())


def write_bytes(content: bytes, output: Path) -> None:
    """Write to a file, or to stdout for `-`.

    Raises
    ------
    SettingsError
        The file cannot be written.
    """
    with _writing(output) as target:
        if isinstance(target, Path):
            target.write_bytes(content)
        else:
            target.write(content)
            target.flush()


@contextmanager
def _writing(output: Path) -> Iterator[Path | IO[bytes]]:
    try:
        with nullcontext(sys.stdout.buffer) if str(output) == "-" else whole(output) as target:
            yield target
    except BrokenPipeError:
        raise
    except (OSError, sqlite3.Error, pl.exceptions.ComputeError) as error:  # the last: from Parquet
        reason = getattr(error, "strerror", None) or str(error)
        if reason.startswith("Broken pipe"):  # as Polars says it
            raise BrokenPipeError from error
        raise SettingsError(f"It cannot be written ({reason}).", "Choose another place.", str(output)) from error


def _texts(frame: pl.DataFrame) -> list[str]:
    return frame.select(cs.string()).columns


def _inert(name: str) -> pl.Expr:
    """Take out what a terminal would obey, and prefix what a spreadsheet would run as a formula."""
    text = pl.col(name).str.replace_all(f"[{UNSAFE}]", "")
    risky = text.str.contains(FORMULA) & ~text.str.contains(HARMLESS)
    return pl.when(risky).then("'" + text).otherwise(text).alias(name)


def _sql_type(dtype: pl.DataType) -> str:
    if dtype.is_integer() or dtype == pl.Boolean:
        return "INTEGER"
    return "REAL" if dtype.is_float() else "TEXT"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
