"""The JSON that mastodon-archive keeps of an account: posts, mentions by others, lists, as a server tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

import msgspec

from relnet.builtin.sources.mastodon_entities import Entities, Person, Status
from relnet.moments import milliseconds
from relnet.plugin import Coverage, Declared, Interaction, Peek, Reader, Record, Source, UnreadableInput

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


class _Facts(Entities):
    def __init__(self, reader: Reader, name: str, kept: Kept) -> None:
        super().__init__(reader, name, kept.account)
        self._kept = kept

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
            self.learn(status)
        for found in people.values():
            for _, person in found:
                self.know(person)
        ego = self.know(self._kept.account)
        self._reader.remember("owner", ego)
        self._reader.note("Its updates stop at posts they know already, so there may be gaps.")
        yield self.account(self._kept.account, owner=True)
        for number, status in statuses:
            with self._reader.record(number, self._name):
                yield from self.posted(status, number)
        for number, status in mentions:
            yield from self._to_owner(status, ego, number)
        for _, status in favourites:
            yield from self.met(status.account)
            link = status.uri or str(status.id)
            yield Interaction(
                ego, self.key(status.account), "like", None, f"like:{ego}:{link}", parent=link,
                visibility=self.visibility(status), time_quality="snapshot",
            )  # fmt: skip
        for part, (kind, is_source) in _LISTS.items():
            for _, person in people[part]:
                yield from self.met(person)
                other = self.key(person)
                yield Declared(ego, other, kind) if is_source else Declared(other, ego, kind)

    def _decoded(self, part: str, raws: list[msgspec.Raw], kind: Any) -> Iterator[tuple[int, Any]]:
        for number, raw in enumerate(raws):
            if bytes(raw) == b"null":
                self._reader.skip(f"empty entry of {part}", number, self._name)
                continue
            with self._reader.record(number, self._name):
                yield number, msgspec.json.decode(raw, type=kind)

    def _to_owner(self, status: Status, ego: str, number: int) -> Iterator[Record]:
        yield from self.met(status.account)
        answers = str(status.in_reply_to_account_id) == self._own
        yield Interaction(
            self.key(status.account), ego, "reply" if answers else "mention", milliseconds(status.created_at),
            status.uri or str(status.id), parent=self._posts.get(str(status.in_reply_to_id)),
            directness="target" if answers else "deliberate", visibility=self.visibility(status),
            audience=len(status.mentions or ()) or None, flags="edited" if status.edited_at else "",
            member=self._name, record=number,
        )  # fmt: skip
