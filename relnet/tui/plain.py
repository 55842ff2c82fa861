"""Text for widgets that would otherwise read markup, and a last filter for terminals that show ASCII only."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from relnet.text import clean

# One cell each: a frame and a bar must keep their width.
_CELLS: Final = str.maketrans(
    dict.fromkeys("│┃║▏▎▍▌▐▕╎┆┊", "|")
    | dict.fromkeys("─━═╌┄┈▔", "-")
    | dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛╔╗╚╝╒╕╘╛", "+")
    | dict.fromkeys("█▉▊▋▓▒▇▆▅▀", "#")
    | dict.fromkeys("▁▂▃▄░", "_")
    | {
        "→": ">",
        "←": "<",
        "↑": "^",
        "↓": "v",
        "▸": ">",
        "▶": ">",
        "▼": "v",
        "●": "o",
        "○": "o",
        "▲": "^",
        "×": "x",
    }
    | {
        "✓": "*",
        "✔": "*",
        "…": "~",
        "·": ".",
        "•": "*",
        "±": "~",
        "≥": ">",
        "≤": "<",
        "–": "-",
        "—": "-",
        "“": '"',
    }
    | {"”": '"', "’": "'", "⏎": "<", "␣": "_", "\u00a0": " "}
)


def plain(text: str) -> Content:
    """Return strangers' text so that a widget shows it as it is; line breaks stay."""
    return Content("\n".join(clean(line) for line in text.split("\n")))


class AsciiFilter(LineFilter):
    """Replaces whatever is not ASCII just before it reaches the terminal, cell by cell."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in ASCII, each as wide as before."""
        return [segment if segment.text.isascii() else self._in_ascii(segment) for segment in segments]

    def _in_ascii(self, segment: Segment) -> Segment:
        # The ends of a scroll bar are parts of blocks in reverse; their background says enough.
        is_scroll_bar = segment.style is not None and "@mouse.down" in segment.style.meta
        text = " " * segment.cell_length if is_scroll_bar else _ascii(segment.text)
        return Segment(text, segment.style, segment.control)


@lru_cache(4096)
def _ascii(text: str) -> str:
    signs = text.translate(_CELLS)
    if signs.isascii():
        return signs
    spans, _ = split_graphemes(signs)
    pieces = []
    for start, stop, _ in spans:
        piece = signs[start:stop]
        pieces.append(piece if piece.isascii() else "?" * cell_len(piece))
    return "".join(pieces)
