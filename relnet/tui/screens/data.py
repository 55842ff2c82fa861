"""What was read: sources, coverage, what was left out and why, what failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from relnet.moments import day
from relnet.text import clean, count, counted
from relnet.tui.bindings import bindings
from relnet.tui.screens.page import Page

if TYPE_CHECKING:
    from relnet.store.log import Manifest

_ROWS = {"self": "to oneself (left out)", "declared": "follows and the like"}


class DataPage(Page):
    """Where the numbers come from, and what could not be seen."""

    place = "data"
    BINDINGS = bindings("data")

    def path(self) -> tuple[list[str], str]:
        """Return the steps."""
        return ["relnet", "what was read"], f"as of {day(self.model.assessment.header.as_of)}"

    def body(self) -> Iterable[Widget]:
        """Return one long text."""
        with VerticalScroll(id="long"):
            yield Static(Content("\n").join(self._lines()))

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#long").focus()

    def _lines(self) -> Iterator[Content]:
        header = self.model.assessment.header
        imports = self.model.imports
        for import_id in header.imports:
            if import_id in imports:
                yield from _import_lines(imports[import_id])
                yield Content("")
        yield _bold("Coverage: outside it a number is unknown, not 0")
        yield from (_item(line) for line in dict.fromkeys(header.coverage) or ["nothing is said to be complete"])
        if header.warnings:
            yield Content("")
            yield _bold("Failed and left out")
            yield from map(_item, header.warnings)
        yield Content("")
        yield _bold("Scored with")
        yield from (_item(f"{name} {about.get('version', '')}") for name, about in sorted(header.plugins.items()))
        seconds = ", ".join(f"{name} {value:.2f} s" for name, value in header.seconds.items())
        yield _item(f"in {seconds}" if seconds else "read back from an earlier run")


def _import_lines(manifest: Manifest) -> Iterator[Content]:
    yield _bold(f"{manifest.path}  ({manifest.source})")
    rows = ", ".join(f"{count(n)} {_ROWS.get(kind, kind)}" for kind, n in manifest.rows.items() if n)
    yield _item(f"{rows or 'nothing'}; {day(manifest.first_at)} to {day(manifest.last_at)}")
    if manifest.overlap:
        yield _item(f"{counted(manifest.overlap, 'interaction')} there already, counted once")
    for reason, (number, named) in manifest.skips.items():
        yield Content.assemble("  ", (f"{count(number)} left out", "$text-warning bold"), f": {clean(reason)}")
        yield from (_item(f"  {place}") for place in named)
        if number > len(named):
            yield _item(f"  and {count(number - len(named))} more")
    yield from (_item(f"note: {note}") for note in manifest.notes)
    if manifest.new_kinds:
        yield _item(f"kinds unknown to relnet count as acts: {', '.join(manifest.new_kinds)}")
    if manifest.unknown_files:
        yield _item(f"files not read: {', '.join(manifest.unknown_files)}")


def _bold(text: str) -> Content:
    return Content.styled(clean(text), "bold")


def _item(text: str) -> Content:
    return Content(f"  {clean(text)}")
