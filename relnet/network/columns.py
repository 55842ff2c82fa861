"""Columns of a frame as NumPy, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray


class Columns(MutableMapping[str, NDArray[Any]]):
    """Columns of frames; others may be put beside them.

    Parameters
    ----------
    frame
        What they are read from, such as a scanned file, which must stay.
    prefix
        What the names of these columns begin with there, and not here.
    """

    def __init__(self, frame: pl.LazyFrame | pl.DataFrame | None = None, prefix: str = "") -> None:
        self._columns: dict[str, NDArray[Any] | Callable[[], NDArray[Any]]] = {}
        if frame is not None:
            self.add(frame, prefix)

    def add(self, frame: pl.LazyFrame | pl.DataFrame, prefix: str = "") -> None:
        """Put the columns of a further frame beside them."""
        for name in frame.collect_schema().names():
            if name.startswith(prefix):
                self._columns[name.removeprefix(prefix)] = partial(_read, frame, name)

    def __getitem__(self, name: str) -> NDArray[Any]:
        column = self._columns[name]
        if not isinstance(column, np.ndarray):
            column = self._columns[name] = column()
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


def _read(frame: pl.LazyFrame | pl.DataFrame, name: str) -> NDArray[Any]:
    return plain(frame[name] if isinstance(frame, pl.DataFrame) else frame.select(name).collect().to_series())


def plain(column: pl.Series) -> NDArray[Any]:
    """Return a column as NumPy: texts as objects, null in numbers as NaN."""
    return column.to_numpy().astype(object) if column.dtype == pl.String else column.to_numpy()
