"""The line in which a filter is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from relnet.assess.filters import Filter, FilterError, parse
from relnet.text import clean, count
from relnet.tui.widgets.clean_input import CleanInput

_DEBOUNCE = 0.08


class FilterInput(Widget):
    """A filter, and beside it how many rows it lets through or why it cannot be read.

    A filter that cannot be read is said so and posts nothing, so the table stays as it is.
    """

    DEFAULT_CSS = """
    FilterInput { height: 1; layout: horizontal; }
    FilterInput > Input { width: 1fr; }
    FilterInput > Static { width: auto; max-width: 60%; padding: 0 1; color: $text-muted; }
    FilterInput > Static.-wrong { color: $text-error; }
    FilterInput:nocolor > Static { color: $foreground; }
    FilterInput:nocolor > Static.-wrong { color: $foreground; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "Clear the filter", id="filter.clear"),
        Binding("down", "leave", "To the table", show=False, id="filter.leave"),
    ]

    @dataclass
    class Changed(Message):
        """Another filter can be read."""

        filter_input: FilterInput
        filter: Filter
        text: str

        @property
        def control(self) -> FilterInput:
            """The line, for selectors of handlers."""
            return self.filter_input

    @dataclass
    class Left(Message):
        """The user is done with the line: Enter, the down key, or Esc in an empty line."""

        filter_input: FilterInput

        @property
        def control(self) -> FilterInput:
            """The line, for selectors of handlers."""
            return self.filter_input

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._timer: Timer | None = None
        self._posted = Filter()
        self._counted = ""

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        yield CleanInput(placeholder="label:fake engagement<.2 last>1y", compact=True)
        yield Static()

    @property
    def value(self) -> str:
        """Text of the filter."""
        return self.query_one(Input).value

    @value.setter
    def value(self, text: str) -> None:
        self.query_one(Input).value = text

    def focus(self, scroll_visible: bool = True) -> FilterInput:
        """Put the cursor into the line."""
        self.query_one(Input).focus(scroll_visible)
        return self

    def set_count(self, shown: int, total: int) -> None:
        """Say exactly how many rows there are."""
        self._counted = f"{count(shown)} of {count(total)}"
        self._say(self._counted)

    def set_error(self, error: FilterError) -> None:
        """Say why the filter cannot be used, where only its columns tell."""
        self._say(f"{error.message} {error.hint}", wrong=True)

    def _say(self, text: str, wrong: bool = False) -> None:
        status = self.query_one(Static)
        status.update(Content(clean(text)))
        status.set_class(wrong, "-wrong")

    def _on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_DEBOUNCE, self._read)

    def _on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._read()
        self.post_message(self.Left(self))

    def _read(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        try:
            found = parse(self.value)
        except FilterError as error:
            self.set_error(error)
            return
        self._say(self._counted)
        if found != self._posted:
            self._posted = found
            self.post_message(self.Changed(self, found, self.value))

    def action_clear(self) -> None:
        """Empty the line, or leave it when it is empty."""
        if not self.value:
            self.post_message(self.Left(self))
            return
        self.value = ""
        self._read()

    def action_leave(self) -> None:
        """Go back to the table with the filter kept."""
        self._read()
        self.post_message(self.Left(self))
