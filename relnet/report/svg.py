"""Elements of a drawing, escaped, and the few scales that charts share.

Horizontal places are per cent of the width, so that a chart fills a phone or a page and its words keep their
size; vertical ones are pixels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from markupsafe import Markup, escape

from relnet.text import clean, count

LEFT, RIGHT = 13.0, 98.0
"""Per cent of the width between which values are drawn: what is left of it holds the scale."""


def element(tag: str, *content: str, **attributes: object) -> Markup:
    """Return an element; `_` in an attribute's name stands for `-`, a trailing one is dropped.

    Content that is not `Markup` is text from anywhere, and is cleaned and escaped like every value.
    """
    inside = Markup("").join(part if isinstance(part, Markup) else escape(clean(part)) for part in content)
    stated = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(clean(_short(value)))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{tag}{stated}>{inside}</{tag}>") if inside else Markup(f"<{tag}{stated}/>")


def drawing(key: str, title: str, desc: str, height: float, parts: Iterable[Markup], box: str | None = None) -> Markup:
    """Return a whole chart as one image that assistive technology names and describes.

    Parameters
    ----------
    key
        Unique on the page.
    height
        Pixels; of no use with `box`.
    box
        View box of a drawing that scales as a whole.
    """
    size = {"viewBox": box} if box else {"width": "100%", "height": height}
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", desc, id=f"{key}-desc"),
        *parts,
        role="img",
        aria_labelledby=f"{key}-title",
        aria_describedby=f"{key}-desc",
        **size,
    )


def across(part: float) -> str:
    """Return the place of 0 to 1 between the edges, in per cent."""
    return f"{_short(LEFT + (RIGHT - LEFT) * part)}%"


def percent(value: float) -> str:
    """Return a width or place in per cent."""
    return f"{_short(value)}%"


def short_count(n: float) -> str:
    """Return a whole number for an axis: `1,200`, `35k`, `2.1M`."""
    for size, sign in ((1e6, "M"), (1e4, "k")):
        if n >= size:
            return f"{n / (1e3 if sign == 'k' else size):.3g}{sign}"
    return count(n)


def ceiling(top: float) -> float:
    """Return the round number at or above a value."""
    if top <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(top))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= top)


def _short(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
