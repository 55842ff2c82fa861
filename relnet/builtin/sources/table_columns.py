"""Which column of a table means what, by its name alone."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from relnet.plugin import InputError

INTERACTION: Final[dict[str, tuple[str, ...]]] = {
    "source": ("source", "src", "from", "author", "sender", "user"),
    "target": ("target", "dst", "to", "recipient"),
    "kind": ("kind", "type"),
    "at": ("at", "timestamp", "time", "date", "created_at"),
    "weight": ("weight", "count"),
    "event": ("event", "event_id", "id"),
    "parent": ("parent", "parent_id"),
    "thread": ("thread",),
    "audience": ("audience", "recipients"),
    "directness": ("directness",),
    "visibility": ("visibility",),
    "network": ("network",),
    "source_handle": ("source_handle",),
    "target_handle": ("target_handle",),
}
"""Our name of each column of an interaction table, and the names it is known by."""

PROFILE: Final[dict[str, tuple[str, ...]]] = {
    "native_id": ("account", "native_id", "account_id", "user_id", "id", "user"),
    "handle": ("handle", "screen_name", "username"),
    "name": ("name", "display_name"),
    "bio": ("bio", "description"),
    "location": ("location",),
    "url": ("url", "website"),
    "created_at": ("created_at", "created_on", "created", "joined"),
    "last_active_at": ("last_active_at", "last_active", "last_post_on", "last_post_at", "last_status_at"),
    "seen_at": ("seen_at", "observed_on", "observed_at"),
    "followers": ("followers", "followers_count"),
    "following": ("following", "following_count", "friends_count", "follows_count"),
    "posts": ("posts", "posts_count", "statuses_count", "tweet_count"),
    "likes": ("likes", "likes_count", "favourites_count"),
    "listed": ("listed", "listed_count"),
    "has_bio": ("has_bio",),
    "has_url": ("has_url",),
    "has_location": ("has_location",),
    "has_banner": ("has_banner",),
    "default_avatar": ("default_avatar", "default_profile_image"),
    "has_avatar": ("has_avatar",),
    "default_profile": ("default_profile",),
    "verified": ("verified",),
    "protected": ("protected", "private"),
    "automated": ("automated", "bot"),
    "state": ("state",),
    "network": ("network",),
}
"""Our name of each column of a profile table, and the names it is known by."""

_PROFILE_MARKS: Final = frozenset(
    [
        "created_at",
        "last_active_at",
        "followers",
        "following",
        "posts",
        "likes",
        "listed",
        "bio",
        "has_bio",
        "default_avatar",
        "has_avatar",
    ]
)
_DELIMITERS: Final = ",\t;|"
_TEXTUAL_EVENT: Final = "message"


class Columns(msgspec.Struct):
    """The columns of one table that are read: our name → position."""

    at: dict[str, int]
    profiles: bool = False

    @property
    def numbers(self) -> list[int]:
        """Positions in the order of our names."""
        return list(self.at.values())


def split(line: str, names: Iterable[str] = ()) -> tuple[str, list[str]]:
    """Return the delimiter of a header and its fields: the one under which most fields are known names."""
    known = {name for table in (INTERACTION, PROFILE) for aliases in table.values() for name in aliases}
    known |= {name.lower() for name in names}

    def fields(delimiter: str) -> list[str]:
        try:
            return [field.strip() for field in next(csv.reader([line], delimiter=delimiter), [])]
        except csv.Error:
            return []

    split_by = {delimiter: fields(delimiter) for delimiter in _DELIMITERS}
    best = max(
        _DELIMITERS,
        key=lambda each: (len(known & {field.lower() for field in split_by[each]}), len(split_by[each])),
    )
    return best, split_by[best]


def likely(header: Sequence[str], *, profiles: bool = True) -> float:
    """Return how surely a header belongs to a table of interactions, or of `profiles`, 0 to 1."""
    if any(name.startswith("__twarc.") for name in header):
        return 0.0  # the flattened API records of another source
    found = _matches(header, INTERACTION)
    if found["source"] and found["target"]:
        return 0.9 if sum(map(bool, found.values())) > 2 else 0.7
    return 0.7 if profiles and _is_profile(header) else 0.0


def choose(header: Sequence[str], said: Mapping[str, str], path: str) -> Columns:
    """Return the columns to read.

    Parameters
    ----------
    said
        What the user said: our name → theirs.

    Raises
    ------
    InputError
        A column that is needed is missing or could be several; the hint names the option to give.
    """
    roles = PROFILE if _is_profile(header) and not {"source", "target"} & said.keys() else INTERACTION
    unknown = sorted(said.keys() - INTERACTION.keys() - PROFILE.keys())
    if unknown:
        raise InputError(
            f"--columns names {', '.join(unknown)}, which relnet does not read.",
            f"It reads {', '.join(roles)}.",
            path,
        )
    lower = [name.lower() for name in header]
    chosen: dict[str, int] = {}
    for ours, found in _matches(header, roles).items():
        if ours in said:
            if said[ours].lower() not in lower:
                raise InputError(f"It has no column {said[ours]!r}.", f"Its columns are {', '.join(header)}.", path)
            chosen[ours] = lower.index(said[ours].lower())
        elif found:
            taken = {name.lower() for name in said.values()}
            found = [number for number in found if lower[number] not in taken]
            if len(found) > 1:
                if len({lower[number] for number in found}) < len(found):
                    raise InputError(f"Several columns are called {header[found[0]]!r}.", "Rename all but one.", path)
                options = " or ".join(f"--columns {ours}={header[number]}" for number in found)
                raise InputError(f"Several columns could be the {ours}.", f"Say which: {options}.", path)
            if found:
                chosen[ours] = found[0]
    if roles is INTERACTION:
        missing = [ours for ours in ("source", "target") if ours not in chosen]
        if missing:
            example = ",".join(f"{ours}=NAME" for ours in missing)
            raise InputError(
                f"No column says who is the {' or the '.join(missing)}.",
                f"Name it: --columns {example}. Its columns are {', '.join(header)[:300]}.",
                path,
            )
        if "event" not in chosen and _TEXTUAL_EVENT in lower:
            chosen["message"] = lower.index(_TEXTUAL_EVENT)
    return Columns(chosen, profiles=roles is PROFILE)


def _matches(header: Sequence[str], roles: Mapping[str, tuple[str, ...]]) -> dict[str, list[int]]:
    lower = [name.lower() for name in header]
    return {ours: [i for i, name in enumerate(lower) if name in names] for ours, names in roles.items()}


def _is_profile(header: Sequence[str]) -> bool:
    if _matches(header, INTERACTION)["target"]:
        return False
    found = {ours for ours, numbers in _matches(header, PROFILE).items() if numbers}
    return bool({"native_id", "handle"} & found) and len(_PROFILE_MARKS & found) >= 2
