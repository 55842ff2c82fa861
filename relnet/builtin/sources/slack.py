"""Slack: the export of a workspace, a folder a channel and a file a day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any, Final

import msgspec

from relnet.builtin.sources.local_times import from_seconds
from relnet.builtin.sources.people import People, later, native
from relnet.plugin import Coverage, Interaction, Peek, Post, Reader, Record, Source

_DAY = re.compile(r"^(?:(?P<folder>[^/]+)/)?\d{4}-\d{2}-\d{2}\.json$")
_DIRECT = re.compile(r"D[A-Z0-9]{6,}")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_USERS: Final = ("users.json", "org_users.json")
_LISTS: Final = {
    "channels.json": "limited",
    "groups.json": "private",
    "dms.json": "private",
    "mpims.json": "private",
}
_KNOWN: Final = frozenset({*_USERS, *_LISTS, "integration_logs.json", "canvases.json", "file_conversations.json"})
_MESSAGES: Final = frozenset(
    {"", "thread_broadcast", "reply_broadcast", "bot_message", "me_message", "file_share", "document_mention"}
)
"""Subtypes that somebody wrote; joins, topics, tombstones and the like are none."""
_SLACKBOT: Final = "USLACKBOT"
"""Also stands in for the author of a deleted message."""


class _Profile(msgspec.Struct):
    real_name: str | None = None
    display_name: str | None = None


class _User(msgspec.Struct):
    id: str | None = None
    name: str | None = None
    deleted: bool | None = None
    is_bot: bool | None = None
    profile: _Profile = msgspec.field(default_factory=_Profile)


class _Channel(msgspec.Struct):
    id: str | None = None
    name: str | None = None
    members: list[str] = []
    kind: str = "channels.json"

    @property
    def visibility(self) -> Any:
        return _LISTS[self.kind]


class _Reaction(msgspec.Struct):
    name: str | None = None
    users: list[str | None] = []


class _Message(msgspec.Struct):
    type: str = "message"
    subtype: str | None = None
    user: str | None = None
    bot_id: str | None = None
    username: str | None = None
    text: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    parent_user_id: str | None = None
    reactions: list[_Reaction] = []
    edited: Any = None
    files: list[msgspec.Raw] = []
    hidden: bool = False


class Slack(Source):
    """A workspace's export: public channels, and in full exports also private ones and direct messages."""

    name, version, network = "slack", "1", "slack"

    def sniff(self, peek: Peek) -> float:
        """Look for day files in folders, and for what a message and the list of users hold."""
        days = [name for name in peek.names if _DAY.match(name)]
        if not days or peek.is_file:
            return 0.0
        if any(b'"id"' in peek.start(name, 4096) for name in (*_USERS, *_LISTS) if name in peek.names):
            return 0.95
        return 0.7 if any(b'"ts"' in peek.start(name) for name in days[:5]) else 0.0

    def read(self, reader: Reader) -> Iterator[Record]:
        """Yield messages, replies in threads, mentions and reactions, texts, and every account."""
        return _Reading(reader).records()

    def coverage(self, reader: Reader) -> list[Coverage]:
        """State replies and mentions; messages only where the export holds direct ones."""
        since, until = reader.span()
        kinds = ["reply", "mention", *(["message"] if reader.found.get("direct") else [])]
        rows = [Coverage(kind, "between", None, since, until, "surviving") for kind in kinds]
        return [*rows, Coverage("reaction", "between", None, since, until, "partial")]


class _Reading:
    """One reading of the whole export."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._people = People()
        self._channels: dict[str, _Channel] = {}

    def records(self) -> Iterator[Record]:
        days: dict[str, list[str]] = {}
        for name in self._reader.names:
            if match := _DAY.match(name):
                days.setdefault(match["folder"] or PurePath(self._reader.path).stem, []).append(name)
            elif name not in _KNOWN:
                self._reader.unread(name)
        self._reader.expect([name for names in days.values() for name in names])
        self._reader.remember("seen_at", self._newest(days) or self._reader.modified_at)
        self._lists()
        for folder, names in days.items():
            kind = "dms.json" if _DIRECT.fullmatch(folder) else "channels.json"
            channel = self._channels.get(folder) or _Channel(id=folder, name=folder, kind=kind)
            yield from self._channel(channel, sorted(names))
        direct = any(each.kind in ("dms.json", "mpims.json") for each in self._channels.values())
        self._reader.remember("direct", direct)
        self._people.own(
            self._reader,
            lambda word: known if (known := word.upper()) in self._people else None,
            "The export does not say which account is yours",
            [],
        )
        yield from self._people.accounts()

    def _newest(self, days: dict[str, list[str]]) -> int | None:
        """Return the time of the last message: the export itself is not dated."""
        last = max((name[-15:] for names in days.values() for name in names), default="")
        newest: int | None = None
        for names in days.values():
            for name in names:
                if name.endswith(last):
                    for stamp in re.findall(rb'"ts"\s*:\s*"(\d{9,11}\.\d+)"', self._reader.content(name)):
                        newest = later(newest, from_seconds(stamp.decode()))
        return newest

    def _lists(self) -> None:
        for name in _USERS:
            if name in self._reader.names:
                for _, user in self._reader.json_items(name, self._reader.content(name), _User):
                    if known := native(user.id):
                        shown = user.profile.real_name or user.profile.display_name
                        seen = self._people.see(known, None, shown, user.name)
                        seen.automated = True if known == _SLACKBOT else user.is_bot
                        seen.state = "deactivated" if user.deleted else None
        for name in _LISTS:
            if name in self._reader.names:
                for _, channel in self._reader.json_items(name, self._reader.content(name), _Channel):
                    if native(channel.id):
                        channel.kind = name
                        folder = channel.id if name == "dms.json" else channel.name or channel.id
                        self._channels[str(folder)] = channel

    def _channel(self, channel: _Channel, names: Sequence[str]) -> Iterator[Record]:
        roots: dict[str, str] = {}
        for name in names:
            for number, message in self._reader.json_items(name, self._reader.content(name), _Message):
                with self._reader.record(number, name):
                    author = self._author(message, name, number)
                    if author:
                        yield from self._acts(channel, message, author, roots, name, number)

    def _author(self, message: _Message, name: str, number: int) -> str | None:
        """Return the author of a message that counts; else say why it is left out."""
        author = native(message.user) or native(message.bot_id)
        if message.type != "message" or (message.subtype or "") not in _MESSAGES or message.hidden:
            self._reader.skip("service message", number, name)
        elif native(message.ts) is None:
            self._reader.skip("message without an id", number, name)
        elif author is None:
            self._reader.skip("message without an author", number, name)
        else:
            return author
        return None

    def _acts(
        self, channel: _Channel, message: _Message, author: str, roots: dict[str, str], name: str, number: int
    ) -> Iterator[Record]:
        stamp, text = str(message.ts), message.text or ""
        at, event = from_seconds(stamp), f"{channel.id}:{stamp}"
        by_bot = message.bot_id is not None and not native(message.user)
        seen = self._people.see(author, at, message.username if by_bot else None, wrote=True)
        seen.automated = True if by_bot or message.subtype == "bot_message" else seen.automated
        roots[stamp] = author
        where: dict[str, Any] = {"member": name, "record": number}
        yield Post(event, author, at, text, media=min(len(message.files), 99), **where)

        thread = f"{channel.id}:{message.thread_ts}" if native(message.thread_ts) else None
        root = message.thread_ts if thread and message.thread_ts != stamp else None
        parent = thread if root else None
        answered = (native(message.parent_user_id) or roots.get(root)) if root else None
        if answered == _SLACKBOT:
            answered = None
        targets = self._targets(channel, text, author, answered)
        if root and not answered:
            self._reader.skip("reply to a message that is not in the export", number, name)
        if channel.kind == "dms.json" and not targets:
            self._reader.skip("message to a side that the export does not name", number, name)
        people = len(targets.keys() - {author})
        for target, (kind, directness) in targets.items():
            flags = ["edited"] if message.edited else []
            flags += ["thread_root"] if kind == "reply" else []
            yield Interaction(
                author, target, kind, at=at, event=event, parent=parent, thread=thread, audience=people,
                directness=directness, visibility=channel.visibility, flags=" ".join(flags), **where,
            )  # fmt: skip
        for reaction in message.reactions:
            for user in filter(None, map(native, reaction.users)):
                self._people.see(user, at)
                yield Interaction(
                    user, author, "reaction", event=f"reaction:{event}:{user}:{reaction.name}", parent=event,
                    post=event, visibility=channel.visibility, **where,
                )  # fmt: skip

    def _targets(self, channel: _Channel, text: str, author: str, answered: str | None) -> dict[str, tuple[str, Any]]:
        """Return whom a message addresses, and how: threads are flat, so an answer is to its first author."""
        members = [each for each in dict.fromkeys(channel.members) if native(each) and each != author]
        if channel.kind == "dms.json":
            others = members if author in channel.members else self._humans(members)
            kind = "reply" if answered in others else "message"
            return {others[0]: (kind, "target")} if len(others) == 1 else {}
        targets: dict[str, tuple[str, Any]] = {answered: ("reply", "target")} if answered else {}
        for user in _MENTION.findall(text):
            if user != author and (channel.kind != "mpims.json" or user in members):
                targets.setdefault(user, ("mention", "deliberate"))
        if channel.kind == "mpims.json":
            for user in members:
                targets.setdefault(user, ("message", "list"))
        return targets

    def _humans(self, members: list[str]) -> list[str]:
        """Return the members that are no bots: whom an app that writes without its account addresses."""
        return [each for each in members if each not in self._people or not self._people[each].automated]
