"""The lists of an X archive: who follows whom, what was liked, and posts of which only a header is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import polars as pl

from relnet.builtin.sources import x_files
from relnet.builtin.sources.x_files import Files, items
from relnet.builtin.sources.x_ids import account_created, english_times, finer, id_time, valid_id
from relnet.plugin import Batch, Reader

STATES: Final = {"follower": "follow", "following": "follow", "block": "block", "mute": "mute"}
"""Files of declared states, and what they declare."""


class Header(msgspec.Struct, gc=False):
    """A post without its content."""

    tweet_id: str | None = None
    user_id: str | None = None
    created_at: str | None = None


class HeaderItem(Header, gc=False):
    """An item of a file of headers."""

    tweet: Header | None = None


class _Listed(msgspec.Struct, gc=False):
    accountId: str | None = None  # noqa: N815 - the files' own keys, here and below
    tweetId: str | None = None  # noqa: N815


class _ListedItem(_Listed, gc=False):
    follower: _Listed | None = None
    following: _Listed | None = None
    blocking: _Listed | None = None
    muting: _Listed | None = None
    like: _Listed | None = None


class Lists:
    """The lists of one archive.

    Attributes
    ----------
    read
        Items read of each member.
    """

    def __init__(self, reader: Reader, files: Files) -> None:
        self._reader, self._files = reader, files
        self.read: dict[str, int] = {}

    def ids(self, stem: str) -> pl.Series | None:
        """Return the ids in a list (String, distinct, in order), null where there is no such list."""
        if stem not in self._files:
            return None
        ids: list[str | None] = []
        for name in self._files.of(stem):
            for _, found in items(self._reader, name, _ListedItem):
                self.read[name] = self.read.get(name, 0) + len(found)
                inner = [
                    each.follower or each.following or each.blocking or each.muting or each.like or each
                    for each in found
                ]
                ids += [each.accountId or each.tweetId for each in inner]
        listed = pl.DataFrame({"id": ids}, schema={"id": pl.String}).select(valid_id("id")).to_series()
        if listed.null_count():
            self._reader.skip(f"{stem} without an id", count=listed.null_count())
        return listed.drop_nulls().unique(maintain_order=True)

    def states(self, owner: str, seen_at: int | None) -> Iterator[Batch]:
        """Yield follows, blocks and mutes as they stood at `seen_at`, and when the accounts were made."""
        for stem, kind in STATES.items():
            listed = self.ids(stem)
            if listed is None or listed.is_empty():
                continue
            frame = listed.to_frame("id").with_columns(
                kind=pl.lit(kind), seen_at=pl.lit(seen_at, pl.Int64), member=pl.lit(self._files.of(stem)[0])
            )
            ends = {"source": pl.lit(owner), "target": pl.col("id")}
            if stem == "follower":
                ends = {"source": pl.col("id"), "target": pl.lit(owner)}
            yield Batch(declared=frame.select("kind", "seen_at", "member", **ends))
            dated = frame.select("seen_at", "member", native_id="id", created_at=account_created("id", "seen_at"))
            dated = dated.filter(pl.col("created_at").is_not_null())
            if len(dated):
                yield Batch(accounts=dated)

    def likes(self, owner: str, liked: pl.Series, authors: Sequence[pl.DataFrame]) -> Iterator[Batch]:
        """Yield likes of posts whose author the archive names elsewhere; of the others only the total is known.

        Parameters
        ----------
        liked
            Ids of the posts.
        authors
            Columns parent (a post's id) and target (its author).
        """
        empty = pl.DataFrame(schema={"parent": pl.String, "target": pl.String})
        known = pl.concat([empty, *authors]).unique("parent").filter(~pl.col("target").str.starts_with("@"))
        rows = liked.to_frame("parent").join(known, on="parent")
        self._reader.note(
            f"{len(liked):,} likes: the archive gives no time, and the author of {len(rows):,} of the posts only."
        )
        if rows.is_empty():
            return
        yield Batch(
            interactions=rows.with_columns(
                source=pl.lit(owner), kind=pl.lit("like"), time_quality=pl.lit("bound"),
                event="like:" + pl.lit(owner) + ":" + pl.col("parent"), audience=pl.lit(1),
                member=pl.lit(self._files.of("like")[0]),
            )
        )  # fmt: skip

    def headers(self, owner: str, known: pl.Series) -> Iterator[Batch]:
        """Yield posts of which only the header is left, not being among those `known` (UInt64): activity alone."""
        for name in self._files.of(*x_files.HEADERS):
            for numbers, found in items(self._reader, name, HeaderItem):
                headers = [item.tweet or item for item in found]
                frame = pl.DataFrame(
                    {
                        "post": [each.tweet_id for each in headers],
                        "stated": [each.created_at for each in headers],
                        "record": numbers,
                    },
                    schema={"post": pl.String, "stated": pl.String, "record": pl.Int64},
                )
                frame = frame.with_columns(english_times(frame["stated"]), held=id_time("post"), post=valid_id("post"))
                frame = frame.filter(
                    pl.col("post").is_not_null() & ~pl.col("post").cast(pl.UInt64, strict=False).is_in(known.implode())
                )
                frame = frame.select(
                    "post", "record", author=pl.lit(owner), at=finer("at", "held"), member=pl.lit(name)
                )
                if len(frame):
                    yield Batch(posts=frame)
