"""The keys of the dashboard, each said once: bindings, footer, help, palette and key map come from here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding, BindingType


@dataclass(frozen=True)
class Key:
    """One key and what it does.

    Parameters
    ----------
    id
        Name by which settings give the action another key; the same action has one name on every screen.
    keys
        Keys by comma, in Textual's names.
    action
        Action of the screen (or, with `app.`, of the app).
    words
        What it does, short enough for the footer.
    help
        The same as a sentence, where the words do not say it all.
    shown
        Whether it stands in the footer.
    """

    id: str
    keys: str
    action: str
    words: str
    help: str = ""
    shown: bool = False

    @property
    def sentence(self) -> str:
        """What it does, for help and palette."""
        return self.help or self.words


# fmt: off
EVERYWHERE: Final = (
    Key("help", "question_mark,f1", "app.help", "Help", "What this screen shows, and its keys", True),
    Key("undo", "U", "app.undo", "Undo", "Take back the last label, note, tag, list entry or join"),
    Key("settings", "comma", "app.settings", "Settings", "Every setting with its origin; theme and more to change"),
    Key("palette", "ctrl+p", "app.command_palette", "Commands", "Search commands, people and themes"),
    Key("go.overview", "1", "app.go('overview')", "Overview", "Everyone, in a table and on the circles map"),
    Key("go.labels", "2", "app.go('labels')", "Labels", "Who is real: counts, thresholds, check yourself"),
    Key("go.time", "3", "app.go('time')", "Time", "When you wrote, circles then and now, fading ties, a period"),
    Key("go.actions", "4", "app.go('actions')", "Actions", "Your action list, to take away as a file"),
    Key("go.plugins", "5", "app.go('plugins')", "Plugins", "What computes the scores; turn scorers off and on"),
    Key("quit", "ctrl+q", "app.quit", "Quit", "Quit from anywhere; everything is saved already"),
)
JUDGING: Final = (
    Key("label", "m", "label", "Label", "Say what the account is: good, inactive, fake or unknown", True),
    Key("act", "t", "act", "List", "Put on the action list; nothing is done online", True),
    Key("note", "e", "note", "Note", "Write a note"),
    Key("tag", "number_sign", "tag", "Tag", "Add a tag, to filter by with tag:word"),
    Key("copy", "y", "copy", "Copy handle"),
    Key("copy_row", "Y", "copy_row", "Copy as JSON", "Copy the whole row as JSON"),
)
PLACES: Final[dict[str, tuple[Key, ...]]] = {
    "start": (
        Key("start.back", "escape", "app.back", "Back", "Back to what is open", True),
        Key("start.leave", "q", "app.leave", "Quit", "Back, or quit where there is no way back", True),
    ),
    "loading": (
        Key("loading.cancel", "escape,q", "cancel", "Cancel", "Cancel; the workspace stays as it was", True),
    ),
    "overview": (
        Key("overview.filter", "slash", "filter", "Filter", "Filter: a name, label:fake, last>1y …", True),
        Key("next_match", "n", "match(1)", "Next match", "The next row that the filter lets through"),
        Key("previous_match", "N", "match(-1)", "Previous match", "The row before it"),
        Key("overview.sort", "s", "sort", "Sort", "Sort by a column", True),
        Key("overview.reverse", "S", "reverse", "Reverse", "Turn the order round"),
        Key("export", "x", "export", "Export", "Write the rows shown as a CSV file"),
        Key("report", "r", "report", "Report", "Write the report as one HTML file"),
        *JUDGING,
        Key("overview.focus", "f", "focus_account", "Focus", "See it from one account, or from none", True),
        Key("overview.zoom", "z", "zoom", "Zoom", "Both panes, the table alone, or the map alone"),
        Key("overview.data", "d", "data", "Data", "What was read, left out and covered", True),
        Key("overview.clear", "escape", "clear", "Clear", "Clear the filter, then the marks, then the focus"),
        Key("overview.leave", "q", "app.leave", "Quit"),
    ),
    "connection": (
        Key("connection.back", "escape,q", "app.back", "Back", "Back to the row you came from", True),
        Key("connection.previous", "left_square_bracket", "step(-1)", "Previous", "The row above it", True),
        Key("connection.next", "right_square_bracket", "step(1)", "Next", "The row below it", True),
        Key("next_match", "n", "match(1)", "Next match", "The next row that the filter lets through"),
        Key("previous_match", "N", "match(-1)", "Previous match", "The row before it"),
        Key("connection.up", "shift+up", "scroll_detail(-1)", "Reasons up"),
        Key("connection.down", "shift+down", "scroll_detail(1)", "Reasons down"),
        *JUDGING,
    ),
    "evidence": (
        Key("evidence.back", "escape,q", "app.back", "Back", "Back to the list", True),
        Key("evidence.previous", "left_square_bracket", "step(-1)", "Newer", "The act above it", True),
        Key("evidence.next", "right_square_bracket", "step(1)", "Older", "The act below it", True),
        Key("evidence.link", "o", "link", "Open link", "Show the address in full, then open it", True),
        Key("evidence.copy", "y", "copy", "Copy text", "", True),
    ),
    "time": (
        Key("time.back", "escape,q", "app.back", "Back", "Back to the overview", True),
        Key("time.since", "left_square_bracket", "since", "From here", "Look at what is from this month on only", True),
        Key("time.until", "right_square_bracket", "until", "Until here", "Judge at the end of this month", True),
        Key("time.whole", "w", "whole", "Whole record", "Look at the whole record again", True),
        *JUDGING,
    ),
    "months": (
        Key("months.left", "left,h", "move(-1)", "Earlier month"),
        Key("months.right", "right,l", "move(1)", "Later month"),
        Key("months.left_year", "shift+left,pageup", "move(-12)", "A year earlier"),
        Key("months.right_year", "shift+right,pagedown", "move(12)", "A year later"),
        Key("months.first", "home", "move(-10000)", "First month"),
        Key("months.last", "end", "move(10000)", "Last month"),
    ),
    "actions": (
        Key("actions.back", "escape,q", "app.back", "Back", "Back to the overview", True),
        Key("actions.remove", "delete,backspace", "remove", "Remove", "Take off the list", True),
        Key("export", "x", "export('csv')", "CSV", "Write the list as a CSV file", True),
        Key("actions.markdown", "X", "export('md')", "Markdown", "Write the list as a Markdown file", True),
        *JUDGING,
    ),
    "labels": (
        Key("labels.back", "escape,q", "app.back", "Back", "Back to the overview", True),
        Key("labels.check", "c", "check", "Check yourself", "Judge accounts drawn by chance, see who agrees", True),
        Key("labels.reset", "0", "reset", "Defaults", "Thresholds as they are by default", True),
    ),
    "steps": (
        Key("steps.up", "up,k", "choose(-1)", "Threshold above"),
        Key("steps.down", "down,j", "choose(1)", "Threshold below"),
        Key("steps.less", "left,h", "turn(-1)", "Lower", "Lower the threshold by a step", True),
        Key("steps.more", "right,l", "turn(1)", "Higher", "Raise the threshold by a step", True),
    ),
    "check": (
        Key("check.back", "escape,q", "app.back", "Back", "Back to the labels; answers are kept", True),
        Key("check.good", "g", "answer('good')", "Good", "A real account in use", True),
        Key("check.inactive", "i", "answer('inactive')", "Inactive", "A real account asleep", True),
        Key("check.fake", "f", "answer('fake')", "Fake", "Not what it says it is", True),
        Key("check.unknown", "u", "answer('unknown')", "Cannot tell", "", True),
        Key("undo", "U,backspace", "again", "Undo", "Back to the account before, to answer it anew"),
    ),
    "plugins": (
        Key("plugins.back", "escape,q", "app.back", "Back", "Back to the overview", True),
    ),
    "plugin_table": (
        Key("plugins.toggle", "space", "screen.take_part", "On/off", "Leave a scorer out, or take it in again", True),
    ),
    "settings": (
        Key("settings.back", "escape,q", "app.back", "Back", "", True),
    ),
    "data": (Key("data.back", "escape,q", "app.back", "Back", "", True),),
    "help": (Key("help.back", "escape,q,question_mark,f1", "app.back", "Back", "", True),),
    "dialog": (Key("dialog.back", "escape", "back", "Cancel", "Leave without a choice", True),),
    # Textual binds these on its own screens, so ours must do so too.
    "page": (
        Key("next_pane", "tab", "app.focus_next", "Next pane"),
        Key("previous_pane", "shift+tab", "app.focus_previous", "Previous pane"),
        Key("interrupt", "ctrl+c", "app.interrupt", "Copy, cancel", "Copy the selection, or cancel; twice quits"),
    ),
    "tile": (
        Key("tile.left", "left,h", "choose(-1)", "Figure to the left"),
        Key("tile.right", "right,l", "choose(1)", "Figure to the right"),
        Key("tile.follow", "enter", "follow", "Show them", "Show the connections behind the figure", True),
    ),
    "everywhere": EVERYWHERE,
}
"""Keys by place, in the order in which help lists them."""
# fmt: on


def bindings(place: str) -> list[BindingType]:
    """Return the bindings of a place, for the `BINDINGS` of its class."""
    return [
        Binding(key.keys, key.action, key.words, show=key.shown, tooltip=key.sentence, id=key.id)
        for key in PLACES[place]
    ]


_SHOWN: Final = {
    "question_mark": "?",
    "slash": "/",
    "comma": ",",
    "number_sign": "#",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def shown(key: str) -> str:
    """Return one key as a person reads it.

    Examples
    --------
    >>> shown("slash"), shown("shift+up"), shown("ctrl+p")
    ('/', 'shift+↑', 'ctrl+p')
    """
    return "+".join(_SHOWN.get(part, part) for part in key.split("+"))


def joined(bindings: Iterable[Binding]) -> list[tuple[str, str]]:
    """Return (keys, words) of bindings, one line an action; the keys of one action may come one by one."""
    lines: dict[str, tuple[list[str], str]] = {}
    for each in bindings:
        keys, _ = lines.setdefault(each.id or each.action, ([], each.tooltip or each.description))
        keys.extend(key for key in map(shown, each.key.split(",")) if key not in keys)
    return [(" ".join(keys), words) for keys, words in lines.values()]
