"""What the app says and writes: short messages, what failed, copies, files; and in which signs it draws."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textual import work
from textual.app import App
from textual.binding import Binding
from textual.filter import LineFilter
from textual.notifications import SeverityLevel

from relnet.settings import Settings
from relnet.text import clean, to_ascii
from relnet.tui.bindings import shown
from relnet.tui.copying import copy_beside
from relnet.tui.faults import in_words, write_down
from relnet.tui.model import Model
from relnet.tui.plain import AsciiFilter
from relnet.tui.screens.dialogs import Notice
from relnet.tui.widgets.ring_map import Marker


class Speaking(App[int]):
    """An app that says everything as text, never as markup.

    Parameters
    ----------
    model
        What there is to show.
    settings
        Theme, marker, ASCII.
    """

    def __init__(self, model: Model, settings: Settings) -> None:
        self.use_settings(settings)
        super().__init__()
        self.model = model

    def use_settings(self, settings: Settings) -> None:
        """Draw as the settings say from now on."""
        self.settings = settings
        self._ascii_filter = AsciiFilter(settings.ascii)

    @property
    def ascii(self) -> bool:
        """Whether to draw with ASCII only."""
        return self.settings.ascii

    @property
    def marker(self) -> Marker:
        """What the rings of the map are made of."""
        return self.settings.marker

    # Saying

    def say(self, message: str, *, severity: SeverityLevel = "information") -> None:
        """Show a short message; it is text, never markup."""
        words = to_ascii(message) if self.ascii else clean(message)
        self.notify(words, severity=severity, markup=False)

    def show_error(self, error: BaseException) -> None:
        """Show what failed, what still works, and where the details are; the app goes on."""
        path = write_down(error, self.model.log_path)
        text = f"{in_words(error)}\n\nEverything else still works. Details: {path}"

        def done(answer: str | None) -> None:
            if answer == "copy":
                self.copy_out(text)

        self.push_screen(Notice("That did not work", text), done)

    def _fatal_error(self) -> None:
        """End on a crash with one line, not with the variables of every frame, which hold strangers' text."""
        error = self._exception
        if error is None:
            super()._fatal_error()
            return
        path = write_down(error, self.model.log_path)
        self.panic(to_ascii(f"relnet crashed ({type(error).__name__}). Nothing is lost. Details: {path}"))

    @work(thread=True, exit_on_error=False, group="write")
    def write(self, write: Callable[[], Path]) -> None:
        """Write a file in the background and say where it is."""
        try:
            path = write()
        except Exception as error:  # a full disk or a folder that may not be written to ends nothing
            self.call_from_thread(self.show_error, error)
            return
        self.call_from_thread(self.say, f"Written: {path}")

    def copy_out(self, text: str) -> None:
        """Copy a text by every way there is, and say where it went."""
        self.copy_to_clipboard(text)
        self._copy_beside(text)

    @work(thread=True, exit_on_error=False, group="copy")
    def _copy_beside(self, text: str) -> None:
        said = copy_beside(text, self.model.workspace.cache)
        self.call_from_thread(self.say, said)

    # Looks

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, and in ASCII mode ours."""
        filters = list(super().get_line_filters())
        return [*filters, self._ascii_filter] if self._ascii_filter.enabled else filters

    def get_key_display(self, binding: Binding) -> str:
        """Return a key as help and footer show it."""
        return binding.key_display or shown(binding.key)

    def export_screenshot(self, **options: Any) -> str:
        """Return the screen as SVG that fetches nothing."""
        return re.sub(r"@font-face\s*{[^}]*}", "", super().export_screenshot(**options))
