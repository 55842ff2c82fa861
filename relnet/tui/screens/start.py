"""The first screen where nothing is loaded: open something, come back to something, or try the demo."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from textual.content import Content
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from relnet.text import clean
from relnet.tui.bindings import bindings
from relnet.tui.plain import plain
from relnet.tui.screens.page import Page
from relnet.tui.widgets.clean_input import CleanInput

_DEMO = "Try the demo: a made-up network with known truth"


class StartPage(Page):
    """Open an archive by its path, a recent workspace, or the demo."""

    place = "start"
    BINDINGS = bindings("start")

    def body(self) -> Iterable[Widget]:
        """Return words, path and list."""
        formats = ", ".join(name.replace("_", " ") for name in self.model.formats)
        yield Static(Content("Which of your connections are real relationships?"), id="title")
        yield Static(Content("Nothing leaves this machine."), classes="hint")
        yield Static(Content("Path of an archive, export or table (→ completes, enter opens)"), classes="head")
        yield CleanInput(placeholder="~/Downloads/archive.zip", suggester=PathSuggester(), id="where")
        yield Static(plain(f"Reads: {formats}"), classes="hint", id="formats")
        yield Static(Content("Or"), classes="head")
        yield OptionList(*self._offers(), id="recent", compact=True)

    def _offers(self) -> Iterable[Option]:
        for path in self.dashboard.recent:
            yield Option(plain(f"Open {path.name}  ({path.parent})"))
        yield Option(Content(_DEMO))

    def on_mount(self) -> None:
        """Begin where something can be typed or chosen."""
        self.query_one("#recent" if self.dashboard.recent else "#where").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the path."""
        path = Path(event.value.strip()).expanduser()
        if not event.value.strip():
            self.dashboard.say("Type the path of a file or folder first.", severity="warning")
        elif not path.exists():
            self.dashboard.say(f"There is nothing at {path}.", severity="warning")
        elif (path / "log").is_dir():
            self.dashboard.open_workspace(path)
        else:
            self.dashboard.load([path])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open what is chosen."""
        recent = self.dashboard.recent
        if event.option_index < len(recent):
            self.dashboard.open_workspace(recent[event.option_index])
        else:
            self.dashboard.load_demo()


class PathSuggester(Suggester):
    """Completes a path from what lies in its folder."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the first path, by name, that begins with what is typed."""
        return await asyncio.to_thread(_complete, value) if value else None


def _complete(value: str) -> str | None:
    typed = Path(value).expanduser()
    folder, start = (typed, "") if value.endswith("/") else (typed.parent, typed.name)
    try:
        names = sorted(path.name + "/" * path.is_dir() for path in folder.iterdir())
    except OSError:
        return None
    for name in names:
        if name.startswith(start) and name == clean(name) and (start or not name.startswith(".")):
            return value[: len(value) - len(start)] + name
    return None
