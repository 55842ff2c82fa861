"""Drawing of the circles map: rings are circles, an angle is a community, a sign is a person.

Pure functions from arrays to runs of text, so that the map can be tested and drawn without an app.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len, split_graphemes

from relnet.text import LABEL_MARKS, UNKNOWN, clean, fit, to_ascii
from relnet.tui.widgets.drawn import Run

Marker = Literal["braille", "block", "ascii"]
CIRCLES = (5, 15, 50, 150)
"""Sizes that name the circles, from the inner one."""

# Columns and rows of the finer grid in a cell, and the glyph of each set of its points.
_GRID: dict[Marker, tuple[int, int, str]] = {
    "braille": (2, 4, " " + "".join(map(chr, range(0x2801, 0x2900)))),
    "block": (2, 2, " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"),
    "ascii": (1, 1, " ."),
}
# Bit of a point, by column and row of the finer grid.
_BITS: dict[Marker, list[list[int]]] = {
    "braille": [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]],
    "block": [[1, 4], [2, 8]],
    "ascii": [[1]],
}
_LANES = np.array([1, 2, 3, 3])
_LONGEST_NAME = 14
# Offsets for a person whose cell is taken, nearest first; a cell is twice as high as wide.
_REACH = (4, 2)
_NEARBY = sorted(((x, y) for x in range(-4, 5) for y in range(-2, 3)), key=lambda o: (o[0] ** 2 + 4 * o[1] ** 2, o))


@dataclass(frozen=True, eq=False)
class People:
    """Columns of n people; those without a circle are left out of the map.

    Parameters
    ----------
    names
        Texts, clean or not.
    circle
        float64[n], one of `CIRCLES`; NaN where a person is in none.
    community
        int[n]; people of one community share a sector.
    label
        Labels of relnet, one a person.
    strength
        float64[n]; the strongest of a sector come first.
    """

    names: Sequence[str]
    circle: npt.NDArray[np.float64]
    community: npt.NDArray[np.integer]
    label: Sequence[str]
    strength: npt.NDArray[np.float64]


@dataclass
class Drawing:
    """A finished map."""

    lines: list[list[Run]]
    people_at: dict[tuple[int, int], int] = field(default_factory=dict)
    """Row of the person in a cell, by (x, y)."""
    hidden: int = 0
    """People for whom no cell was left."""


def draw(
    people: People,
    width: int,
    height: int,
    marker: Marker = "braille",
    selected: int | None = None,
    links: Sequence[int] = (),
    centre: str = "YOU",
) -> Drawing:
    """Draw the map.

    Parameters
    ----------
    people
        Who is on it.
    width, height
        Terminal cells.
    marker
        What rings and lines are made of.
    selected
        Row of the person to highlight and name.
    links
        Rows of the people to join to the selected one.
    centre
        What stands in the middle.
    """
    canvas = _Canvas(width, height, marker)
    canvas.rings()
    canvas.write(centre, canvas.x(0, 0) - cell_len(centre) // 2, canvas.y(0, 0), "map--you")
    for ring, size in enumerate(CIRCLES, start=1):
        canvas.write(str(size), canvas.x(ring / 4, -np.pi / 2), canvas.y(ring / 4, -np.pi / 2), "map--size")
    rows, radius, angle = _places(people)
    drawing = Drawing([])
    cells: dict[int, tuple[int, int]] = {}
    for row, r, a in zip(rows.tolist(), radius.tolist(), angle.tolist(), strict=True):
        cell = canvas.nearest_free(canvas.x(r, a), canvas.y(r, a))
        if cell is None:
            drawing.hidden += 1
            continue
        label = people.label[row] if people.label[row] in LABEL_MARKS else UNKNOWN
        canvas.mark(label, *cell, "map--selected" if row == selected else f"label--{label}")
        drawing.people_at[cell] = row
        cells[row] = cell
    if selected in cells:
        canvas.lines(cells[selected], [cells[row] for row in links if row in cells])
        canvas.name(clean(people.names[selected]), *cells[selected], "map--selected")
    for row, cell in cells.items():
        if people.circle[row] == CIRCLES[0] and row != selected:
            canvas.name(clean(people.names[row]), *cell, "map--name")
    drawing.lines = canvas.runs()
    return drawing


def _places(people: People) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Rows on the map with their radius (1 is the outer ring) and angle, inner circle first."""
    circle = np.asarray(people.circle, dtype=np.float64)
    rows = np.flatnonzero(np.isin(circle, CIRCLES))
    ring = np.searchsorted(CIRCLES, circle[rows])
    strength = np.nan_to_num(np.asarray(people.strength)[rows], nan=-1.0)
    order = np.lexsort((-strength, np.asarray(people.community)[rows], ring))
    rows, ring = rows[order], ring[order]
    _, community = np.unique(np.asarray(people.community)[rows], return_inverse=True)
    # A community's sector is as wide as its share of the people on the map.
    sizes = np.bincount(community, minlength=1)
    sector = 2 * np.pi * sizes / max(len(rows), 1)
    sector_start = np.cumsum(sector) - sector
    # Within a ring and a sector people stand evenly, on lanes so that neighbours keep apart.
    new_group = np.ones(len(rows), dtype=bool)
    new_group[1:] = (np.diff(ring) != 0) | (np.diff(community) != 0)
    group = np.cumsum(new_group) - 1
    index = np.arange(len(rows)) - np.flatnonzero(new_group)[group]
    size = np.bincount(group, minlength=1)[group]
    angle = sector_start[community] + sector[community] * (index + 0.5) / np.maximum(size, 1)
    lanes = _LANES[ring]
    radius = (ring + 0.9 - 0.6 * (index % lanes + 0.5) / lanes) / len(CIRCLES)
    return rows, radius, angle


class _Canvas:
    """Cells with a text and a colour each, over a finer grid for rings and lines."""

    def __init__(self, width: int, height: int, marker: Marker) -> None:
        self.width, self.height, self.marker = width, height, marker
        self.fine_x, self.fine_y, self.glyphs = _GRID[marker]
        self.bits = np.array(_BITS[marker], dtype=np.uint8)
        self.radius_y = max(min((height - 1) / 2, (width - 1) / 4), 0.0)
        self.ring_points = np.zeros((height, width), dtype=np.uint8)
        self.line_points = np.zeros((height, width), dtype=np.uint8)
        self.written: dict[tuple[int, int], Run] = {}
        self.marks = {label: to_ascii(sign) if marker == "ascii" else sign for label, sign in LABEL_MARKS.items()}
        # What is taken, in one row of bytes with a border that counts as taken, so that a search needs no bounds.
        self.stride = width + 2 * _REACH[0]
        rows = height + 2 * _REACH[1]
        self.taken = bytearray(b"\1") * (self.stride * rows)
        for y in range(height):
            start = self.place(0, y)
            self.taken[start : start + width] = bytes(width)
        self.nearby = [(dx + dy * self.stride, dx, dy) for dx, dy in _NEARBY]

    def place(self, x: int, y: int) -> int:
        return (y + _REACH[1]) * self.stride + x + _REACH[0]

    def x(self, radius: float, angle: float) -> int:
        return int((self.width - 1) / 2 + radius * 2 * self.radius_y * np.cos(angle) + 0.5)

    def y(self, radius: float, angle: float) -> int:
        return int((self.height - 1) / 2 + radius * self.radius_y * np.sin(angle) + 0.5)

    def rings(self) -> None:
        for ring in range(1, len(CIRCLES) + 1):
            radius = ring / len(CIRCLES) * self.radius_y
            # A point every third of the finer grid: seen, and fainter than the people.
            points = int(2 * np.pi * radius * max(2 * self.fine_x, self.fine_y) / 3)
            angle = np.arange(points) * (2 * np.pi / max(points, 1))
            x = (self.width - 1) / 2 + 2 * radius * np.cos(angle)
            self._plot(self.ring_points, x, (self.height - 1) / 2 + radius * np.sin(angle))

    def lines(self, start: tuple[int, int], ends: Iterable[tuple[int, int]]) -> None:
        for x, y in ends:
            steps = np.linspace(0, 1, 2 + self.fine_y * max(abs(x - start[0]) // 2, abs(y - start[1])))
            self._plot(self.line_points, start[0] + steps * (x - start[0]), start[1] + steps * (y - start[1]))

    def _plot(self, points: npt.NDArray[np.uint8], x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> None:
        """Set points given in cells, where whole numbers are the middles of cells."""
        fine_x = np.floor((x + 0.5) * self.fine_x).astype(np.intp)
        fine_y = np.floor((y + 0.5) * self.fine_y).astype(np.intp)
        cell_x, cell_y = fine_x // self.fine_x, fine_y // self.fine_y
        inside = (cell_x >= 0) & (cell_x < self.width) & (cell_y >= 0) & (cell_y < self.height)
        bits = self.bits[fine_x % self.fine_x, fine_y % self.fine_y]
        np.bitwise_or.at(points, (cell_y[inside], cell_x[inside]), bits[inside])

    def free(self, x: int, y: int, cells: int = 1) -> bool:
        inside = 0 <= y < self.height and 0 <= x <= self.width - cells
        return inside and not any(self.taken[self.place(x, y) : self.place(x, y) + cells])

    def nearest_free(self, x: int, y: int) -> tuple[int, int] | None:
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        at, taken = self.place(x, y), self.taken
        if not taken[at]:
            return x, y
        return next(((x + dx, y + dy) for step, dx, dy in self.nearby if not taken[at + step]), None)

    def mark(self, label: str, x: int, y: int, component: str) -> None:
        """Put the sign of a label, one cell wide, on a cell that is free."""
        self.taken[self.place(x, y)] = 1
        self.written[x, y] = (self.marks[label], component)

    def write(self, text: str, x: int, y: int, component: str) -> bool:
        """Write where there is room; a wide character takes its own cell and an empty one."""
        shown = to_ascii(text) if self.marker == "ascii" else text
        spans, cells = split_graphemes(shown)
        if not self.free(x, y, cells):
            return False
        for start, stop, size in spans:
            if size:
                self.taken[self.place(x, y) : self.place(x, y) + size] = b"\1" * size
                self.written[x, y] = (shown[start:stop], component)
                self.written.update({(x + i, y): ("", component) for i in range(1, size)})
                x += size
        return True

    def name(self, text: str, x: int, y: int, component: str) -> None:
        """Write a name beside its person, shortened where it must be, or not at all."""
        for most in (_LONGEST_NAME, _LONGEST_NAME // 2):
            cells = min(cell_len(text), most)
            shown = fit(text, cells, ascii=self.marker == "ascii").rstrip()
            cells = cell_len(shown)
            middle = x - cells // 2
            for at in ((x + 1, y), (x - cells, y), (middle, y - 1), (middle, y + 1)):
                if cells and self.write(shown, *at, component):
                    return

    def runs(self) -> list[list[Run]]:
        """Lines as runs of equal colour; an empty cell is a space, since some fonts show blank braille."""
        ring_and_line = self.ring_points | self.line_points
        lines = []
        for y in range(self.height):
            runs: list[Run] = []
            for x in range(self.width):
                bits = ring_and_line[y, x]
                point = "" if not bits else "map--line" if self.line_points[y, x] else "map--ring"
                text, component = self.written.get((x, y), (self.glyphs[bits], point))
                if runs and runs[-1][1] == component:
                    runs[-1] = (runs[-1][0] + text, component)
                else:
                    runs.append((text, component))
            lines.append(runs)
        return lines
