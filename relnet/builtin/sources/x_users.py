"""Accounts as the X API describes them, as columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeVar

import polars as pl

from relnet.builtin.sources.x_forms import Metrics, Trouble, User
from relnet.builtin.sources.x_ids import english_times, id_time, iso_times, valid_id
from relnet.plugin import Account

_COLUMNS: Final[dict[str, Any]] = {
    "native_id": pl.String, "handle": pl.String, "name": pl.String, "bio": pl.String, "location": pl.String,
    "url": pl.String, "stated": pl.String, "followers": pl.Int64, "following": pl.Int64, "posts": pl.Int64,
    "likes": pl.Int64, "listed": pl.Int64, "default_avatar": pl.Boolean, "default_profile": pl.Boolean,
    "has_banner": pl.Boolean,
    "verified": pl.Boolean, "protected": pl.Boolean, "picture": pl.String, "newest": pl.String,
    "newest_at": pl.String, "seen_at": pl.Int64, "record": pl.Int64,
}  # fmt: skip
T = TypeVar("T")
_Met = dict[int | None, dict[tuple[str | int | None, str | None], tuple[User, int]]]
"""By time of observation, then by id and handle: the account and the number of its record."""

_NO_COUNTS: Final = Metrics()
_ABOUT: Final = ("bio", "location", "url")
_COMPACT: Final = 16


class Users:
    """Accounts met while reading: of each, under each handle and name, the newest observation."""

    def __init__(self) -> None:
        self._kept: list[pl.DataFrame] = []
        self._met: _Met = {}
        self._last: list[pl.DataFrame] = []
        self._states: dict[str, Account] = {}

    def meet(self, users: Iterable[tuple[User, int]], seen_at: int | None) -> None:
        """Take accounts as they were at a time, each with the number of its record."""
        self._met.setdefault(seen_at, {}).update(
            {(met[0].id_str or met[0].id, met[0].username or met[0].screen_name): met for met in users}
        )

    def refused(self, trouble: Trouble, seen_at: int | None) -> None:
        """Take the state of an account that the API would not show.

        All such errors have one type; only the wording of a suspension differs. Whether `value` is an id or a
        handle is decided by the parameter, never by its looks: a handle may be all digits.
        """
        if trouble.resource_type != "user" or trouble.value in (None, ""):
            return
        value, parameter = str(trouble.value), trouble.parameter or ""
        native_id = f"@{value.lower()}" if "username" in parameter else value
        if native_id.startswith("@") or native_id.isdecimal():
            suspended = "suspended" in (trouble.detail or "")
            self._states[native_id] = Account(
                native_id, state="suspended" if suspended else "unavailable", seen_at=seen_at
            )

    def keep(self, member: str, posts: pl.DataFrame) -> None:
        """Turn the accounts met into columns, and note when the authors of posts (author, at) last wrote."""
        met, self._met = self._met, {}
        frame = _frame(met, member).filter(valid_id("native_id").is_not_null())
        self._kept.append(frame)
        self._last.append(posts.group_by("author").agg(last=pl.col("at").max()))
        if len(self._kept) > _COMPACT:
            self._kept = [self._newest()]
            self._last = [self._latest()]

    def _newest(self) -> pl.DataFrame:
        return (
            pl.concat(self._kept)
            .sort("seen_at", maintain_order=True)
            .unique(["native_id", "handle", "name"], keep="last", maintain_order=True)
        )

    def _latest(self) -> pl.DataFrame:
        return pl.concat(self._last).group_by("author").agg(pl.col("last").max())

    def accounts(self, default: int | None) -> pl.DataFrame:
        """Return all observations, those without a date at `default`; an own post is the least last activity."""
        frame = self._newest().with_columns(pl.col("seen_at").fill_null(pl.lit(default, pl.Int64)))
        frame = frame.with_columns(
            created_at=iso_times(frame["stated"]).fill_null(english_times(frame["stated"])),
            **{f"has_{about}": pl.col(about) != "" for about in _ABOUT},
            stated_last=pl.max_horizontal(id_time("newest"), pl.lit(english_times(frame["newest_at"]))),
        ).drop("stated", "newest", "newest_at")
        frame = frame.with_columns(pl.when(pl.col(about) != "").then(pl.col(about)) for about in _ABOUT)
        latest = self._latest()
        joined = frame.join(latest, left_on="native_id", right_on="author", how="left", maintain_order="left")
        for each in ("last", "stated_last"):
            joined = joined.with_columns(pl.when(pl.col(each) <= pl.col("seen_at")).then(pl.col(each)).alias(each))
        joined = joined.with_columns(last_active_at=pl.max_horizontal("last", "stated_last"))
        joined = joined.drop("last", "stated_last")
        others = latest.join(frame, left_on="author", right_on="native_id", how="anti").filter(
            pl.col("last").is_not_null()
        )
        others = others.select(
            native_id="author", last_active_at="last", seen_at=pl.max_horizontal("last", pl.lit(default, pl.Int64))
        )
        return pl.concat([joined, others], how="diagonal")

    def states(self) -> list[Account]:
        """Return the states of accounts that were not shown."""
        return list(self._states.values())


def _first(one: T | None, other: T | None) -> T | None:
    return other if one is None else one


def _banner(user: User) -> bool | None:
    """Version 1.1 leaves the key out where there is none, version 2 also where it was not asked for."""
    return bool(user.profile_banner_url) if user.screen_name or user.profile_banner_url else None


def _frame(met: _Met, member: str) -> pl.DataFrame:
    keys = [key for some in met.values() for key in some]
    found = [each for some in met.values() for each in some.values()]
    users = [user for user, _ in found]
    counts = [user.public_metrics or _NO_COUNTS for user in users]
    # version 1.1 writes null for what an account leaves empty, version 2 leaves out what was not asked for
    left = ["" if user.screen_name else None for user in users]
    frame = pl.DataFrame(
        {
            "native_id": [None if native_id is None else f"{native_id}" for native_id, _ in keys],
            "handle": [handle for _, handle in keys],
            "name": [user.name for user in users],
            "bio": list(map(_first, (user.description for user in users), left)),
            "location": list(map(_first, (user.location for user in users), left)),
            "url": list(map(_first, (user.url for user in users), left)),
            "stated": [user.created_at for user in users],
            "followers": list(
                map(_first, (user.followers_count for user in users), (each.followers_count for each in counts))
            ),
            "following": list(
                map(_first, (user.friends_count for user in users), (each.following_count for each in counts))
            ),
            "posts": list(map(_first, (user.statuses_count for user in users), (each.tweet_count for each in counts))),
            "likes": list(map(_first, (user.favourites_count for user in users), (each.like_count for each in counts))),
            "listed": list(map(_first, (user.listed_count for user in users), (each.listed_count for each in counts))),
            "default_avatar": [user.default_profile_image for user in users],
            "default_profile": [user.default_profile for user in users],
            "has_banner": [_banner(user) for user in users],
            "verified": [user.verified for user in users],
            "protected": [user.protected for user in users],
            "picture": [user.profile_image_url for user in users],
            "newest": [user.most_recent_tweet_id for user in users],
            "newest_at": [user.status and user.status.created_at for user in users],
            "seen_at": [seen_at for seen_at, some in met.items() for _ in some],
            "record": [record for _, record in found],
        },
        schema=_COLUMNS,
    )
    counted = pl.col("followers", "following", "posts", "likes", "listed")
    return frame.with_columns(
        pl.when(counted >= 0).then(counted),  # hidden ones are written −1
        default_avatar=pl.coalesce("default_avatar", pl.col("picture").str.contains("default_profile", literal=True)),
        member=pl.lit(member),
    ).drop("picture")
