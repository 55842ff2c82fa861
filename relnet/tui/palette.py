"""The command palette: what the screen can do, people by the beginning of their handle, themes."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import msgspec
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from relnet.errors import RelnetError
from relnet.settings import user_file
from relnet.settings_file import write_setting
from relnet.text import clean
from relnet.tui.bindings import PLACES, Key
from relnet.tui.screens.dialogs import Line
from relnet.tui.screens.judging import JudgingPage
from relnet.tui.screens.page import Page

if TYPE_CHECKING:
    from relnet.tui.app import Dashboard

_MOST_PEOPLE = 20
_MOST_DISCOVERED = 10
_ABOVE_COMMANDS = 1000.0
_HIDDEN = frozenset({"palette", "next_pane", "previous_pane", "interrupt"})
_OPEN = Key("open", "", "app.open_start", "Open", "Open an archive, another workspace or the demo")
_SCREENSHOT = Key("screenshot", "", "app.screenshot", "Screenshot", "Save this screen as an SVG file")
_JOIN = Key("join", "", "join", "Join", "Join accounts: the marked ones, or this and another, are one person")


class Commands(Provider):
    """What the keys of the screen do, and what has no key."""

    def _keys(self) -> Iterator[Key]:
        page = self.screen
        if isinstance(page, Page):
            yield from PLACES[page.place]
        if isinstance(page, JudgingPage):
            yield _JOIN
        yield from PLACES["everywhere"]
        yield from (_OPEN, _SCREENSHOT)

    def _offered(self) -> Iterator[tuple[Key, Any]]:
        for key in self._keys():
            scope, _, name = key.action.rpartition(".")
            target = self.app if scope == "app" else self.screen
            if key.id not in _HIDDEN and target.check_action(name.partition("(")[0], ()) is not False:
                yield key, partial(target.run_action, key.action)

    async def search(self, query: str) -> Hits:
        """Yield the commands whose sentence fits."""
        matcher = self.matcher(query)
        for key, run in self._offered():
            if (score := matcher.match(key.sentence)) > 0:
                yield Hit(score, Content(key.sentence), run, text=key.sentence)

    async def discover(self) -> Hits:
        """Yield the most useful commands."""
        for key, run in list(self._offered())[:_MOST_DISCOVERED]:
            yield DiscoveryHit(Content(key.sentence), run, text=key.sentence)


class People(Provider):
    """People whose handle begins with what is typed."""

    _names: list[tuple[str, int]] | None = None

    async def startup(self) -> None:
        """Sort the handles once; with 100,000 of them this takes longer than a key may."""
        overview = cast("Dashboard", self.app).overview
        if overview is not None:
            handles = overview.model.seen.columns["handle"]
            self._names = await asyncio.to_thread(
                lambda: sorted((name.lstrip("@").casefold(), row) for row, name in enumerate(handles.tolist()))
            )

    async def search(self, query: str) -> Hits:
        """Yield at most twenty people, by name."""
        dashboard = cast("Dashboard", self.app)
        wanted = query.lstrip("@").casefold()
        if not self._names or dashboard.overview is None or not wanted:
            return
        first = bisect_left(self._names, (wanted, -1))
        for name, row in self._names[first : first + _MOST_PEOPLE]:
            if not name.startswith(wanted):
                return
            title = clean(dashboard.model.seen.title(row)) or "(no name)"
            # Above every command that happens to have the same letters somewhere: Enter must not quit.
            yield Hit(_ABOVE_COMMANDS, Content(title), partial(self._open, row), text=title)

    def _open(self, row: int) -> None:
        dashboard = cast("Dashboard", self.app)
        overview = dashboard.overview
        if overview is not None:
            dashboard.return_to(overview)
            overview.open(row)


class Filters(Provider):
    """Filters that were saved, and a way to save the one in force; they are in the user's file."""

    def _offered(self) -> Iterator[tuple[str, Callable[[], None]]]:
        dashboard = cast("Dashboard", self.app)
        overview = dashboard.overview
        if overview is None:
            return
        for name, text in dashboard.settings.filters.items():
            yield clean(f"Filter {name}: {text}"), partial(self._use, text)
        if overview.filter_text:
            yield clean(f"Save the filter {overview.filter_text}"), self._save

    def _use(self, text: str) -> None:
        dashboard = cast("Dashboard", self.app)
        if (overview := dashboard.overview) is not None:
            dashboard.return_to(overview)
            overview.use_filter(text)

    def _save(self) -> None:
        dashboard = cast("Dashboard", self.app)
        text = dashboard.overview.filter_text if dashboard.overview else ""

        def done(name: str | None) -> None:
            if name:
                try:
                    write_setting(user_file(), name, text, "filters")
                except RelnetError as error:
                    dashboard.show_error(error)
                    return
                filters = {**dashboard.settings.filters, name: text}
                dashboard.take_settings(msgspec.structs.replace(dashboard.settings, filters=filters))
                dashboard.say(f"Saved: the palette (ctrl+p) finds it as {name}.")

        dashboard.push_screen(Line(f"Save {text} as"), done)

    async def search(self, query: str) -> Hits:
        """Yield the filters whose name or text fits."""
        matcher = self.matcher(query)
        for words, run in self._offered():
            if (score := matcher.match(words)) > 0:
                yield Hit(score, Content(words), run, text=words)


class Themes(Provider):
    """Themes by name."""

    async def search(self, query: str) -> Hits:
        """Yield the themes whose name fits."""
        matcher = self.matcher(query)
        for name in sorted(self.app.available_themes):
            words = f"Theme {name}"
            if (score := matcher.match(words)) > 0:
                yield Hit(score, Content(words), partial(setattr, self.app, "theme", name), text=words)
