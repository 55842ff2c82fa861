"""Results kept by what they were made of, one Parquet file each; the folder may be deleted at any time.

The key of a result is the hash of all that it follows from: imports, identity, moments, plugins with their versions and
parameters, and the keys of the results it needs. So a changed parameter makes only what is downstream again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import polars as pl
from numpy.typing import NDArray

from relnet.plugin import Plugin
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

    def keep(self, key: str, table: Mapping[str, NDArray[Any]]) -> None:
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


def write(path: Path, table: Mapping[str, NDArray[Any]]) -> None:
    """Write columns as Parquet; columns of objects are texts."""
    columns = {
        name: pl.Series(column.tolist(), dtype=pl.String) if column.dtype == object else column
        for name, column in table.items()
    }
    pl.DataFrame(columns).write_parquet(path, compression="snappy", statistics=False, row_group_size=_ROWS)


def read(path: Path) -> Table:
    """Return the columns of a Parquet file; texts as objects."""
    return {column.name: _plain(column) for column in pl.read_parquet(path)}


def _plain(column: pl.Series) -> NDArray[Any]:
    return column.to_numpy().astype(object) if column.dtype == pl.String else column.to_numpy()


class Columns(MutableMapping[str, NDArray[Any]]):
    """Columns of a Parquet file, each read when it is first asked for; others may be put beside them.

    Parameters
    ----------
    path
        The file; it must stay.
    prefix
        What the names of these columns begin with there, and not here.
    """

    def __init__(self, path: Path, prefix: str = "") -> None:
        self._path, self._prefix = path, prefix
        names = (name for name in pl.read_parquet_schema(path) if name.startswith(prefix))
        self._columns: dict[str, NDArray[Any] | None] = {name.removeprefix(prefix): None for name in names}

    def __getitem__(self, name: str) -> NDArray[Any]:
        column = self._columns[name]
        if column is None:
            frame = pl.read_parquet(self._path, columns=[self._prefix + name])
            column = self._columns[name] = _plain(frame.to_series())
        return column

    def __setitem__(self, name: str, column: NDArray[Any]) -> None:
        self._columns[name] = column

    def __delitem__(self, name: str) -> None:
        del self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns  # without reading it
