"""Results kept by what they were made of, one Parquet file each; the folder may be deleted at any time.

The key of a result is the hash of all that it follows from: imports, identity, moments, plugins with their versions and
parameters, and the keys of the results it needs. So a changed parameter makes only what is downstream again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.network.columns import plain, series
from relnet.plugin import Plugin
from relnet.plugin.narrow import Held
from relnet.whole_file import whole

MOST_BYTES: Final = 4 << 30
"""Above this the results that were not used for longest go."""
_ROWS: Final = 1 << 16
"""Rows of a table that are encoded at a time."""
Table = dict[str, NDArray[Any]]
T = TypeVar("T")


def key_of(*parts: Any) -> str:
    """Return the key of what is made of `parts`, which are built of what JSON knows."""
    return hashlib.blake2b(msgspec.json.encode(parts, order="sorted"), digest_size=12).hexdigest()


def stated(plugin: Plugin) -> list[Any]:
    """Return all of a plugin that a result may depend on."""
    home = type(plugin).home  # the author of a plugin file may not count versions
    content = [home.digest] if home and home.digest else []
    return [type(plugin).__name__, plugin.name, plugin.version, msgspec.to_builtins(plugin), *content]


class Cache:
    """Tables of columns by key.

    Parameters
    ----------
    folder
        Made when something is kept.
    most_bytes
        Size of all files together that is not exceeded for long.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder, self.most_bytes = folder, most_bytes

    def path(self, key: str) -> Path:
        """Return where a result is, if it is there."""
        return self.folder / f"{key}.parquet"

    def get(self, key: str) -> Table | None:
        """Return a result; `None` where there is none, or none that can be read."""
        return self.opened(key, read)

    def opened(self, key: str, opener: Callable[[Path], T]) -> T | None:
        """Return what is made of a result's file; `None` where there is none, or none that can be read."""
        try:
            made = opener(self.path(key))
            os.utime(self.path(key))
        except (OSError, pl.exceptions.PolarsError):
            return None
        return made

    def keep(self, key: str, table: Mapping[str, Held] | pl.DataFrame) -> None:
        """Keep a result under its key; a disk that is full or a folder that goes away costs the result only."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with whole(self.path(key)) as part:
                write(part, table)
            self._evict(self.path(key))

    def _evict(self, newest: Path) -> None:
        found = sorted((file.stat().st_mtime, file.stat().st_size, file) for file in self.folder.glob("*.parquet"))
        total = sum(size for _, size, _ in found)
        for _, size, file in found:
            if total > self.most_bytes and file != newest:
                file.unlink(missing_ok=True)
                total -= size


def write(path: Path, table: Mapping[str, Held] | pl.DataFrame) -> None:
    """Write columns as Parquet; columns of objects are texts."""
    frame = table if isinstance(table, pl.DataFrame) else _frame(table)
    frame.write_parquet(path, compression="snappy", statistics=False, row_group_size=_ROWS)


def _frame(table: Mapping[str, Held]) -> pl.DataFrame:
    # What takes the room of one value here does so there, too, where another column says how many rows there are.
    one = [name for name, column in table.items() if isinstance(column, np.ndarray) and column.strides == (0,)]
    if len(one) == len(table):
        one = []
    frame = pl.DataFrame({name: series(column) for name, column in table.items() if name not in one})
    return frame.with_columns(pl.lit(series(table[name][:1])).first().alias(name) for name in one).select(list(table))


def read(path: Path) -> Table:
    """Return the columns of a Parquet file; texts as objects."""
    return {column.name: plain(column) for column in pl.read_parquet(path)}


def scanned(path: Path) -> pl.LazyFrame:
    """Return a Parquet file whose columns are read when they are asked for; one that is not there is not opened."""
    table = pl.scan_parquet(path)
    table.collect_schema()
    return table
