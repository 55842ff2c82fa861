"""The map of circles: rings by how often, one mark a person, names where there is room."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

from markupsafe import Markup

from relnet.report.svg import element
from relnet.text import clean

RINGS: Final = ((5, "weekly"), (15, "monthly"), (50, "half-yearly"), (150, "yearly"))
MIDDLE: Final = 210.0
WIDTH: Final = 44.0
"""Of one ring; the innermost begins at `HOLE`."""
HOLE: Final = 24.0
LANES: Final = 3
"""Distances from the middle at which marks of one ring stand in turn."""
LETTER: Final = 6.6
"""Mean width of a character in pixels, for keeping names apart."""
NAMED: Final = 15

Box = tuple[float, float, float, float]


def rings(rows: Sequence[Sequence[Any]]) -> tuple[list[Markup], str]:
    """Return the drawing of (name, circle, label) rows, strongest first, and its view box.

    The first `NAMED` are called by name where no other name stands there.
    """
    parts = [
        element("circle", cx=MIDDLE, cy=MIDDLE, r=HOLE + WIDTH * (i + 1), class_="ring") for i in reversed(range(4))
    ]
    parts.append(element("text", "you", x=MIDDLE, y=MIDDLE + 4, class_="middle strong"))
    taken: list[Box] = [(MIDDLE - 20, MIDDLE - 10, MIDDLE + 20, MIDDLE + 10)]
    names: list[Markup] = []
    for i, (_, word) in enumerate(RINGS):
        y = MIDDLE - HOLE - WIDTH * (i + 1) + 13
        half = LETTER * len(word) / 2
        taken.append((MIDDLE - half, y - 11, MIDDLE + half, y + 3))
        names.append(element("text", word, x=MIDDLE, y=y, class_="muted middle halo"))
    for n, (name, x, y, label) in enumerate(_placed(rows)):
        parts.append(mark(label, x, y, name))
        if n < NAMED:
            names += _named(name, x, y, taken)
    return [*parts, *names, *_legend({str(row[2]) for row in rows})], "0 0 420 446"


def _placed(rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, float, float, str]]:
    for i, (size, word) in enumerate(RINGS):
        gap = LETTER * len(word) / 2 / (HOLE + WIDTH * (i + 1))
        here = [row for row in rows if row[1] == size]
        for k, row in enumerate(here):
            # Even angles from beside the ring's word round to its other side; lanes keep neighbours apart.
            angle = gap + (2 * math.pi - 2 * gap) * (k + 0.5) / len(here) - math.pi / 2
            radius = HOLE + WIDTH * i + WIDTH * (1 + k % LANES) / (LANES + 1)
            yield (
                str(row[0]),
                MIDDLE + radius * math.cos(angle),
                MIDDLE + radius * math.sin(angle),
                str(row[2]),
            )


def mark(label: str, x: float, y: float, name: str = "") -> Markup:
    """Return the sign of a label: dot good, triangle inactive, cross fake, hollow dot unknown."""
    title = [element("title", f"{name}: {label}")] if name else []
    if label == "inactive":
        return element("path", *title, d=f"M{x:.1f} {y - 4.5:.1f}l4.5 8h-9z", class_="inactive")
    if label == "fake":
        return element("path", *title, d=f"M{x - 4:.1f} {y - 4:.1f}l8 8m0-8l-8 8", class_="cross")
    return element("circle", *title, cx=x, cy=y, r=3.5, class_="good" if label == "good" else "hollow")


def _named(name: str, x: float, y: float, taken: list[Box]) -> Iterator[Markup]:
    short = clean(name).partition(" (")[0]
    short = short if len(short) <= 16 else short[:15] + "…"
    width = LETTER * len(short)
    right = (x + 7, y - 7, x + 7 + width, y + 7)
    left = (x - 7 - width, y - 7, x - 7, y + 7)
    for box, anchor in ((right, "start"), (left, "end"))[:: 1 if x >= MIDDLE else -1]:
        if box[0] >= 0 and box[2] <= 2 * MIDDLE and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            at = box[0] if anchor == "start" else box[2]
            yield element("text", short, x=at, y=y + 4, class_=f"halo {anchor}")
            return


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _legend(met: set[str]) -> Iterator[Markup]:
    x = 12.0
    for label in ("good", "inactive", "fake", "unknown"):
        if label in met:
            yield mark(label, x, 434.0)
            yield element("text", label, x=x + 10, y=438)
            x += 34 + LETTER * len(label)
