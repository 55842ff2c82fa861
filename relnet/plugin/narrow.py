"""Small whole numbers in a byte a row: of millions of connections most columns are such, and memory is what they cost."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from relnet.plugin.parts import fill_by_parts

Column = NDArray[np.float64]
MANY: Final = 1 << 20
"""Rows from which on the room that a column takes matters."""
UNKNOWN: Final = 255
_FIRST: Final = 1 << 10
"""Rows by which most columns are seen not to fit."""


def many(rows: int) -> bool:
    """Tell whether the room of columns of so many rows matters more than the time to narrow them, or to read them twice."""
    return rows >= MANY


class Narrow:
    """Numbers of 0 to 254, or unknown.

    Attributes
    ----------
    codes
        uint8[n]; 255 is unknown.
    """

    __slots__ = ("codes",)

    def __init__(self, codes: NDArray[np.uint8]) -> None:
        self.codes = codes

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: Any) -> Narrow:
        return Narrow(self.codes[rows])

    def __setitem__(self, rows: Any, number: float) -> None:
        """Set some rows to a number that fits, or to NaN."""
        self.codes[rows] = UNKNOWN if np.isnan(number) else number

    def wide(self) -> Column:
        """Return the numbers as float64[n], NaN where unknown."""
        column = np.empty(len(self))
        fill_by_parts(column, lambda rows: _numbers(self.codes[rows]), len(self))
        return column


def _numbers(codes: NDArray[np.uint8]) -> Column:
    numbers = codes.astype(np.float64)
    numbers[codes == UNKNOWN] = np.nan
    return numbers


Held = NDArray[Any] | Narrow
"""A column as it is held in memory."""


def wide(column: Held) -> NDArray[Any]:
    """Return a column as numbers."""
    return column.wide() if isinstance(column, Narrow) else column


class Room:
    """Room for a column that is filled some rows at a time; where they are many and all fit, it is narrow."""

    def __init__(self, rows: int) -> None:
        self._fits = many(rows)
        self._wide, self._codes = np.empty(rows), np.empty(rows if self._fits else 0, np.uint8)
        self._narrow: list[slice] = []

    def __setitem__(self, rows: slice, values: NDArray[Any]) -> None:
        """Fill some rows; other threads may fill others."""
        codes = _codes(values) if self._fits else None
        if codes is None:
            self._wide[rows], self._fits = values, False
        else:
            self._codes[rows] = codes
            self._narrow.append(rows)

    def column(self) -> Held:
        """Return the column, once all of it is filled."""
        if self._fits:
            return Narrow(self._codes)
        for rows in self._narrow:
            self._wide[rows] = Narrow(self._codes[rows]).wide()
        return self._wide


def least_room(column: Held) -> Held:
    """Return a column in the least room: that of one value if all are the same, a byte a row where many fit."""
    held = column.codes if isinstance(column, Narrow) else column
    if all(len(part) and _is_one(part) for part in (held[:_FIRST], held)):
        return np.broadcast_to(wide(column[:1]).astype(np.float64, copy=False), held.shape)
    return column if isinstance(column, Narrow) else _narrowed(column.astype(np.float64, copy=False))


def _is_one(values: NDArray[Any]) -> bool:
    return np.array_equal(values, np.broadcast_to(values[:1], values.shape), equal_nan=True)


def _narrowed(column: Column) -> Held:
    if not many(len(column)) or _codes(column[:_FIRST]) is None:
        return column
    room = Room(len(column))
    fill_by_parts(room, lambda rows: column[rows], len(column))
    narrow = room.column()
    return narrow if isinstance(narrow, Narrow) else column


def _codes(values: NDArray[Any]) -> NDArray[np.uint8] | None:
    for some in (values[:_FIRST], values):
        with np.errstate(invalid="ignore"):
            codes = some.astype(np.uint8)
        unknown = np.isnan(some)
        if not np.all((codes == some) & (codes != UNKNOWN) | unknown):
            return None
    codes[unknown] = UNKNOWN
    return codes
