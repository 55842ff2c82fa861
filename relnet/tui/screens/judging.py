"""What the user decides on a screen that shows connections: labels, notes, tags, the action list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import work

from relnet.assess.assessment import LABELS
from relnet.assess.table import find_account
from relnet.assess.written import ACTIONS, action_text
from relnet.errors import InputError
from relnet.text import LABEL_MARKS, counted
from relnet.tui.screens.dialogs import Choice, Line, Offer
from relnet.tui.screens.page import Page

_KEYS: Final = {"reach out": "r", "review": "v", "mute": "m", "unfollow": "u", "note": "n"}
_ACTIONS: Final = tuple(Offer(action, action, _KEYS[action]) for action in ACTIONS)


class JudgingPage(Page):
    """A screen with connections to judge; a subclass says which rows are meant."""

    def meant(self) -> list[int]:
        """Return the rows that a judgement is about."""
        return []

    def _ask(self, ask: Callable[[str, list[int]], None]) -> None:
        seen = self.model.seen
        if rows := self.meant():
            self._get_ready()
            who = seen.handle(rows[0]) if len(rows) == 1 else counted(len(rows), "account")
            ask(who, [seen.account(row) for row in rows])

    def action_label(self) -> None:
        """Ask what the accounts are."""
        offers = [Offer(word, f"{LABEL_MARKS[word]} {word}", word[0]) for word in LABELS]

        def ask(who: str, accounts: list[int]) -> None:
            def done(label: str | None) -> None:
                if label:
                    self.judge(lambda: self.model.set_label(accounts, label), f"{who}: {label}, by your word")

            self.app.push_screen(Choice(f"{who} is", offers), done)

        self._ask(ask)

    def action_act(self) -> None:
        """Ask what to do with the accounts; it is written down, nothing is done online."""

        def ask(who: str, accounts: list[int]) -> None:
            def put(action: str, detail: str = "") -> None:
                text = action_text(action, detail)
                self.judge(lambda: self.model.annotate(accounts, "action", text), f"{who}: on your list to {text}")

            def done(action: str | None) -> None:
                if action == "note":
                    self.app.push_screen(Line(f"What about {who}?"), lambda text: put("note", text) if text else None)
                elif action:
                    put(action)

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
                self.judge(lambda: self.model.annotate(accounts, "tag", text), f"Tagged: tag:{text} finds it")
            elif text:
                self.judge(lambda: self.model.annotate(accounts, "note", text), "Noted")

        self.app.push_screen(Line(title), done)

    def action_join(self) -> None:
        """Say that accounts are one person: the marked ones, or the one meant and another by its handle."""

        def ask(who: str, accounts: list[int]) -> None:
            if len(set(accounts)) > 1:
                self._join(accounts, f"{who} are one person now")
                return

            def done(text: str | None) -> None:
                if text:
                    try:
                        other = find_account(self.model.assessment, text)
                    except InputError as error:
                        self.dashboard.show_error(error)
                        return
                    self._join([*accounts, other], f"{who} and {self.model.handle(other)} are one person now")

            self.app.push_screen(Line(f"{who} is the same person as", "@handle or network:handle"), done)

        self._ask(ask)

    def _join(self, accounts: list[int], said: str) -> None:
        names = [self.model.handle(account) for account in accounts]
        self.dashboard.judge_anew(lambda: self.model.join(accounts, names[0]), lambda: f"{said}. U takes it back.")

    @work(thread=True, exclusive=True, exit_on_error=False, group="ready")
    def _get_ready(self) -> None:
        self.model.get_ready_to_judge()

    # Two judgements at once would mix up what undo takes back, so the model lets one through at a time.
    @work(thread=True, exit_on_error=False, group="judge")
    def judge(self, judgement: Callable[[], None], said: str) -> None:
        """Write down a judgement in the background, then show it everywhere and say what it was."""
        judgement()
        self.app.call_from_thread(self.dashboard.judged, f"{said}. U takes it back.")

    def action_copy(self) -> None:
        """Copy the handles."""
        seen = self.model.seen
        self.dashboard.copy_out("\n".join(seen.handle(row) for row in self.meant()))

    def action_copy_row(self) -> None:
        """Copy the rows as JSON, a line each."""
        seen = self.model.seen
        self.dashboard.copy_out("\n".join(seen.as_json(row) for row in self.meant()))
