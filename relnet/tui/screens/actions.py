"""The action list: what the user means to do, to take away as a file; relnet does none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from textual import work
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from relnet.assess.written import Entry, as_csv, as_markdown
from relnet.text import ago, count, counted, score
from relnet.tui.bindings import bindings
from relnet.tui.screens.listing import ListPage
from relnet.tui.widgets.columns import TableColumn
from relnet.tui.widgets.connection_table import ConnectionTable
from relnet.tui.writing import write_new


class ActionsPage(ListPage):
    """Who is on the list, and for what."""

    place = "actions"
    BINDINGS = bindings("actions")

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []

    def body(self) -> Iterable[Widget]:
        """Return words and list."""
        yield Static(
            Content("What you want to do. relnet does none of it: x and X write the list as a file."), id="hint"
        )
        yield ConnectionTable(id="table")

    def on_mount(self) -> None:
        """Show the list."""
        self.query_one("#hint").add_class("hint")
        self.table.placeholder = "Nothing is on the list: t on a person of another screen puts them here."
        self.table.focus()
        self.judged()

    def path(self) -> tuple[list[str], str]:
        """Return the steps."""
        return ["relnet", f"actions ({count(len(self.entries))})"], ""

    def steps(self) -> list[str]:
        """Return the steps to a connection, by way of the list."""
        return [*super().steps(), f"actions ({count(len(self.entries))})"]

    def connection_at(self, row: int) -> int | None:
        """Return the connection with the account of an entry."""
        return self.model.seen.row_of(self.entries[row].account) if row < len(self.entries) else None

    def judged(self) -> None:
        """Show the list anew."""
        self.entries = entries = self.model.actions()
        position = self.table.rows.position
        engagement = np.array([each.engagement for each in entries])
        last = np.array([each.last for each in entries])
        self.table.set_columns(
            [
                TableColumn("who", "who", 14, [each.handle for each in entries], grow=16),
                TableColumn("action", "action", 10, [each.action for each in entries]),
                TableColumn("label", "label", 10, [each.label for each in entries], priority=3, is_label=True),
                TableColumn("engagement", "engage", 8, engagement, score, priority=2, align="right"),
                TableColumn("last", "last", 7, last, ago, priority=2, align="right"),
                TableColumn("day", "added", 10, [each.day for each in entries], priority=4),
                TableColumn("name", "name", 14, [each.name for each in entries], priority=5, grow=12),
                TableColumn("what", "note", 12, [_what(each) for each in entries], priority=1, grow=80),
            ],
            len(entries),
        )
        self.table.action_move(min(position, len(entries) - 1) - self.table.rows.position)
        self.show_path()

    def action_remove(self) -> None:
        """Take the marked entries, or the one under the cursor, off the list."""
        row = self.table.row
        rows = sorted(self.table.marked) or ([] if row is None else [row])
        chosen = [self.entries[each] for each in rows]
        if chosen:
            self.table.marked.clear()
            who = chosen[0].handle if len(chosen) == 1 else counted(len(chosen), "entry", "entries")
            self.judge(lambda: self.model.remove_actions(chosen), f"{who}: off your list")

    def action_export(self, format: str) -> None:
        """Write the list as a file and say where."""
        self._export(as_csv if format == "csv" else as_markdown, format)

    @work(thread=True, exit_on_error=False, group="export")
    def _export(self, text_of: Callable[[Sequence[Entry]], str], format: str) -> None:
        entries = self.model.settled_actions()
        if entries:
            self.app.call_from_thread(
                self.dashboard.write, lambda: write_new("relnet-actions", format, text_of(entries))
            )
        else:
            self.app.call_from_thread(self.dashboard.say, "Nothing is on the list, so no file is written.")


def _what(entry: Entry) -> str:
    return "; ".join(filter(None, (entry.detail, entry.note)))
