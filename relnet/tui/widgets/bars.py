"""Bars: what moved a score, who wrote when, and how the labels share out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual.geometry import Size

from relnet.text import LABEL_MARKS, UNKNOWN, count, fit, share, to_ascii
from relnet.tui.widgets.drawn import Drawn, Run, flow

_NAME = 16
_VALUE = 6
_LEAST_REASON = 16


@dataclass(frozen=True)
class Part:
    """One thing that moved a score.

    Parameters
    ----------
    name
        What it is.
    value
        Signed contribution; NaN or `None` where it is unknown.
    reason
        The features behind it, in words.
    """

    name: str
    value: float | None
    reason: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None and not math.isnan(self.value)


def contribution_lines(parts: Sequence[Part], width: int, ascii: bool = False) -> list[list[Run]]:
    """Draw one signed bar a part, the strongest first, unknown ones last and named so."""
    ordered = sorted(parts, key=lambda part: -abs(part.value or 0.0) if part.known else 1.0)
    longest = max((abs(part.value or 0.0) for part in ordered if part.known), default=0.0) or 1.0
    half = max(4, min(16, (width - _NAME - _VALUE) // 6))
    rest = width - (_NAME + 1 + 2 * half + 1 + 1 + _VALUE + 2)
    lines = []
    for part in ordered:
        line: list[Run] = [(fit(part.name, _NAME, ascii=ascii) + " ", "")]
        if part.known:
            value = float(part.value or 0.0)
            line += _signed_bar(value / longest, half, ascii)
            line.append((fit(f"{value:+.2f}", _VALUE + 1, "right"), ""))
        else:
            line.append((fit(UNKNOWN.center(2 * half + 1), 2 * half + 2 + _VALUE), "bar--unknown"))
        if rest >= _LEAST_REASON:
            line.append(("  " + fit(part.reason, rest, ascii=ascii), "bar--reason"))
        lines.append(line)
        if part.reason and rest < _LEAST_REASON:
            lines.append([("  " + fit(part.reason, width - 2, ascii=ascii), "bar--reason")])
    return lines


def _signed_bar(fraction: float, half: int, ascii: bool) -> list[Run]:
    """Bar of half cells to the left or the right of an axis; what is not zero is seen."""
    steps = max(round(abs(fraction) * 2 * half), 1 if fraction else 0)
    whole, part = divmod(steps, 2)
    full, left, right, axis = ("#", "#", "#", "|") if ascii else ("█", "▐", "▌", "│")
    if fraction < 0:
        return [((left * part + full * whole).rjust(half), "bar--down"), (axis + " " * half, "bar--axis")]
    return [(" " * half + axis, "bar--axis"), ((full * whole + right * part).ljust(half), "bar--up")]


@dataclass(frozen=True, eq=False)
class Months:
    """Interactions per month in both directions.

    Parameters
    ----------
    names
        Months as text, in order, without gaps.
    out, into
        Interactions from you and to you: float64[months], NaN where a month was not observed.
    legend
        How the two ways are called; an empty second one: there is but one.
    """

    names: Sequence[str]
    out: npt.NDArray[np.float64]
    into: npt.NDArray[np.float64]
    legend: tuple[str, str] = ("you→", "→you")


def mirrored_lines(months: Months, width: int, height: int, ascii: bool = False) -> list[list[Run]]:
    """Draw a bar up for what you wrote and a bar down for what you got, on one scale.

    Where there are more months than cells a bar stands for several; a bar of unknown months is a ``?``.
    """
    together, cells = bar_layout(len(months.names), width)
    out, into = _per_bar(months.out, together), _per_bar(months.into, together)
    half = max(1, (height - 3) // 2)
    both = np.concatenate((out, into))
    top = float(np.nanmax(both)) if not np.isnan(both).all() else np.nan
    unit = "a month" if together == 1 else f"{together} months"
    legend = f"{months.legend[0]} {_total(months.out)}"
    scale = f"  highest: {count(top)} in {unit}"
    if top > 0 and len(legend + scale) <= width:
        legend += scale
    names = months.names
    ends = (names[0], names[-1]) if names else ("", "")
    span = min(width, len(out) * cells)
    axis = "-" if ascii else "─"
    between = max(1, span - len(ends[0]) - len(ends[1]) - 2)
    label = f"{ends[0]} {axis * between} {ends[1]}" if len(names) > 1 else ends[0]
    if not months.legend[1]:
        return [
            [(fit(legend, width, ascii=ascii), "bar--legend")],
            *reversed(_half(out, top, max(1, height - 2), cells, ascii, up=True)),
            [(fit(label, width, ascii=ascii), "bar--axis")],
        ]
    return [
        [(fit(legend, width, ascii=ascii), "bar--legend")],
        *reversed(_half(out, top, half, cells, ascii, up=True)),
        [(fit(label, width, ascii=ascii), "bar--axis")],
        *_half(into, top, half, cells, ascii, up=False),
        [(fit(f"{months.legend[1]} {_total(months.into)}", width, ascii=ascii), "bar--legend")],
    ]


def bar_layout(months: int, width: int) -> tuple[int, int]:
    """Return how many months a bar stands for, and how many cells it takes."""
    together = max(1, math.ceil(months / max(width, 1)))
    return together, max(1, min(4, width // max(math.ceil(months / together), 1)))


def _per_bar(values: npt.NDArray[np.float64], together: int) -> npt.NDArray[np.float64]:
    """Sum of every ``together`` months, counted back from the last; NaN where none of them is known."""
    padded = np.concatenate((np.full(-len(values) % together, np.nan), np.asarray(values, dtype=np.float64)))
    groups = padded.reshape(-1, together)
    return np.where(np.isnan(groups).all(axis=1), np.nan, np.nansum(groups, axis=1))


def _total(values: npt.NDArray[np.float64]) -> str:
    known = ~np.isnan(values)
    if not known.any():
        return UNKNOWN
    total = count(float(np.nansum(values)))
    missing = int((~known).sum())
    return total if not missing else f"{total}, {count(missing)} month{'s' * (missing > 1)} unknown"


def _half(values: npt.NDArray[np.float64], top: float, half: int, cells: int, ascii: bool, up: bool) -> list[list[Run]]:
    """Lines of one direction, the one at the axis first."""
    name = "bar--out" if up else "bar--in"
    known = ~np.isnan(values)
    if not known.any():
        return [[(UNKNOWN, "bar--unknown")], *([] for _ in range(half - 1))]
    eighths = np.where(known, np.round(np.nan_to_num(values) / (top or 1.0) * half * 8), 0)
    eighths = np.where(known & (values > 0), np.maximum(eighths, 1), eighths).astype(int)
    drawn = cells if cells < 3 else cells - 1  # a gap between bars where there is room
    lines: list[list[Run]] = []
    for row in range(half):
        line: list[Run] = []
        for fill, is_known in zip(np.clip(eighths - 8 * row, 0, 8).tolist(), known.tolist(), strict=True):
            if is_known:
                # Blocks grow from below only: a bar hanging from above is the rest, in reverse.
                hanging = not up and 0 < fill < 8 and not ascii
                glyph = _ascii_block(fill, up) if ascii else " ▁▂▃▄▅▆▇█"[8 - fill if hanging else fill]
                line.append((glyph * drawn, f"{name}-part" if hanging else name))
            else:
                line.append((("?" if row == 0 else " ") * drawn, "bar--unknown"))
            line.append((" " * (cells - drawn), ""))
        lines.append(line)
    return lines


def _ascii_block(fill: int, up: bool) -> str:
    return " " if not fill else "#" if fill > 4 else "." if up else "'"


def label_lines(counts: Mapping[str, float] | None, width: int, note: str = "", ascii: bool = False) -> list[list[Run]]:
    """Draw the accounts as one stacked bar made of the labels' signs, with shares in words below.

    The bar is of all accounts; the shares are of those with a label other than unknown.
    """
    known = {label: n for label, n in (counts or {}).items() if n and not math.isnan(n)}
    total = sum(known.values())
    if not total:
        return [[(fit(UNKNOWN, width), "bar--unknown")], *_note(note, width, ascii)]
    judged = total - known.get(UNKNOWN, 0)
    bar: list[Run] = []
    pieces: list[list[Run]] = []
    for label, cells in _allot({label: known.get(label, 0) for label in LABEL_MARKS}, width).items():
        sign = to_ascii(LABEL_MARKS[label]) if ascii else LABEL_MARKS[label]
        bar.append((sign * cells, f"label--{label}"))
        if label == UNKNOWN:
            pieces.append([(f"{sign} {count(known.get(label, 0))} unknown", f"label--{label}")])
        elif judged:
            pieces.append([(f"{sign} {share(known.get(label, 0) / judged)} {label}", f"label--{label}")])
    return [bar, *flow(pieces, width, ascii), *_note(note, width, ascii)]


def _note(note: str, width: int, ascii: bool) -> list[list[Run]]:
    return [[(fit(note, width, ascii=ascii), "bar--reason")]] if note else []


def _allot(counts: Mapping[str, float], cells: int) -> dict[str, int]:
    """Share cells out by largest remainder; what is there gets a cell where there are enough."""
    total = sum(counts.values())
    exact = {label: n / total * cells for label, n in counts.items()}
    allotted = {label: max(int(x), 1 if x else 0) for label, x in exact.items()}
    while (left := cells - sum(allotted.values())) != 0:
        step = 1 if left > 0 else -1
        allotted[max(exact, key=lambda label: step * (exact[label] - allotted[label]))] += step
    return allotted


class Bars(Drawn):
    """Base of bars, with their colours."""

    DEFAULT_CSS = """
    Bars { height: auto; }
    Bars > .bar--up { color: $text-success; }
    Bars > .bar--down { color: $text-error; }
    Bars > .bar--out, Bars > .bar--out-part { color: $text-primary; }
    Bars > .bar--in { color: $text-accent; }
    Bars > .bar--in-part { color: $text-accent; text-style: reverse; }
    Bars > .bar--axis, Bars > .bar--reason, Bars > .bar--unknown { color: $text-muted; }
    Bars:nocolor > .bar--reason, Bars:nocolor > .bar--unknown { color: $foreground; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"bar--{name}"
        for name in ("up", "down", "out", "out-part", "in", "in-part", "axis", "reason", "unknown", "legend")
    }

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return as many lines as the picture has."""
        return len(self.draw(width, viewport.height))


class ContributionBars(Bars):
    """Why a score is what it is: one signed bar a part, with its value and its reason."""

    _parts: Sequence[Part] | None = None

    def set_parts(self, parts: Sequence[Part] | None) -> None:
        """Show parts; `None` where nothing is known about the score."""
        self._parts = parts
        self.redraw(layout=True)

    def draw(self, width: int, height: int) -> list[list[Run]]:
        """Return a line, or on a narrow screen two, for each part."""
        if not self._parts:
            return [[(fit(UNKNOWN, width), "bar--unknown")]]
        return contribution_lines(self._parts, width, self.ascii)


class MirroredBars(Bars):
    """Interactions per month, yours upwards and theirs downwards."""

    DEFAULT_CSS = "MirroredBars { height: 11; }"
    _months: Months | None = None

    def set_months(self, months: Months | None) -> None:
        """Show months; `None` where nothing is dated."""
        self._months = months
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Run]]:
        """Return legend, bars up, axis, bars down and legend."""
        if self._months is None or not len(self._months.names):
            return [[(fit(UNKNOWN, width), "bar--unknown")]]
        return mirrored_lines(self._months, width, height, self.ascii)


class LabelBar(Bars):
    """Shares of the labels as one stacked bar with a legend."""

    _counts: Mapping[str, float] | None = None
    _caption = ""

    def set_counts(self, counts: Mapping[str, float] | None, caption: str = "") -> None:
        """Show counts by label with a line below, such as the interval; `None` where nothing was judged."""
        self._counts, self._caption = counts, caption
        self.redraw(layout=True)

    def draw(self, width: int, height: int) -> list[list[Run]]:
        """Return bar, legend and caption."""
        return label_lines(self._counts, width, self._caption, self.ascii)
