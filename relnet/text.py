"""Strangers' text made safe to show, and the short forms of numbers that every screen shares.

Names, posts, file names and plugin messages come from other people.  They reach a terminal, a page or a
table only through `clean`, so that none of them can move the cursor, fill the clipboard or turn a line
around.  The stored text stays as it was received.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal

UNKNOWN = "unknown"

LABEL_MARKS = {"good": "●", "inactive": "▲", "fake": "×", UNKNOWN: "?"}
"""The labels in the order of every legend, each with the sign that stands beside or for its word."""

_ASCII_SIGNS = str.maketrans(
    {"→": "->", "←": "<-", "↑": "^", "↓": "v", "▸": ">", "●": "o", "▲": "^", "×": "x", "✓": "*", "…": "~"}
    | {"·": ".", "±": "+-", "–": "-", "—": "-", "“": '"', "”": '"', "’": "'"}
)

_BREAKS = re.compile("\r\n|[\t\n\r\u2028\u2029]")

# C0, DEL, C1, lone surrogates (no encoder takes them), bidi marks and controls with the deprecated format
# characters behind them, BOM.  Joiners (U+200C/D) and variation selectors stay: scripts and emoji need
# them, and they move nothing.
UNSAFE = "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff"
_UNSAFE = re.compile(f"[{UNSAFE}\ud800-\udfff]")

# At an edge these would join the text to its neighbour, and the grid would lose a cell.
_JOINER = "\u200d"
_JOINING = "\u200d\ufe0e\ufe0f"

FORMULA = r"^[=+\-@\t\r]"
"""What a spreadsheet takes for the start of a formula."""
HARMLESS = r"^(@[\w.\-]+|[+-]?\d+)$"
"""A plain handle or a number is no formula."""

# The longest emoji sequences need about ten code points for two cells; more is an attack on the renderer.
_CODE_POINTS_PER_CELL = 16


def clean(value: str) -> str:
    """Return the text without anything that a terminal or a page could obey.

    Tabs and line breaks become a space; control characters, bidi controls, the byte order mark and lone
    surrogates are dropped.

    Examples
    --------
    >>> clean("a\\x1b[31mb\\tc")
    'a[31mb c'
    """
    # Everything unsafe is unprintable, and asking that costs a fifth of a regex search.
    if value.isprintable():
        return value
    # split and join: 1.0 s per million dirty names, 2.6 s with sub
    return "".join(_UNSAFE.split(" ".join(_BREAKS.split(value))))


def clean_column(values: Sequence[str | None]) -> list[str]:
    """Clean a whole column once; an absent text becomes the empty one."""
    return [value if value.isprintable() else clean(value) for value in (v or "" for v in values)]


def fit(text: str, width: int, align: Literal["left", "right"] = "left", ascii: bool = False) -> str:
    """Clean the text and make it exactly ``width`` terminal cells wide, cut at the right or padded.

    Parameters
    ----------
    text
        Any text, hostile or not.
    width
        Terminal cells; a wide character takes two.
    align
        Side on which a short text stands.
    ascii
        The terminal shows ASCII only.
    """
    if width <= 0:
        return ""
    text = text[: _CODE_POINTS_PER_CELL * width]
    safe = to_ascii(text) if ascii else clean(text)
    if safe.isascii():
        spare, cut = width - len(safe), safe[: width - 1]
    else:
        from rich.cells import cell_len, set_cell_size  # costs 15 ms: only who draws wide text pays it

        safe = safe.lstrip(_JOINING).rstrip(_JOINER)
        spare = width - cell_len(safe)
        cut = set_cell_size(safe, width - 1) if spare < 0 else ""
    if spare < 0:
        return cut + ("~" if ascii else "…")
    return " " * spare + safe if align == "right" else safe + " " * spare


def to_ascii(text: str) -> str:
    """Clean the text for a terminal that shows ASCII only.

    The signs that relnet itself uses have a counterpart; other characters become ``?``.
    """
    safe = clean(text)
    return safe if safe.isascii() else safe.translate(_ASCII_SIGNS).encode("ascii", "replace").decode("ascii")


def inert(text: str) -> str:
    """Clean the text for a cell that a spreadsheet opens: what it would run as a formula gets an apostrophe before it.

    Examples
    --------
    >>> inert("=1+1"), inert("@ana"), inert("-3")
    ("'=1+1", '@ana', '-3')
    """
    safe = clean(text)
    return f"'{safe}" if re.match(FORMULA, safe) and not re.match(HARMLESS, safe) else safe


def count(n: float) -> str:
    """Whole number with thousands commas (``1,204``); NaN is ``unknown``."""
    return UNKNOWN if math.isnan(n) else f"{n:,.0f}"


def counted(n: float, noun: str, plural: str = "") -> str:
    """Whole number with its noun (``1 file``, ``1,204 files``); NaN is ``unknown``."""
    return f"{count(n)} {noun if n == 1 else plural or noun + 's'}"


def score(x: float) -> str:
    """Score in [0, 1] without the leading zero (``.92``, ``1.0``); NaN is ``unknown``."""
    if math.isnan(x):
        return UNKNOWN
    shown = f"{x:.2f}"
    return shown[1:] if shown.startswith("0") else shown[:3]


def share(x: float) -> str:
    """Share in [0, 1] as a percentage (``90%``, below one ``0.4%``); NaN is ``unknown``."""
    if math.isnan(x):
        return UNKNOWN
    percent = 100 * x
    return f"{percent:.1f}%" if 0 < percent < 0.95 else f"{percent:.0f}%"


def share_range(low: float, high: float) -> str:
    """Interval of a share (``1.2–3.4%``); NaN is ``unknown``."""
    return UNKNOWN if math.isnan(low) else f"{_percent(low)}–{_percent(high)}%"


def _percent(x: float) -> str:
    percent = 100 * x
    return f"{percent:.1f}" if 0 < percent < 9.95 else f"{percent:.0f}"


def ago(days: float) -> str:
    """Time passed in one unit (``5 h``, ``3 d``, ``7 w``, ``5 mo``, ``2 y``); NaN is ``unknown``."""
    if math.isnan(days):
        return UNKNOWN
    for limit, days_per_unit, unit in ((1, 1 / 24, "h"), (14, 1, "d"), (92, 7, "w"), (730, 30.44, "mo")):
        if days < limit:
            return f"{max(days, 0.0) / days_per_unit:.0f} {unit}"
    return f"{days / 365.25:.0f} y"


def lasting(hours: float) -> str:
    """Length of time in one unit (``12 min``, ``5 h``, ``3 d``); NaN is ``unknown``."""
    if not math.isnan(hours) and hours < 0.995:
        return f"{60 * max(hours, 0.0):.0f} min"
    return ago(hours / 24)
