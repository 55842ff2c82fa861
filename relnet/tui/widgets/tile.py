"""A tile of figures, each of which leads to the connections behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.message import Message

from relnet.tui.bindings import bindings
from relnet.tui.widgets.drawn import Drawn, Run, flow

Above = Callable[[int, bool], list[list[Run]]]
"""Draws what stands above the figures, given the width and whether in ASCII."""


@dataclass(frozen=True)
class Figure:
    """One figure as text, the filter that shows what is behind it, and the class that colours it."""

    text: str
    filter: str
    component: str = ""


class Tile(Drawn, can_focus=True):
    """Figures in a frame; left and right choose one, Enter follows it."""

    DEFAULT_CSS = """
    Tile { height: 5; border: round $panel-lighten-3; border-title-color: $foreground;
        border-subtitle-color: $text-muted; padding: 0 1; }
    Tile:focus { border: round $primary; }
    Tile > .tile--chosen { text-style: reverse; }
    Tile:nocolor { border-subtitle-color: $foreground; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"tile--chosen"}
    BINDINGS = bindings("tile")

    @dataclass
    class Followed(Message):
        """A figure was followed."""

        tile: Tile
        filter: str

    def __init__(self, title: str, *, stacked: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = title
        self._stacked = stacked
        self._figures: Sequence[Figure] = ()
        self._above: Above | None = None
        self._chosen = self._visible = 0

    def set_figures(self, figures: Sequence[Figure], note: str = "", above: Above | None = None) -> None:
        """Show figures, what is to be said of them all, and what stands above them."""
        self._figures, self._above = figures, above
        self.border_subtitle = note
        self._chosen = min(self._chosen, max(len(figures) - 1, 0))
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Run]]:
        """Return the lines that fit."""
        pieces: list[list[Run]] = [[(each.text, self._component(i))] for i, each in enumerate(self._figures)]
        above = self._above(width, self.ascii) if self._above else []
        stacks = [[piece] for piece in pieces] if self._stacked else [pieces]
        lines = [line for stack in stacks for line in flow(stack, width, self.ascii)]
        # Between two figures of a line there is a gap, which is a run of its own.
        self._visible = sum((len(line) + 1) // 2 for line in lines[: height - len(above)])
        return [*above, *lines][:height]

    def _component(self, figure: int) -> str:
        chosen = self.has_focus and figure == self._chosen
        return "tile--chosen" if chosen else self._figures[figure].component

    def watch_has_focus(self, _: bool) -> None:
        """Show or hide which figure is chosen."""
        self.redraw()

    def action_choose(self, by: int) -> None:
        """Choose another figure."""
        self._chosen = max(0, min(self._chosen + by, self._visible - 1))
        self.redraw()

    def action_follow(self) -> None:
        """Tell which figure is followed."""
        if self._figures:
            self.post_message(self.Followed(self, self._figures[self._chosen].filter))
