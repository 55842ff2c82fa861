"""The dashboard: an app over a model, with screens on a stack."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

from textual import work
from textual.app import App
from textual.binding import Binding
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen

from relnet.plugin import ReadOptions
from relnet.registry import Registry
from relnet.settings import Settings
from relnet.store.workspace import Workspace
from relnet.text import clean, to_ascii
from relnet.tui.bindings import bindings, shown
from relnet.tui.copying import copy_beside
from relnet.tui.faults import in_words, write_down
from relnet.tui.job import Job
from relnet.tui.model import Model
from relnet.tui.palette import Commands, People, Themes
from relnet.tui.plain import AsciiFilter
from relnet.tui.screens.dialogs import Notice
from relnet.tui.screens.help import HelpPage
from relnet.tui.screens.loading import LoadingPage
from relnet.tui.screens.overview import OverviewPage
from relnet.tui.screens.page import Page
from relnet.tui.screens.start import StartPage
from relnet.tui.themes import THEMES
from relnet.tui.widgets.ring_map import Marker

_TWICE_SECONDS = 2.0
_WIDTHS: Final = [(0, "-tiny"), (40, "-narrow"), (80, "-medium"), (100, "-wide")]
_HEIGHTS: Final = [(0, "-flat"), (12, "-low"), (20, "-short"), (30, "-tall")]


class Dashboard(App[int]):
    """The app.

    Parameters
    ----------
    model
        What there is to show.
    paths
        Inputs to read at the start.
    settings
        Theme, keys, marker, ASCII.
    recent
        Workspaces to offer.
    """

    CSS_PATH = "relnet.tcss"
    TITLE = "relnet"
    BINDINGS = bindings("everywhere")
    COMMANDS: ClassVar = {Commands, People, Themes}
    COMMAND_PALETTE_BINDING = ""
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    def __init__(
        self,
        model: Model,
        paths: Sequence[Path] = (),
        settings: Settings | None = None,
        recent: Sequence[Path] = (),
    ) -> None:
        self.settings = settings or Settings()
        self._ascii_filter = AsciiFilter(self.settings.ascii)
        super().__init__()
        self.model, self.paths, self.recent = model, list(paths), list(recent)
        self._interrupted = 0.0

    @property
    def ascii(self) -> bool:
        """Whether to draw with ASCII only."""
        return self.settings.ascii

    @property
    def marker(self) -> Marker:
        """What the rings of the map are made of."""
        return self.settings.marker

    def on_mount(self) -> None:
        """Take over the settings; open what was asked for, else what is there, else offer something."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self.settings.theme if self.settings.theme in self.available_themes else THEMES[0].name
        self.set_keymap(self.settings.keys)
        if self.paths or self.model.imports:
            self.load(self.paths)
        else:
            self.push_screen(StartPage())

    # The path

    def load(self, paths: Sequence[Path]) -> None:
        """Read inputs into the workspace and show it."""
        title = f"Reading {', '.join(map(str, paths))}" if paths else f"Opening {self.model.workspace.path.name}"
        self._start_loading(title, lambda job: self.model.load(paths, job))

    def open_workspace(self, path: Path) -> None:
        """Show another workspace."""
        self._start_loading(f"Opening {path}", lambda job: self.model.load((), job, Workspace(path, create=False)))

    def load_demo(self) -> None:
        """Make up a network and show it."""
        self._start_loading("Making up a network", self.model.load_demo)

    def _start_loading(self, title: str, load: Callable[[Job], None]) -> None:
        self.push_screen(LoadingPage(title, load, self._loaded))

    def _loaded(self) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(OverviewPage())

    @property
    def overview(self) -> OverviewPage | None:
        """The overview, where something is loaded."""
        return next((screen for screen in self.screen_stack if isinstance(screen, OverviewPage)), None)

    @property
    def _first(self) -> Screen[Any]:
        """The first screen of the path; Textual's own empty one lies below it."""
        return self.screen_stack[:2][-1]

    def go_back(self) -> None:
        """Leave the screen for the one before it; where there is none, offer something to open."""
        if self.screen is self._first:
            self.switch_screen(StartPage())
        else:
            self.pop_screen()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the way back only where there is one: going back never quits."""
        return self.screen is not self._first if action == "back" else True

    async def action_back(self) -> None:
        """Go one step back on the path."""
        self.go_back()

    def action_leave(self) -> None:
        """Go back; on the first screen quit."""
        if self.screen is self._first:
            self.exit(0)
        else:
            self.go_back()

    def action_open_start(self) -> None:
        """Open something else."""
        self.push_screen(StartPage())

    async def action_quit(self) -> None:
        """Quit; every judgement is saved already."""
        self.exit(0)

    def action_help(self) -> None:
        """Show what the screen shows, and its keys."""
        if isinstance(self.screen, Page) and not isinstance(self.screen, HelpPage):
            self.push_screen(HelpPage(self.screen))

    def action_help_quit(self) -> None:
        """Take the same way as the key for interrupting."""
        self.action_interrupt()

    def action_interrupt(self) -> None:
        """Copy what is selected, else cancel what runs, else say how to quit; quit the second time."""
        now = time.monotonic()
        if text := self.screen.get_selected_text():
            self.copy_out(text)
        elif isinstance(self.screen, LoadingPage):
            self.screen.action_cancel()
        elif now - self._interrupted < _TWICE_SECONDS:
            self.exit(0)
        else:
            self._interrupted = now
            self.say("q quits, and so does ctrl+c once more.")

    def judged(self, said: str) -> None:
        """Show what the user decided, everywhere."""
        for screen in self.screen_stack:
            if isinstance(screen, Page):
                screen.judged()
        self.say(said)

    # Saying

    def say(self, message: str, *, severity: SeverityLevel = "information") -> None:
        """Show a short message; it is text, never markup."""
        words = to_ascii(message) if self.ascii else clean(message)
        self.notify(words, severity=severity, markup=False)

    def show_error(self, error: BaseException) -> None:
        """Show what failed, what still works, and where the details are; the app goes on."""
        path = write_down(error, self.model.log_path)
        text = f"{in_words(error)}\n\nEverything else still works. Details: {path}"

        def done(answer: str | None) -> None:
            if answer == "copy":
                self.copy_out(text)

        self.push_screen(Notice("That did not work", text), done)

    def _fatal_error(self) -> None:
        """End on a crash with one line, not with the variables of every frame, which hold strangers' text."""
        error = self._exception
        if error is None:
            super()._fatal_error()
            return
        path = write_down(error, self.model.log_path)
        self.panic(to_ascii(f"relnet crashed ({type(error).__name__}). Nothing is lost. Details: {path}"))

    def copy_out(self, text: str) -> None:
        """Copy a text by every way there is, and say where it went."""
        self.copy_to_clipboard(text)
        self._copy_beside(text)

    @work(thread=True, exit_on_error=False, group="copy")
    def _copy_beside(self, text: str) -> None:
        said = copy_beside(text, self.model.workspace.cache)
        self.call_from_thread(self.say, said)

    # Looks

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, and in ASCII mode ours."""
        filters = list(super().get_line_filters())
        return [*filters, self._ascii_filter] if self._ascii_filter.enabled else filters

    def get_key_display(self, binding: Binding) -> str:
        """Return a key as help and footer show it."""
        return binding.key_display or shown(binding.key)

    def export_screenshot(self, **options: Any) -> str:
        """Return the screen as SVG that fetches nothing."""
        import re

        return re.sub(r"@font-face\s*{[^}]*}", "", super().export_screenshot(**options))


def run(
    paths: Sequence[Path],
    workspace: Workspace,
    registry: Registry,
    *,
    options: ReadOptions | None = None,
    as_of: int | None = None,
    since: int | None = None,
    settings: Settings | None = None,
    source: str | None = None,
    recent: Sequence[Path] = (),
    mouse: bool = True,
) -> int:
    """Run the dashboard and return the exit code.

    Parameters
    ----------
    paths
        Inputs to read first.
    workspace
        Where they go, and what is shown.
    registry
        The plugins.
    options
        What the user says of the inputs.
    as_of, since
        Moment of judging, by default the end of coverage, and first moment looked at, ms UTC.
    settings
        Theme, keys, marker, ASCII.
    source
        Name of the source to read the inputs with, whatever they look like.
    recent
        Workspaces to offer where nothing is loaded.
    mouse
        Whether to listen to the mouse.
    """
    model = Model(workspace, registry, options, as_of, source, since)
    app = Dashboard(model, paths, settings, recent)
    try:
        code = app.run(mouse=mouse)
    finally:
        model.close()
    return app.return_code or code or 0
