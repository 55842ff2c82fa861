"""Base of widgets that draw themselves as lines of coloured runs."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from relnet.text import fit
from relnet.tui.widgets.labels import LABEL_CLASSES, label_css

Run = tuple[str, str]
"""Text, and the component class that colours it; empty for the widget's own colour."""


class Drawn(Widget):
    """A widget whose picture depends on its size and data only.

    A subclass returns the picture from `draw` and calls `redraw` when its data change.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = label_css("Drawn")
    COMPONENT_CLASSES: ClassVar[set[str]] = {*LABEL_CLASSES}

    ascii: reactive[bool] = reactive(False)
    """Draw with ASCII only."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[list[Run]] | None = None

    def draw(self, width: int, height: int) -> list[list[Run]]:
        """Return at most ``height`` lines of at most ``width`` cells."""
        return []

    def redraw(self, layout: bool = False) -> None:
        """Forget the picture; with ``layout``, its height too."""
        self._lines = None
        self.refresh(layout=layout)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        if self._lines is None:
            self._lines = self.draw(*self.size)
        base = self.rich_style
        runs = self._lines[y] if y < len(self._lines) else []
        strip = Strip(
            Segment(text, base + self.get_component_rich_style(component) if component else base)
            for text, component in runs
        )
        return strip.adjust_cell_length(self.size.width, base)

    def _on_resize(self, _: events.Resize) -> None:
        self.redraw()

    def _watch_ascii(self) -> None:
        self.redraw()


def flow(pieces: list[list[Run]], width: int, ascii: bool = False) -> list[list[Run]]:
    """Set pieces side by side, two cells apart, on as many lines as the width asks for."""
    lines: list[list[Run]] = [[]]
    used = 0
    for piece in pieces:
        cells = sum(cell_len(text) for text, _ in piece)
        if used and used + 2 + cells > width:
            lines.append([])
            used = 0
        if used:
            lines[-1].append(("  ", ""))
            used += 2
        lines[-1] += [(fit(text, min(cell_len(text), width), ascii=ascii), component) for text, component in piece]
        used += cells
    return lines
