"""Columns of a frame as NumPy, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any

import polars as pl
from numpy.typing import NDArray

from relnet.plugin.narrow import UNKNOWN, Held, Narrow, wide

Frame = pl.LazyFrame | pl.DataFrame


class Columns(MutableMapping[str, NDArray[Any]]):
    """Columns of frames; others may be put beside them.

    Parameters
    ----------
    frame
        What they are read from, such as a scanned file, which must stay.
    prefix
        What the names of these columns begin with there, and not here.
    """

    def __init__(self, frame: Frame | None = None, prefix: str = "") -> None:
        self._columns: dict[str, Held | tuple[Frame, str]] = {}
        if frame is not None:
            self.add(frame, prefix)

    def copy(self) -> Columns:
        """Return the same columns; one that is then made is made for the copy alone."""
        other = Columns()
        other._columns = dict(self._columns)
        return other

    def add(self, frame: Frame, prefix: str = "") -> None:
        """Put the columns of a further frame beside them, or in their place."""
        for name in frame.collect_schema().names():
            if name.startswith(prefix):
                self._columns[name.removeprefix(prefix)] = frame, name

    def make(self, names: Iterable[str]) -> None:
        """Make several columns, those of one frame together: faster than one after the other."""
        asked: dict[int, tuple[Frame, dict[str, str]]] = {}
        for name in names:
            held = self._columns[name]
            if isinstance(held, tuple):
                frame, name_there = held
                asked.setdefault(id(frame), (frame, {}))[1][name] = name_there
        for frame, columns in asked.values():
            found = frame.lazy().select(columns.values()).collect()
            self._columns |= {name: _from_series(found[name_there]) for name, name_there in columns.items()}

    def __getitem__(self, name: str) -> NDArray[Any]:
        return wide(self.held(name))

    def held(self, name: str) -> Held:
        """Return a column as it is held; as numbers it may take eight times the room."""
        self.make([name])
        column = self._columns[name]
        assert not isinstance(column, tuple)
        return column

    def hold(self, columns: Mapping[str, Held]) -> None:
        """Put columns beside these as they are, or in their place."""
        self._columns |= columns

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


def make_together(columns: Mapping[str, NDArray[Any]], names: Iterable[str]) -> None:
    """Make what is not made yet of several columns, all at once."""
    if isinstance(columns, Columns):
        columns.make(names)


def held(columns: Mapping[str, NDArray[Any]], name: str) -> Held:
    """Return a column as it is held."""
    return columns.held(name) if isinstance(columns, Columns) else columns[name]


def series(column: Held) -> pl.Series:
    """Return a column as a series: objects as texts, a narrow one as `UInt8`, null where unknown."""
    if not isinstance(column, Narrow):
        return pl.Series(column.tolist(), dtype=pl.String) if column.dtype == object else pl.Series(column)
    codes = pl.Series(column.codes)
    return codes.set(codes == UNKNOWN, None)


def _from_series(column: pl.Series) -> Held:
    return Narrow(column.fill_null(UNKNOWN).to_numpy()) if column.dtype == pl.UInt8 else plain(column)


def plain(column: pl.Series) -> NDArray[Any]:
    """Return a column as NumPy: texts as objects, null in numbers as NaN."""
    return column.to_numpy().astype(object) if column.dtype == pl.String else column.to_numpy()
