"""Columns of a table and how many of them a width can take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy.typing as npt
from rich.cells import cell_len

from relnet.assess.ordering import Column, sort_keys
from relnet.text import LABEL_MARKS, fit

GAP = 1
"""Cells between two columns."""


@dataclass(frozen=True, eq=False)
class TableColumn:
    """One column of a table.

    Parameters
    ----------
    key
        Name by which the table sorts.
    title
        Head of the column.
    width
        Terminal cells, as long as the table has room.
    values
        One value a row, as an array or a sequence.
    render
        Turns one value into text; the text need not be clean or fit.
    priority
        The column with the largest number is left out first, of equal ones the rightmost.
    align
        Side on which a short text stands.
    order
        Values to sort by instead of ``values``, if given.
    grow
        Cells that the column takes beyond its width where the table has them.
    is_label
        The values are labels and are shown with their sign and colour.
    """

    key: str
    title: str
    width: int
    values: Column
    render: Callable[[Any], str] = str
    priority: int = 0
    align: Literal["left", "right"] = "left"
    order: Column | None = None
    grow: int = 0
    is_label: bool = False

    @property
    def sort_keys(self) -> npt.NDArray[Any]:
        """Numbers that order as the column does; the ranks of a text are computed once, by whoever comes first."""
        # A cached property would hold a lock over all columns while one of them is computed in the background.
        keys = self.__dict__.get("_keys")
        if keys is None:
            keys = self.__dict__["_keys"] = sort_keys(self.values if self.order is None else self.order)
        return keys

    def cell(self, row: int) -> tuple[str, str]:
        """Return the text of a cell and the component class that colours it, if any."""
        value = self.values[row]
        text = self.render(value)
        if self.is_label and value in LABEL_MARKS:
            return f"{LABEL_MARKS[value]} {text}", f"label--{value}"
        return text, "table--unknown" if value != value else ""


@dataclass(frozen=True)
class Placed:
    """A column on the screen: from cell ``start``, ``width`` cells wide."""

    column: TableColumn
    start: int
    width: int

    def fit(self, text: str, ascii: bool, sign: str = "") -> str:
        """Fit a text into the column; a sign at its end is never cut off."""
        if sign and cell_len(text) + len(sign) > self.width:
            text = fit(text, self.width - len(sign))
        return fit(text + sign, self.width, self.column.align, ascii)


def place(columns: Sequence[TableColumn], width: int, skip: int = 0) -> tuple[list[Placed], bool]:
    """Choose the columns that fit, and say whether others had to be left out.

    Parameters
    ----------
    columns
        All columns, from left to right.
    width
        Terminal cells there are.
    skip
        Columns to pass over after the first, which names the row and always stays.
    """
    kept = [*columns[:1], *columns[1 + skip :]]
    dropped = False
    while len(kept) > 1 and _needed(kept) > width:
        last = max(range(1, len(kept)), key=lambda i: (kept[i].priority, i))
        del kept[last]
        dropped = True
    spare = max(0, width - _needed(kept))
    placed: list[Placed] = []
    start = 0
    for column in kept:
        grown = min(column.grow, spare)
        spare -= grown
        cells = min(column.width + grown, max(width - start, 0))
        placed.append(Placed(column, start, cells))
        start += cells + GAP
    return placed, dropped


def _needed(columns: Sequence[TableColumn]) -> int:
    return sum(column.width for column in columns) + GAP * max(len(columns) - 1, 0)
