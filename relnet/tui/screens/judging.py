"""What the user decides on a screen that shows connections: labels, notes, tags, the action list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import work

from relnet.assess.assessment import LABELS
from relnet.text import LABEL_MARKS, count
from relnet.tui.screens.dialogs import Choice, Line, Offer
from relnet.tui.screens.page import Page

_ACTIONS: Final = (
    Offer("reach out", "reach out", "r"),
    Offer("review", "review again", "v"),
    Offer("mute", "mute", "m"),
    Offer("unfollow", "unfollow", "u"),
)


class JudgingPage(Page):
    """A screen with connections to judge; a subclass says which rows are meant."""

    def meant(self) -> list[int]:
        """Return the rows that a judgement is about."""
        return []

    def _ask(self, ask: Callable[[str, list[int]], None]) -> None:
        seen = self.model.seen
        if rows := self.meant():
            self._get_ready()
            who = seen.handle(rows[0]) if len(rows) == 1 else f"{count(len(rows))} accounts"
            ask(who, [seen.account(row) for row in rows])

    def action_label(self) -> None:
        """Ask what the accounts are."""
        offers = [Offer(word, f"{LABEL_MARKS[word]} {word}", word[0]) for word in LABELS]

        def ask(who: str, accounts: list[int]) -> None:
            def done(label: str | None) -> None:
                if label:
                    self._judge(lambda: self.model.set_label(accounts, label), f"{who}: {label}, by your word")

            self.app.push_screen(Choice(f"{who} is", offers), done)

        self._ask(ask)

    def action_act(self) -> None:
        """Ask what to do with the accounts; it is written down, nothing is done online."""

        def ask(who: str, accounts: list[int]) -> None:
            def done(action: str | None) -> None:
                if action:
                    self._judge(
                        lambda: self.model.annotate(accounts, "action", action),
                        f"{who}: on your list to {action}",
                    )

            self.app.push_screen(Choice(f"{who}: put on your list to", _ACTIONS), done)

        self._ask(ask)

    def action_note(self) -> None:
        """Ask for a note."""
        self._ask(lambda who, accounts: self._write(f"Note on {who}", accounts, "note"))

    def action_tag(self) -> None:
        """Ask for a tag."""
        self._ask(lambda who, accounts: self._write(f"Tag for {who}", accounts, "tag"))

    def _write(self, title: str, accounts: list[int], kind: str) -> None:
        def done(text: str | None) -> None:
            if text and kind == "tag":
                self._judge(lambda: self.model.annotate(accounts, "tag", text), f"Tagged: tag:{text} finds it")
            elif text:
                self._judge(lambda: self.model.annotate(accounts, "note", text), "Noted")

        self.app.push_screen(Line(title), done)

    def action_undo(self) -> None:
        """Take the last judgement back."""
        self._take_back()

    @work(thread=True, exclusive=True, exit_on_error=False, group="ready")
    def _get_ready(self) -> None:
        self.model.get_ready_to_judge()

    # Two judgements at once would mix up what undo takes back, so the model lets one through at a time.
    @work(thread=True, exit_on_error=False, group="judge")
    def _judge(self, judgement: Callable[[], None], said: str) -> None:
        judgement()
        self.app.call_from_thread(self.dashboard.judged, f"{said}. U takes it back.")

    @work(thread=True, exit_on_error=False, group="judge")
    def _take_back(self) -> None:
        undone = self.model.undo()
        said = f"Took back: {undone}." if undone else "There is nothing to take back."
        self.app.call_from_thread(self.dashboard.judged, said)

    def action_copy(self) -> None:
        """Copy the handles."""
        seen = self.model.seen
        self.dashboard.copy_out("\n".join(seen.handle(row) for row in self.meant()))

    def action_copy_row(self) -> None:
        """Copy the rows as JSON, a line each."""
        seen = self.model.seen
        self.dashboard.copy_out("\n".join(seen.as_json(row) for row in self.meant()))
