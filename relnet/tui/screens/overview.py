"""The overview: figures, the table of connections, the circles map, and why the current row is so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from textual import work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from relnet.assess.filters import Filter
from relnet.tui.bindings import bindings
from relnet.tui.figures import Tiles, one_line
from relnet.tui.heading import heading
from relnet.tui.plain import plain
from relnet.tui.screens.connection import ConnectionPage
from relnet.tui.screens.data import DataPage
from relnet.tui.screens.dialogs import Choice, Offer
from relnet.tui.screens.filtering import FilteringPage
from relnet.tui.seen import Seen
from relnet.tui.table import people, table_columns
from relnet.tui.widgets.bars import Months
from relnet.tui.widgets.circles import Circles
from relnet.tui.widgets.columns import TableColumn
from relnet.tui.widgets.connection_table import ConnectionTable
from relnet.tui.widgets.filter_input import FilterInput
from relnet.tui.widgets.tile import Tile
from relnet.tui.wording import Wording
from relnet.tui.writing import write_new

_PREVIEW_AFTER_SECONDS = 0.06
"""A held-down arrow key passes many rows; only one that stays under the cursor is explained."""
_ZOOMS = ("", "-table-alone", "-map-alone")


class OverviewPage(FilteringPage):
    """Everyone, and the way to each."""

    place = "overview"
    BINDINGS = bindings("overview")

    def __init__(self) -> None:
        super().__init__()
        self._timer: Timer | None = None
        self._row_left: int | None = None
        self._seen: Seen | None = None

    def body(self) -> Iterable[Widget]:
        """Return figures, table and map."""
        yield Tile("", id="line")
        yield Tiles(id="tiles")
        with Horizontal(id="panes"):
            with Vertical(id="list"):
                yield ConnectionTable(id="table")
                yield FilterInput(id="filter")
                yield Static(id="preview")
            yield Circles(id="map")

    def on_mount(self) -> None:
        """Show what is loaded, the strongest first."""
        self.map.marker = self.dashboard.marker
        self._fill()
        self.table.sort(self.model.seen.headline or "interactions", reverse=True)
        self.table.action_top()
        self.table.focus()
        self._count_months()

    @property
    def map(self) -> Circles:
        """The circles map."""
        return self.query_one(Circles)

    def take_looks(self) -> None:
        """Draw in the signs that the settings ask for."""
        super().take_looks()
        self.map.marker = self.dashboard.marker

    # Showing

    def _fill(self) -> None:
        seen = self.model.seen
        nobody = "No connections: what was read holds no act between two accounts. d shows what it holds."
        period = f"No connections {self.model.period}. 3, then w, shows the whole record."
        self.table.placeholder = period if self.model.period else nobody
        here = self.table.row
        account = None if self._seen is None or here is None else self._seen.account(here)
        if self._seen is not None and not np.array_equal(self._seen.ties.other, seen.ties.other):
            self.table.set_columns([], 0)  # other connections: no mark and no cursor of the former may stay
        self._seen = seen
        columns = table_columns(seen)
        self.table.set_columns(columns, len(seen))
        self._get_ready_to_search(seen, columns)
        self.map.set_people(people(seen))
        self.set_class(not seen.has_you, "-no-middle")
        self.query_one(Tiles).show(seen.assessment, "" if seen.focus is None else "whole network: ")
        self.query_one("#line", Tile).set_figures(one_line(seen.assessment))
        self.apply_filter()
        if account is not None and (row := seen.row_of(account)) is not None:
            self.table.go_to(row)
        self.show_path()
        self._soon()

    @work(thread=True, exclusive=True, exit_on_error=False, group="search")
    def _get_ready_to_search(self, seen: Seen, columns: list[TableColumn]) -> None:
        """Rank and fold the texts before someone sorts or filters by them."""
        for column in columns:
            _ = column.sort_keys
        seen.searchable.folded("")

    @work(thread=True, exclusive=True, exit_on_error=False, group="months")
    def _count_months(self) -> None:
        self.show_later(self._show_months, self.model.all_months())

    def _show_months(self, months: Months | None) -> None:
        self.query_one(Tiles).show_months(months)

    def path(self) -> tuple[list[str], str]:
        """Return what was read; beside it the moment of judging and what was left out."""
        return heading(self.model, is_wide=self.has_class("-wide"), is_narrow=self.has_class("-narrow"))

    def judged(self) -> None:
        """Show labels, notes and figures anew; the cursor stays."""
        self._fill()
        self._count_months()

    # The row under the cursor

    def on_connection_table_row_highlighted(self) -> None:
        """Explain the row, unless the cursor moves on."""
        self._soon()

    def _soon(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_PREVIEW_AFTER_SECONDS, self._preview)

    def _preview(self) -> None:
        row, seen = self.table.row, self.model.seen
        if row is None or row >= len(seen):
            self.query_one("#preview", Static).update("")
            self.map.select(None)
            return
        self.map.select(row, seen.shared(row).tolist())
        self._explain(seen, row)

    @work(thread=True, exclusive=True, exit_on_error=False, group="preview")
    def _explain(self, seen: Seen, row: int) -> None:
        wording = Wording(seen, row, self.model.unit)
        explained = self.model.explanations(seen, row)
        reasons = wording.reasons(explained, 2)
        words = [wording.headline(explained[0] if explained else None), wording.thinness(), wording.unseen()]
        title = Content.assemble((seen.title(row), "bold"), " · ".join(["", *filter(None, words)]))
        if notes := wording.notes():
            reasons = ["  ".join(reasons), notes]
        self.show_later(self._show_preview, seen, row, [title, *map(plain, reasons)])

    def _show_preview(self, seen: Seen, row: int, lines: list[Content]) -> None:
        if row == self.table.row and seen is self.model.seen:
            self.query_one("#preview", Static).update(Content("\n").join(lines))

    def on_circles_person_clicked(self, event: Circles.PersonClicked) -> None:
        """Go to the row of the person."""
        self.table.go_to(event.row)

    def open(self, row: int) -> None:
        """Show a connection; where the filter hides it, the filter goes."""
        if not self.table.go_to(row):
            self.filter_input.value = ""
            self.set_filter(Filter(), "")
            self.table.go_to(row)
        self.app.push_screen(ConnectionPage(self, row))

    # Filtering and sorting

    def on_tile_followed(self, event: Tile.Followed) -> None:
        """Show the connections behind a figure of the whole network."""
        if self.model.seen.focus is not None:
            self._leave_focus()
        self.use_filter(event.filter)

    def action_clear(self) -> None:
        """Clear one thing: the filter, else the marks, else the focus."""
        if self.filter_text or self.filter_input.value:
            self.filter_input.value = ""
            self.set_filter(Filter(), "")
        elif self.table.marked:
            self.table.marked.clear()
            self.table.notify_style_update()
        elif self.model.seen.focus is not None:
            self._leave_focus()

    def action_report(self) -> None:
        """Write the report as one HTML file, and say where."""
        self.dashboard.say("Writing the report …")
        self.dashboard.write(lambda: write_new("relnet-report", "html", self.model.report()))

    # Focus and panes

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the focus only where nobody is the owner."""
        everyone = self.model.everyone
        return not (action == "focus_account" and everyone is not None and everyone.assessment.header.me)

    def action_focus_account(self) -> None:
        """See the network from an account of the row, or where that is so, from nobody again."""
        seen, row = self.model.seen, self.table.row
        if seen.focus is not None:
            self._leave_focus()
        elif row is not None:
            sides = (int(seen.ties.this[row]), seen.account(row))
            offers = [Offer(str(key), self.model.handle(key), str(i)) for i, key in enumerate(sides, 1)]
            self.app.push_screen(Choice("Whose side?", offers), self._focus_on)

    def _focus_on(self, account: Any) -> None:
        if account:
            self._row_left = self.table.row
            self._see_from(int(account), None)

    def _leave_focus(self) -> None:
        self._see_from(None, self._row_left)

    def _see_from(self, account: int | None, row: int | None) -> None:
        self.model.focus(account)
        self._fill()
        if row is not None:
            self.table.go_to(row)
        else:
            self.table.action_top()

    def action_zoom(self) -> None:
        """Show both panes, the table alone, or the map alone."""
        now = next((i for i, zoom in enumerate(_ZOOMS) if zoom and self.has_class(zoom)), 0)
        for zoom in filter(None, _ZOOMS):
            self.remove_class(zoom)
        if zoom := _ZOOMS[(now + 1) % len(_ZOOMS)]:
            self.add_class(zoom)

    def action_data(self) -> None:
        """Show what was read."""
        self.app.push_screen(DataPage())
