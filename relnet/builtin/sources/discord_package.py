"""Discord's own data package: what the owner wrote, with no answers and no other authors."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from relnet.builtin.sources.local_times import millis
from relnet.builtin.sources.people import People, later, native
from relnet.moments import DAY_MS
from relnet.plugin import Coverage, Interaction, Post, Reader, Record, UnreadableInput

_MESSAGES = re.compile(r"^(?P<folder>(?:.*/)?c?\d{5,20})/messages\.(?:json|csv)$")
_MENTION = re.compile(r"<@!?(\d{5,20})>")
_TITLE = re.compile(r"(\S+)#\d{1,5}$")
_EPOCH = 1_420_070_400_000
"""First millisecond of Discord's ids."""


class _Message(msgspec.Struct):
    id: str | int | None = msgspec.field(name="ID", default=None)
    timestamp: str | None = msgspec.field(name="Timestamp", default=None)
    contents: str | None = msgspec.field(name="Contents", default=None)
    attachments: str | None = msgspec.field(name="Attachments", default=None)


class _Channel(msgspec.Struct):
    id: str | int | None = None
    type: str | int = ""
    recipients: list[str | int | None] = []

    @property
    def people(self) -> list[str]:
        return [known for each in self.recipients if (known := native(each))]


class _User(msgspec.Struct):
    id: str | int | None = None
    username: str | None = None
    global_name: str | None = None


def is_package(names: Sequence[str]) -> bool:
    """Tell by its folders, whose names are in the owner's language, whether an input is a data package."""
    folders = {match["folder"] for name in names if (match := _MESSAGES.match(name))}
    return any(f"{folder}/channel.json" in names for folder in sorted(folders)[:50])


def records(reader: Reader) -> Iterator[Record]:
    """Yield the owner's messages and mentions; ids hold the time, to the millisecond and in UTC."""
    return _Reading(reader).records()


def coverage(reader: Reader) -> list[Coverage]:
    """State what the owner wrote and did not delete; of what came in there is nothing."""
    since, until = reader.span()
    owner = reader.found.get("owner")
    return [Coverage(kind, "out", owner, since, until) for kind in ("message", "mention")] if owner else []


class _Reading:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._people = People()
        self._newest: int | None = None
        self._members = {match["folder"]: name for name in reader.names if (match := _MESSAGES.match(name))}

    def records(self) -> Iterator[Record]:
        self._reader.expect(self._members.values())
        channels = {folder: self._info(f"{folder}/channel.json") for folder in self._members}
        owner = self._owner(list(channels.values()))
        self._reader.remember("owner", owner)
        self._titles(channels, owner)
        for folder, name in self._members.items():
            for number, message in self._messages(name):
                with self._reader.record(number, name):
                    yield from self._acts(owner, channels[folder], message, name, number)
        self._reader.remember("seen_at", self._newest or self._reader.modified_at)
        yield from self._people.accounts()

    def _info(self, name: str) -> _Channel:
        if name in self._reader.names:
            with self._reader.record(0, name):
                return msgspec.json.decode(self._reader.content(name), type=_Channel)
        return _Channel()

    def _owner(self, channels: list[_Channel]) -> str:
        """Return the owner: from the account's file, else `--me`, else who is in all conversations of two."""
        for name in self._reader.names:
            if name.count("/") <= 1 and name.split("/")[-1] == "user.json":
                with self._reader.record(0, name):
                    user = msgspec.json.decode(self._reader.content(name), type=_User)
                    if known := native(user.id):
                        shown = user.global_name or user.username
                        self._people.see(known, None, shown, user.username).owner = True
                        return known
        pairs = [set(channel.people) for channel in channels if len(set(channel.people)) == 2]
        met = Counter(each for pair in pairs for each in pair).most_common(2)
        sure = len(pairs) > 1 and met[0][1] == len(pairs) > met[1][1]
        said = [each for each in self._reader.options.me if each.isascii() and each.isdigit()]
        if not said and not sure:
            raise UnreadableInput(
                "The package does not say whose it is: its account file is missing.",
                "Give your Discord id with --me.",
                self._reader.path,
            )
        owner = said[0] if said else met[0][0]
        self._people[owner].owner = True
        return owner

    def _titles(self, channels: dict[str, _Channel], owner: str) -> None:
        """Take names from the index, where the title of a conversation of two ends in `name#number`."""
        for name in self._reader.names:
            if name.count("/") <= 1 and name.split("/")[-1] == "index.json":
                titles: dict[str, str | None] = {}
                with self._reader.record(0, name):
                    titles = msgspec.json.decode(self._reader.content(name), type=dict[str, str | None])
                for channel in channels.values():
                    match = _TITLE.search(titles.get(native(channel.id) or "") or "")
                    others = [each for each in channel.people if each != owner]
                    if match and len(others) == 1:
                        self._people.see(others[0], None, match[1], match[1])

    def _messages(self, name: str) -> Iterator[tuple[int, _Message]]:
        data = self._reader.content(name)
        if name.endswith(".json"):
            yield from self._reader.json_items(name, data, _Message)
            return
        text = io.StringIO(data.decode("utf-8-sig", errors="replace"), newline="")
        rows = csv.DictReader(text)
        for number in range(len(data) + 1):
            row: dict[str, str] | None = None
            with self._reader.record(number, name):
                row = next(rows, None)
                if row is None:
                    return
                yield number, msgspec.convert({k: v for k, v in row.items() if isinstance(k, str)}, _Message)

    def _acts(self, owner: str, channel: _Channel, message: _Message, name: str, number: int) -> Iterator[Record]:
        known = native(message.id)
        if known is None:
            self._reader.skip("message without an id", number, name)
            return
        at, quality = _moment(known, message.timestamp)
        self._newest = later(self._newest, at)
        self._people.see(owner, at, wrote=True)
        text = message.contents or ""
        yield Post(known, owner, at, text, media=1 if message.attachments else 0, member=name, record=number)
        others = [each for each in dict.fromkeys(channel.people) if each != owner]
        mentioned = [each for each in dict.fromkeys(_MENTION.findall(text)) if each != owner]
        pair = len(others) == 1 and str(channel.type) in ("1", "DM", "")
        if others:
            mentioned = [] if pair else [each for each in mentioned if each in others]
        for target in [*others, *(each for each in mentioned if each not in others)]:
            self._people.see(target, at)
            kind = "mention" if target in mentioned else "message"
            yield Interaction(
                owner, target, kind, at=at, event=known,
                audience=len(others) or len(mentioned),
                directness="deliberate" if kind == "mention" else "target" if pair else "list",
                visibility="private" if others else "limited", time_quality=quality,
                member=name, record=number,
            )  # fmt: skip


def _moment(known: str, timestamp: str | None) -> tuple[int, Any]:
    """Return when a message was sent, ms UTC: its id tells it exactly where the stated time agrees.

    Raises
    ------
    ValueError
        There is neither.
    """
    by_id = (int(known) >> 22) + _EPOCH if known.isascii() and known.isdigit() and len(known) <= 20 else None
    if not timestamp:
        if by_id is None:
            raise ValueError("a message without a time")
        return by_id, "act"
    stated = datetime.fromisoformat(timestamp)
    at = millis(stated if stated.tzinfo else stated.replace(tzinfo=UTC))
    if by_id is not None and abs(by_id - at) <= DAY_MS:
        return by_id, "act"
    return at, "act" if stated.tzinfo else "local"
