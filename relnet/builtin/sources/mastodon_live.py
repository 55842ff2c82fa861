"""Mastodon as `relnet sync` and `relnet check` fetched it from one server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from relnet.builtin.sources.live_folder import Header, header, items, placed, sure
from relnet.builtin.sources.mastodon_entities import Entities, Person, Status
from relnet.moments import milliseconds
from relnet.plugin import Coverage, Declared, Interaction, Peek, Reader, Record, Source, UnreadableInput
from relnet.text import counted

_OUT: Final = ("reply", "mention", "quote", "repost", "message")
_IN: Final = ("reply", "mention", "message", "repost", "like")
_POSTS: Final = ("statuses", "contexts")
_LISTS: Final = ("followers", "following")
_SIGNALS: Final = {"reblog": "repost", "favourite": "like"}


class Notification(msgspec.Struct):
    """An act of somebody that the server told the owner of."""

    type: str
    account: Person | None = None
    status: Status | None = None
    created_at: str | None = None


class MastodonLive(Source):
    """Own posts, acts of others towards oneself, threads and lists; or the followers of anybody."""

    name, version, network = "mastodon_live", "1", "mastodon"

    def sniff(self, peek: Peek) -> float:
        """Return how surely this is a folder that relnet fetched from a Mastodon server."""
        return sure(peek, self.network)

    def read(self, reader: Reader) -> Iterable[Record]:
        """Yield the owner, posts, notifications and lists; ids of the server are learned beforehand."""
        reader.expect([*reader.names, *(f"{name}.jsonl" for name in (*_POSTS, *_LISTS, "notifications"))])
        head = header(reader)
        owner = next((person for _, person in items(reader, "owner", Person)), None)
        if owner is None:
            raise UnreadableInput("It does not say whose it is.", "Fetch it again.", reader.path)
        entities = Entities(reader, "statuses.jsonl", owner)
        entities.know(owner)
        _learn(reader, entities)
        account = entities.account(owner, owner=head.own)
        account.handle = head.handle or account.handle
        yield account
        yield from _posts(reader, entities)
        yield from _notifications(reader, entities, head.account)
        for name in _LISTS:
            for number, person in items(reader, name, Person):
                other, member = entities.know(person), f"{name}.jsonl"
                yield from entities.met(person)
                ends = (other, head.account) if name == "followers" else (head.account, other)
                yield Declared(*ends, "follow", member=member, record=number)
        _say(reader, head)

    def coverage(self, reader: Reader) -> list[Coverage]:
        """Return both sides if signed in; signed out only a part of each, since some posts are not for everybody."""
        head: Header = reader.found["header"]
        who, until = head.account, head.fetched_at
        if not head.own:
            return [Coverage("follow", "in", who, None, until, "sampled" if head.sampled else "snapshot")]
        rows: list[Coverage] = []
        if head.signed_in:
            sent = head.since if head.since is not None else reader.found.get("first_own")
            rows += [Coverage(kind, "out", who, sent, until, "surviving") for kind in _OUT]
            received = head.since if head.since is not None else reader.found.get("first_incoming")
            if received is not None:
                rows += [Coverage(kind, "in", who, received, until, "surviving") for kind in _IN]
        else:
            rows += [Coverage(kind, "out", who, None, until, "partial") for kind in _OUT]
            rows += [Coverage(kind, "in", who, None, until, "partial") for kind in ("reply", "mention")]
        if head.lists:
            if "following" not in head.hidden:
                rows.append(Coverage("follow", "out", who, None, until, "snapshot"))
            if "followers" not in head.hidden:
                rows.append(Coverage("follow", "in", who, None, until, "snapshot"))
        return rows


def _learn(reader: Reader, entities: Entities) -> None:
    for name in _LISTS:
        for _, person in items(reader, name, Person):
            entities.know(person)
    for name in _POSTS:
        for _, status in items(reader, name, Status):
            entities.learn(status)
    for _, each in items(reader, "notifications", Notification):
        if each.account is not None:
            entities.know(each.account)
        if each.status is not None:
            entities.learn(each.status)


def _posts(reader: Reader, entities: Entities) -> Iterator[Record]:
    first: int | None = None
    for name in _POSTS:
        member = f"{name}.jsonl"
        for number, status in items(reader, name, Status):
            at = milliseconds(status.created_at)
            if name == "statuses" and at is not None:
                first = at if first is None else min(first, at)
            yield from entities.met(status.account)
            with reader.record(number, member):
                yield from placed(entities.posted(status, number), member, number)
    reader.remember("first_own", first)


def _notifications(reader: Reader, entities: Entities, ego: str) -> Iterator[Record]:
    first: int | None = None
    member = "notifications.jsonl"
    for number, each in items(reader, "notifications", Notification):
        at = milliseconds(each.created_at)
        if at is not None:
            first = at if first is None else min(first, at)
        if each.account is None:
            reader.skip("notification without its author", number, member)
            continue
        yield from entities.met(each.account)
        actor = entities.key(each.account)
        if each.type in ("mention", "quote") and each.status is not None:
            with reader.record(number, member):
                yield from placed(entities.posted(each.status, number), member, number)
        elif each.type in _SIGNALS and each.status is not None:
            kind, link = _SIGNALS[each.type], each.status.uri or str(each.status.id)
            yield Interaction(
                actor, ego, kind, at, f"{kind}:{actor}:{link}", parent=link,
                visibility=entities.visibility(each.status), member=member, record=number,
            )  # fmt: skip
        elif each.type == "follow":
            yield Declared(actor, ego, "follow", at, member=member, record=number)
        else:
            reader.skip(f"notification of the kind {each.type[:40]}, which makes no tie", number, member)
    reader.remember("first_incoming", first)


def _say(reader: Reader, head: Header) -> None:
    if head.own and not head.signed_in:
        reader.note(
            "Fetched without signing in: only public posts and their threads are known, so both sides are known in "
            "part. Set RELNET_MASTODON_TOKEN to a token of this account for the rest."
        )
    for name in head.hidden:
        reader.note(f"The server shows nobody in the list of {name}, which is not empty: unknown.")
    if not head.own and head.seen != head.stated:
        reader.note(f"The profile states {counted(head.stated, 'follower')}; the list showed {head.seen:,}.")
