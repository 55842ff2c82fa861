"""The last line of a screen: the keys that do something now."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.screen import Screen
from textual.widgets import Input

from relnet.text import to_ascii
from relnet.tui.widgets.drawn import Drawn, Run

_MOST = 7
_LAST = "app.help"


class KeyLine(Drawn):
    """At most seven keys of what has the focus and its screen, as many as fit, and always the way to help."""

    DEFAULT_CSS = """
    KeyLine { height: 1; dock: bottom; background: $panel; color: $foreground; }
    KeyLine > .key--key { color: $primary; text-style: bold; }
    KeyLine:nocolor > .key--key { color: $foreground; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key--key"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._places: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _: Screen[object]) -> None:
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Run]]:
        """Return one line."""
        actions: dict[str, tuple[str, str, str]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            shown = self.app.get_key_display(binding)
            is_typed = len(shown) == 1 and isinstance(self.screen.focused, Input)
            if binding.show and active.enabled and not is_typed:
                actions.setdefault(binding.action, (shown, binding.description, binding.key))
        last = actions.pop(_LAST, None)
        keys = [*list(actions.values())[:_MOST], *([last] if last else [])]
        while len(keys) > 1 and sum(_cells(key) for key in keys) > width:
            del keys[-2]
        runs: list[Run] = []
        self._places, x = [], 0
        for key in keys:
            shown, words, name = key
            runs += [(f" {self._safe(shown)}", "key--key"), (f" {self._safe(words)} ", "")]
            self._places.append((x, x + _cells(key), name))
            x += _cells(key)
        return [runs]

    def _safe(self, text: str) -> str:
        return to_ascii(text) if self.ascii else text

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        for start, stop, key in self._places:
            if start <= event.x < stop:
                self.app.simulate_key(key)


def _cells(key: tuple[str, str, str]) -> int:
    return cell_len(key[0]) + cell_len(key[1]) + 3
