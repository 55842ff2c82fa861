"""Filtering, sorting and taking away the rows of the table of all connections."""

from __future__ import annotations

from relnet.assess.filters import Filter, FilterError
from relnet.text import count
from relnet.tui.screens.dialogs import Choice, Offer
from relnet.tui.screens.listing import ListPage
from relnet.tui.table import table_columns
from relnet.tui.widgets.filter_input import FilterInput
from relnet.tui.writing import rows_as_csv, write_new


class FilteringPage(ListPage):
    """A screen whose table shows the connections as they are seen, row by row, through a filter."""

    def __init__(self) -> None:
        super().__init__()
        self._filter = Filter()
        self.filter_text = ""
        """The filter in force; empty where there is none."""

    @property
    def filter_input(self) -> FilterInput:
        """The line in which a filter is typed."""
        return self.query_one(FilterInput)

    def steps(self) -> list[str]:
        """Return the steps to a connection: who is looking, and through which filter."""
        steps = super().steps()
        if self.filter_text:
            steps.append(f"{self.filter_text} ({count(len(self.table.rows))})")
        return steps

    def on_filter_input_changed(self, event: FilterInput.Changed) -> None:
        """Show the rows that pass."""
        self.set_filter(event.filter, event.text)

    def on_filter_input_left(self) -> None:
        """Go on in the table."""
        self.table.focus()

    def set_filter(self, chosen: Filter, text: str) -> None:
        """Show the rows that a filter lets through, and keep its text for the path."""
        self._filter, self.filter_text = chosen, text.strip()
        self.apply_filter()

    def apply_filter(self) -> None:
        """Filter anew, where the rows have changed."""
        seen = self.model.seen
        try:
            mask = self._filter.mask(seen.searchable) if self._filter else None
        except FilterError as error:
            self.filter_input.set_error(error)
            return
        if self._filter:
            self.table.placeholder = f"0 of {count(len(seen))} match `{self.filter_text}`. Esc clears."
        self.table.filter(mask)
        self.filter_input.set_count(len(self.table.rows), len(seen))

    def action_filter(self) -> None:
        """Type a filter."""
        self.filter_input.focus()

    def use_filter(self, text: str) -> None:
        """Show the rows that a filter lets through."""
        self.filter_input.value = text
        self.table.focus()

    def action_match(self, by: int) -> None:
        """Go to the next row that the filter lets through, from the last to the first."""
        if not self._filter:
            self.dashboard.say("Type a filter first: / and a name, or label:fake.")
        elif len(self.table.rows):
            at = self.table.rows.position
            self.table.action_move((at + by) % len(self.table.rows) - at)

    def action_sort(self) -> None:
        """Choose a column to sort by."""
        columns = {column.key: column.title for column in table_columns(self.model.seen)}
        offers = [Offer(key, title if title == key else f"{title}  ({key})") for key, title in columns.items()]
        self.app.push_screen(Choice("Sort by", offers), self._sorted)

    def _sorted(self, key: str | None) -> None:
        if key:
            texts = ("handle", "from", "label", "name", "tag", "last", "circle")
            self.table.sort(key, reverse=key not in texts)

    def action_reverse(self) -> None:
        """Turn the order round."""
        if self.table.sorted_by:
            self.table.sort(self.table.sorted_by, not self.table.sorted_reverse)

    def action_export(self) -> None:
        """Write the rows shown, in their order, as a CSV file, and say where."""
        seen, rows = self.model.seen, self.table.rows.order.copy()
        self.dashboard.write(lambda: write_new("relnet-connections", "csv", rows_as_csv(seen, rows)))
