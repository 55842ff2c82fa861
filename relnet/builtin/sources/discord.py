"""Discord: channels saved by DiscordChatExporter as JSON, and Discord's own data package."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from relnet.builtin.sources import discord_package
from relnet.builtin.sources.authors import Authors
from relnet.builtin.sources.discord_export import PLAIN, Channel, Export, Message, looks, moment, zoneless
from relnet.builtin.sources.json_documents import document
from relnet.builtin.sources.local_times import zone_of
from relnet.builtin.sources.members import matching, sniffed
from relnet.builtin.sources.people import People, later, native
from relnet.plugin import Coverage, Interaction, Peek, Post, Reader, Record, Source


class Discord(Source):
    """Channels in JSON, one file each, alone or in a folder; or the data package that Discord sends."""

    name, version, network = "discord", "1", "discord"

    def sniff(self, peek: Peek) -> float:
        """Look for the two keys that open an exported channel, or for the package's folders."""
        return 0.95 if discord_package.is_package(peek.names) or sniffed(peek, looks, r"\.json$") else 0.0

    def read(self, reader: Reader) -> Iterator[Record]:
        """Yield messages, replies, mentions and named reactions, texts, and every account met."""
        if discord_package.is_package(reader.names):
            return discord_package.records(reader)
        return _Reading(reader).records()

    def coverage(self, reader: Reader) -> list[Coverage]:
        """State the exported channels for the time that all of them cover."""
        if discord_package.is_package(reader.names):
            return discord_package.coverage(reader)
        since, until = reader.found["spans"]
        rows: list[tuple[str, str | None]] = []
        if reader.found["servers"]:
            rows += [("reply", None), ("mention", None)]
        for peer in reader.found["peers"]:
            rows += [("message", peer), ("reply", peer)]
        apart = since is not None and until is not None and since >= until
        completeness: Any = "partial" if apart else "surviving"
        named = [Coverage(kind, "between", peer, since, until, completeness) for kind, peer in rows]
        return [*named, Coverage("reaction", "between", None, since, until, "partial")]


Raws = list[msgspec.Raw | None]


class _Sent(msgspec.Struct):
    """A message with who sent it, where and when."""

    member: str
    number: int
    message: Message
    event: str
    author: str
    at: int | None
    channel: Channel
    key: str

    def act(self, target: str, kind: str, **fields: Any) -> Interaction:
        """Return the row of one act of this message."""
        private = self.channel.is_pair or self.channel.is_circle
        flags = " ".join(each for each in ("edited" if self.message.edited else "", fields.pop("flags", "")) if each)
        given = {
            "at": self.at, "event": self.event, "parent": self.message.parent,
            "thread": self.key if self.channel.is_thread else None,
            "visibility": "private" if private else "limited", "flags": flags,
        }  # fmt: skip
        return Interaction(self.author, target, kind, member=self.member, record=self.number, **{**given, **fields})


class _Reading:
    """One reading of all members."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._people = People()
        self._authors = Authors()
        self._late: list[tuple[Interaction, str | None]] = []
        self._pairs: dict[str, set[str]] = {}
        self._titles: dict[str, str | None] = {}
        self._spans: dict[str, list[tuple[int | None, int | None]]] = {}
        self._servers = False
        self._seen_at: int | None = None

    def records(self) -> Iterator[Record]:
        for name in matching(self._reader, looks):
            yield from self._channel(name, document(self._reader, name, Export))
        mine = self._people.own(
            self._reader,
            lambda word: word if word in self._people or re.fullmatch("[1-9][0-9]{14,19}", word) else None,
            "The export does not say which account is yours",
            [self._people.described(each) for each in self._likely()],
        )
        yield from self._addressed_late(mine)
        peers = {self._peer(channel, mine) for channel in self._pairs} - {None}
        self._reader.remember("spans", _common(self._spans))
        self._reader.remember("servers", self._servers)
        self._reader.remember("peers", sorted(peer for peer in peers if peer))
        yield from self._people.accounts()

    def _channel(self, name: str, export: Export) -> Iterator[Record]:
        channel, key = export.channel, native(export.channel.id) or name
        after = before = exported = None
        with self._reader.record(0, name):
            after, before, exported = export.span()
        self._seen_at = later(self._seen_at, exported)
        if self._seen_at:
            self._reader.remember("seen_at", self._seen_at)
        messages, authors, last = self._heads(name, export)
        end = min((each for each in (before, exported) if each), default=None)
        self._spans.setdefault(key, []).append((after, end or last))
        sides = set(authors.values())
        if channel.is_pair:
            self._pairs.setdefault(key, set()).update(sides)
            self._titles[key] = channel.name
        elif not channel.is_circle:
            self._servers = True
        for each in self._sent(name, messages, channel, key):
            with self._reader.record(each.number, name):
                media = min(len(each.message.attachments), 99)
                text = each.message.content or ""
                yield Post(each.event, each.author, each.at, text, media=media, member=name, record=each.number)
                if channel.is_pair:
                    yield from self._in_pair(each, authors, sides)
                else:
                    yield from self._in_channel(each, authors, sides if channel.is_circle else set())
                yield from self._reactions(each)

    def _heads(self, name: str, export: Export) -> tuple[Raws, dict[str, str], int | None]:
        """Look at who sent what, so that all authors are known before any reply is looked at.

        Returns the messages that people sent, still raw, by their place; their authors; and the newest moment.
        """
        messages: Raws = list(export.messages)
        export.messages = []
        authors: dict[str, str] = {}
        newest = None
        for number, raw in enumerate(messages):
            messages[number] = None
            with self._reader.record(number, name):
                message = msgspec.json.decode(raw or b"", type=Message)
                event, author = native(message.id), message.author.key if message.author else None
                if str(message.type) not in PLAIN and not message.answers:
                    self._reader.skip("service message", number, name)
                elif event is None:
                    self._reader.skip("message without an id", number, name)
                elif author is None:
                    self._reader.skip("message of a deleted account or without an author", number, name)
                else:
                    at, author = self._at(message), sys.intern(author)
                    newest = later(newest, at)
                    authors[event] = author
                    self._authors.add(event, author)
                    self._meet(message, author, at)
                    messages[number] = raw
        return messages, authors, newest

    def _sent(self, name: str, messages: Raws, channel: Channel, key: str) -> Iterator[_Sent]:
        """Decode one message after another, and let go of each."""
        for number, raw in enumerate(messages):
            messages[number] = None
            if raw is not None:
                message = msgspec.json.decode(raw, type=Message)
                event, author = native(message.id) or "", (message.author and message.author.key) or ""
                yield _Sent(name, number, message, event, author, self._at(message), channel, key)

    def _at(self, message: Message) -> int | None:
        return moment(message.timestamp, zone_of(self._reader) if zoneless(message.timestamp) else None)

    def _meet(self, message: Message, author: str, at: int | None) -> None:
        for person in (message.author, *message.mentions):
            if person and person.key:
                shown = person.nickname or person.name
                seen = self._people.see(person.key, at, shown, person.name, wrote=person.key == author)
                seen.automated = seen.automated if person.bot is None else person.bot

    def _in_pair(self, each: _Sent, authors: dict[str, str], sides: set[str]) -> Iterator[Record]:
        """Address the other side; that, or what is answered, may stand in another file only."""
        target = min(sides - {each.author}, default=None)
        parent = each.message.parent
        if target is None or (parent and parent not in authors):
            self._late.append((each.act(target or "", "message", audience=1), each.key))
        else:
            kind = "reply" if parent and authors[parent] == target else "message"
            yield each.act(target, kind, audience=1)

    def _in_channel(self, each: _Sent, authors: dict[str, str], circle: set[str]) -> Iterator[Record]:
        """Reply and mentions make ties; the rest is activity, or goes to all who write in a small circle.

        A ping of the answered author is among the mentions, typed or not: where that author is unknown, a
        mention that nobody typed may be the ping.
        """
        message, parent = each.message, each.message.parent
        answered = authors.get(parent) if parent else None
        people = {person.key: person for person in message.mentions if person.key} if message.mentions else {}
        mentioned = [known for known in people if known not in (answered, each.author)]
        audience = len(mentioned) + (answered not in (None, each.author))
        if answered:
            yield each.act(answered, "reply", audience=audience)
        elif message.answers:
            self._late.append((each.act("", "reply", audience=audience + 1), None))
        for target in mentioned:
            typed = answered or not message.answers or people[target].is_typed_in(message.content or "")
            yield each.act(
                target, "mention", audience=audience, parent=parent if not typed else None,
                directness="deliberate" if typed else "carried", flags="" if typed else "maybe_reply",
            )  # fmt: skip
        for target in sorted(circle - {answered, each.author, *mentioned}):
            yield each.act(target, "message", audience=len(circle) - 1, directness="list")

    def _reactions(self, each: _Sent) -> Iterator[Record]:
        for reaction in each.message.reactions:
            sign = (native(reaction.emoji.id) or reaction.emoji.name) if reaction.emoji else "other"
            for person in reaction.users:
                if person.key:
                    self._people.see(person.key, each.at, person.nickname or person.name, person.name)
                    event = f"reaction:{each.event}:{person.key}:{sign}"
                    act = each.act(each.author, "reaction", event=event, at=None, parent=each.event, post=each.event)
                    act.source, act.flags = person.key, ""
                    yield act

    def _addressed_late(self, mine: list[str]) -> Iterator[Record]:
        """Address what had to wait for the other files."""
        for act, pair in self._late:
            answered = self._authors.of(act.parent) if act.parent else None
            if pair is None:
                target, reason = answered, "reply to a message that is not in the export"
            else:
                others = self._pairs[pair] - {act.source} or set(mine) - {act.source}
                target, reason = min(others, default=None), "message to a side that the export does not name"
                act.kind = "reply" if answered and answered == target else "message"
            if target is None:
                self._reader.skip(reason, act.record, act.member)
            else:
                act.target = target
                yield act

    def _peer(self, pair: str, mine: list[str]) -> str | None:
        """Return the side of a conversation of two that is not the owner, by `--me` or by the title."""
        sides, title = self._pairs[pair], self._titles[pair]
        if mine:
            return min(sides - set(mine), default=None)
        titled = [side for side in sides if any(title in alias for alias in self._people[side].aliases if title)]
        return titled[0] if len(titled) == 1 else None

    def _likely(self) -> list[str]:
        """Return who writes in most of the conversations of two without being their title."""
        counts: dict[str, int] = {}
        for pair, sides in self._pairs.items():
            for side in sides - {self._peer(pair, [])}:
                counts[side] = counts.get(side, 0) + 1
        return sorted(counts, key=lambda side: (-counts[side], side))


def _common(spans: dict[str, list[tuple[int | None, int | None]]]) -> tuple[int | None, int | None]:
    """Return the time that all channels cover; the files of one channel are taken to follow one another."""
    since = max((min(first or 0 for first, _ in each) for each in spans.values()), default=0)
    ends = [max(last or 0 for _, last in each) for each in spans.values()]
    return since or None, min((end for end in ends if end), default=None)
