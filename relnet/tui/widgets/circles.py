"""The circles map as a widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from textual import events
from textual.message import Message
from textual.reactive import reactive

from relnet.text import fit
from relnet.tui.widgets.drawn import Drawn, Run
from relnet.tui.widgets.ring_map import CIRCLES, Drawing, Marker, People, draw


class Circles(Drawn):
    """People around the owner, the nearest inside; the selected one is named and joined to others."""

    DEFAULT_CSS = """
    Circles > .map--ring { color: $foreground 35%; }
    Circles > .map--size { color: $text-muted; }
    Circles > .map--line { color: $accent; }
    Circles > .map--you { text-style: bold; }
    Circles > .map--selected { color: $block-cursor-foreground; background: $block-cursor-background;
        text-style: bold; }
    Circles:nocolor > .map--selected { color: $foreground; background: $surface;
        text-style: bold reverse; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"map--{name}" for name in ("ring", "size", "line", "name", "you", "selected")
    }

    marker: reactive[Marker] = reactive("braille")
    """What rings and lines are made of; with ``ascii`` set, ASCII too."""

    @dataclass
    class PersonClicked(Message):
        """A person on the map was clicked."""

        circles: Circles
        row: int

        @property
        def control(self) -> Circles:
            """The map, for selectors of handlers."""
            return self.circles

    _people: People | None = None
    _selected: int | None = None
    _links: Sequence[int] = ()
    _drawing = Drawing([])

    def set_people(self, people: People | None) -> None:
        """Show people; `None` where the circles are unknown."""
        self._people = people
        self.redraw()

    def select(self, row: int | None, links: Sequence[int] = ()) -> None:
        """Highlight a person and join them to the people of the rows ``links``."""
        self._selected, self._links = row, links
        self.redraw()

    @property
    def hidden(self) -> int:
        """People for whom the map as last drawn had no room."""
        return self._drawing.hidden

    def draw(self, width: int, height: int) -> list[list[Run]]:
        """Return the map, or the word that nothing is known."""
        if self._people is None or not np.isin(self._people.circle, CIRCLES).any():
            self._drawing = Drawing([])
            text = fit("unknown: no circles yet", width)
            return [*([] for _ in range(height // 2)), [(text, "map--size")]]
        marker: Marker = "ascii" if self.ascii else self.marker
        self._drawing = draw(self._people, width, height, marker, self._selected, self._links)
        return self._drawing.lines

    def on_click(self, event: events.Click) -> None:
        """Tell which person was clicked."""
        offset = event.get_content_offset(self)
        row = self._drawing.people_at.get((offset.x, offset.y)) if offset else None
        if row is not None:
            self.post_message(self.PersonClicked(self, row))

    def _watch_marker(self) -> None:
        self.redraw()
