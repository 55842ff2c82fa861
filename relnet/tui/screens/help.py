"""Help: what a screen shows, and every key that works there, from the live bindings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.widget import Widget
from textual.widgets import Markdown, Static

from relnet.text import clean
from relnet.tui.bindings import bindings, joined
from relnet.tui.screens.page import Page

_TEXTS = Path(__file__).parent.parent / "help"
_KEYS_WIDTH = 18


class HelpPage(Page):
    """What a screen shows, and its keys: of the focused pane first, then its own, then those of everywhere.

    Parameters
    ----------
    page
        The screen that help is about.
    """

    place = "help"
    BINDINGS = bindings("help")

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        # Now, while the page has the focus that its keys depend on.
        self._keys = list(_key_lines(page))

    def path(self) -> tuple[list[str], str]:
        """Return the steps."""
        steps, _ = self._page.path()
        return [*steps, "help"], ""

    def body(self) -> Iterable[Widget]:
        """Return keys and text."""
        with VerticalScroll(id="long"):
            yield Static(Content("\n").join(self._keys), id="key-list")
            yield Markdown((_TEXTS / f"{self._page.place}.md").read_text(encoding="utf-8"))

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#long").focus()


def _key_lines(page: Page) -> Iterator[Content]:
    by_node: dict[DOMNode, list[Binding]] = {}
    for active in page.active_bindings.values():
        # What has no id is Textual's own: typing in a line, scrolling a text.
        if active.binding.id and active.enabled:
            by_node.setdefault(active.node, []).append(active.binding)
    for node, found in by_node.items():
        title = "Everywhere" if node is page.app else "This screen" if node is page else "The focused pane"
        yield Content.styled(title, "bold")
        for keys, words in joined(found):
            yield Content.assemble((f"  {keys:<{_KEYS_WIDTH}}", "$text-primary"), clean(words))
        yield Content("")
