"""The command palette: what the screen can do, people by the beginning of their handle, themes."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from relnet.text import clean
from relnet.tui.bindings import PLACES, Key
from relnet.tui.screens.page import Page

if TYPE_CHECKING:
    from relnet.tui.app import Dashboard

_MOST_PEOPLE = 20
_MOST_DISCOVERED = 10
_ABOVE_COMMANDS = 1000.0
_HIDDEN = frozenset({"palette", "next_pane", "previous_pane", "interrupt"})
_OPEN = Key("open", "", "app.open_start", "Open", "Open an archive, another workspace or the demo")
_SCREENSHOT = Key("screenshot", "", "app.screenshot", "Screenshot", "Save this screen as an SVG file")


class Commands(Provider):
    """What the keys of the screen do, and what has no key."""

    def _keys(self) -> Iterator[Key]:
        page = self.screen
        if isinstance(page, Page):
            yield from PLACES[page.place]
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
            while dashboard.screen is not overview:
                dashboard.pop_screen()
            overview.open(row)


class Themes(Provider):
    """Themes by name."""

    async def search(self, query: str) -> Hits:
        """Yield the themes whose name fits."""
        matcher = self.matcher(query)
        for name in sorted(self.app.available_themes):
            words = f"Theme {name}"
            if (score := matcher.match(words)) > 0:
                yield Hit(score, Content(words), partial(setattr, self.app, "theme", name), text=words)
