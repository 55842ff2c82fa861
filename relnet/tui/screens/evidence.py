"""One interaction: its whole text, when, which way, and where in which file it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from textual import work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from relnet.text import clean, count, fit
from relnet.tui.bindings import bindings
from relnet.tui.phrases import excerpt, moment
from relnet.tui.plain import plain
from relnet.tui.screens.dialogs import Notice
from relnet.tui.screens.page import Page
from relnet.tui.widgets.connection_table import ConnectionTable

if TYPE_CHECKING:
    from relnet.network.evidence import Act
    from relnet.tui.screens.connection import ConnectionPage

_AROUND: Final = 3
_EXCERPT: Final = 60
_CLASSES: Final = {
    "act": "an act: it is addressed to someone and makes ties",
    "signal": "a signal: it is weak and makes no tie by itself",
    "declared": "a declared state: it makes no tie",
}
_ADDRESSED: Final = {
    "target": "to this account",
    "deliberate": "to this account by name, beside others",
    "carried": "only carried along, as in a thread",
    "list": "only in a list of names",
}


class EvidencePage(Page):
    """One interaction as it was read.

    Parameters
    ----------
    connection
        The screen with the list; its cursor follows.
    index
        Place in the list.
    """

    place = "evidence"
    BINDINGS = bindings("evidence")

    def __init__(self, connection: ConnectionPage, index: int) -> None:
        super().__init__()
        self._connection, self.index = connection, index

    @property
    def act(self) -> Act:
        """The interaction shown."""
        return self._connection.acts[self.index]

    def body(self) -> Iterable[Widget]:
        """Return text and facts."""
        with VerticalScroll(id="long"):
            yield Static(id="title")
            yield Static(id="text")
            yield Static(id="around")
            yield Static(id="facts")

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#long").focus()
        self.show(self.index)

    def path(self) -> tuple[list[str], str]:
        """Return the steps, the last of which says which of how many."""
        steps, _ = self._connection.path()
        total = float(self.model.seen.columns["interactions"][self._connection.row])
        return [*steps, f"{clean(self.act.kind)} {count(self.index + 1)} of {count(total)}"], ""

    def show(self, index: int) -> None:
        """Show another interaction of the list."""
        self.index = index
        act = self.act
        who, whom = self.model.handle(act.source), self.model.handle(act.target)
        self.query_one("#title", Static).update(
            Content.assemble((f"{who} → {whom}", "bold"), f"  {clean(act.kind)}\n{moment(act.at, act.time_quality)}")
        )
        self.query_one("#text", Static).update(plain(act.text or "The source holds no text of it."))
        self.query_one("#around", Static).update(Content("\n").join(self._around()))
        self._show_facts("")
        self.show_path()
        self._classify(index, act.kind)

    def _around(self) -> Iterator[Content]:
        """Return the acts of the two just before and after it, oldest first, this one marked."""
        acts = self._connection.acts
        first, last = max(self.index - _AROUND, 0), min(self.index + _AROUND, len(acts) - 1)
        if first == last:
            return
        yield Content.styled("What the two wrote around it", "bold")
        for i in range(last, first - 1, -1):
            act = acts[i]
            way = self._connection.wording.way(act)
            mark, style = ("▸", "bold") if i == self.index else (" ", "")
            text = fit(excerpt(act.text), _EXCERPT, ascii=self.dashboard.ascii).rstrip()
            yield Content.styled(f"{mark} {moment(act.at, act.time_quality)[:16]}  {way:<5}  {text}", style)

    @work(thread=True, exclusive=True, exit_on_error=False, group="evidence")
    def _classify(self, index: int, kind: str) -> None:
        found = self.model.counts_as(kind)
        if index == self.index:
            self.show_later(self._show_facts, found)

    def _show_facts(self, counts_as: str) -> None:
        act = self.act
        manifest = self.model.imports.get(act.import_id)
        facts = {
            "counts as": _CLASSES.get(counts_as, counts_as),
            "addressed": _ADDRESSED.get(act.directness, act.directness),
            "visible to": act.visibility,
            "flags": act.flags,
            "address": act.url or "",
            "file": act.member,
            "record": str(act.record),
            "id": act.event or "none in this source",
            "import": f"{manifest.path} ({manifest.source}, {act.import_id[:8]})" if manifest else act.import_id,
        }
        lines = [Content.assemble((f"{name:<11}", "dim"), clean(value)) for name, value in facts.items() if value]
        self.query_one("#facts", Static).update(Content("\n").join(lines))

    def action_step(self, by: int) -> None:
        """Show the interaction above or below in the list."""
        index = self.index + by
        if 0 <= index < len(self._connection.acts):
            self._connection.query_one("#acts", ConnectionTable).go_to(index)
            self.show(index)

    def action_copy(self) -> None:
        """Copy the text."""
        self.dashboard.copy_out(clean(self.act.text or ""))

    def action_link(self) -> None:
        """Show the address in full, and open it if that is wanted."""
        url = clean(self.act.url or "")
        if urlsplit(url).scheme not in ("http", "https"):
            self.dashboard.say("This source holds no web address of it.", severity="warning")
            return

        def done(answer: str | None) -> None:
            if answer == "open":
                self.app.open_url(url)
            elif answer == "copy":
                self.dashboard.copy_out(url)

        self.app.push_screen(Notice("Open in the browser?", url, "open", "enter opens, y copies, esc leaves it"), done)
