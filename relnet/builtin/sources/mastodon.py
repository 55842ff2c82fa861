"""Mastodon: the archive (folder, zip, tar) and the settings exports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from relnet.builtin.sources import mastodon_lists
from relnet.builtin.sources.mastodon_names import author, full_handle, handle_of
from relnet.builtin.sources.mastodon_posts import Activity, Names, Outbox, mentions, plain, uri
from relnet.moments import milliseconds
from relnet.plugin import Account, Coverage, Declared, InputError, Interaction, Peek, Reader, Record, Source

_ITEMS: Final = re.compile(rb'"orderedItems"\s*:\s*\[')
_BOM: Final = b"\xef\xbb\xbf"
_KINDS: Final = ("reply", "mention", "quote", "repost", "message")
_MEDIA: Final = re.compile(r"(^|/)(media_attachments|avatar\.|header\.)")


class Actor(msgspec.Struct, rename="camel"):
    """The owner's profile; the fields that are read."""

    id: str
    type: str | None = None
    preferred_username: str | None = None
    name: str | None = None
    summary: str | None = None
    published: str | None = None
    url: Any = None
    followers: str | None = None
    icon: Any = None
    suspended: bool | None = None
    moved_to: Any = None
    also_known_as: Any = None


class Items(msgspec.Struct, rename="camel"):
    """The outbox as a whole."""

    ordered_items: list[Activity]


class Mastodon(Source):
    """An owner's posts, boosts and likes; what others did towards the owner is not in it."""

    name, version, network = "mastodon", "1", "mastodon"

    def sniff(self, peek: Peek) -> float:
        """Return how surely this is an archive or a settings export of Mastodon."""
        if peek.is_file:
            head = peek.head
            if head.removeprefix(_BOM).lstrip().startswith(b"{"):
                acts = b'"Create"' in head or b'"Announce"' in head
                return 0.9 if acts and b"activitystreams" in head and _ITEMS.search(head) else 0.0
            kind = mastodon_lists.kind_of(peek.names[0], head)
            return 0.0 if kind is None else 0.8
        outboxes = [name for name in peek.names if _base(name) == "outbox.json"]
        if "outbox.json" in outboxes or (len(outboxes) == 1 and not Path(peek.path).is_dir()):
            start = peek.start("outbox.json" if "outbox.json" in outboxes else outboxes[0], 4096)
            return 0.95 if b"OrderedCollection" in start or _ITEMS.search(start) else 0.0
        if "actor.json" in peek.names and b"preferredUsername" in peek.start("actor.json"):
            return 0.9
        lists = [name for name in peek.names if mastodon_lists.kind_of(name, peek.start(name, 4096))]
        return 0.7 if lists and all(name.endswith(".csv") for name in peek.names) else 0.0

    def read(self, reader: Reader) -> Iterable[Record]:
        """Yield the facts of each owner's folder in the input."""
        owners: list[str] = []
        likes: set[str] = set()
        follows: set[str] = set()
        reader.remember("owners", owners)
        reader.remember("likes", likes)
        reader.remember("follows", follows)
        if reader.is_file and not mastodon_lists.kind_of(reader.names[0], _start(reader, reader.names[0])):
            yield from self._archive(reader, {"outbox.json": reader.names[0]})
            return
        roots = sorted({_folder(name) for name in reader.names if _base(name) in ("outbox.json", "actor.json")})
        for root in roots or [""]:
            yield from self._archive(reader, {_base(name): name for name in reader.names if _folder(name) == root})
        for name in reader.names:
            if _folder(name) not in roots and _folder(name) and not _MEDIA.search(name):
                reader.unread(name)

    def coverage(self, reader: Reader) -> list[Coverage]:
        """Return what the owners did, as far as it survives; nothing of what was done towards them."""
        since, until = reader.span()
        until = reader.found.get("seen_at", until)
        rows = []
        for owner in reader.found.get("owners", ()):
            if since is not None:
                rows += [Coverage(kind, "out", owner, since, until, "surviving") for kind in _KINDS]
            if owner in reader.found["likes"]:
                rows.append(Coverage("like", "out", owner, None, until, "partial"))
            if owner in reader.found["follows"]:
                rows.append(Coverage("follow", "out", owner, None, until, "snapshot"))
        return rows

    def _archive(self, reader: Reader, members: dict[str, str]) -> Iterator[Record]:
        reader.expect(name for base, name in members.items() if base.endswith((".json", ".csv")))
        activities = _activities(reader, members["outbox.json"]) if "outbox.json" in members else []
        actor = _actor(reader, members.get("actor.json"), activities)
        names = Names(actor.id, _handle(actor))
        _learn(names, activities)
        newest = [_newest(activity) for _, activity in activities]
        seen_at = max([*newest, reader.found.get("seen_at", 0)], default=0)
        if seen_at:
            reader.remember("seen_at", seen_at)
        reader.found["owners"].append(actor.id)
        yield _owner(reader, actor)
        outbox = Outbox(reader, actor.id, actor.followers or f"{actor.id}/followers", uri(actor.url), names)
        for number, activity in activities:
            with reader.record(number, members["outbox.json"]):
                yield from outbox.facts(activity, number, members["outbox.json"])
        yield from names.accounts()
        if "likes.json" in members:
            reader.found["likes"].add(actor.id)
            yield from _likes(reader, members["likes.json"], actor.id, names)
        yield from self._lists(reader, members, actor.id, names)

    def _lists(self, reader: Reader, members: dict[str, str], ego: str, names: Names) -> Iterator[Declared]:
        known = {"outbox.json", "actor.json", "likes.json", "bookmarks.json"}
        for base, name in members.items():
            if base in known or _MEDIA.search(name):
                continue
            kind = mastodon_lists.kind_of(base, _start(reader, name))
            if kind is None:
                reader.unread(name)
                continue
            if kind == "follow":
                reader.found["follows"].add(ego)
            yield from mastodon_lists.declared(reader, name, kind, ego, names.actor)


def _activities(reader: Reader, name: str) -> list[tuple[int, Activity]]:
    """Return the items of an outbox with their numbers; of a damaged one, those that are complete."""
    data = reader.content(name).removeprefix(_BOM)
    try:
        return list(enumerate(msgspec.json.decode(data, type=Items).ordered_items))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        start = _ITEMS.search(data)
    if start is None:
        reader.skip("no list of activities", 0, name)
        return []
    return reader.json_items(name, data[start.end() - 1 :], Activity)


def _actor(reader: Reader, name: str | None, activities: list[tuple[int, Activity]]) -> Actor:
    """Return the owner: from its profile, else from the activities, else from what the user says."""
    if name is not None:
        with reader.record(0, name):
            return msgspec.json.decode(reader.content(name).removeprefix(_BOM), type=Actor)
    for _, activity in activities:
        ego = uri(activity.actor) or uri(activity.attributed_to)
        if ego:
            return Actor(ego, preferred_username=(handle_of(ego) or "").partition("@")[0] or None)
    said = next((me for me in reader.options.me if "@" in me or "://" in me), None)
    if said is None:
        raise InputError(
            "It does not say whose it is.", "Say so with --me, as in --me name@server.example.", reader.path
        )
    return Actor(said if "://" in said else f"@{said.removeprefix('@')}")


def _learn(names: Names, activities: list[tuple[int, Activity]]) -> None:
    """Collect first which handle belongs to which actor, since likes and replies may give a handle only."""
    for _, activity in activities:
        note = activity.post
        if note is not None:
            at = milliseconds(activity.published or note.published)
            for tag in mentions(note):
                names.learn(tag.href or "", full_handle(tag.name, tag.href or ""), at)


def _handle(actor: Actor) -> str | None:
    return actor.id[1:] if actor.id.startswith("@") else full_handle(actor.preferred_username, actor.id)


def _owner(reader: Reader, actor: Actor) -> Account:
    moved = uri(actor.moved_to)
    if moved:
        reader.note(f"The account has moved to {moved}.")
    others = actor.also_known_as if isinstance(actor.also_known_as, list) else [actor.also_known_as]
    others = [other for other in map(uri, others) if other]
    for other in others:
        reader.note(f"The account says that it is also {other}: load that record, too, to join the two.")
    known = actor.type is not None
    return Account(
        actor.id,
        handle=_handle(actor),
        name=actor.name or None,
        bio=plain(actor.summary) if actor.summary else None,
        url=uri(actor.url),
        created_at=milliseconds(actor.published),
        has_bio=bool(actor.summary) if known else None,
        default_avatar=not actor.icon if known else None,
        automated=actor.type == "Service" if known else None,
        state="suspended" if actor.suspended else "moved" if moved else None,
        also_known_as=" ".join(dict.fromkeys(filter(None, [*others, moved]))) or None,
        owner=True,
    )


def _newest(activity: Activity) -> int:
    """Return the latest moment that an activity names; the exporter's signature dates the archive itself."""
    note = activity.post
    said = [activity.published, activity.updated]
    if note is not None:
        said += [note.published, note.updated]
    if activity.signature is not None:
        said.append(activity.signature.created)
    return max((milliseconds(each) or 0 for each in said), default=0)


def _likes(reader: Reader, name: str, ego: str, names: Names) -> Iterator[Interaction]:
    """Yield undated likes; only some forms of links tell who wrote the post."""
    data = reader.content(name)
    start = _ITEMS.search(data)
    if start is None:
        reader.skip("no list of likes", 0, name)
        return
    for number, link in reader.json_items(name, data[start.end() - 1 :], str):
        found = author(link)
        if found is None:
            reader.skip("like of a post by an unknown author", number, name)
            continue
        yield Interaction(
            ego, names.actor(found), "like", None, f"like:{ego}:{link}", parent=link, visibility="unknown",
            time_quality="snapshot", member=name, record=number,
        )  # fmt: skip


def _start(reader: Reader, name: str) -> bytes:
    with reader.stream(name) as stream:
        return stream.read(4096)


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def _folder(name: str) -> str:
    return name.rpartition("/")[0]
