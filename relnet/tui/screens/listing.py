"""Screens with a table of connections, from which one goes deeper and comes back to the row left."""

from __future__ import annotations

from relnet.text import count
from relnet.tui.screens.judging import JudgingPage
from relnet.tui.widgets.connection_table import ConnectionTable


class ListPage(JudgingPage):
    """A screen whose table, under the id `table`, shows connections; a subclass says which row is which."""

    @property
    def table(self) -> ConnectionTable:
        """The table of connections."""
        return self.query_one("#table", ConnectionTable)

    def connection_at(self, row: int) -> int | None:
        """Return which of the connections as they are seen a row of the table is; `None` where it is none."""
        return row

    def steps(self) -> list[str]:
        """Return the steps to a connection: who is looking, and through what."""
        header, seen = self.model.assessment.header, self.model.seen
        looking = self.model.handle(seen.focus) if seen.focus is not None else ""
        return [looking or ", ".join(self.model.handle(key) for key in header.me) or "network"]

    @property
    def position(self) -> str:
        """Where the cursor stands: `3 of 24`."""
        rows = self.table.rows
        return f"{count(rows.position + 1)} of {count(len(rows))}"

    def step(self, by: int) -> int | None:
        """Move the cursor and return the connection it is on then."""
        self.table.action_move(by)
        return None if self.table.row is None else self.connection_at(self.table.row)

    def meant(self) -> list[int]:
        """Return the marked connections, or the one under the cursor."""
        row = self.table.row
        chosen = sorted(self.table.marked) or ([] if row is None else [row])
        return [found for each in chosen if (found := self.connection_at(each)) is not None]

    def on_connection_table_row_selected(self, event: ConnectionTable.RowSelected) -> None:
        """Go deeper."""
        from relnet.tui.screens.connection import ConnectionPage

        found = self.connection_at(event.row)
        if found is not None:
            self.app.push_screen(ConnectionPage(self, found))
