"""Time: acts by month, who entered and left the circles, and the ties that ask for attention."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from textual import work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from relnet.assess.lists import is_bound, tie_lists
from relnet.assess.turnover import MEANING, Turnover
from relnet.moments import day
from relnet.plugin import TieList
from relnet.text import count
from relnet.tui.bindings import bindings
from relnet.tui.phrases import month_end, month_start
from relnet.tui.plain import plain
from relnet.tui.screens.listing import ListPage
from relnet.tui.seen import Seen
from relnet.tui.table import table_columns
from relnet.tui.widgets.bars import Months
from relnet.tui.widgets.connection_table import ConnectionTable
from relnet.tui.widgets.months_chart import MonthsChart

Rows = npt.NDArray[np.intp]


@dataclass
class _Group:
    """A line of the menu: a list of ties, or those who entered or left a circle."""

    title: str
    words: str
    rows: Rows = field(default_factory=lambda: np.empty(0, np.intp))
    unknown: str = ""
    bounded: bool = False

    @property
    def line(self) -> str:
        """Title and number; a list that cannot be told has no number."""
        number = "?" if self.unknown and not len(self.rows) else "≥" * self.bounded + count(len(self.rows))
        return f"{self.title:<18} {number:>6}"


class TimePage(ListPage):
    """When, and what has changed."""

    place = "time"
    BINDINGS = bindings("time")

    def __init__(self) -> None:
        super().__init__()
        self._groups: list[_Group] = []
        self._chosen = 0
        self._account: int | None = None
        self._shown: Rows = np.empty(0, np.intp)

    def body(self) -> Iterable[Widget]:
        """Return the months, the menu of lists and the people on the one chosen."""
        yield MonthsChart(id="chart")
        with Horizontal(id="lists"):
            yield OptionList(id="menu", compact=True)
            with Vertical(id="listed"):
                yield Static(id="meaning")
                yield ConnectionTable(id="table")

    def on_mount(self) -> None:
        """Show what is at hand, the rest as it comes."""
        mine = self.model.seen.has_you and self.model.seen.focus is None
        self.query_one("#chart").border_title = f"acts a month{', you upwards, others downwards' * mine}"
        self.table.placeholder = "…"
        self.query_one("#menu").focus()
        self._find()

    def path(self) -> tuple[list[str], str]:
        """Return the steps."""
        return ["relnet", "time"], "" if self.model.period else f"as of {day(self.model.assessment.header.as_of)}"

    def steps(self) -> list[str]:
        """Return the steps to a connection, by way of the list."""
        title = self._groups[self._chosen].title if self._groups else "time"
        return [*super().steps(), f"{title} ({count(len(self._shown))})"]

    def connection_at(self, row: int) -> int | None:
        """Return the connection of a row of the list."""
        return int(self._shown[row]) if row < len(self._shown) else None

    def judged(self) -> None:
        """Find everything anew."""
        self._find()

    # Finding

    @work(thread=True, exclusive=True, exit_on_error=False, group="time")
    def _find(self) -> None:
        seen = self.model.seen
        lists, circles = tie_lists(seen.ties), self.model.known_turnover
        self.show_later(self._show_lists, seen, lists, circles)
        self.show_later(self._show_months, self.model.record_months())
        if circles is None:
            self.show_later(self._show_lists, seen, lists, self.model.turnover())

    def _show_months(self, months: Months | None) -> None:
        header = self.model.assessment.header
        period = None
        if self.model.period and months is not None:
            first = months.names[0] if header.since is None else day(header.since)[:7]
            period = (first, day(header.as_of)[:7])
        self.query_one(MonthsChart).set_months(months, period)

    def _show_lists(self, seen: Seen, lists: dict[str, TieList], circles: Turnover | None) -> None:
        if seen is not self.model.seen:
            return
        self._groups = [
            _Group(name, each.meaning, each.rows, each.unknown, is_bound(seen.ties, name, each))
            for name, each in lists.items()
        ]
        self._groups += [] if circles is None else list(_circle_groups(circles, seen))
        menu = self.query_one("#menu", OptionList)
        chosen = min(self._chosen, len(self._groups) - 1)
        menu.clear_options()
        menu.add_options([Option(Content(group.line)) for group in self._groups])
        menu.highlighted = chosen
        self._show_group(chosen)

    def _show_group(self, chosen: int) -> None:
        group, seen, here = self._groups[chosen], self.model.seen, self.table.row
        account = self._account if chosen == self._chosen and here is not None else None
        self._chosen, self._shown = chosen, group.rows
        unknown = f"\nUnknown: {group.unknown}." if group.unknown else ""
        self.query_one("#meaning", Static).update(plain(group.words + unknown))
        self.table.placeholder = f"Unknown: {group.unknown}." if group.unknown else "Nobody is on this list."
        self.table.set_columns([], 0)
        self.table.set_columns(table_columns(seen.take(self._shown), scores=False), len(self._shown))
        if account is not None and len(found := np.flatnonzero(seen.ties.other[self._shown] == account)):
            self.table.go_to(int(found[0]))
        self.show_path()

    def on_connection_table_row_highlighted(self, event: ConnectionTable.RowHighlighted) -> None:
        """Remember who is under the cursor, to stay with them when the list is found anew."""
        row = None if event.row is None else self.connection_at(event.row)
        if row is not None:
            self._account = self.model.seen.account(row)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the people of the list under the cursor."""
        if event.option_index != self._chosen and event.option_index < len(self._groups):
            self._show_group(event.option_index)

    def on_option_list_option_selected(self, _: OptionList.OptionSelected) -> None:
        """Go on among the people."""
        self.table.focus()

    # The period

    def action_since(self) -> None:
        """Look at what is from the month under the cursor on."""
        month = self.query_one(MonthsChart).month
        if month is not None:
            until = self.model.as_of
            start = month_start(month)
            self._look_at(start, until if until is None or until > start else None)

    def action_until(self) -> None:
        """Judge at the end of the month under the cursor, as if nothing later were known."""
        month = self.query_one(MonthsChart).month
        if month is not None:
            since = self.model.since
            end = month_end(month)
            self._look_at(since if since is None or since < end else None, end)

    def _look_at(self, since: int | None, until: int | None) -> None:
        self._judge_anew(lambda: self.model.set_period(since, until))

    def action_whole(self) -> None:
        """Look at the whole record again."""
        if self.model.period:
            self._judge_anew(self.model.set_whole_period)

    def _judge_anew(self, judge: Callable[[], None]) -> None:
        self.dashboard.say("Judging the period …")
        self.dashboard.judge_anew(judge, lambda: f"Every screen shows {self.model.period or 'the whole record'} now.")


def _circle_groups(circles: Turnover, seen: Seen) -> Iterable[_Group]:
    if circles.unknown:
        yield _Group("circles", MEANING, unknown=circles.unknown)
        return
    for change in circles.changes:
        words = f"Within {change.size}: {count(change.before)} on {day(circles.before)}, {count(change.now)} now."
        for title, accounts in ((f"entered {change.size}", change.entered), (f"left {change.size}", change.left)):
            rows = [row for account in accounts if (row := seen.row_of(account)) is not None]
            yield _Group(title, f"{words} {MEANING}", np.array(rows, dtype=np.intp))
