"""What an X archive says of its owner and of itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from relnet.builtin.sources.x_files import POSTS, Files, items
from relnet.builtin.sources.x_lists import HeaderItem
from relnet.builtin.sources.x_tweets import FullTweet
from relnet.plugin import Account, Reader

_ACTIONS: Final[dict[str, Any]] = {
    "suspend": "suspended", "unsuspend": "active", "protect": True, "unprotect": False,
}  # fmt: skip


_ENOUGH: Final = 5000
"""Posts searched for a thread."""


class _Part(msgspec.Struct):
    fileName: str = ""  # noqa: N815 - the file's own keys, here and below
    count: str | int | None = None


class _DataType(msgspec.Struct):
    files: list[_Part] = []


class _UserInfo(msgspec.Struct):
    accountId: str | None = None  # noqa: N815
    userName: str | None = None  # noqa: N815
    displayName: str | None = None  # noqa: N815


class _ArchiveInfo(msgspec.Struct):
    generationDate: str | None = None  # noqa: N815
    isPartialArchive: bool | None = None  # noqa: N815


class _Manifest(msgspec.Struct):
    userInfo: _UserInfo = msgspec.field(default_factory=_UserInfo)  # noqa: N815
    archiveInfo: _ArchiveInfo = msgspec.field(default_factory=_ArchiveInfo)  # noqa: N815
    dataTypes: dict[str, _DataType] = {}  # noqa: N815


class Owner(msgspec.Struct):
    """The owner of an archive, and the archive's own date and counts.

    `id` is the native id; times are ms UTC; `counts` maps a member to the items that the manifest states.
    """

    id: str | None = None
    handle: str | None = None
    name: str | None = None
    created_at: int | None = None
    generated: int | None = None
    partial: bool = False
    counts: dict[str, int] = {}
    handles: list[str] = []
    """Earlier handles."""
    dated: list[tuple[int, dict[str, Any]]] = []
    """What was true of the account at other times."""
    facts: dict[str, Any] = {}


def moment(text: Any) -> int | None:
    """Return the ms UTC of an ISO moment; UTC where it names no zone."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def owner_of(reader: Reader, files: Files) -> Owner:
    """Read the small files about the owner and the archive."""
    owner = Owner()
    for name in files.of("manifest"):
        with reader.record(0, name):
            _manifest(owner, reader.content(name))
    for _, item in _single(reader, files, "account"):
        owner.id = _text(item, "accountId") or owner.id
        owner.handle = _text(item, "username") or owner.handle
        owner.name = _text(item, "accountDisplayName") or owner.name
        owner.created_at = moment(item.get("createdAt"))
    for _, item in _single(reader, files, "profile"):
        said = item.get("description")
        about: dict[str, Any] = said if isinstance(said, dict) else {}
        bio, url, place = (_text(about, key) for key in ("bio", "website", "location"))
        owner.facts |= {"bio": bio, "url": url, "location": place}
        owner.facts |= {"has_bio": bool(bio), "has_url": bool(url), "has_location": bool(place)}
        avatar = _text(item, "avatarMediaUrl")
        owner.facts["default_avatar"] = avatar is None or "default_profile" in avatar
    for _, item in _single(reader, files, "screen-name-change", "screenNameChange"):
        change = item.get("screenNameChange", item)  # nested twice
        if isinstance(change, dict) and (handle := _text(change, "changedFrom")):
            owner.handles.append(handle)
            if (until := moment(change.get("changedAt"))) is not None:
                owner.dated.append((until - 1, {"handle": handle}))
    for _, item in _single(reader, files, "verified"):
        if isinstance(item.get("verified"), bool):
            owner.facts["verified"] = item["verified"]
    for _, item in _single(reader, files, "account-suspension", "accountSuspension"):
        at, action = moment(item.get("timeStamp")), (_text(item, "action") or "").lower()
        if at is not None and action in _ACTIONS:
            owner.dated.append((at, {"state": _ACTIONS[action]}))
    for _, item in _single(reader, files, "protected-history", "protectedHistory"):
        at, action = moment(item.get("protectedAt")), (_text(item, "action") or "").lower()
        if at is not None and action in _ACTIONS:
            owner.dated.append((at, {"protected": _ACTIONS[action]}))
    return owner


def whose(reader: Reader, files: Files, owner: Owner) -> str:
    """Return the owner's id: as stated, else as the headers or the user say, else as a thread shows.

    Where nothing tells, the handle that the user gives, else a stand-in.
    """
    if owner.id:
        return owner.id
    for name in files.of("tweet-headers"):
        for _, headers in items(reader, name, HeaderItem):
            for header in headers:
                if (header.tweet or header).user_id:
                    return str((header.tweet or header).user_id)
    me = [each.removeprefix("@") for each in reader.options.me]
    found = next((each for each in me if each.isdecimal()), None)
    found = found or _author(reader, files.of(*POSTS))
    if found:
        return found
    if me:
        owner.handle = me[0]
        return f"@{me[0].lower()}"
    reader.note("The input does not say whose it is; name the account with --me.")
    return "owner"


def _author(reader: Reader, names: Sequence[str]) -> str | None:
    """Tell whose posts these are from a thread: whoever is answered under an own post's id is the author."""
    looked = 0
    for name in names:
        for _, found in items(reader, name, FullTweet):
            tweets = [item.tweet or item for item in found]
            own = {tweet.id_str for tweet in tweets if tweet.id_str}
            for tweet in tweets:
                answered = tweet.in_reply_to_user_id_str
                if tweet.in_reply_to_status_id_str in own and answered and answered.isdecimal():
                    return answered
            looked += len(tweets)
            if looked > _ENOUGH:
                return None
    return None


def _manifest(owner: Owner, data: bytes) -> None:
    manifest = msgspec.json.decode(data[data.index(b"{", data.find(b"=")) :].rstrip(b"; \r\n\t"), type=_Manifest)
    owner.id, owner.handle, owner.name = msgspec.structs.astuple(manifest.userInfo)
    owner.generated = moment(manifest.archiveInfo.generationDate)
    owner.partial = bool(manifest.archiveInfo.isPartialArchive)
    for kind in manifest.dataTypes.values():
        for part in kind.files:
            if str(part.count or "").isdecimal():
                owner.counts[part.fileName.rpartition("/")[2]] = int(part.count or 0)


def _single(reader: Reader, files: Files, *keys: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the items of a small file (named by its stem), without their wrapper (the last key)."""
    for name in files.of(keys[0]):
        for _, found in items(reader, name, dict[str, Any]):
            for item in found:
                inner = item.get(keys[-1], item)
                if isinstance(inner, dict):
                    yield name, inner


def _text(item: dict[str, Any], key: str) -> str | None:
    value = item.get(key)
    return value or None if isinstance(value, str) else None


def accounts(
    owner: Owner, native_id: str, followers: int | None, following: int | None, likes: int | None
) -> Iterator[Account]:
    """Yield what was seen of the owner: now, and at other times."""
    yield Account(
        native_id=native_id, handle=owner.handle, name=owner.name, created_at=owner.created_at,
        followers=followers, following=following, likes=likes, owner=True, seen_at=owner.generated, **owner.facts,
    )  # fmt: skip
    for at, facts in owner.dated:
        yield Account(native_id, seen_at=at, **facts)
