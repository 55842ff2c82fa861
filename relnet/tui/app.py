"""The dashboard: an app over a model, with screens on a stack."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

from textual import work
from textual.screen import Screen

from relnet.plugin import ReadOptions
from relnet.registry import Registry
from relnet.settings import Settings, user_folder
from relnet.store.workspace import Workspace
from relnet.tui.bindings import bindings
from relnet.tui.job import Job
from relnet.tui.model import Model
from relnet.tui.palette import Commands, Filters, People, Themes
from relnet.tui.screens.actions import ActionsPage
from relnet.tui.screens.help import HelpPage
from relnet.tui.screens.labels import LabelsPage
from relnet.tui.screens.loading import LoadingPage
from relnet.tui.screens.overview import OverviewPage
from relnet.tui.screens.page import Page
from relnet.tui.screens.plugins import PluginsPage
from relnet.tui.screens.settings import SettingsPage
from relnet.tui.screens.start import StartPage
from relnet.tui.screens.time import TimePage
from relnet.tui.speaking import Speaking
from relnet.tui.themes import THEMES

_TWICE_SECONDS = 2.0
_WIDTHS: Final = [(0, "-tiny"), (40, "-narrow"), (80, "-medium"), (100, "-wide")]
_HEIGHTS: Final = [(0, "-flat"), (12, "-low"), (20, "-short"), (30, "-tall")]


_SCREENS: Final[dict[str, Callable[[], Page]]] = {
    "time": TimePage,
    "actions": ActionsPage,
    "labels": LabelsPage,
    "plugins": PluginsPage,
}


class Dashboard(Speaking):
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
    find_plugins
        Finds the plugins anew, for when a file of them changes.
    """

    CSS_PATH = "relnet.tcss"
    TITLE = "relnet"
    BINDINGS = bindings("everywhere")
    COMMANDS: ClassVar = {Commands, People, Filters, Themes}
    COMMAND_PALETTE_BINDING = ""
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    def __init__(
        self,
        model: Model,
        paths: Sequence[Path] = (),
        settings: Settings | None = None,
        recent: Sequence[Path] = (),
        find_plugins: Callable[[], Registry] | None = None,
    ) -> None:
        super().__init__(model, settings or Settings())
        self.paths, self.recent = list(paths), list(recent)
        self.find_plugins = find_plugins
        self._interrupted = 0.0

    @property
    def plugin_folders(self) -> list[Path]:
        """Folders whose plugin files are looked at while they are shown; none where nobody could find them anew."""
        if self.find_plugins is None:
            return []
        folders = [user_folder() / "plugins", *map(Path, self.settings.plugin_folders)]
        return [*folders, self.model.workspace.path / "plugins"]

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

    def return_to(self, screen: Screen[Any]) -> None:
        """Leave all that was opened over a screen."""
        while self.screen is not screen:
            self.pop_screen()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the way back only where there is one, since it never quits, and screens where there is what to show."""
        if action in ("go", "undo"):
            return self.overview is not None and not isinstance(self.screen, (LoadingPage, StartPage))
        return self.screen is not self._first if action == "back" else True

    def action_go(self, place: str) -> None:
        """Show one of the five screens."""
        if self.overview is not None:
            self.return_to(self.overview)
            if place in _SCREENS:
                self.push_screen(_SCREENS[place]())

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

    @work(thread=True, exclusive=True, exit_on_error=False, group="anew")
    def judge_anew(self, judge: Callable[[], None], said: Callable[[], str]) -> None:
        """Judge in the background while the screens stay usable, then show it everywhere and say what it is."""
        try:
            judge()
        except Exception as error:  # whatever fails, what was shown before stays
            self.call_from_thread(self.show_error, error)
            return
        self.call_from_thread(lambda: self.judged(said()))

    def judged(self, said: str) -> None:
        """Show what the user decided, everywhere."""
        for screen in self.screen_stack:
            if isinstance(screen, Page):
                screen.judged()
        self.say(said)

    def action_settings(self) -> None:
        """Show the settings."""
        if isinstance(self.screen, Page) and not isinstance(self.screen, (LoadingPage, SettingsPage)):
            self.push_screen(SettingsPage())

    def take_settings(self, settings: Settings) -> None:
        """Use other settings from now on, on every screen."""
        self.use_settings(settings)
        if settings.theme in self.available_themes:
            self.theme = settings.theme
        for screen in self.screen_stack:
            if isinstance(screen, Page):
                screen.take_looks()
        self.refresh_css(animate=False)

    @work(thread=True, exit_on_error=False, group="judge")
    def action_undo(self) -> None:
        """Take the last judgement back."""
        try:
            undone = self.model.undo()
        except Exception as error:  # a locked catalog, say: the judgement stands
            self.call_from_thread(self.show_error, error)
            return
        said = f"Took back: {undone}." if undone else "There is nothing to take back."
        self.call_from_thread(self.judged, said)


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
    find_plugins: Callable[[], Registry] | None = None,
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
    find_plugins
        Finds the plugins anew, for when a file of them changes.
    """
    settings = settings or Settings()
    model = Model(workspace, registry, options, as_of, source, since, settings.horizon_days, settings.refit)
    app = Dashboard(model, paths, settings, recent, find_plugins)
    try:
        code = app.run(mouse=mouse)
    finally:
        model.close()
    return app.return_code or code or 0
