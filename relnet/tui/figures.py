"""The figures of the overview as tiles: what each counts, how sure it is, and which filter is behind it."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

import numpy as np
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Sparkline

from relnet.assess.assessment import LABELS, Assessment
from relnet.text import LABEL_MARKS, UNKNOWN, count, share, share_range
from relnet.tui.widgets.bars import Months, label_lines
from relnet.tui.widgets.drawn import Run
from relnet.tui.widgets.ring_map import CIRCLES
from relnet.tui.widgets.tile import Figure, Tile

_WITHIN: Final = "circle>0 circle<={size}"
_OFTEN: Final = ("weekly", "monthly", "half-yearly", "yearly")


class Tiles(Horizontal):
    """People, who is real, circles, and acts a month."""

    def compose(self) -> ComposeResult:
        """Lay out the tiles."""
        yield Tile("people", stacked=True, id="people")
        yield Tile("who is real", id="real")
        yield Tile("circles", id="circles-tile")
        with Vertical(id="months"):
            yield Sparkline(summary_function=max)

    def on_mount(self) -> None:
        """Name the frame that is no tile."""
        self.query_one("#months").border_title = "acts a month"

    def show(self, assessment: Assessment, prefix: str = "") -> None:
        """Show the figures of a network, with a prefix in the titles."""
        for name, title, (shown, note) in (
            ("people", "people", people(assessment)),
            ("real", "who is real", real(assessment)),
            ("circles-tile", "circles" if assessment.header.me else "in touch", circles(assessment)),
        ):
            tile = self.query_one(f"#{name}", Tile)
            tile.set_figures(shown, note, partial(label_bar, assessment) if name == "real" else None)
            tile.border_title = prefix + title

    def show_months(self, months: Months | None) -> None:
        """Show acts by month."""
        words = "undated"
        if months is None:
            self.query_one(Sparkline).data = []
        else:
            total = np.nan_to_num(months.out) + np.nan_to_num(months.into)  # the line has no sign for unknown
            self.query_one(Sparkline).data = total.tolist()
            words = f"most {count(float(total.max()))} · since {months.names[0]}"
        self.query_one("#months").border_subtitle = words


def people(assessment: Assessment) -> tuple[list[Figure], str]:
    """Return how many there are and how many ties go both ways, and for how many that is unknown."""
    summary = assessment.header.summary
    both, unknown = summary["both_ways"], int(summary["direction_unknown"].value)
    figures = [
        Figure(f"{count(summary['people'].value)} people", ""),
        Figure(f"{_seen(both.value, assessment)} both ways", "in>0 out>0"),
    ]
    return figures, f"one way unseen: {count(unknown)}" if unknown else ""


def _seen(value: float, assessment: Assessment) -> str:
    """Return a number of ties as a lower bound where a direction of some is not covered."""
    bounded = assessment.header.summary["direction_unknown"].value and not math.isnan(value)
    return f"≥{count(value)}" if bounded else count(value)


def real(assessment: Assessment, beside_fake: str = "") -> tuple[list[Figure], str]:
    """Return the shares of the labels, the number without one, and how sure the share of fakes is."""
    summary = assessment.header.summary
    fake = summary["share_fake"]
    figures = []
    for word in LABELS[:-1]:
        value = summary[f"share_{word}"].value
        sure = beside_fake if word == "fake" else ""
        said = f"{word} {UNKNOWN}" if math.isnan(value) else f"{share(value)}{sure} {word}"
        figures.append(Figure(f"{LABEL_MARKS[word]} {said}", f"label:{word}", f"label--{word}"))
    unjudged = f"{LABEL_MARKS[UNKNOWN]} {count(summary[f'label_{UNKNOWN}'].value)} {UNKNOWN}"
    unknown = Figure(unjudged, f"label:{UNKNOWN}", f"label--{UNKNOWN}")
    if math.isnan(fake.value):
        return [unknown], "no facts to judge by"
    return [*figures, unknown], f"{share_range(fake.low, fake.high)} fake (95 %), default thresholds"


def label_bar(assessment: Assessment, width: int, ascii: bool) -> list[list[Run]]:
    """Return the accounts by label as one line of signs; nothing where there are none."""
    counts = {word: assessment.header.summary[f"label_{word}"].value for word in LABELS}
    return label_lines(counts, width, ascii=ascii)[:1] if any(counts.values()) else []


def circles(assessment: Assessment) -> tuple[list[Figure], str]:
    """Return how many ties are within each circle, or where nobody has circles, how often ties are in touch."""
    summary, owned = assessment.header.summary, bool(assessment.header.me)
    figures = []
    for size, often in zip(CIRCLES, _OFTEN, strict=True):
        n = _seen(summary[f"circle_{size}"].value, assessment)
        figures.append(Figure(f"{n} of {size}" if owned else f"{n} {often}", _WITHIN.format(size=size)))
    return figures, "by days in touch" if owned else "at least so often"


def one_line(assessment: Assessment) -> list[Figure]:
    """Return the figures for a line, where there is no room for tiles, the most needed first."""
    (met, both), _ = people(assessment)
    return [met, *real(assessment, _short_interval(assessment))[0], both, *circles(assessment)[0]]


def _short_interval(assessment: Assessment) -> str:
    fake = assessment.header.summary["share_fake"]
    return "" if math.isnan(fake.low) else f" ({share_range(fake.low, fake.high)})"
