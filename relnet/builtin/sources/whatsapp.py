"""WhatsApp's text export of one chat, as a file, a folder or the zip that the phone sends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from hashlib import blake2b
from pathlib import PurePath
from typing import Any, Final, get_args

from relnet.builtin.sources.local_times import millis, zone_of
from relnet.builtin.sources.members import matching, sniffed
from relnet.builtin.sources.people import People, later
from relnet.builtin.sources.whatsapp_lines import Line, Order, looks, messages, order_of
from relnet.plugin import Coverage, InputError, Interaction, Peek, Post, Reader, Record, Source
from relnet.text import counted

_GROUP = re.compile(
    r"\b(?:group|groupe|grupo|gruppe|gruppo|groep|grup\w*|ryhmä\w*|skupin\w*|групп\w*|груп\w*)\b"
    r"|मूह|ग्रुप|مجموعة|المجموعة|גרופ|קבוצה|群組|群组|グループ|그룹|กลุ่ม",
    re.IGNORECASE,
)
_TITLED = re.compile(r".*?whatsapp.*?(?:\s(?:with|mit|con|avec|com|met|z|с|ile|med|och)\s|\s-\s)(.+)", re.IGNORECASE)
_COPY = re.compile(r"\s*\(\d+\)$")
_EXTENSION = re.compile(r"\.(?:txt|zip|tar|gz|tgz|zst)$", re.IGNORECASE)
_NUMBER = re.compile(r"@\+?(\d{7,15})\b")
_ALIKE: Final = ("_chat", "chat")
"""What the file of any chat is called on iOS: such chats are told apart by how they begin."""
_CAPS: Final = (10_000, 40_000)
"""Messages after which an export with and without media is cut, oldest lost, without a word."""


class WhatsApp(Source):
    """The text of a chat; times are the phone's, names its contacts'."""

    name, version, network = "whatsapp", "1", "whatsapp"

    def sniff(self, peek: Peek) -> float:
        """Look for a clock and a name at the start of the first lines."""
        return 0.9 if sniffed(peek, looks, r"_chat\.txt$|whatsapp") else 0.0

    def read(self, reader: Reader) -> Iterator[Record]:
        """Yield the messages of conversations of two, the mentions of groups, texts, and everyone met."""
        zone = zone_of(reader)
        mine: list[str] = []
        for name in matching(reader, looks):
            lines = messages(reader.lines(name, blank=True))
            if lines:
                yield from _Chat(reader, name, lines, zone).records(mine)
            else:
                reader.skip("no message in it", 0, name)
        reader.remember("owners", mine)

    def coverage(self, reader: Reader) -> list[Coverage]:
        """State the chat as partial: long ones are cut at the start, deleted messages are gone."""
        since, until = reader.span()
        rows: list[tuple[Any, str | None]] = [(way, owner) for owner in reader.found["owners"] for way in ("out", "in")]
        return [Coverage("message", way, owner, since, until, "partial") for way, owner in rows or [("between", None)]]


class _Chat:
    """One file."""

    def __init__(self, reader: Reader, name: str, lines: Sequence[Line], zone: tzinfo) -> None:
        self._reader, self._name, self._zone = reader, name, zone
        self._people = People()
        self._order = self._told_order(lines)
        stem, first = _stem(name, reader.path), lines[0]
        match = _TITLED.fullmatch(stem)
        self._key, self._title, self._is_sure = stem, match[1] if match else stem, bool(match)
        if stem.lower() in _ALIKE:
            begin = f"{first.parts}{first.clock}{first.name}"
            self._key = f"chat {blake2b(begin.encode(), digest_size=4).hexdigest()}"
            self._title = first.name if first.marked else ""
        counts = Counter(line.name for line in lines if line.name)
        own = Counter(line.name for line in lines if line.marked)
        titles = [each for each in own if own[each] == counts[each] and (self._is_title(each) or each == first.name)]
        self._lines = [line for line in lines if line.name and line.name not in titles]
        self._senders = list(dict.fromkeys(line.name for line in self._lines))
        spoken = [line.text for line in lines if not line.name or line.marked]
        nobody_is_title = self._is_sure and not any(map(self._is_title, self._senders))
        self._is_group = (
            len(self._senders) > 2 or any(map(_GROUP.search, spoken)) or (nobody_is_title and len(self._senders) == 2)
        )
        if len(lines) > len(self._lines):
            reader.skip("line of WhatsApp's own", name=name, count=len(lines) - len(self._lines))

    def records(self, mine: list[str]) -> Iterator[Record]:
        ordinals: Counter[tuple[int, str]] = Counter()
        newest: int | None = None
        dated: list[tuple[Line, int, str]] = []
        for line in self._lines:
            with self._reader.record(line.number, self._name):
                at = millis(line.moment(self._order).replace(tzinfo=self._zone))
                ordinal = ordinals[at, line.name]
                ordinals[at, line.name] += 1
                event = blake2b(f"{self._key}\0{at}\0{line.name}\0{ordinal}".encode(), digest_size=12).hexdigest()
                dated.append((line, at, event))
                newest = later(newest, at)
                self._people.see(self._id(line.name), at, line.name, wrote=True)
        self._warn_of_cap(len(self._lines))
        self._reader.remember("seen_at", later(self._reader.found.get("seen_at"), newest))
        owners = self._people.own(
            self._reader,
            lambda word: known if (known := self._id(word)) in self._people else None,
            "A chat does not say which name is yours",
            [] if self._is_group else [each for each in self._senders if not self._is_title(each)],
        )
        mine += owners
        for line, at, event in dated:
            sender = self._id(line.name)
            where: dict[str, Any] = {"member": self._name, "record": line.number}
            yield Post(event, sender, at, line.text, **where)
            targets = self._mentioned(line) if self._is_group else self._other(line.name, owners)
            for target in targets:
                if target not in self._people:
                    self._people.see(target, at, target.removeprefix(f"{self._key}:"))
                yield Interaction(
                    sender, target, "mention" if self._is_group else "message", at=at, event=event,
                    audience=len(targets), directness="deliberate" if self._is_group else "target",
                    visibility="private", time_quality="local", **where,
                )  # fmt: skip
            if not targets and not self._is_group:
                self._reader.skip("message to a side that the chat does not name", line.number, self._name)
        yield from self._people.accounts()

    def _told_order(self, lines: Sequence[Line]) -> Order:
        said = self._reader.options.columns.get("date")
        order = said if said in get_args(Order) else order_of(lines)
        if order is None:
            raise InputError(
                f"Whether days or months come first in the dates of {self._name} cannot be told.",
                "Say it: --columns date=dmy or --columns date=mdy.",
                self._reader.path,
            )
        return order  # type: ignore[return-value]

    def _id(self, name: str) -> str:
        """Return the account of a name in this file; a phone number is one however it is spaced."""
        digits = re.sub(r"[\s().-]", "", name)
        return f"{self._key}:{digits if re.fullmatch(r'[+][0-9]{7,15}', digits) else name}"

    def _is_title(self, name: str) -> bool:
        return bool(name) and self._title.casefold() == name.casefold()

    def _other(self, sender: str, owners: list[str]) -> list[str]:
        """Return the other side of a conversation of two; who never wrote is known by title or `--me`."""
        others = [each for each in self._senders if each != sender]
        if others:
            return [self._id(others[0])]
        if self._is_title(sender) or (owners and self._id(sender) not in owners):
            me = owners or [self._id(word) for word in self._reader.options.me[:1]]
            for each in me:
                self._people[each].owner = True
            return me
        return [self._id(self._title)] if self._is_sure else []

    def _mentioned(self, line: Line) -> list[str]:
        numbers = dict.fromkeys(self._id(f"+{number}") for number in _NUMBER.findall(line.text))
        return [each for each in numbers if each != self._id(line.name)]

    def _warn_of_cap(self, count: int) -> None:
        if any(0.97 * cap <= count <= 1.03 * cap for cap in _CAPS):
            cut = "about as many as WhatsApp exports: older ones are probably missing"
            self._reader.note(f"{self._name} holds {counted(count, 'message')}, {cut}.")


def _stem(name: str, path: str) -> str:
    """Return what a chat's file is called, or its folder or archive where all files are called alike."""
    *folders, file = name.split("/")
    stem = _EXTENSION.sub("", file)
    if stem.lower() in _ALIKE:
        outer = folders[-1] if folders else _EXTENSION.sub("", PurePath(path).name)
        stem = outer if "whatsapp" in outer.lower() else stem
    return _COPY.sub("", stem)
