"""The path at the top of every screen: where one is, and what one looks through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len

from relnet.text import clean, fit, to_ascii
from relnet.tui.widgets.drawn import Drawn, Run

_STEP = " ▸ "
_CUT = "… ▸ "


class Breadcrumb(Drawn):
    """Steps from the start to here, with a note at the right; the first steps go where room is short."""

    DEFAULT_CSS = """
    Breadcrumb { height: 1; background: $panel; color: $foreground; }
    Breadcrumb > .crumb--here { text-style: bold; }
    Breadcrumb > .crumb--note { color: $text-muted; }
    Breadcrumb:nocolor > .crumb--note { color: $foreground; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"crumb--here", "crumb--note"}

    _steps: Sequence[str] = ()
    _note = ""

    def set_steps(self, steps: Sequence[str], note: str = "") -> None:
        """Show steps, the last of which is here, and a note, such as a period or skipped rows."""
        self._steps, self._note = steps, note
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Run]]:
        """Return one line."""
        steps = [to_ascii(step) if self.ascii else clean(step) for step in self._steps]
        note = to_ascii(self._note) if self.ascii else clean(self._note)
        room = width - (cell_len(note) + 2 if note else 0)
        if room < width // 2:  # the place matters more than the note
            room, note = width, ""
        before, here = steps[:-1], "".join(steps[-1:])
        path = "".join(step + _STEP for step in before)
        while before and cell_len(path) + cell_len(here) > room:
            before = before[1:]
            path = _CUT + "".join(step + _STEP for step in before)
        if cell_len(path) + cell_len(here) > room:
            here = fit(here, max(room - cell_len(path), 0), ascii=self.ascii)
        if self.ascii:
            path = to_ascii(path)
        gap = width - cell_len(path) - cell_len(here) - cell_len(note)
        return [[(path, ""), (here, "crumb--here"), (" " * gap, ""), (note, "crumb--note")]]
