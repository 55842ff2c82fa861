"""Check yourself: judge accounts drawn by chance, and see how far the labels agree with you."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual import work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from relnet.assess.agreement import Agreement, facts_of
from relnet.text import LABEL_MARKS, count, counted, share, share_range
from relnet.tui.bindings import bindings
from relnet.tui.plain import plain
from relnet.tui.screens.page import Page

EACH = 20
"""Accounts drawn of every label."""


class CheckPage(Page):
    """One account after another without its label, and the agreement so far."""

    place = "check"
    BINDINGS = bindings("check")

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[int] = []
        self.at = 0

    def body(self) -> Iterable[Widget]:
        """Return the account and the agreement."""
        with VerticalScroll(id="long"):
            yield Static(Content("…"), id="facts")
            yield Static(id="agreement")

    def on_mount(self) -> None:
        """Draw the accounts."""
        self.query_one("#long").focus()
        self._draw()

    def path(self) -> tuple[list[str], str]:
        """Return the steps."""
        return ["relnet", "labels", "check yourself"], f"{count(self.at)} of {count(len(self.drawn))} answered"

    @work(thread=True, exclusive=True, exit_on_error=False, group="check")
    def _draw(self) -> None:
        self.show_later(self._start, *self.model.drawn_accounts(EACH))

    def _start(self, drawn: list[int], agreement: Agreement) -> None:
        self.drawn, self.at = drawn, 0
        self._show()
        self._show_agreement(agreement)

    def _show(self) -> None:
        self.show_path()
        if self.at < len(self.drawn):
            lines = ["What is this account? g good, i inactive, f fake, u cannot tell. Its label is not shown.", ""]
            lines += facts_of(self.model.assessment, self.drawn[self.at])
        else:
            lines = [
                "That was all: every account drawn has your answer." if self.drawn else "There is nobody to judge."
            ]
        self.query_one("#facts", Static).update(plain("\n".join(lines)))

    def _show_agreement(self, found: Agreement) -> None:
        self.query_one("#agreement", Static).update(Content("\n").join(_lines(found)))

    def action_answer(self, word: str) -> None:
        """Take an answer and go on."""
        if self.at < len(self.drawn):
            account = self.drawn[self.at]
            self.at += 1
            self._show()
            self._answer(account, word)

    @work(thread=True, exit_on_error=False, group="judge")
    def _answer(self, account: int, word: str) -> None:
        self.show_later(self._show_agreement, self.model.answer(account, word))

    def action_again(self) -> None:
        """Go back to the account before, to answer it anew; the newest answer counts."""
        self.at = max(self.at - 1, 0)
        self._show()


def _lines(found: Agreement) -> Iterator[Content]:
    yield Content("")
    yield Content.styled("How far the labels agree with you", "bold")
    for word, figure in found.by_label.items():
        shown = f"{share(figure.value)} ({share_range(figure.low, figure.high)})" if figure.n else "no answer yet"
        yield Content(f"  {LABEL_MARKS[word]} {word:<9} {counted(figure.n, 'answer'):>10}   {shown}")
    if found.whole.n:
        whole = f"{share(found.whole.value)} ({share_range(found.whole.low, found.whole.high)})"
        yield Content(f"  Over all labelled accounts, each label by its size: {whole}")
    yield Content("  Intervals are 95 %. An answer of “cannot tell” counts for neither side.")
