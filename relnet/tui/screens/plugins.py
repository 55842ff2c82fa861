"""Plugins: what computes the scores, how each did, and which scorers take part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

import numpy as np
from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from relnet.text import counted, share
from relnet.tui.bindings import bindings
from relnet.tui.plugged import Plugged, plugged, said, state_of
from relnet.tui.screens.dialogs import Notice
from relnet.tui.screens.page import Page
from relnet.tui.widgets.columns import TableColumn
from relnet.tui.widgets.connection_table import ConnectionTable

_LOOK_EVERY_SECONDS: Final = 1.0


class PluginTable(ConnectionTable, inherit_bindings=False):
    """A table in which space turns a row off and on instead of marking it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(each for each in ConnectionTable.BINDINGS if isinstance(each, Binding) and each.id != "table.mark"),
        *bindings("plugin_table"),
    ]


class PluginsPage(Page):
    """A line a plugin; files in the plugin folders are looked at while the screen is open."""

    place = "plugins"
    BINDINGS = bindings("plugins")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Plugged] = []
        self._files = frozenset[tuple[str, int, int]]()
        self._looking = False

    def body(self) -> Iterable[Widget]:
        """Return words and table."""
        yield Static(id="hint", classes="hint")
        yield PluginTable(id="table")

    def on_mount(self) -> None:
        """Show the plugins, and begin to look at their files."""
        self.table.placeholder = "…"
        self.table.focus()
        folders = self.dashboard.plugin_folders
        words = f"A changed file is taken over at once: {', '.join(map(str, folders))}" if folders else ""
        self.query_one("#hint", Static).update(Content(words))
        self.query_one("#hint").set_class(not words, "hidden")
        self._files = state_of(folders)
        self.judged()
        if folders:
            self.set_interval(_LOOK_EVERY_SECONDS, self._look)

    @property
    def table(self) -> ConnectionTable:
        """The table of plugins."""
        return self.query_one("#table", ConnectionTable)

    def path(self) -> tuple[list[str], str]:
        """Return the steps."""
        failed = sum(bool(each.error) for each in self.found)
        words = [counted(len(self.found), "plugin"), f"{failed} failed" if failed else ""]
        return ["relnet", f"plugins ({', '.join(filter(None, words))})"], ""

    def judged(self) -> None:
        """Show everything anew."""
        self._find()

    @work(thread=True, exclusive=True, exit_on_error=False, group="plugins")
    def _find(self) -> None:
        self.show_later(self._show, plugged(self.model.registry, self.model.seen.ties))

    def _show(self, found: list[Plugged]) -> None:
        self.found, off = found, self.model.left_out
        states = ["off" if each.name in off and each.is_scorer else "failed" if each.error else "on" for each in found]
        seconds = np.array([each.seconds for each in found])
        known = np.array([each.known for each in found])
        self.table.set_columns(
            [
                TableColumn("name", "name", 18, [each.name for each in found], grow=10),
                TableColumn("state", "state", 6, states),
                TableColumn("kind", "kind", 8, [each.kind for each in found], priority=2),
                TableColumn("version", "version", 8, [each.version for each in found], priority=4),
                TableColumn("seconds", "seconds", 8, seconds, _seconds, priority=3, align="right"),
                TableColumn("known", "known", 6, known, _share, priority=1, align="right"),
                TableColumn("origin", "from", 10, [each.origin for each in found], priority=5, grow=24),
                TableColumn("error", "error", 12, [each.error for each in found], priority=2, grow=100),
            ],
            len(found),
        )
        self.show_path()

    def on_connection_table_row_selected(self, event: ConnectionTable.RowSelected) -> None:
        """Show what the plugin says of itself, and its error."""
        each = self.found[event.row]

        def done(answer: str | None) -> None:
            if answer == "copy":
                self.dashboard.copy_out(said(each))

        self.app.push_screen(Notice(each.name, said(each)), done)

    def action_take_part(self) -> None:
        """Leave a scorer out, or take it in again."""
        row = self.table.row
        each = None if row is None else self.found[row]
        if each is None or not each.is_scorer:
            self.dashboard.say("Only scorers can be turned off.", severity="warning")
            return
        off = self.model.left_out ^ {each.name}
        state = "out of" if each.name in off else "part of"
        self.dashboard.say(f"Judging with {each.name} {state} it …")
        self.dashboard.judge_anew(
            lambda: self.model.set_left_out(off), lambda: f"{each.name} is {state} the scores now."
        )

    # Files that change

    def _look(self) -> None:
        if not self._looking:
            self._looking = True
            self._compare()

    @work(thread=True, exit_on_error=False, group="look")
    def _compare(self) -> None:
        try:
            files = state_of(self.dashboard.plugin_folders)
            changed = {name for name, _, _ in files ^ self._files}
            if not changed or not self.dashboard.find_plugins:
                return
            self._files = files
            self.model.take_plugins(self.dashboard.find_plugins())
            names = ", ".join(sorted(name.replace("\\", "/").rpartition("/")[2] for name in changed))
            self.app.call_from_thread(self.dashboard.judged, f"Taken over: {names}.")
        finally:
            self._looking = False


def _seconds(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.2f}" if value >= 0.005 else "0.00"


def _share(value: float) -> str:
    return "" if np.isnan(value) else share(value)
