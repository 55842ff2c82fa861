"""Lines of WhatsApp's text export: a clock of any locale, a name, a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

Order = Literal["dmy", "mdy", "ymd"]

_MARK: Final = "\u200e"
"""Left-to-right mark: WhatsApp puts it before what it writes itself."""
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_MORNING: Final = {"am", "a.m.", "a. m.", "上午", "午前", "오전", "ص", "पूर्वाह्न", "sa", "öö", "π.μ.", "ق.ظ"}
_EVENING: Final = {"pm", "p.m.", "p. m.", "下午", "午後", "오후", "م", "अपराह्न", "ch", "ös", "μ.μ.", "ب.ظ"}
_HALVES: Final = "|".join(
    re.escape(word).replace(r"\ ", r"\s") for word in sorted(_MORNING | _EVENING, key=len, reverse=True)
)
_START = re.compile(
    r"\[?(\d{1,4})\s?[./年년-]\s?(\d{1,2})\s?[./月월-]\s?(\d{1,4})\s?[.日일]?"
    r"(?:[,،]\s?|\s)(?:(?:à|um|às|klo|kl\.?|at|alle|om|a\slas|в)\s)?"
    rf"(?:({_HALVES})\s?)?(\d{{1,2}})[:.](\d{{2}})(?:[:.](\d{{2}}))?(?:\s?({_HALVES}))?"
    r"(?:\]\s?|\s[-–]\s)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_NAMED = re.compile(r"([^:]{1,120}?)\s?:(\s?)(.*)", re.DOTALL)
_REST = re.compile(r"(?:\]\s?|\s[-–]\s)[^:]*:\s?(.*)", re.DOTALL)
_ATTACHED = re.compile(
    r"<[^<>]+>|.*\b(?:omitted|weggelassen|omitid[oa]|ocultad[oa]|omise?|absente?|omess[oa]|weggelaten|pominięto)",
    re.IGNORECASE,
)
_LOG_LEVELS: Final = frozenset({"info", "warn", "warning", "error", "debug", "trace", "fatal", "critical", "notice"})


class Line(msgspec.Struct):
    """A message, or a line of WhatsApp's own (then `name` is empty), with the clock as it stands there.

    `marked` says that the text begins with WhatsApp's own mark and is no attachment.
    """

    number: int
    parts: tuple[int, int, int]
    clock: tuple[int, int, int]
    name: str
    text: str
    marked: bool

    def moment(self, order: Order) -> datetime:
        """Return the wall-clock time, which knows no zone.

        Raises
        ------
        ValueError
            There is no such day or hour.
        """
        a, b, c = self.parts
        year, month, day = {"dmy": (c, b, a), "mdy": (c, a, b), "ymd": (a, b, c)}[order]
        year += 2000 if year < 100 else -543 if year > 2400 else 0  # Thailand counts from the Buddha
        return datetime(year, month, day, *self.clock)  # noqa: DTZ001


def begun(number: int, raw: str) -> Line | None:
    """Return the message that a line begins, `None` where it continues another one."""
    match = _START.fullmatch(_INVISIBLE.sub("", raw))
    if match is None:
        return None
    a, b, c, before, hour, minute, second, after, rest = match.groups()
    half = " ".join((before or after or "").lower().split())
    hours = int(hour) if not half else int(hour) % 12 + (12 if half in _EVENING else 0)
    name, text = _split(rest)
    # The mark of an attachment stands there, too; those lines are somebody's.
    own = _REST.search(raw)
    marked = bool(own and own[1].startswith(_MARK)) and not _ATTACHED.fullmatch(text.strip())
    return Line(number, (int(a), int(b), int(c)), (hours, int(minute), int(second or 0)), name, text, marked)


def _split(rest: str) -> tuple[str, str]:
    """Return name and text; no name where the colon belongs to what WhatsApp itself wrote."""
    match = _NAMED.fullmatch(rest)
    if match is None:
        return "", rest
    name, space, text = match.groups()
    quoted = name.count('"') % 2 or any(name.count(o) > name.count(c) for o, c in ("“”", "«»", "„“"))
    inside = not space and (text.startswith("//") or (name[-1:].isdigit() and text[:1].isdigit()))
    if quoted or inside:
        return "", rest
    shown = unicodedata.normalize("NFC", " ".join(name.split())).removeprefix("~").strip()
    return shown, text


def messages(lines: Iterable[tuple[int, bytes]]) -> list[Line]:
    """Return the messages of a file, each with the lines that continue it."""
    found: list[Line] = []
    texts: list[list[str]] = []
    for number, raw in lines:
        text = raw.decode("utf-8", errors="replace")
        if line := begun(number, text):
            found.append(line)
            texts.append([line.text])
        elif texts:
            texts[-1].append(_INVISIBLE.sub("", text))
    for line, parts in zip(found, texts, strict=True):
        line.text = "\n".join(parts).rstrip("\n")
    return found


def looks(head: bytes) -> bool:
    """Tell whether a file begins as a chat does: at once with a message, and somebody's among the first."""
    texts = [text for text in head.decode("utf-8", errors="replace").splitlines() if text.strip()][:40]
    found = [line for text in texts if (line := begun(0, text))]
    names = {line.name.lower() for line in found if line.name}
    return bool(found) and begun(0, texts[0]) is not None and bool(names) and not names & _LOG_LEVELS


def order_of(lines: Sequence[Line]) -> Order | None:
    """Return in which order day, month and year stand in a file, `None` where it does not tell.

    Four digits first are a year; a part above 12 is a day; else it is the order under which times do not go
    back by more than a day (clocks are set and messages arrive late).
    """
    if sum(line.parts[0] > 31 for line in lines) * 2 > len(lines):
        return "ymd"
    orders: tuple[Order, Order] = ("dmy", "mdy")
    bad = [sum(_moment(line, order) is None for line in lines) for order in orders]
    if bad[0] != bad[1]:
        return orders[bad[0] > bad[1]]
    times = [[at for line in lines if (at := _moment(line, order))] for order in orders]
    if times[0] == times[1]:
        return "dmy"
    back = [_goes_back(each) for each in times]
    return None if back[0] == back[1] else orders[back[0]]


def _moment(line: Line, order: Order) -> datetime | None:
    try:
        return line.moment(order)
    except ValueError:
        return None


def _goes_back(times: Sequence[datetime]) -> bool:
    newest = times[0] if times else None
    for at in times:
        if newest and at < newest - timedelta(days=1):
            return True
        newest = max(newest or at, at)
    return False
