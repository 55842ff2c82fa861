"""Acts by month with a cursor, from which a period of the record is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from relnet.text import count, fit
from relnet.tui.bindings import bindings
from relnet.tui.widgets.bars import Bars, Months, bar_layout, mirrored_lines
from relnet.tui.widgets.drawn import Run


class MonthsChart(Bars, can_focus=True):
    """Mirrored bars, under which a line shows the period looked at and a mark the month under the cursor."""

    DEFAULT_CSS = """
    MonthsChart { height: 11; border: round $panel-lighten-3; border-title-color: $foreground; padding: 0 1; }
    MonthsChart:focus { border: round $primary; }
    """
    BINDINGS = bindings("months")

    @dataclass
    class Moved(Message):
        """The cursor came to another month."""

        chart: MonthsChart
        month: str

    _months: Months | None = None
    _cursor = 0
    _period: tuple[str, str] | None = None

    def set_months(self, months: Months | None, period: tuple[str, str] | None = None) -> None:
        """Show months, and first and last month of the period looked at; `None` where nothing is dated."""
        is_new = months is not None and (self._months is None or len(months.names) != len(self._months.names))
        self._months, self._period = months, period
        if months is not None and is_new:
            self._cursor = len(months.names) - 1
        self.redraw()

    @property
    def month(self) -> str | None:
        """The month under the cursor, as `2024-03`; `None` where nothing is dated."""
        return self._months.names[self._cursor] if self._months is not None and len(self._months.names) else None

    def action_move(self, by: int) -> None:
        """Move the cursor by months."""
        if self._months is not None:
            self._cursor = max(0, min(self._cursor + by, len(self._months.names) - 1))
            self.redraw()

    def draw(self, width: int, height: int) -> list[list[Run]]:
        """Return bars, the line of the period and the month under the cursor."""
        if self._months is None or not len(self._months.names):
            return [[(fit("unknown: nothing is dated", width), "bar--unknown")]]
        bars = mirrored_lines(self._months, width, height - 2, self.ascii)
        return [*bars, self._marks(width), [(fit(self._words(), width, ascii=self.ascii), "")]]

    def _marks(self, width: int) -> list[Run]:
        """The period as a line, and the cursor as a mark on it."""
        assert self._months is not None
        names = self._months.names
        together, cells = bar_layout(len(names), width)
        missing = -len(names) % together
        places = [((missing + i) // together) * cells for i in range(len(names))]
        line = [" "] * width
        if self._period is not None:
            within = [place for place, name in zip(places, names, strict=True) if self._is_within(name)]
            for place in range(within[0], min(within[-1] + cells, width)) if within else ():
                line[place] = "=" if self.ascii else "━"
        at, mark = places[self._cursor], "^" if self.ascii else "▲"
        before, after = "".join(line[:at]), "".join(line[at + 1 : width])
        return [(before, "bar--axis"), (mark, "bar--out"), (after, "bar--axis")]

    def _is_within(self, name: str) -> bool:
        return self._period is not None and self._period[0] <= name <= self._period[1]

    def _words(self) -> str:
        assert self._months is not None
        out, into = float(self._months.out[self._cursor]), float(self._months.into[self._cursor])
        one, other = self._months.legend
        said = f"{self.month}: {one} {count(out)}" + (f", {other} {count(into)}" if other else "")
        return said if self._period is None else f"{said}   period {self._period[0]} to {self._period[1]}"
