"""One connection: why its scores are what they are, when the two wrote, and each interaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from textual import work
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from relnet.assess.boundaries import boundaries
from relnet.assess.explain import Explanation
from relnet.assess.explain import Part as Cue
from relnet.text import UNKNOWN, count, counted, score
from relnet.tui.bindings import bindings
from relnet.tui.phrases import excerpt
from relnet.tui.plain import plain
from relnet.tui.screens.evidence import EvidencePage
from relnet.tui.screens.judging import JudgingPage
from relnet.tui.widgets.bars import ContributionBars, MirroredBars, Months, Part
from relnet.tui.widgets.columns import TableColumn
from relnet.tui.widgets.connection_table import ConnectionTable
from relnet.tui.wording import Wording

if TYPE_CHECKING:
    from relnet.network.evidence import Act
    from relnet.tui.screens.listing import ListPage

_ACTS_AT_ONCE = 200
_NAMED = 6


class ConnectionPage(JudgingPage):
    """Why, when and what, for one connection.

    Parameters
    ----------
    origin
        The screen that one came from; its cursor follows.
    row
        Row of the connections as they are seen.
    """

    place = "connection"
    BINDINGS = bindings("connection")

    def __init__(self, origin: ListPage, row: int) -> None:
        super().__init__()
        self._origin, self.row = origin, row
        self.acts: list[Act] = []
        self._account = 0
        self._wording: Wording | None = None

    def body(self) -> Iterable[Widget]:
        """Return title, reasons and interactions."""
        yield Static(id="title")
        with Container(id="halves"):
            with VerticalScroll(id="why", can_focus=True):
                yield Static(id="why-head", classes="head")
                yield ContributionBars(id="parts")
                yield Static(Content("What would change this"), classes="head")
                yield Static(id="boundaries")
                yield Static(id="scores-head", classes="head")
                yield ContributionBars(id="scores")
                yield Static(Content("When"), classes="head")
                yield MirroredBars(id="when")
                yield Static(id="shared")
            with Vertical(id="what"):
                yield Static(id="acts-head", classes="head")
                yield ConnectionTable(id="acts")

    def on_mount(self) -> None:
        """Show the row, the list in hand."""
        self.query_one("#acts").focus()
        self.show(self.row)

    @property
    def wording(self) -> Wording:
        """Words for the row shown."""
        assert self._wording is not None
        return self._wording

    # Showing

    def show(self, row: int) -> None:
        """Show another row: at once what is in memory, the rest as it comes."""
        self.row, self.acts = row, []
        self._account = self.model.seen.account(row)
        self._wording = Wording(self.model.seen, row, self.model.unit)
        self.query_one("#acts", ConnectionTable).placeholder = "…"
        self._show_acts()
        self.show_path()
        self._fetch(row)

    def judged(self) -> None:
        """Show scores, label and notes anew, of the same account; where it is gone, go back."""
        row = self.model.seen.row_of(self._account)
        if row is None:
            self.dashboard.return_to(self._origin)
        elif row != self.row:
            self.show(row)
        else:
            self._wording = Wording(self.model.seen, row, self.model.unit)
            self._fetch(row)

    def path(self) -> tuple[list[str], str]:
        """Return who looks, through what, at whom; beside it the place in the table."""
        return [*self._origin.steps(), self.model.seen.title(self.row)], self._origin.position

    @work(thread=True, exclusive=True, exit_on_error=False, group="connection")
    def _fetch(self, row: int) -> None:
        model, seen = self.model, self.model.seen
        shared = [seen.handle(int(each)) for each in seen.shared(row)]
        self.show_later(self._show_why, row, model.explanations(seen, row), model.cues(seen.account(row)), shared)
        acts = [] if self.acts else model.acts(seen, row, _ACTS_AT_ONCE)
        self.show_later(self._show_log, row, acts, model.months(seen, row))

    def _show_why(self, row: int, explained: list[Explanation], cues: list[Cue], shared: list[str]) -> None:
        if row != self.row:
            return
        seen, wording = self.model.seen, self.wording
        label = plain(wording.label(cues))
        title = Content.assemble((seen.title(row), "bold"), f"  {seen.columns['name'][row]}  ", label)
        leading = wording.headline(explained[0] if explained else None)
        facts = [leading, wording.thinness(), wording.circle(), wording.counts(), wording.times()]
        lines = [title, *map(plain, filter(None, [" · ".join(filter(None, facts)), wording.notes()]))]
        self.query_one("#title", Static).update(Content("\n").join(lines))
        head, rest = explained[:1], explained if seen.headline != "engagement" else explained[1:]
        self.query_one("#why-head", Static).update(plain(f"Why {leading}"))
        parts = [
            Part(wording.name(each), each.effect, wording.facts(each, explained)) for top in head for each in top.parts
        ]
        unknown = [Part(top.scorer, None, top.unknown) for top in head if top.unknown]
        self.query_one("#parts", ContributionBars).set_parts(parts or unknown)
        self.query_one("#scores-head", Static).update(Content("Each score, against your median connection"))
        self.query_one("#scores", ContributionBars).set_parts([self._score(each) for each in rest])
        changes = boundaries(seen.ties, row, cues, self.model.thresholds)
        self.query_one("#boundaries", Static).update(plain("\n".join(changes) or UNKNOWN))
        more = f" and {count(len(shared) - _NAMED)} more" if len(shared) > _NAMED else ""
        words = f"{count(len(shared))} in common: {', '.join(shared[:_NAMED])}{more}" if shared else ""
        self.query_one("#shared", Static).update(plain(words))

    def _score(self, explanation: Explanation) -> Part:
        """Return how far a score is from the median of what is seen, and its raw features."""
        ground, name = self.wording.ground(explanation), explanation.scorer.replace("_", " ")
        if explanation.unknown:
            return Part(name, None, ground)
        known = self.model.seen.columns[explanation.scorer]
        median = float(np.median(known[np.isfinite(known)]))
        said = f"{score(explanation.score)}{f': {ground}' if ground else ''}"
        return Part(name, explanation.score - median, said)

    def _show_log(self, row: int, acts: list[Act], months: Months | None) -> None:
        if row == self.row:
            self.query_one(MirroredBars).set_months(months)
            self._add_acts(row, acts)

    # The interactions

    def _add_acts(self, row: int, acts: list[Act]) -> None:
        if row == self.row:
            self.acts += acts
            self._show_acts()

    def _show_acts(self) -> None:
        table, acts = self.query_one("#acts", ConnectionTable), self.acts
        here = table.row
        ways = [self.wording.way(act) for act in acts]
        table.set_columns(
            [
                TableColumn("when", "when (UTC)", 16, [_when(act) for act in acts]),
                TableColumn("way", "way", 5, ways, priority=3, grow=0 if self.model.seen.has_you else 12),
                TableColumn("kind", "kind", 8, [act.kind for act in acts], priority=2),
                TableColumn("text", "text", 10, [excerpt(act.text) for act in acts], priority=1, grow=200),
            ],
            len(acts),
        )
        if here is not None and here < len(acts):
            table.go_to(here)
        total = float(self.model.seen.columns["interactions"][self.row])
        shown = f"{count(len(acts))} of " * (len(acts) < total) + counted(total, "interaction")
        self.query_one("#acts-head", Static).update(Content(f"{shown}, newest first"))
        if acts or not total:
            table.placeholder = "No interaction is recorded."

    def on_connection_table_row_highlighted(self, event: ConnectionTable.RowHighlighted) -> None:
        """Fetch more when the end of the list comes near."""
        total = self.model.seen.columns["interactions"][self.row]
        if event.row is not None and len(self.acts) - event.row < _ACTS_AT_ONCE / 4 and len(self.acts) < total:
            self._fetch_more(self.row, len(self.acts))

    @work(thread=True, exclusive=True, exit_on_error=False, group="more")
    def _fetch_more(self, row: int, have: int) -> None:
        more = self.model.acts(self.model.seen, row, _ACTS_AT_ONCE, have)
        if have == len(self.acts):
            self.show_later(self._add_acts, row, more)

    def on_connection_table_row_selected(self, event: ConnectionTable.RowSelected) -> None:
        """Go deeper."""
        self.app.push_screen(EvidencePage(self, event.row))

    # Moving

    def meant(self) -> list[int]:
        """Return the row shown."""
        return [self.row]

    def action_match(self, by: int) -> None:
        """Show the next connection that matches the filter, or the one before."""
        self.action_step(by)

    def action_step(self, by: int) -> None:
        """Show the connection above or below in the table."""
        row = self._origin.step(by)
        if row is not None and row != self.row:
            self.show(row)

    def action_scroll_detail(self, by: int) -> None:
        """Scroll the reasons while the list keeps the focus."""
        self.query_one("#why").scroll_relative(y=by, animate=False)


def _when(act: Act) -> str:
    return "undated" if act.at is None else str(np.datetime64(act.at, "ms"))[:16].replace("T", " ")
