"""The facts a source states, and the columns in which the log keeps them.

Ids in records are *native*: the network's own permanent id as text. A handle known without its id is
written `@handle`; such an account is *unresolved* until an observation ties the handle to an id.
Times are int64 milliseconds since 1970-01-01 UTC; `None` is unknown.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

SCHEMA_VERSION: Final = 1

Directness = Literal["target", "deliberate", "carried", "list"]
Visibility = Literal["public", "unlisted", "followers", "limited", "direct", "private", "unknown"]
TimeQuality = Literal["act", "receipt", "local", "date_only", "bound", "snapshot"]
State = Literal["active", "suspended", "deleted", "deactivated", "moved", "unavailable"]

KIND_CLASSES: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("reply", "mention", "quote", "message", "email", "comment", "answer", "call", "interaction"), "act"
    ),
    **dict.fromkeys(("repost", "like", "reaction"), "signal"),
    **dict.fromkeys(("follow", "block", "mute"), "declared"),
}
"""What a kind counts as: an *act* makes ties, a *signal* is weak, a *declared* state makes none.

A kind that is not listed is an act.
"""

TWIN_ORDER: Final = ("reply", "quote", "mention")
"""Of several rows of one event from one account to another, the first of these kinds stays."""


class Interaction(msgspec.Struct):
    """One act of `source` towards `target`.

    `event` is the network's permanent id of the act; acts without one are keyed by all their fields.
    `audience` is the number of distinct accounts addressed together.
    """

    source: str
    target: str
    kind: str
    at: int | None = None
    event: str | None = None
    parent: str | None = None
    thread: str | None = None
    post: str | None = None
    audience: int | None = None
    directness: Directness = "target"
    visibility: Visibility = "public"
    flags: str = ""
    time_quality: TimeQuality = "act"
    seen_at: int | None = None
    network: str | None = None
    member: str | None = None
    record: int = -1


class Account(msgspec.Struct):
    """What was seen of one account at `seen_at`; everything not seen is `None`.

    `owner` marks the account whose record this is. `same_as` names the id behind an unresolved `@handle`.
    `also_known_as` lists the ids or links that the account says are its own as well, a space between: one side's
    word, which is offered to the user and joins nothing by itself.
    """

    native_id: str
    handle: str | None = None
    name: str | None = None
    bio: str | None = None
    location: str | None = None
    url: str | None = None
    created_at: int | None = None
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    likes: int | None = None
    listed: int | None = None
    last_active_at: int | None = None
    has_bio: bool | None = None
    has_url: bool | None = None
    has_location: bool | None = None
    has_banner: bool | None = None
    default_avatar: bool | None = None
    default_profile: bool | None = None
    verified: bool | None = None
    protected: bool | None = None
    automated: bool | None = None
    state: State | None = None
    same_as: str | None = None
    also_known_as: str | None = None
    owner: bool = False
    seen_at: int | None = None
    network: str | None = None
    member: str | None = None
    record: int = -1


class Post(msgspec.Struct):
    """The text behind interactions; read only for evidence and text features."""

    post: str
    author: str
    at: int | None = None
    text: str = ""
    lang: str | None = None
    links: int = 0
    media: int = 0
    url: str | None = None
    network: str | None = None
    member: str | None = None
    record: int = -1


class Declared(msgspec.Struct):
    """A declared state between two accounts: follow, block or mute; `at` its date where the source knows it."""

    source: str
    target: str
    kind: Literal["follow", "block", "mute"]
    at: int | None = None
    seen_at: int | None = None
    network: str | None = None
    member: str | None = None
    record: int = -1


Record = Interaction | Account | Post | Declared
