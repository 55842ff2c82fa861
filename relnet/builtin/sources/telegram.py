"""Telegram Desktop's JSON export: one chat, or all chats of an account."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from relnet.builtin.sources.json_documents import document
from relnet.builtin.sources.local_times import zone_of
from relnet.builtin.sources.members import matching, sniffed
from relnet.builtin.sources.people import People, later, native
from relnet.builtin.sources.telegram_export import (
    GROUPS,
    NO_TIES,
    ONE_TO_ONE,
    Chat,
    Export,
    Head,
    Message,
    Person,
    looks,
    moment,
    reacted,
    user,
)
from relnet.plugin import Coverage, Interaction, Peek, Post, Reader, Record, Source

_NOTICES = "user777000"
"""Telegram's own notices."""


class Telegram(Source):
    """`result.json` of Telegram Desktop."""

    name, version, network = "telegram", "1", "telegram"

    def sniff(self, peek: Peek) -> float:
        """Look for the export's own keys near the start."""
        return 0.95 if sniffed(peek, looks, r"result\.json$") else 0.0

    def read(self, reader: Reader) -> Iterator[Record]:
        """Yield messages, replies, mentions, named reactions, texts, and every account met."""
        return _Reading(reader).records()

    def coverage(self, reader: Reader) -> list[Coverage]:
        """State both directions of the exported chats; of reactions only some of the people are named."""
        since, until = reader.span()
        rows = [
            Coverage(kind, direction, account, since, until, "surviving")
            for direction, account, kinds in reader.found.get("covered", ())
            for kind in kinds
        ]
        return [*rows, Coverage("reaction", "between", None, since, until, "partial")]


class _Heads(msgspec.Struct):
    """The messages of a chat that people sent, still raw, by their place; and what their heads tell of them all."""

    messages: list[msgspec.Raw | None]
    authors: set[str] = set()
    newest: int | None = None


class _Sent(msgspec.Struct):
    """A message with who sent it and when."""

    number: int
    message: Message
    event: str
    author: str
    at: int | None
    quality: Any


class _Reading:
    """One reading of all members."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._people = People()
        self._authors: dict[str, str | None] = {}
        self._owner: str | None = None
        self._likely: list[str] = []
        self._newest: int | None = None
        self._covered: list[tuple[str, str | None, tuple[str, ...]]] = []

    def records(self) -> Iterator[Record]:
        for name in matching(self._reader, looks):
            export = document(self._reader, name, Export)
            self._know(name, export)
            if export.type or export.messages:
                yield from self._chat(name, export, alone=True)
            for part in (export.chats, export.left_chats):
                for number, raw in enumerate(part.items if part else ()):
                    chat = None
                    with self._reader.record(number, name):
                        chat = msgspec.json.decode(raw, type=Chat)
                    if chat:
                        yield from self._chat(name, chat, alone=export.personal_information is None)
        if self._owner is None:
            self._people.own(self._reader, user, "A single chat does not say which account is yours", self._likely)
        self._reader.remember("covered", self._covered)
        self._reader.remember("seen_at", self._newest or self._reader.modified_at)
        yield from self._people.accounts()

    def _know(self, name: str, export: Export) -> None:
        me = export.personal_information
        self._owner = user(me.user_id) if me else self._owner
        if me and self._owner:
            handle = (me.username or "").removeprefix("@")
            self._people.see(self._owner, None, me.full_name, handle).owner = True
            for way in ("out", "in"):
                self._covered.append((way, self._owner, ("message", "reply", "mention")))
        for number, raw in enumerate(export.contacts.items if export.contacts else ()):
            with self._reader.record(number, name):
                contact = msgspec.json.decode(raw, type=Person)
                if known := user(contact.user_id):
                    self._people.see(known, None, contact.full_name)

    def _chat(self, name: str, chat: Chat, alone: bool) -> Iterator[Record]:
        if chat.type not in ONE_TO_ONE | GROUPS:
            reason = NO_TIES.get(chat.type, "in a chat of an unknown type")
            self._reader.skip(reason, name=name, count=len(chat.messages))
            return
        heads = self._heads(name, chat)
        if chat.type in ONE_TO_ONE:
            yield from self._one_to_one(name, chat, heads, alone)
            return
        if alone:
            self._covered.append(("between", None, ("reply", "mention")))
        if self._owner and heads.authors == {self._owner}:
            reason = "own message in a group exported without the others': no tie"
            self._reader.skip(reason, name=name, count=sum(raw is not None for raw in heads.messages))
            return
        visibility = "public" if chat.type == "public_supergroup" else "private"
        for each in self._sent(name, chat, heads):
            with self._reader.record(each.number, name):
                yield from self._in_group(name, chat, each, visibility)

    def _heads(self, name: str, chat: Chat) -> _Heads:
        """Look at who sent what, so that all authors are known before any reply is looked at."""
        heads = _Heads(list(chat.messages))
        chat.messages = []
        for number, raw in enumerate(heads.messages):
            heads.messages[number] = None
            with self._reader.record(number, name):
                head = msgspec.json.decode(raw or b"", type=Head)
                known, author = native(head.id), user(head.from_id)
                if head.type != "message":
                    self._reader.skip("service message", number, name)
                elif known is None:
                    self._reader.skip("message without an id", number, name)
                elif author is None:
                    self._authors[f"{chat.key}:{known}"] = None
                    reason = "message without an author" if head.from_id is None else "post by a channel: no tie"
                    self._reader.skip(reason, number, name)
                else:
                    author = sys.intern(author)
                    at, _ = self._moment(head)
                    self._authors[f"{chat.key}:{known}"] = author
                    self._newest, heads.newest = later(self._newest, at), later(heads.newest, at)
                    seen = self._people.see(author, at, head.name, wrote=True)
                    seen.state = None if seen.aliases else "deleted"
                    seen.automated = True if author == _NOTICES else seen.automated
                    heads.authors.add(author)
                    heads.messages[number] = raw
        return heads

    def _sent(self, name: str, chat: Chat, heads: _Heads) -> Iterator[_Sent]:
        """Decode one message after another, and let go of each."""
        for number, raw in enumerate(heads.messages):
            heads.messages[number] = None
            if raw is not None:
                with self._reader.record(number, name):
                    message = msgspec.json.decode(raw, type=Message)
                    at, quality = self._moment(message)
                    author = user(message.from_id) or ""
                    yield _Sent(number, message, f"{chat.key}:{native(message.id)}", author, at, quality)

    def _moment(self, head: Head) -> tuple[int | None, str]:
        dateless = head.date_unixtime is None and head.date is not None
        return moment(head, zone_of(self._reader) if dateless else None)

    def _one_to_one(self, name: str, chat: Chat, heads: _Heads, alone: bool) -> Iterator[Record]:
        """Address each message to the other side: the chat's id, its other author, or the owner."""
        authors = heads.authors
        peer = user(chat.id)
        if peer not in authors and len(authors) == 2 and authors - {self._owner}:
            peer = min(authors - {self._owner})
        ego = self._owner or next(
            (each for word in self._reader.options.me for each in self._people.named(word, user)),
            next(iter(authors - {peer}), None),
        )
        if peer:
            seen = self._people.see(peer, heads.newest, chat.name)
            seen.automated = True if chat.type == "bot_chat" else seen.automated
            if alone:
                self._covered.append(("between", peer, ("message", "reply")))
        self._likely += [self._people.described(author) for author in authors - {peer}]
        for each in self._sent(name, chat, heads):
            with self._reader.record(each.number, name):
                yield self._post(each, name)
                target = ego if each.author == peer else peer
                if target is None:
                    self._reader.skip("message to a side that the file does not name", each.number, name)
                    continue
                parent, author = self._parent(chat, each.message)
                kind = "reply" if author == target else "message"
                yield self._act(each, name, target, kind, parent=parent, audience=1)
                yield from self._reactions(each, name, "private")

    def _in_group(self, name: str, chat: Chat, each: _Sent, visibility: Any) -> Iterator[Record]:
        """Reply and mentions make ties; a message to nobody in particular is activity only."""
        yield self._post(each, name)
        parent, author = self._parent(chat, each.message)
        if parent and author is None:
            known = parent in self._authors
            reason = "reply to a channel's post: no tie" if known else "reply to a message that is not in the file"
            self._reader.skip(reason, each.number, name)
        mentioned = [each for each in dict.fromkeys(each.message.mentions) if each != author]
        audience = len({author, *mentioned} - {None, each.author})
        if author:
            yield self._act(each, name, author, "reply", parent=parent, audience=audience, visibility=visibility)
        for target in mentioned:
            yield self._act(
                each,
                name,
                target,
                "mention",
                directness="deliberate",
                audience=audience,
                visibility=visibility,
            )
        yield from self._reactions(each, name, visibility)

    def _parent(self, chat: Chat, message: Message) -> tuple[str | None, str | None]:
        """Return the answered message and its author; with `reply_to_peer_id` it is in another chat."""
        answered = native(message.reply_to_message_id)
        if answered is None:
            return None, None
        elsewhere = native(message.reply_to_peer_id)
        place = chat.key if elsewhere is None else elsewhere.lstrip("abcdefghijklmnopqrstuvwxyz")
        parent = f"{place}:{answered}"
        return parent, self._authors.get(parent)

    def _reactions(self, each: _Sent, name: str, visibility: Any) -> Iterator[Record]:
        for reaction in each.message.reactions:
            for reactor in reaction.recent:
                if source := user(reactor.from_id):
                    at = reacted(reactor, each.message, each.at)
                    self._people.see(source, at, reactor.name)
                    sign = reaction.emoji or reaction.document_id or "other"
                    event = f"reaction:{each.event}:{source}:{sign}"
                    yield Interaction(
                        source, each.author, "reaction", at=at, event=event,
                        parent=each.event, post=each.event, visibility=visibility, time_quality="local",
                        member=name, record=each.number,
                    )  # fmt: skip

    def _act(self, each: _Sent, name: str, target: str, kind: str, **fields: Any) -> Interaction:
        flags = "edited" if each.message.edited else ""
        return Interaction(
            each.author, target, kind, at=each.at, event=each.event, flags=flags, time_quality=each.quality,
            member=name, record=each.number, **{"visibility": "private", **fields},
        )  # fmt: skip

    def _post(self, each: _Sent, name: str) -> Post:
        media = sum(1 for part in (each.message.media_type, each.message.photo, each.message.file) if part)
        return Post(
            each.event,
            each.author,
            each.at,
            each.message.plain,
            media=min(media, 1),
            member=name,
            record=each.number,
        )
