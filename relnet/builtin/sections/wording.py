"""Words that several sections share."""

from __future__ import annotations

from relnet.plugin import Figure


def counted(n: float, noun: str, plural: str = "") -> str:
    """Return `1 account`, `1,204 accounts`."""
    return f"{n:,.0f} {noun if n == 1 else plural or noun + 's'}"


def interval(figure: Figure) -> str:
    """Return a share with its interval: `2.0% (95% interval 1.3% to 3.1%)`."""
    return f"{figure.value:.1%} (95% interval {figure.low:.1%} to {figure.high:.1%})"
