"""Charts as SVG. Every colour has a second channel: a pattern, a shape or a word."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from markupsafe import Markup

from relnet.plugin import Chart
from relnet.report.rings import rings
from relnet.report.svg import LEFT, RIGHT, across, ceiling, drawing, element, percent, short_count
from relnet.text import LABEL_MARKS, share

PATTERNS: Final = 4
"""Patterns that the page defines, `#pattern-0` (none) onwards."""


MOST_DRAWN: Final = 600
"""Rows that are drawn; more would be a blot, and a large page."""


def draw(chart: Chart, key: str) -> Markup | None:
    """Return the drawing of a chart; `None` where none of its rows has a known value.

    Parameters
    ----------
    key
        Unique on the page: ids begin with it.
    """
    rows = [row for row in chart.rows[:MOST_DRAWN] if all(_known(value) for value in row[1:])]
    if not rows:
        return None
    height, parts, box = _DRAWN[chart.kind](chart.head, rows)
    return drawing(key, chart.title, chart.note or ", ".join(chart.head), height, parts, box)


Drawn = tuple[float, list[Markup], str | None]


def _known(value: Any) -> bool:
    return value is not None and value == value


def _bars(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Drawn:
    """Lie one bar a row under its name, its number behind it."""
    top = max(float(row[1]) for row in rows) or 1.0
    parts = []
    for i, (name, value, *_) in enumerate(rows):
        width = 80 * float(value) / top
        y = 38 * i
        parts += [
            element("text", str(name), x=0, y=y + 14.0),
            element("rect", x=0, y=y + 19, width=percent(max(width, 0.3)), height=13, class_="out"),
            element("text", short_count(float(value)), x=percent(width + 1), y=y + 30, class_="muted"),
        ]
    return 38.0 * len(rows), parts, None


def _stack(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Drawn:
    """Divide one bar into parts with a legend that states each."""
    total = sum(float(row[1]) for row in rows) or 1.0
    parts: list[Markup] = []
    start = 0.0
    for i, (name, value, *_) in enumerate(rows):
        width = 100 * float(value) / total
        if width > 0:
            parts += _filled(i, str(name), x=percent(start), y=0, width=percent(width), height=34)
        start += width
        y = 46 + 22 * i
        parts += [
            *_filled(i, str(name), x=0, y=y, width=26, height=14),
            element("text", f"{name}: {float(value):,.0f} ({share(float(value) / total)})", x=34, y=y + 12),
        ]
    return 50.0 + 22 * len(rows), parts, None


def _filled(i: int, name: str, **place: object) -> Iterator[Markup]:
    yield element("rect", class_=name if name in LABEL_MARKS else f"part-{i % 5}", **place)
    if i % PATTERNS:
        yield element("rect", fill=f"url(#pattern-{i % PATTERNS})", **place)


def _months(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Drawn:
    """Stand one bar a month, and where there is a third column hang its bar below the line."""
    mirrored = len(head) > 2
    top = ceiling(max(float(value) for row in rows for value in row[1:]))
    half, y0 = 120, 140
    n = len(rows)
    parts = []
    for way in (1, -1) if mirrored else (1,):
        for portion in (0.5, 1.0):
            y = y0 - way * half * portion
            parts += [
                element("line", x1=across(0), x2=across(1), y1=y, y2=y, class_="grid"),
                element(
                    "text",
                    short_count(top * portion) if top * portion >= 1 else "",
                    x=percent(LEFT - 1.5),
                    y=y + 4,
                    class_="muted end",
                ),
            ]
    width = percent((RIGHT - LEFT) / n * (0.8 if n < 100 else 0.95))
    for column, way in (("out", 1), ("back", -1))[: 2 if mirrored else 1]:
        for i, row in enumerate(rows):
            length = half * float(row[1 if way > 0 else 2]) / top
            if length:
                y = y0 - length if way > 0 else float(y0)
                parts.append(
                    element("rect", x=across(i / n), y=y, width=width, height=max(length, 0.75), class_=column)
                )
    if mirrored:
        parts.append(
            element("rect", x=across(0), y=y0, width=percent(RIGHT - LEFT), height=half, fill="url(#pattern-1)")
        )
    parts.append(element("line", x1=across(0), x2=across(1), y1=y0, y2=y0, class_="axis"))
    below = y0 + (half if mirrored else 0)
    parts += _time_axis([str(row[0]) for row in rows], below + 16.0)
    parts.append(element("text", f"↑ {head[1]}", x=across(0), y=12))
    if mirrored:
        parts.append(element("text", f"↓ {head[2]}", x=across(0), y=below + 36.0))
    return below + (42.0 if mirrored else 22.0), parts, None


def _time_axis(months: Sequence[str], y: float) -> Iterator[Markup]:
    """Name at most seven moments, years where the axis spans some."""
    starts = [i for i, month in enumerate(months) if month[5:7] in ("01", "")]
    marks = starts if len(starts) >= 3 else list(range(len(months)))
    step = math.ceil(len(marks) / 7)
    for i in marks[::step]:
        words = months[i][:4] if marks is starts else months[i]
        if i / len(months) < 0.94:
            yield element("text", words, x=across(i / len(months)), y=y, class_="muted")


def _scatter(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Drawn:
    """Place dots on two logarithmic scales of one length, with the line where both are equal."""
    height, foot = 300.0, 320.0
    top = ceiling(max(float(value) for row in rows for value in row[1:3]))
    most = max(float(row[3]) if len(row) > 3 else 1.0 for row in rows)

    def place(value: float) -> float:
        return math.log1p(value) / math.log1p(top)

    parts = []
    for tick in [0.0, *(10.0**power for power in range(int(math.log10(top)) + 1))]:
        x, y = across(place(tick)), height - (height - 20) * place(tick)
        parts += [
            element("line", x1=x, x2=x, y1=20, y2=height, class_="grid"),
            element("line", x1=across(0), x2=across(1), y1=y, y2=y, class_="grid"),
            element("text", short_count(tick), x=x, y=height + 16, class_="muted middle"),
            element("text", short_count(tick), x=percent(LEFT - 1.5), y=y + 4, class_="muted end"),
        ]
    parts.append(element("line", x1=across(0), x2=across(1), y1=height, y2=20, class_="axis dashed"))
    for name, x, y, *size in rows:
        radius = 3 + 11 * math.sqrt((float(size[0]) if size else 1.0) / most) if most > 1 else 4.0
        dot = element("title", str(name))
        cy = height - (height - 20) * place(float(y))
        parts.append(element("circle", dot, cx=across(place(float(x))), cy=cy, r=radius, class_="dot"))
    parts += [
        element("text", f"↑ {head[2]}", x=across(0), y=12),
        element("text", f"{head[1]} →", x=across(1), y=foot + 16, class_="end"),
    ]
    return foot + 22, parts, None


def _rings(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Drawn:
    parts, box = rings(rows)
    return 0.0, parts, box


_DRAWN: Final[dict[str, Callable[[Sequence[str], Sequence[Sequence[Any]]], Drawn]]] = {
    "bars": _bars,
    "stack": _stack,
    "months": _months,
    "scatter": _scatter,
    "rings": _rings,
}
