"""Numbers in words: what a feature, a count or a moment means to a person."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import numpy as np

from relnet.text import UNKNOWN, ago, clean, count, counted, score

_ONE: Final[dict[str, Callable[[float], str]]] = {
    "last_contact": lambda days: f"last in touch {ago(days)} ago",
    "first_contact": lambda days: f"first in touch {ago(days)} ago",
    "active_days": lambda days: f"in touch on {counted(days, 'day')}",
    "active_weeks": lambda weeks: f"in touch in {counted(weeks, 'week')}",
    "known_weeks": lambda weeks: f"known for {counted(weeks, 'week')}",
    "interactions": lambda n: counted(n, "interaction"),
}
_EACH_WAY: Final[dict[str, Callable[[str, float], str]]] = {
    "count": lambda who, n: f"{who} wrote {count(n)}×",
    "signals": lambda who, n: f"{who} liked or shared {count(n)}×",
    "last_act": lambda who, days: f"{who} last wrote {ago(days)} ago",
}


def feature(column: str, value: float, you: str, they: str, flipped: bool, unit: str = "") -> str:
    """Return a feature's value in words.

    Parameters
    ----------
    column
        Name of the column; directed ones end in `_ab` and `_ba`, those of one account in `_a` and `_b`.
    you, they
        How the own and the other side are called.
    flipped
        Whether the own side is `b` of the pair.
    unit
        Unit of the feature, for those without words of their own.
    """
    base, side = split(column)
    directed = bool(side)
    who = side_of(side, you, they, flipped)
    if directed and base in _EACH_WAY:
        return f"{who}: {UNKNOWN}" if math.isnan(value) else _EACH_WAY[base](who, value)
    if column in _ONE and not math.isnan(value):
        return _ONE[column](value)
    name = base.replace("_", " ")
    shown = _value(value, unit)
    said = f"{name} {shown}" if shown else name
    return f"{said} ({who})" if directed else said


def split(column: str) -> tuple[str, str]:
    """Return a column's name without its side, and the side: `ab`, `ba`, `a`, `b`, or nothing."""
    base, _, side = column.rpartition("_")
    return (base, side) if base and side in ("ab", "ba", "a", "b") else (column, "")


def side_of(side: str, you: str, they: str, flipped: bool) -> str:
    """Return whose a side of the pair is: that of the account it begins with."""
    return you if side.startswith("a") != flipped else they


def _value(value: float, unit: str) -> str:
    if math.isnan(value):
        return ""
    if unit in ("share", "") and 0 <= value <= 1:
        return score(value)
    shown = count(value) if value == int(value) or abs(value) >= 100 else f"{value:.3g}"
    return f"{shown} {unit}".rstrip()


def times(n: float, known: bool) -> str:
    """Return a count in words: `44×`; `at least 3×` or `unknown` where its direction is not covered."""
    if math.isnan(n):
        return UNKNOWN
    return f"{count(n)}×" if known else f"at least {count(n)}×"


def moment(at: int | None, quality: str = "act") -> str:
    """Return a moment with its zone, as exactly as it is known; `undated` without one."""
    if at is None:
        return "undated"
    when = datetime.fromtimestamp(at / 1000, UTC)
    if quality == "date_only":
        return f"{when:%Y-%m-%d}, time of day unknown"
    note = {"bound": ", at the latest", "snapshot": ", when it was seen", "local": ", zone guessed"}
    return f"{when:%Y-%m-%d %H:%M:%S} UTC{note.get(quality, '')}"


def month_start(month: str) -> int:
    """Return the first moment of a month such as `2024-03`, ms UTC."""
    return int(np.datetime64(month, "M").astype("datetime64[ms]").astype(np.int64))


def month_end(month: str) -> int:
    """Return the last moment of a month, ms UTC."""
    return int((np.datetime64(month, "M") + 1).astype("datetime64[ms]").astype(np.int64)) - 1


def excerpt(text: str | None) -> str:
    """Return a text in one line."""
    return clean(text) if text else "(no text)"
