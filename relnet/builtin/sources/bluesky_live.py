"""Bluesky as `relnet sync` and `relnet check` fetched it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from relnet.builtin.sources.bluesky import KINDS, PROFILE, Facts
from relnet.builtin.sources.bluesky_repository import Repository, tid
from relnet.builtin.sources.live_folder import Header, header, items, placed, sure
from relnet.moments import milliseconds
from relnet.plugin import Account, Coverage, Declared, Peek, Reader, Record, Source
from relnet.text import counted

_REPOSITORY: Final = "repo.car"
_INCOMING: Final = ("notifications", "threads")
_NO_TIE: Final = frozenset(
    {"subscribed-post", "contact-match", "verified", "unverified", "starterpack-joined"}
)  # fmt: skip
"""Reasons of notifications about acts that are not towards the account."""


class View(msgspec.Struct, rename="camel"):
    """An account as the AppView shows it; everything but the id may be absent."""

    did: str
    handle: str | None = None
    display_name: str | None = None
    description: str | None = None
    avatar: Any = None
    banner: Any = None
    website: str | None = None
    created_at: str | None = None
    followers_count: int | None = None
    follows_count: int | None = None
    posts_count: int | None = None
    labels: Any = None
    verification: Any = None
    state: str | None = None


class Item(msgspec.Struct, rename="camel"):
    """A record of somebody, as a notification or in a thread; what is blocked or gone has an address only."""

    uri: str
    author: View | None = None
    record: Any = None
    reason: str | None = None
    indexed_at: str | None = None
    blocked: bool = False
    not_found: bool = False


class Newest(msgspec.Struct):
    """When an account was last seen to post."""

    did: str
    at: str | None = None


class BlueskyLive(Source):
    """Own records, acts of others towards oneself, lists and profiles; or the followers of anybody."""

    name, version, network = "bluesky_live", "1", "bluesky"

    def sniff(self, peek: Peek) -> float:
        """Return how surely this is a folder that relnet fetched from Bluesky."""
        return sure(peek, self.network)

    def read(self, reader: Reader) -> Iterable[Record]:
        """Yield own records first, then what others did, then who they are."""
        reader.expect(reader.names)
        head = header(reader)
        yield Account(head.account, handle=head.handle, owner=head.own)
        yield from _repository(reader, head)
        yield from _incoming(reader, head)
        yield from _people(reader, head)
        if head.mode == "check":
            for number, newest in items(reader, "newest", Newest):
                yield Account(newest.did, last_active_at=milliseconds(newest.at), member="newest.jsonl", record=number)
        _say(reader, head)

    def coverage(self, reader: Reader) -> list[Coverage]:
        """Return what these servers could tell: all own records; others' acts towards oneself if signed in."""
        head: Header = reader.found["header"]
        did, until = head.account, head.fetched_at
        if not head.own:
            return [Coverage("follow", "in", did, None, until, "sampled" if head.sampled else "snapshot")]
        own_since = tid(head.rev_since) if head.rev_since else reader.found.get("first_own")
        rows = [Coverage(kind, "out", did, own_since, until, "surviving") for kind in KINDS]
        rows.append(Coverage("follow", "out", did, None, until, "snapshot"))
        if head.signed_in:
            first = head.since if head.since is not None else reader.found.get("first_incoming")
            if first is not None:
                rows += [Coverage(kind, "in", did, first, until, "surviving") for kind in KINDS]
        else:
            rows += [Coverage(kind, "in", did, None, until, "partial") for kind in ("reply", "mention", "quote")]
        if head.lists:
            rows.append(Coverage("follow", "in", did, None, until, "snapshot"))
        return rows


def _repository(reader: Reader, head: Header) -> Iterator[Record]:
    if _REPOSITORY not in reader.names or not reader.size(_REPOSITORY):
        return
    partial = head.rev_since is not None
    repository = Repository(reader, _REPOSITORY, partial=partial)
    facts = Facts(reader, _REPOSITORY, repository.did, repository.at)
    first = repository.at or head.fetched_at
    yield Account(head.account, last_active_at=repository.at, owner=True)
    for number, (key, block) in enumerate(repository.records):
        if key == PROFILE:
            continue
        with reader.record(number, _REPOSITORY):
            record = repository.record(block)
            if isinstance(record, dict):
                first = min(first, milliseconds(record.get("createdAt")) or first)
                yield from placed(facts.of(key, record, number), _REPOSITORY, number)
            elif not partial:
                reader.skip("record that the file lacks", number, _REPOSITORY)
    reader.remember("first_own", first)


def _incoming(reader: Reader, head: Header) -> Iterator[Record]:
    """Yield the facts in records of others, by the rules of their own repositories: never by the notification."""
    authors: dict[str, Facts] = {}
    first: int | None = None
    for name in _INCOMING:
        member = f"{name}.jsonl"
        for number, item in items(reader, name, Item):
            seen = milliseconds(item.indexed_at)
            if seen is not None:
                first = seen if first is None else min(first, seen)
            if item.blocked or item.not_found:
                reader.skip("reply that is blocked" if item.blocked else "reply that is gone", number, member)
            elif item.reason in _NO_TIE:
                reader.skip(f"notification of the kind {item.reason}, which makes no tie", number, member)
            elif item.author is None or not isinstance(item.record, dict):
                reader.skip("record without its author or content", number, member)
            else:
                did, _, key = item.uri.removeprefix("at://").partition("/")
                facts = authors.setdefault(did, Facts(reader, member, did, head.fetched_at))
                with reader.record(number, member):
                    yield from placed(facts.of(key, item.record, number), member, number)
                yield _account(item.author, member, number)
    reader.remember("first_incoming", first)


def _people(reader: Reader, head: Header) -> Iterator[Record]:
    for name in ("owner", "followers", "follows", "profiles"):
        member = f"{name}.jsonl"
        for number, view in items(reader, name, View):
            account = _account(view, member, number, detailed=name in ("owner", "profiles"))
            account.owner = head.own and view.did == head.account
            yield account
            if name == "followers":
                yield Declared(view.did, head.account, "follow", member=member, record=number)
            elif name == "follows":
                yield Declared(head.account, view.did, "follow", member=member, record=number)


def _account(view: View, member: str, number: int, *, detailed: bool = False) -> Account:
    """Return what a view shows; only a detailed one proves that a bio or picture is missing."""
    if view.state is not None:
        return Account(view.did, state=view.state, member=member, record=number)  # type: ignore[arg-type]
    account = Account(
        view.did,
        handle=None if view.handle in (None, "", "handle.invalid") else view.handle,
        name=view.display_name or None,
        bio=view.description or None,
        url=view.website or None,
        created_at=milliseconds(view.created_at),
        followers=view.followers_count,
        following=view.follows_count,
        posts=view.posts_count,
        automated=_is_bot(view) if detailed else None,
        member=member,
        record=number,
    )
    if detailed:
        account.has_bio, account.has_banner = bool(view.description), bool(view.banner)
        account.default_avatar = not view.avatar
        account.verified = _is_verified(view)
        account.state = "active"
    return account


def _is_bot(view: View) -> bool:
    """Tell whether an account says itself that it is a bot; the word of others is an opinion."""
    labels = view.labels if isinstance(view.labels, list) else []
    return any(
        label.get("val") == "bot" and label.get("src") == view.did for label in labels if isinstance(label, dict)
    )


def _is_verified(view: View) -> bool:
    found = view.verification if isinstance(view.verification, dict) else {}
    return "valid" in (found.get("verifiedStatus"), found.get("trustedVerifierStatus"))


def _say(reader: Reader, head: Header) -> None:
    if head.own and not head.signed_in:
        reader.note(
            "Fetched without signing in: replies to your own posts and quotes of them are known, other acts towards "
            "you only in part. Set RELNET_BLUESKY_PASSWORD to an app password for the rest."
        )
    if not head.own and head.seen != head.stated:
        reader.note(f"The profile states {counted(head.stated, 'follower')}; the list showed {head.seen:,}.")
