"""Columns of a frame as NumPy, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

import polars as pl
from numpy.typing import NDArray


class Columns(MutableMapping[str, NDArray[Any]]):
    """Columns of a frame; others may be put beside them.

    Parameters
    ----------
    frame
        What they are read from, such as a scanned file, which must stay.
    prefix
        What the names of these columns begin with there, and not here.
    """

    def __init__(self, frame: pl.LazyFrame | pl.DataFrame, prefix: str = "") -> None:
        self._frame, self._prefix = frame, prefix
        names = (name for name in frame.collect_schema().names() if name.startswith(prefix))
        self._columns: dict[str, NDArray[Any] | None] = {name.removeprefix(prefix): None for name in names}

    def __getitem__(self, name: str) -> NDArray[Any]:
        column = self._columns[name]
        if column is None:
            held, name_there = self._frame, self._prefix + name
            found = (
                held[name_there] if isinstance(held, pl.DataFrame) else held.select(name_there).collect().to_series()
            )
            column = self._columns[name] = plain(found)
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
        return name in self._columns  # without making it


def plain(column: pl.Series) -> NDArray[Any]:
    """Return a column as NumPy: texts as objects, null in numbers as NaN."""
    return column.to_numpy().astype(object) if column.dtype == pl.String else column.to_numpy()
