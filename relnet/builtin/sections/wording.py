"""Words that several sections share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from relnet.plugin import Figure, Findings, Unit
from relnet.text import UNKNOWN, ago, count, lasting, share

_SHOWN: Final[dict[Unit, Callable[[float], str]]] = {
    "count": count,
    "share": share,
    "days": ago,
    "hours": lasting,
    "score": lambda value: f"{value:,.3g}",
}


def interval(figure: Figure) -> str:
    """Return a share with its interval: `2.0% (95% interval 1.3% to 3.1%)`."""
    return f"{figure.value:.1%} (95% interval {figure.low:.1%} to {figure.high:.1%})"


def unit_value(value: float, unit: Unit) -> str:
    """Return a value in the form of its unit."""
    return UNKNOWN if value != value else _SHOWN[unit](value)


def valued(findings: Findings, name: str) -> str:
    """Return a figure with its interval where it has one, and “at least” where it is a lower bound."""
    figure, measure = findings.figures[name], findings.measures[name]
    words = ("at least " if measure.at_least else "") + unit_value(figure.value, measure.unit)
    return interval(figure) if figure.low == figure.low else words
