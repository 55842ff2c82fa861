"""Small questions over a screen: choose one, write a line, read why something failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from relnet.text import clean
from relnet.tui.bindings import bindings
from relnet.tui.plain import plain
from relnet.tui.widgets.clean_input import CleanInput

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer | None]):
    """A box over the screen; Esc leaves it without an answer."""

    BINDINGS = bindings("dialog")

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """Lay out the box."""
        with Vertical(id="box"):
            yield Static(plain(self._title), id="question")
            yield from self.body()

    def body(self) -> Iterable[Widget]:
        """Return what is below the title."""
        return ()

    def action_back(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


@dataclass(frozen=True)
class Offer:
    """One answer to choose: what it means, what it is called, and a key that takes it at once."""

    answer: str
    words: str
    key: str = ""


class Choice(Dialog[str]):
    """Choose one of a few, with the arrows and Enter or with its key."""

    def __init__(self, title: str, offers: Sequence[Offer]) -> None:
        super().__init__(title)
        self._offers = offers

    def body(self) -> Iterable[Widget]:
        """Return the list."""
        lines = [Content.assemble((f" {offer.key or ' '}  ", "bold"), clean(offer.words)) for offer in self._offers]
        yield OptionList(*(Option(line) for line in lines), compact=True)

    def on_key(self, event: events.Key) -> None:
        """Take the answer of a key."""
        for offer in self._offers:
            if offer.key and event.key == offer.key:
                event.stop()
                self.dismiss(offer.answer)
                return

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the answer under the cursor."""
        self.dismiss(self._offers[event.option_index].answer)


class Line(Dialog[str]):
    """Write one line; Enter takes it."""

    def __init__(self, title: str, placeholder: str = "") -> None:
        super().__init__(title)
        self._placeholder = placeholder

    def body(self) -> Iterable[Widget]:
        """Return the line."""
        yield CleanInput(placeholder=self._placeholder)
        yield Static(Content("enter saves, esc cancels"), classes="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line."""
        self.dismiss(event.value.strip() or None)


class Notice(Dialog[str]):
    """Something to read; `y` answers “copy”, and Enter gives the answer where there is one to give."""

    def __init__(self, title: str, text: str, answer: str = "", hint: str = "esc closes, y copies") -> None:
        super().__init__(title)
        self._text, self._answer, self._hint = text, answer, hint

    def body(self) -> Iterable[Widget]:
        """Return the text."""
        with VerticalScroll():
            yield Static(plain(self._text))
        yield Static(Content(self._hint), classes="hint")

    def on_key(self, event: events.Key) -> None:
        """Answer."""
        if event.key == "y":
            event.stop()
            self.dismiss("copy")
        elif event.key == "enter":
            event.stop()
            self.dismiss(self._answer or None)
