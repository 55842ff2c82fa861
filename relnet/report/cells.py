"""Values of a table as words: by the unit of their column, or by their type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from relnet.plugin import Unit
from relnet.text import UNKNOWN, ago, clean, count, lasting, score, share

MOST_ROWS: Final = 200
"""Rows of a table that a page shows; the total is stated."""

_NUMBERS: Final[dict[str, Callable[[float], str]]] = {
    "count": count,
    "score": score,
    "share": share,
    "days": ago,
    "hours": lasting,
}


def cells(rows: Sequence[Sequence[Any]], units: Sequence[Unit]) -> list[list[str]]:
    """Return the first rows as text; unknown is said."""
    return [
        [cell(value, units[i] if i < len(units) else None) for i, value in enumerate(row)] for row in rows[:MOST_ROWS]
    ]


def cell(value: Any, unit: Unit | None = None) -> str:
    """Return one value as text."""
    if value is None or value != value:
        return UNKNOWN
    if unit in _NUMBERS and not isinstance(value, str):
        return _NUMBERS[unit](float(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.3g}"
    return f"{value:,}" if isinstance(value, int) else clean(str(value))


def is_number(value: Any, unit: Unit | None) -> bool:
    """Tell whether a cell stands at the right."""
    return unit in _NUMBERS or (unit is None and isinstance(value, int | float) and not isinstance(value, bool))
