"""Small whole numbers in a byte a row: of millions of connections most columns are such, and memory is what they cost."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from relnet.plugin.parts import each_part

Column = NDArray[np.float64]
MANY: Final = 1 << 20
"""Rows from which on the room that a column takes matters."""
UNKNOWN: Final = 255
_FIRST: Final = 1 << 10
"""Rows by which most columns are seen not to fit."""


def many(rows: int) -> bool:
    """Tell whether a column of so many rows is worth narrowing."""
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

        def fill(low: int, high: int) -> None:
            codes = self.codes[low:high]
            column[low:high] = codes
            column[low:high][codes == UNKNOWN] = np.nan

        each_part(fill, len(self))
        return column


Held = NDArray[Any] | Narrow
"""A column as it is held in memory."""


def wide(column: Held) -> NDArray[Any]:
    """Return a column as numbers."""
    return column.wide() if isinstance(column, Narrow) else column


class Room:
    """Room for a column that is filled some rows at a time; where they are many and all fit, it is narrow."""

    def __init__(self, rows: int) -> None:
        self._wide, self._narrow = np.empty(rows), Narrow(np.empty(rows if many(rows) else 0, np.uint8))
        self._fitted: list[slice] = []
        self._full = many(rows)

    def put(self, low: int, values: NDArray[Any]) -> None:
        """Fill the rows from `low` on; other threads may fill others."""
        rows = slice(low, low + len(values))
        codes = _codes(values) if len(self._narrow) else None
        if codes is None:
            self._wide[rows], self._full = values, False
        else:
            self._narrow.codes[rows] = codes
            self._fitted.append(rows)

    def column(self) -> Held:
        """Return the column, once all of it is filled."""
        if self._full:
            return self._narrow
        for rows in self._fitted:
            self._wide[rows] = self._narrow[rows].wide()
        return self._wide


def least_room(column: NDArray[Any] | Narrow) -> Held:
    """Return a column in the least room: that of one value if all are the same, a byte a row where many fit."""
    held = column.codes if isinstance(column, Narrow) else column
    first = held[:1]
    for part in (held[:_FIRST], held):
        if not len(part) or not np.array_equal(part, np.broadcast_to(first, part.shape), equal_nan=True):
            return column if isinstance(column, Narrow) else _narrowed(column.astype(np.float64, copy=False))
    return np.broadcast_to(wide(Narrow(first)) if isinstance(column, Narrow) else first.astype(np.float64), held.shape)


def _narrowed(column: Column) -> Held:
    if not many(len(column)) or _codes(column[:_FIRST]) is None:
        return column
    room = Room(len(column))
    each_part(lambda low, high: room.put(low, column[low:high]), len(column))
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
