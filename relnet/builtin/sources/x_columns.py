"""Columns that grow from Python lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import polars as pl

PIECE: Final = 2000
"""Values of a column held as Python objects: few enough that their memory is used again."""


class Columns:
    """A frame being filled column by column.

    Parameters
    ----------
    schema
        Name and type of each column.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        self._parts: dict[str, list[pl.Series]] = {}
        self._rows = 0
        self._reset()

    def _reset(self) -> None:
        self._parts = {name: [] for name in self._schema}
        self._held: dict[str, list[Any]] = {name: [] for name in self._schema}
        self._first = next(iter(self._schema))
        self._rows = 0

    def __len__(self) -> int:
        return self._rows + len(self._held[self._first])

    def add(self, **values: Iterable[Any]) -> None:
        """Add values to every column, as many to each; whole lists at once, as that is fastest."""
        for name, more in values.items():
            self._held[name] += more
        if len(self._held[self._first]) >= PIECE:
            self._pack()

    def _pack(self) -> None:
        self._rows += len(self._held[self._first])
        for name, values in self._held.items():
            self._parts[name].append(pl.Series(name, values, dtype=self._schema[name]))
        self._held = {name: [] for name in self._schema}

    def frame(self) -> pl.DataFrame:
        """Return all rows, and begin anew."""
        self._pack()
        frame = pl.DataFrame([pl.concat(parts) for parts in self._parts.values()])
        self._reset()
        return frame


def placed(rows: int, some: pl.DataFrame) -> list[pl.Series]:
    """Return columns known for some rows (numbered in `row`) as whole columns of `rows` values."""
    place = pl.Series("place", [None], dtype=pl.UInt32).new_from_index(0, rows)
    place = place.scatter(some["row"], np.arange(len(some), dtype=np.uint32))
    return [each.gather(place) for each in some.drop("row")]
