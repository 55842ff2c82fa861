"""The screen of a load under way: five phases, and a way out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual import work
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from relnet.errors import Cancelled
from relnet.tui.bindings import bindings
from relnet.tui.job import Job
from relnet.tui.plain import plain
from relnet.tui.screens.page import Page
from relnet.tui.widgets.phase_lines import PhaseLines

_DRAWN_EVERY_SECONDS = 0.1


class LoadingPage(Page):
    """Runs a load in a thread, shows how far it is, and leaves at once when it is cancelled.

    Parameters
    ----------
    title
        What is loaded, in words.
    load
        Does the work, telling the job how far it is.
    done
        Called in the app when all went well.
    """

    place = "loading"
    BINDINGS = bindings("loading")

    def __init__(self, title: str, load: Callable[[Job], None], done: Callable[[], None]) -> None:
        super().__init__()
        self.job = Job(title)
        self._load, self._done = load, done

    def body(self) -> Iterable[Widget]:
        """Return title and phases."""
        yield Static(plain(self.job.title), id="title")
        yield PhaseLines(id="phases")
        yield Static(Content("Nothing leaves this machine. esc cancels; the workspace stays intact."), classes="hint")

    def path(self) -> tuple[list[str], str]:
        """Return the one step."""
        return ["relnet", "loading"], ""

    def on_mount(self) -> None:
        """Begin."""
        self._draw()
        self.set_interval(_DRAWN_EVERY_SECONDS, self._draw)
        self._run()

    def _draw(self) -> None:
        self.query_one(PhaseLines).set_job(self.job)

    @work(thread=True, exclusive=True, exit_on_error=False, group="load")
    def _run(self) -> None:
        self._load(self.job)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Go on when the load is done; go back and say why when it failed."""
        event.prevent_default()  # Textual calls the handler of the base class too
        if self.job.cancelled or not self.is_attached:
            return
        if event.state is WorkerState.SUCCESS:
            self._done()
        elif event.state is WorkerState.ERROR and event.worker.error is not None:
            self.dashboard.go_back()
            if not isinstance(event.worker.error, Cancelled):
                self.dashboard.show_error(event.worker.error)

    def action_cancel(self) -> None:
        """Leave now; the worker stops at its next step."""
        self.job.cancel()
        self.dashboard.go_back()
        self.dashboard.say("Cancelled. What was there before is intact.")
