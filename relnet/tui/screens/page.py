"""What every screen has: the path on top, the keys below, a word where the terminal is too small."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from relnet.errors import Cancelled
from relnet.tui.bindings import bindings
from relnet.tui.widgets.breadcrumb import Breadcrumb
from relnet.tui.widgets.connection_table import ConnectionTable
from relnet.tui.widgets.drawn import Drawn
from relnet.tui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from relnet.tui.app import Dashboard
    from relnet.tui.model import Model

LEAST = (40, 12)
"""Columns and rows below which nothing can be shown."""


class Page(Screen[None]):
    """A screen of the path Start → Loading → Overview → Connection → Evidence.

    A subclass names its `place` in the table of keys, takes its bindings from there, and yields its widgets
    from `body`.
    """

    place: ClassVar[str] = ""
    AUTO_FOCUS = ""
    BINDINGS = bindings("page")

    @property
    def dashboard(self) -> Dashboard:
        """The app."""
        return cast("Dashboard", self.app)

    @property
    def model(self) -> Model:
        """What there is to show."""
        return self.dashboard.model

    def compose(self) -> ComposeResult:
        """Lay out path, body and keys."""
        yield Static(id="too-small")
        with Vertical(id="page"):
            yield Breadcrumb(id="path")
            yield from self.body()
        yield KeyLine(id="keys")

    def body(self) -> Iterable[Widget]:
        """Return the widgets between path and keys."""
        return ()

    def path(self) -> tuple[list[str], str]:
        """Return the steps that lead here and a note beside them."""
        return ["relnet"], ""

    def judged(self) -> None:
        """Show that the user's judgements changed."""

    def on_mount(self) -> None:
        """Take over the settings and show the path."""
        if self.dashboard.ascii:
            self.take_looks()
        self.show_path()

    def take_looks(self) -> None:
        """Draw in the signs that the settings ask for."""
        for widget in self.query("*"):
            if isinstance(widget, (Drawn, ConnectionTable)):
                widget.ascii = self.dashboard.ascii

    def show_path(self) -> None:
        """Show the path anew."""
        for path in self.query(Breadcrumb):  # none, where the screen was left meanwhile
            steps, note = self.path()
            path.set_steps(steps, " · ".join(filter(None, (note, self.model.period))))

    def show_later(self, show: Callable[..., None], *found: object) -> None:
        """Show from a worker thread what it found, unless the screen was left meanwhile."""
        self.app.call_from_thread(self._show_if_there, show, *found)

    def _show_if_there(self, show: Callable[..., None], *found: object) -> None:
        if self.is_attached:
            with self.app.batch_update():
                show(*found)

    def on_resize(self, event: events.Resize) -> None:
        """Say what is too small."""
        width, height = event.size
        words = f"needs {LEAST[0]}×{LEAST[1]}, is {width}×{height}"
        self.query_one("#too-small", Static).update(Content(words))
        # What of the path is worth the room depends on the width, whose classes are set by then.
        self.call_after_refresh(self.show_path)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show why a worker failed; a cancelled load is no failure."""
        error = event.worker.error
        if event.state is WorkerState.ERROR and error is not None and not isinstance(error, Cancelled):
            self.dashboard.show_error(error)
