"""Bluesky: the repository of one account as a CAR file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from relnet.builtin.sources.bluesky_repository import Repository, is_car, tid
from relnet.moments import milliseconds
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

_MINUTES: Final = 60_000
_AFTER: Final = 10 * _MINUTES
"""A date this far after its own key is the clock's fault."""
_BEFORE: Final = 60 * _MINUTES
"""A date this far before its own key was set back on purpose."""
_POST: Final = "app.bsky.feed.post"
PROFILE: Final = "app.bsky.actor.profile/self"
KINDS: Final = ("reply", "mention", "quote", "repost", "like")
_STATES: Final[dict[str, Literal["follow", "block"]]] = {
    "app.bsky.graph.follow": "follow",
    "app.bsky.graph.block": "block",
}
_SIGNALS: Final = {"app.bsky.feed.like": "like", "app.bsky.feed.repost": "repost"}


class Moment(NamedTuple):
    """When a record was made, ms UTC, and how that is known."""

    at: int | None
    flag: str = ""
    quality: Literal["act", "bound"] = "act"


class Bluesky(Source):
    """An account's own records; what others did towards it and its messages are not in it."""

    name, version, network = "bluesky", "1", "bluesky"

    def sniff(self, peek: Peek) -> float:
        """Return how surely this is a CAR file or an archive that holds just one.

        A folder may hold other exports beside it, so there the file counts alone.
        """
        if peek.is_file:
            return 0.9 if is_car(peek.head) else 0.0
        if Path(peek.path).is_dir():
            return 0.0
        return 0.8 if sum(is_car(peek.start(name, 256)) for name in peek.names if _may_be_car(name)) == 1 else 0.0

    def read(self, reader: Reader) -> Iterable[Record]:
        """Yield the facts of each repository in the input."""
        names = []
        for name in reader.names:
            if reader.is_file or (_may_be_car(name) and is_car(_start(reader, name))):
                names.append(name)
            else:
                reader.unread(name)
        if not names:
            raise UnreadableInput("It holds no repository.", "Give the CAR file itself.", reader.path)
        reader.expect(names)
        reader.remember("repositories", [])
        for name in names:
            repository = Repository(reader, name)
            if repository.at is not None:
                reader.remember("seen_at", repository.at)
            reader.found["repositories"].append((repository.did, repository.at))
            yield from _facts(reader, name, repository)

    def coverage(self, reader: Reader) -> list[Coverage]:
        """Return the account's own acts as far as they survive, up to its last write."""
        since, _ = reader.span()
        rows = []
        for did, until in reader.found.get("repositories", ()):
            rows += [Coverage(kind, "out", did, since, until, "surviving") for kind in KINDS]
            rows.append(Coverage("follow", "out", did, None, until, "snapshot"))
        return rows


def _facts(reader: Reader, name: str, repository: Repository) -> Iterator[Record]:
    """Yield everything in a repository, the owner first."""
    counts = Counter(key.partition("/")[0] for key, _ in repository.records)
    profile = next((block for key, block in repository.records if key == PROFILE), None)
    yield _owner(repository, repository.record(profile) if profile else None, counts)
    facts = Facts(reader, name, repository.did, repository.at)
    for number, (key, block) in enumerate(repository.records):
        if key == PROFILE:
            continue
        with reader.record(number, name):
            record = repository.record(block)
            if not isinstance(record, dict):
                reader.skip("record that the file lacks", number, name)
            else:
                yield from facts.of(key, record, number)


def _owner(repository: Repository, profile: Any, counts: Mapping[str, int]) -> Account:
    account = Account(
        repository.did, posts=counts[_POST], following=counts["app.bsky.graph.follow"], last_active_at=repository.at,
        owner=True,
    )  # fmt: skip
    if isinstance(profile, dict):
        account.name, account.bio = _text(profile.get("displayName")), _text(profile.get("description"))
        account.url, account.created_at = _text(profile.get("website")), milliseconds(profile.get("createdAt"))
        account.has_bio, account.default_avatar = bool(account.bio), not profile.get("avatar")
        labels = _list(_dict(profile.get("labels")).get("values"))
        account.automated = any(_dict(label).get("val") == "bot" for label in labels)
    return account


class Facts:
    """The rules by which the records of one account become facts.

    Parameters
    ----------
    did
        Whose records they are.
    at
        When they were last known to be there, ms UTC: no record is younger.
    """

    def __init__(self, reader: Reader, name: str, did: str, at: int | None) -> None:
        self._reader, self._name, self._ego, self._at = reader, name, did, at
        self._done: set[tuple[str, str]] = set()

    def of(self, key: str, record: dict[str, Any], number: int) -> Iterator[Record]:
        """Yield the facts of one record; `key` is its collection and record key."""
        collection = key.partition("/")[0]
        if collection == _POST:
            yield from self._post(key, record)
        elif collection in _SIGNALS:
            yield from self._signal(_SIGNALS[collection], key, record, number)
        elif collection in _STATES:
            yield from self._state(_STATES[collection], key, record, number)
        else:
            self._reader.skip("record of a kind that makes no tie", number, self._name)

    def _post(self, key: str, record: dict[str, Any]) -> Iterator[Interaction | Post]:
        event = f"at://{self._ego}/{key}"
        made = self._made(key, record)
        reply = _dict(record.get("reply"))
        answered, thread = _uri(reply.get("parent")), _uri(reply.get("root"))
        rows: dict[str, tuple[str, Literal["target", "deliberate"], str | None]] = {}
        if reply:
            author = _author(answered)
            if author:
                rows[author] = ("reply", "target", answered)
            else:
                self._reader.skip("reply to an unknown author", name=self._name)
        quoted = _quoted(_dict(record.get("embed")))
        author = _author(quoted)
        if author:
            rows.setdefault(author, ("quote", "target", quoted))
        for who in _mentioned(record):
            if who is None:
                self._reader.skip("mention of an unknown account", name=self._name)
            else:
                rows.setdefault(who, ("mention", "deliberate", answered))
        audience = len(rows.keys() - {self._ego}) or None
        for target, (kind, directness, parent) in rows.items():
            yield Interaction(
                self._ego, target, kind, made.at, event, parent=parent, thread=thread, audience=audience,
                directness=directness, flags=made.flag, time_quality=made.quality,
            )  # fmt: skip
        language = next(iter(_list(record.get("langs"))), None)
        yield Post(
            event, self._ego, made.at, _text(record.get("text")) or "", lang=_text(language),
            links=sum(str(feature.get("$type")).endswith("#link") for feature in _features(record)),
            media=_media(_dict(record.get("embed"))),
            url=f"https://bsky.app/profile/{self._ego}/post/{key.partition('/')[2]}",
        )  # fmt: skip

    def _signal(self, kind: str, key: str, record: dict[str, Any], number: int) -> Iterator[Interaction]:
        subject = _uri(record.get("subject"))
        author = _author(subject)
        if author is None or subject is None:
            self._reader.skip(f"{kind} of something that is no post", number, self._name)
        elif self._first(kind, subject, number):
            made = self._made(key, record)
            yield Interaction(
                self._ego, author, kind, made.at, f"at://{self._ego}/{key}", parent=subject, flags=made.flag,
                time_quality=made.quality,
            )  # fmt: skip

    def _state(
        self, kind: Literal["follow", "block"], key: str, record: dict[str, Any], number: int
    ) -> Iterator[Declared]:
        subject = _text(record.get("subject"))
        if subject is None or not subject.startswith("did:"):
            self._reader.skip(f"{kind} of an unknown account", number, self._name)
        elif self._first(kind, subject, number):
            yield Declared(self._ego, subject, kind, self._made(key, record).at)

    def _first(self, kind: str, subject: str, number: int) -> bool:
        """Tell whether this is the first such act on its subject; clients sometimes write it twice."""
        if (kind, subject) in self._done:
            self._reader.skip(f"repeated {kind}", number, self._name)
            return False
        self._done.add((kind, subject))
        return True

    def _made(self, key: str, record: dict[str, Any]) -> Moment:
        """Return when a record was made: clients set its date, servers its key."""
        said, written = milliseconds(record.get("createdAt")), tid(key.rpartition("/")[2])
        latest = self._at
        if written is not None and latest is not None and written > latest + _AFTER:
            written = None
        if said is None:
            return Moment(written)
        if written is not None:
            if said > written + _AFTER:
                return Moment(written, "postdated")
            return Moment(said, "backdated" if said < written - _BEFORE else "")
        if latest is not None and said > latest + _AFTER:
            return Moment(latest, "postdated", "bound")
        return Moment(said)


def _author(uri: str | None) -> str | None:
    """Return who wrote the post at an at-uri: an id, or `@handle` where the uri has one in its place."""
    pieces = (uri or "").removeprefix("at://").split("/")
    if not uri or not uri.startswith("at://") or len(pieces) < 3 or pieces[1] != _POST:
        return None
    return _account(pieces[0])


def _account(who: str | None) -> str | None:
    if not who or who.startswith("did:"):
        return who or None
    handle = who.removeprefix("@")
    return f"@{handle}" if handle and handle != "handle.invalid" else None


def _quoted(embed: dict[str, Any]) -> str | None:
    kind = str(embed.get("$type"))
    record = _dict(embed.get("record"))
    return _uri(record.get("record")) if kind == "app.bsky.embed.recordWithMedia" else _uri(record)


def _features(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for facet in _list(record.get("facets")):
        yield from map(_dict, _list(_dict(facet).get("features")))


def _mentioned(record: dict[str, Any]) -> Iterator[str | None]:
    for feature in _features(record):
        if str(feature.get("$type")).endswith("#mention"):
            yield _account(_text(feature.get("did")))
    for entity in map(_dict, _list(record.get("entities"))):
        if entity.get("type") == "mention":
            yield _account(_text(entity.get("value")))


def _media(embed: dict[str, Any]) -> int:
    media = _dict(embed.get("media")) or embed
    return len(_list(media.get("images"))) + bool(media.get("video"))


def _uri(reference: Any) -> str | None:
    return _text(_dict(reference).get("uri"))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _may_be_car(name: str) -> bool:
    return not name.startswith("blobs/") and "/blobs/" not in name


def _start(reader: Reader, name: str) -> bytes:
    with reader.stream(name) as stream:
        return stream.read(256)
