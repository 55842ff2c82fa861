"""The JSON that mastodon-archive keeps of an account: posts, mentions by others, lists, as a server tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

import msgspec

from relnet.builtin.sources.mastodon_names import host, milliseconds
from relnet.builtin.sources.mastodon_posts import opening, plain
from relnet.plugin import (
    Account,
    Coverage,
    Declared,
    Interaction,
    Peek,
    Post,
    Reader,
    Record,
    Source,
    UnreadableInput,
)

_FIRST_KEY: Final = re.compile(
    rb'\s*\{\s*"(account|statuses|favourites|bookmarks|mentions|followers|following|mutes|blocks|notes)"\s*:'
)
_LISTS: Final[dict[str, tuple[Literal["follow", "block", "mute"], bool]]] = {
    "following": ("follow", True),
    "followers": ("follow", False),
    "mutes": ("mute", True),
    "blocks": ("block", True),
}
"""What each list states, and whether the owner is its source."""
_VISIBILITIES: Final = {"public": "public", "unlisted": "unlisted", "private": "followers", "direct": "direct"}


class Person(msgspec.Struct):
    """An account as the server knows it; ids are the server's own."""

    id: str | int
    acct: str
    uri: str | None = None
    url: str | None = None
    display_name: str | None = None
    note: str | None = None
    avatar: str | None = None
    bot: bool | None = None
    created_at: str | None = None
    last_status_at: str | None = None
    followers_count: int | None = None
    following_count: int | None = None
    statuses_count: int | None = None
    suspended: bool | None = None
    moved: Any = None


class Status(msgspec.Struct):
    """A post."""

    id: str | int
    account: Person
    uri: str | None = None
    url: str | None = None
    created_at: str | None = None
    edited_at: str | None = None
    visibility: str | None = None
    content: str | None = None
    language: str | None = None
    in_reply_to_id: str | int | None = None
    in_reply_to_account_id: str | int | None = None
    mentions: list[Person] | None = None
    media_attachments: list[dict[str, Any]] | None = None
    reblog: Status | None = None
    quote: Any = None


class Kept(msgspec.Struct):
    """The whole file; private notes and bookmarks are not read."""

    account: Person
    statuses: list[msgspec.Raw] = []
    favourites: list[msgspec.Raw] = []
    mentions: list[msgspec.Raw] = []
    followers: list[msgspec.Raw] = []
    following: list[msgspec.Raw] = []
    mutes: list[msgspec.Raw] = []
    blocks: list[msgspec.Raw] = []


class MastodonJson(Source):
    """Both sides of an account's conversations, as far as mastodon-archive fetched them."""

    name, version, network = "mastodon_json", "1", "mastodon"

    def sniff(self, peek: Peek) -> float:
        """Return how surely this is a file of mastodon-archive."""
        head = peek.head if peek.is_file else b""
        known = b'"acct"' in head and (b'"in_reply_to_account_id"' in head or b'"followers_count"' in head)
        return 0.9 if known and _FIRST_KEY.match(head) else 0.0

    def read(self, reader: Reader) -> Iterable[Record]:
        """Yield the owner, what the owner did, what others did towards the owner, and the lists."""
        name = reader.names[0]
        try:
            kept = msgspec.json.decode(reader.content(name), type=Kept)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise UnreadableInput(
                f"It is cut off or of another shape ({error}).", "Fetch it again.", reader.path
            ) from error
        yield from _Facts(reader, name, kept).all()

    def coverage(self, reader: Reader) -> list[Coverage]:
        """Return both sides of what was fetched; an empty part may have been left out, so it grants nothing."""
        since, until = reader.span()
        owner = reader.found.get("owner")
        rows: list[Coverage] = []
        if reader.found.get("statuses"):
            kinds = ("reply", "mention", "quote", "repost", "message")
            rows += [Coverage(kind, "out", owner, since, until, "surviving") for kind in kinds]
        if reader.found.get("mentions"):
            rows += [Coverage(kind, "in", owner, since, until, "surviving") for kind in ("reply", "mention")]
        for part, direction in (("following", "out"), ("followers", "in")):
            if reader.found.get(part):
                rows.append(Coverage("follow", direction, owner, None, until, "snapshot"))  # type: ignore[arg-type]
        return rows


class _Facts:
    def __init__(self, reader: Reader, name: str, kept: Kept) -> None:
        self._reader, self._name, self._kept = reader, name, kept
        self._domain = host(kept.account.uri or kept.account.url or "")
        self._own = str(kept.account.id)
        self._people: dict[str, str] = {}
        self._posts: dict[str, str] = {}
        self._written: set[str] = set()

    def all(self) -> Iterator[Record]:
        statuses = list(self._decoded("statuses", self._kept.statuses, Status))
        mentions = list(self._decoded("mentions", self._kept.mentions, Status))
        favourites = list(self._decoded("favourites", self._kept.favourites, Status))
        people = {part: list(self._decoded(part, getattr(self._kept, part), Person)) for part in _LISTS}
        dated = [milliseconds(status.created_at) or 0 for _, status in (*statuses, *mentions)]
        if max(dated, default=0):
            self._reader.remember("seen_at", max(dated))
        for part, found in {"statuses": statuses, "mentions": mentions, **people}.items():
            self._reader.remember(part, len(found))
        for _, status in (*statuses, *mentions, *favourites):
            self._learn(status)
        for found in people.values():
            for _, person in found:
                self._people[str(person.id)] = self._key(person)
        ego = self._people[self._own] = self._key(self._kept.account)
        self._reader.remember("owner", ego)
        self._reader.note("Its updates stop at posts they know already, so there may be gaps.")
        yield self._account(self._kept.account, owner=True)
        for number, status in statuses:
            with self._reader.record(number, self._name):
                yield from self._by_owner(status, ego, number)
        for number, status in mentions:
            yield from self._to_owner(status, ego, number)
        for _, status in favourites:
            yield from self._met(status.account)
            link = status.uri or str(status.id)
            yield Interaction(
                ego, self._key(status.account), "like", None, f"like:{ego}:{link}", parent=link,
                visibility=self._visibility(status), time_quality="snapshot",
            )  # fmt: skip
        for part, (kind, is_source) in _LISTS.items():
            for _, person in people[part]:
                yield from self._met(person)
                other = self._key(person)
                yield Declared(ego, other, kind) if is_source else Declared(other, ego, kind)

    def _decoded(self, part: str, raws: list[msgspec.Raw], kind: Any) -> Iterator[tuple[int, Any]]:
        for number, raw in enumerate(raws):
            if bytes(raw) == b"null":
                self._reader.skip(f"empty entry of {part}", number, self._name)
                continue
            with self._reader.record(number, self._name):
                yield number, msgspec.json.decode(raw, type=kind)

    def _learn(self, status: Status) -> None:
        """Keep which local ids stand for whom and for which post: a mention gives an id and no actor."""
        self._people[str(status.account.id)] = self._key(status.account)
        for person in status.mentions or ():
            self._people.setdefault(str(person.id), self._key(person))
        if status.uri:
            self._posts[str(status.id)] = status.uri
        if status.reblog:
            self._learn(status.reblog)

    def _by_owner(self, status: Status, ego: str, number: int) -> Iterator[Record]:
        at, event = milliseconds(status.created_at), status.uri or str(status.id)
        visibility = self._visibility(status)
        if status.reblog:
            yield from self._met(status.reblog.account)
            yield Interaction(
                ego, self._key(status.reblog.account), "repost", at, event, parent=status.reblog.uri,
                visibility=visibility,
            )  # fmt: skip
            return
        rows: dict[str, tuple[str, Literal["target", "deliberate", "carried"], str]] = {}
        parent = self._posts.get(str(status.in_reply_to_id))
        if status.in_reply_to_account_id is not None:
            target = self._people.get(str(status.in_reply_to_account_id))
            if target:
                rows[target] = ("reply", "target", "" if status.in_reply_to_id is not None else "parent_unknown")
            else:
                self._reader.skip("reply to an unknown author", number, self._name)
        quoted = self._quoted(status, number)
        if quoted:
            rows.setdefault(quoted[0], ("quote", "target", ""))
        first = opening(status.content or "")
        others = [person for person in status.mentions or () if str(person.id) != self._own]
        for person in others:
            if status.in_reply_to_account_id is not None:
                carried = person.acct.partition("@")[0].lower() in first
                how: tuple[str, Literal["target", "deliberate", "carried"], str]
                how = ("mention", "carried" if carried else "deliberate", "")
            elif visibility == "direct":
                how = ("message", "target" if len(others) == 1 else "deliberate", "")
            else:
                how = ("mention", "deliberate", "")
            rows.setdefault(self._people[str(person.id)], how)
            yield from self._met(person)
        audience = len(rows.keys() - {ego}) or None
        edited = "edited" if status.edited_at else ""
        for target, (kind, directness, flag) in rows.items():
            yield Interaction(
                ego, target, kind, at, event, audience=audience, directness=directness, visibility=visibility,
                parent=quoted[1] if quoted and kind == "quote" else parent,
                flags=" ".join(filter(None, (edited, flag))),
            )  # fmt: skip
        yield Post(
            event, ego, at, plain(status.content or ""), lang=status.language or None, url=status.url,
            media=len(status.media_attachments or ()),
        )  # fmt: skip

    def _to_owner(self, status: Status, ego: str, number: int) -> Iterator[Record]:
        yield from self._met(status.account)
        answers = str(status.in_reply_to_account_id) == self._own
        yield Interaction(
            self._key(status.account), ego, "reply" if answers else "mention", milliseconds(status.created_at),
            status.uri or str(status.id), parent=self._posts.get(str(status.in_reply_to_id)),
            directness="target" if answers else "deliberate", visibility=self._visibility(status),
            audience=len(status.mentions or ()) or None, flags="edited" if status.edited_at else "",
            member=self._name, record=number,
        )  # fmt: skip

    def _quoted(self, status: Status, number: int) -> tuple[str, str] | None:
        quote = status.quote if isinstance(status.quote, dict) else {}
        try:
            post = msgspec.convert(quote.get("quoted_status"), Status)
        except msgspec.ValidationError:
            if quote:
                self._reader.skip("quote of an unknown author", number, self._name)
            return None
        return self._key(post.account), post.uri or str(post.id)

    def _key(self, person: Person) -> str:
        """Return an account's actor; `@name@host` where the server does not tell it."""
        return person.uri or self._people.get(str(person.id)) or f"@{self._handle(person)}"

    def _handle(self, person: Person) -> str:
        return person.acct if "@" in person.acct else f"{person.acct}@{self._domain}"

    def _met(self, person: Person) -> Iterator[Account]:
        if str(person.id) not in self._written and str(person.id) != self._own and person.created_at:
            self._written.add(str(person.id))
            yield self._account(person)

    def _account(self, person: Person, owner: bool = False) -> Account:
        counts = (person.followers_count, person.following_count, person.statuses_count)
        followers, following, posts = (count if count is not None and count >= 0 else None for count in counts)
        bio = plain(person.note or "") or None
        last = person.last_status_at
        return Account(
            self._key(person), handle=self._handle(person), name=person.display_name or None, bio=bio, url=person.url,
            created_at=milliseconds(person.created_at), followers=followers, following=following, posts=posts,
            last_active_at=milliseconds(f"{last[:10]}T00:00:00Z" if last else None),
            has_bio=None if person.note is None else bio is not None, automated=person.bot,
            default_avatar=None if person.avatar is None else person.avatar.endswith("missing.png"),
            state="suspended" if person.suspended else "moved" if person.moved else None, owner=owner,
        )  # fmt: skip

    def _visibility(self, status: Status) -> Any:
        return _VISIBILITIES.get(status.visibility or "", "unknown")
