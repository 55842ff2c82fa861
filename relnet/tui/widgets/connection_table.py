"""The table of connections: a line at a time over columns, so a million rows cost what fifty do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from relnet.text import fit
from relnet.tui.widgets.columns import GAP, Placed, TableColumn, place
from relnet.tui.widgets.labels import LABEL_CLASSES, label_css
from relnet.tui.widgets.line_view import LineView
from relnet.tui.widgets.rows import TableRows

_GUTTER = 2
_HEAD = 1


class ConnectionTable(LineView, can_focus=True):
    """Rows of columns with a cursor, marks, sorting and filtering.

    Messages and public methods speak of rows of the data, never of positions on the screen, so sorting and
    filtering change nothing for who listens.
    """

    DEFAULT_CSS = """
    ConnectionTable { overflow-x: hidden; overflow-y: auto;
        scrollbar-gutter: stable; scrollbar-size-vertical: 1; }
    ConnectionTable > .table--header { color: $foreground; background: $panel; text-style: bold; }
    ConnectionTable > .table--cursor { color: $block-cursor-blurred-foreground;
        background: $block-cursor-blurred-background; }
    ConnectionTable:focus > .table--cursor { color: $block-cursor-foreground;
        background: $block-cursor-background; text-style: bold; }
    ConnectionTable > .table--marked { text-style: italic; }
    ConnectionTable > .table--unknown { color: $text-muted; }
    ConnectionTable:nocolor > .table--cursor { text-style: underline; }
    ConnectionTable:nocolor:focus > .table--cursor { color: $foreground; background: $surface;
        text-style: bold reverse; }
    ConnectionTable:nocolor > .table--unknown { color: $foreground; }
    """ + label_css("ConnectionTable")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--cursor",
        "table--marked",
        "table--unknown",
        *LABEL_CLASSES,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="table.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="table.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="table.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="table.page_down"),
        Binding("home,g", "top", "Top", show=False, id="table.top"),
        Binding("end,G", "bottom", "Bottom", show=False, id="table.bottom"),
        Binding("left,h", "columns(-1)", "Columns to the left", show=False, id="table.left"),
        Binding("right,l", "columns(1)", "Columns to the right", show=False, id="table.right"),
        Binding("space", "mark", "Select row", show=False, id="table.mark"),
        Binding("enter", "open", "Open", id="table.open"),
    ]

    fixed = _HEAD
    ascii: reactive[bool] = reactive(False)
    """Draw with ASCII only."""
    placeholder: reactive[str] = reactive("No rows.")
    """What stands where rows would be when there are none."""

    @dataclass
    class TableMessage(Message):
        """Something happened in a table."""

        table: ConnectionTable

        @property
        def control(self) -> ConnectionTable:
            """The table, for selectors of handlers."""
            return self.table

    @dataclass
    class RowHighlighted(TableMessage):
        """The cursor came to another row, or, with `None`, no row is left to stand on."""

        row: int | None

    @dataclass
    class RowSelected(TableMessage):
        """Enter or a double click on a row."""

        row: int

    @dataclass
    class RowMarked(TableMessage):
        """A row was marked or unmarked."""

        row: int
        marked: bool

    @dataclass
    class Sorted(TableMessage):
        """A click on the head sorted the table."""

        key: str
        reverse: bool

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.rows = TableRows(0)
        self.marked: set[int] = set()
        self.sorted_by: str | None = None
        self.sorted_reverse = False
        self._columns: dict[str, TableColumn] = {}
        self._skip = 0
        self._placed: list[Placed] = []
        self._dropped = False
        self._strips: LRUCache[int, Strip] = LRUCache(256)
        self._styles: dict[str, Style] = {}

    # What the table holds

    def set_columns(self, columns: Sequence[TableColumn], rows: int) -> None:
        """Show other columns.

        While the number of rows stays the same, the rows are taken to be the same: cursor, marks, filter and
        sorting stay, so scores may come in later than counts.
        """
        self._columns = {column.key: column for column in columns}
        if rows != self.rows.count:
            self.rows = TableRows(rows)
            self._skip = 0
            self.marked.clear()
            self.post_message(self.RowHighlighted(self, self.row))
        self._place()
        self._sort()

    def sort(self, key: str, reverse: bool = False) -> None:
        """Sort by a column, unknown last in both directions; the cursor stays on its row."""
        if key not in self._columns:
            raise KeyError(key)
        self.sorted_by, self.sorted_reverse = key, reverse
        self._sort()

    def filter(self, mask: npt.NDArray[np.bool_] | None) -> None:
        """Show only the rows of the mask (bool[rows]); `None` shows all."""
        if mask is not None and len(mask) != self.rows.count:
            raise ValueError(f"a mask of {len(mask)} for {self.rows.count} rows")
        row = self.row
        self.rows.filter(mask)
        self._rearranged(row)

    @property
    def row(self) -> int | None:
        """Row under the cursor; `None` where nothing is shown."""
        return self.rows.row

    def go_to(self, row: int) -> bool:
        """Put the cursor on a row; false where the filter hides it."""
        position = self.rows.position_of(row)
        if position is not None:
            self._move_to(position)
        return position is not None

    def _sort(self) -> None:
        row = self.row
        column = self._columns.get(self.sorted_by or "")
        self.rows.sort(column.sort_keys if column else None, self.sorted_reverse)
        self._rearranged(row)

    def _rearranged(self, row_before: int | None) -> None:
        self._redraw()
        self._resize()
        if self.row != row_before:
            self.post_message(self.RowHighlighted(self, self.row))

    # Moving

    def action_move(self, by: int) -> None:
        """Move the cursor by a number of rows."""
        self._move_to(self.rows.position + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by a number of pages."""
        self._move_to(self.rows.position + by * self._page)

    def action_top(self) -> None:
        """Move the cursor to the first row."""
        self._move_to(0)

    def action_bottom(self) -> None:
        """Move the cursor to the last row."""
        self._move_to(len(self.rows) - 1)

    def action_columns(self, by: int) -> None:
        """Pass over one column more or less, to see those for which there was no room."""
        if (by > 0 and self._dropped) or (by < 0 and self._skip):
            self._skip += by
            self._place()
            self._redraw()

    def action_mark(self) -> None:
        """Mark the row under the cursor, or unmark it."""
        if (row := self.row) is not None:
            self.marked ^= {row}
            self._redraw_row(self.rows.position)
            self.post_message(self.RowMarked(self, row, row in self.marked))

    def action_open(self) -> None:
        """Select the row under the cursor."""
        if (row := self.row) is not None:
            self.post_message(self.RowSelected(self, row))

    @property
    def _page(self) -> int:
        return max(1, self.scrollable_content_region.height - _HEAD)

    def _move_to(self, position: int) -> None:
        before, after = self.rows.position, self.rows.clamp(position)
        if before == after:
            return
        self.rows.position = after
        self._redraw_row(before)
        self._redraw_row(after)
        self._scroll_to_cursor()
        self.post_message(self.RowHighlighted(self, self.row))

    def _scroll_to_cursor(self) -> None:
        top, position = self.scroll_offset.y, self.rows.position
        wanted = min(max(top, position - self._page + 1), position)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True)

    def on_click(self, event: events.Click) -> None:
        """Move to the row clicked, open it on the second click, or sort by the head clicked."""
        event.prevent_default()  # a double click would select the text of the whole table
        offset = event.get_content_offset(self)
        if offset is None or event.button != 1:
            return
        if offset.y < _HEAD:
            self._sort_at(offset.x - _GUTTER)
            return
        position = offset.y - _HEAD + self.scroll_offset.y
        if position < len(self.rows):
            self._move_to(position)
            if event.chain == 2:
                self.action_open()

    def _sort_at(self, x: int) -> None:
        for placed in self._placed:
            if placed.start <= x < placed.start + placed.width:
                key = placed.column.key
                self.sort(key, reverse=key == self.sorted_by and not self.sorted_reverse)
                self.post_message(self.Sorted(self, key, self.sorted_reverse))

    # Drawing

    def _on_resize(self, _: events.Resize) -> None:
        self._place()
        self._redraw()
        self._resize()

    def _resize(self) -> None:
        self.set_lines(len(self.rows) + _HEAD)
        self._scroll_to_cursor()

    def notify_style_update(self) -> None:
        """Draw anew in the new style."""
        super().notify_style_update()
        self._redraw()

    def _watch_ascii(self) -> None:
        self._redraw()

    def _place(self) -> None:
        columns = list(self._columns.values())
        self._placed, self._dropped = place(columns, self.line_width - _GUTTER, self._skip)

    def _redraw(self) -> None:
        self._strips.clear()
        self._styles.clear()
        self.refresh()

    def _redraw_row(self, position: int) -> None:
        self._strips.discard(position)
        self.refresh_line(position + _HEAD)

    def line(self, number: int) -> Strip:
        """Return a line of the whole table, of which the first is the head."""
        position = number - _HEAD
        if position < 0:
            return self._head()
        if position >= len(self.rows):
            text = self.placeholder if position == len(self.rows) == 0 else ""
            return Strip([Segment(fit(text, self.line_width, ascii=self.ascii), self._style(""))])
        strip = self._strips.get(position)
        if strip is None:
            strip = self._strips[position] = self._row_strip(position)
        return strip

    def _style(self, component: str) -> Style:
        """Style of a component class or of the table itself; composing one costs as much as five cells."""
        style = self._styles.get(component)
        if style is None:
            style = self.get_component_rich_style(component) if component else self.rich_style
            self._styles[component] = style
        return style

    def _head(self) -> Strip:
        cells = [" " * _GUTTER]
        for placed in self._placed:
            arrow = ("↓" if self.sorted_reverse else "↑") if placed.column.key == self.sorted_by else ""
            cells.append(placed.fit(placed.column.title, self.ascii, arrow) + " " * GAP)
        style = self._style("table--header")
        return Strip([Segment("".join(cells), style)]).adjust_cell_length(self.line_width, style)

    def _row_strip(self, position: int) -> Strip:
        row = int(self.rows.order[position])
        under_cursor = position == self.rows.position
        base = self._style("table--cursor" if under_cursor else "")
        marked = row in self.marked
        if marked:
            base += self.get_component_rich_style("table--marked", partial=True)
        ascii_only = self.ascii
        segments: list[Segment] = []
        plain = fit("✓" if marked else "", _GUTTER, ascii=ascii_only)
        for placed in self._placed:
            text, component = placed.column.cell(row)
            text = placed.fit(text, ascii_only)
            if component and not under_cursor:
                style = self._style(component)
                segments += [Segment(plain, base), Segment(text, base + style if marked else style)]
                plain = " " * GAP
            else:
                plain += text + " " * GAP
        return Strip([*segments, Segment(plain, base)]).adjust_cell_length(self.line_width, base)
