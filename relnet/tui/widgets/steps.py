"""Thresholds that are raised and lowered in steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.message import Message

from relnet.text import fit, score
from relnet.tui.bindings import bindings
from relnet.tui.widgets.drawn import Drawn, Run

STEP = 0.05
_NAME = 16


@dataclass(frozen=True)
class Step:
    """One threshold: its name, what it does, and its value."""

    name: str
    words: str
    value: float


class Steps(Drawn, can_focus=True):
    """A line a threshold; up and down choose one, left and right turn it."""

    DEFAULT_CSS = """
    Steps { height: 5; border: round $panel-lighten-3; border-title-color: $foreground; padding: 0 1; }
    Steps:focus { border: round $primary; }
    Steps > .steps--chosen { text-style: reverse; }
    Steps > .steps--words { color: $text-muted; }
    Steps:nocolor > .steps--words { color: $foreground; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"steps--chosen", "steps--words"}
    BINDINGS = bindings("steps")

    @dataclass
    class Turned(Message):
        """A threshold was raised or lowered."""

        index: int
        value: float

    _steps: Sequence[Step] = ()
    _chosen = 0

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Show thresholds."""
        self._steps = steps
        self.redraw()

    def watch_has_focus(self, _: bool) -> None:
        """Show or hide which one is chosen."""
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Run]]:
        """Return a line a threshold."""
        lines: list[list[Run]] = []
        for i, step in enumerate(self._steps):
            value = f"< {score(step.value)} >" if self.ascii else f"◂ {score(step.value)} ▸"
            chosen = "steps--chosen" if self.has_focus and i == self._chosen else ""
            words = fit(step.words, max(width - _NAME - 10, 0), ascii=self.ascii)
            lines.append([(fit(step.name, _NAME), ""), (value, chosen), ("  ", ""), (words, "steps--words")])
        return lines[:height]

    def action_choose(self, by: int) -> None:
        """Choose another threshold."""
        self._chosen = max(0, min(self._chosen + by, len(self._steps) - 1))
        self.redraw()

    def action_turn(self, by: int) -> None:
        """Raise or lower the chosen one, within 0 and 1."""
        if self._steps:
            value = round(min(max(self._steps[self._chosen].value + by * STEP, 0.0), 1.0), 2)
            self.post_message(self.Turned(self._chosen, value))
