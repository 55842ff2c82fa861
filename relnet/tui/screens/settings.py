"""Settings: every value with its origin; what one may want to change here is written to the user's file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from relnet import settings as _settings
from relnet.errors import RelnetError, SettingsError
from relnet.settings import Settings
from relnet.settings_file import Value, write_setting
from relnet.text import clean
from relnet.tui.bindings import PLACES, bindings
from relnet.tui.screens.dialogs import Choice, Line, Notice, Offer
from relnet.tui.screens.page import Page
from relnet.tui.widgets.columns import TableColumn
from relnet.tui.widgets.connection_table import ConnectionTable

_CHOICES: Final[dict[str, tuple[Value, ...]]] = {
    "marker": ("braille", "block", "ascii"), "ascii": (False, True), "refit": (False, True),
}  # fmt: skip
_NUMBERS: Final = ("horizon_days", "max_skipped", "plugin_seconds")
_LATER: Final = ("horizon_days", "refit", "plugin_seconds", "max_skipped")
"""What counts from the next start on, since the scores on the screen were computed with what was before."""


class SettingsPage(Page):
    """A line a setting; Enter changes those that can be changed here."""

    place = "settings"
    BINDINGS = bindings("settings")

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []

    def body(self) -> Iterable[Widget]:
        """Return words and table."""
        yield Static(
            Content(f"Enter changes a setting and writes it to {clean(str(_settings.user_file()))}"), classes="hint"
        )
        yield ConnectionTable(id="table")

    def on_mount(self) -> None:
        """Show the settings."""
        self.table.focus()
        self._show()

    @property
    def table(self) -> ConnectionTable:
        """The table of settings."""
        return self.query_one("#table", ConnectionTable)

    def path(self) -> tuple[list[str], str]:
        """Return the steps."""
        return ["relnet", "settings"], ""

    def _show(self) -> None:
        try:
            origin = _settings.load(self.model.workspace.path).origin
        except SettingsError:  # the values in force still stand
            origin = {}
        values = _settings.shown(self.dashboard.settings)
        values["theme"] = self.app.theme
        self._names = list(values)
        self.table.set_columns(
            [
                TableColumn("name", "setting", 16, self._names),
                TableColumn("value", "value", 18, [_said(value) for value in values.values()], grow=30),
                TableColumn("change", "", 6, ["change" if _is_offered(name) else "" for name in values], priority=2),
                TableColumn("from", "from", 10, [_origin(name, origin) for name in values], priority=1, grow=60),
            ],
            len(values),
        )

    def on_connection_table_row_selected(self, event: ConnectionTable.RowSelected) -> None:
        """Ask for another value."""
        name = self._names[event.row]
        if name == "theme":
            self._choose(name, tuple(sorted(self.app.available_themes)))
        elif name in _CHOICES:
            self._choose(name, _CHOICES[name])
        elif name in _NUMBERS:
            self.app.push_screen(Line(f"{name}: a number"), lambda text: self._set(name, text) if text else None)
        elif name == "keys":
            self.app.push_screen(Notice("Names of the keys, for [keys] in your file", "\n".join(_key_names())))
        else:
            self.dashboard.say(f"{name} is changed in the file or by the command line.")

    def _choose(self, name: str, values: tuple[Value, ...]) -> None:
        offers = [Offer(str(i), _said(value)) for i, value in enumerate(values)]
        self.app.push_screen(Choice(name, offers), lambda i: self._set(name, values[int(i)]) if i else None)

    def _set(self, name: str, value: Value) -> None:
        try:
            if name in _NUMBERS:
                value = _number(name, str(value))
            changed: Settings = msgspec.convert(
                {**msgspec.to_builtins(self.dashboard.settings), name: value}, Settings, strict=False
            )
            write_setting(_settings.user_file(), name, value)
        except (RelnetError, msgspec.ValidationError, OSError) as error:
            self.dashboard.show_error(error)
            return
        self.dashboard.take_settings(changed)
        self._show()
        later = " It counts from the next start on." if name in _LATER else ""
        self.dashboard.say(f"{name} is {_said(value)} now.{later}")


def _key_names() -> list[str]:
    return [f"{key.id} = {key.keys}" for keys in PLACES.values() for key in keys]


def _number(name: str, text: str) -> float | int:
    try:
        return int(text) if name == "max_skipped" else float(text)
    except ValueError:
        raise SettingsError(f"{clean(text)} is no number.", f"{name} takes one.") from None


def _is_offered(name: str) -> bool:
    return name == "theme" or name in _CHOICES or name in _NUMBERS


def _origin(name: str, origin: dict[str, str]) -> str:
    return next((where for key, where in origin.items() if key == name or key.startswith(f"{name}.")), "default")


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, dict):
        return ", ".join(f"{key} = {each}" for key, each in value.items()) or "none"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "not set" if value is None else str(value)
