"""Posts as the X archive writes them, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import numpy as np
import polars as pl

from relnet.builtin.sources.x_columns import Columns, placed
from relnet.builtin.sources.x_ids import STATUS


class Mention(msgspec.Struct, gc=False):
    """An account named in a post."""

    name: str | None = None
    screen_name: str | None = None
    id_str: str | None = None


class Link(msgspec.Struct, gc=False):
    """A link in a post, or to a picture in it."""

    expanded_url: str | None = None


class Entities(msgspec.Struct, gc=False):
    """What a post holds besides text."""

    user_mentions: list[Mention] | None = None
    urls: list[Link] | None = None
    media: list[Link] | None = None


class Versions(msgspec.Struct, gc=False):
    """The ids of an edited post."""

    editTweetIds: list[str] | None = None  # noqa: N815 - the file's own key
    editControlInitial: Versions | None = None  # noqa: N815


class EditInfo(msgspec.Struct, gc=False):
    """Where those ids stand: in one place for the first version, in another for later ones."""

    initial: Versions | None = None
    edit: Versions | None = None


class Tweet(msgspec.Struct, gc=False):
    """A post; the fields are in the order of the files, which is the fastest to decode."""

    edit_info: EditInfo | None = None
    entities: Entities | None = None
    in_reply_to_status_id_str: str | None = None
    id_str: str | None = None
    created_at: str | None = None
    full_text: str | None = None
    lang: str | None = None
    in_reply_to_screen_name: str | None = None
    in_reply_to_user_id_str: str | None = None


class Item(msgspec.Struct, gc=False):
    """An item of a file."""

    tweet: Tweet


class FullMention(Mention, gc=False):
    """A mention with the names that other programs use."""

    id: str | None = None

    def __post_init__(self) -> None:
        self.id_str = self.id_str or self.id


class FullEntities(Entities, gc=False):
    """What a post holds, as other programs write it."""

    user_mentions: list[FullMention] | None = None  # type: ignore[assignment]


class FullTweet(Tweet, gc=False):
    """A post with all spellings of its fields: bare before 2020, and as programs rewrite archives."""

    entities: FullEntities | None = None
    tweet: FullTweet | None = None
    id: str | None = None
    in_reply_to_user_id: str | None = None
    in_reply_to_status_id: str | None = None
    text: str | None = None

    def __post_init__(self) -> None:
        self.id_str = self.id_str or self.id
        self.in_reply_to_user_id_str = self.in_reply_to_user_id_str or self.in_reply_to_user_id
        self.in_reply_to_status_id_str = self.in_reply_to_status_id_str or self.in_reply_to_status_id
        self.full_text = self.full_text or self.text

    @classmethod
    def agrees(cls, full: FullTweet, lean: Item) -> bool:
        """Tell whether the fields that X itself writes say all that the other spellings say."""
        one, other = full.tweet or full, lean.tweet
        return all(getattr(one, field) == getattr(other, field) for field in _SPELT) and [
            each.id_str for each in (one.entities and one.entities.user_mentions) or ()
        ] == [each.id_str for each in (other.entities and other.entities.user_mentions) or ()]


_SPELT: Final = ("id_str", "in_reply_to_user_id_str", "in_reply_to_status_id_str", "full_text")

_NONE: Final = Entities()
_POSTS: Final = {
    "post": pl.String, "stated": pl.String, "text": pl.String, "reply_id": pl.String, "reply_handle": pl.String,
    "reply_parent": pl.String, "lang": pl.String, "links": pl.Int16, "media": pl.Int16, "named": pl.UInt32,
    "record": pl.Int64,
}  # fmt: skip
_NAMED: Final = {"id": pl.String, "handle": pl.String, "name": pl.String}
_LINKS: Final = {"row": pl.UInt32, "quote": pl.String, "quote_parent": pl.String}
_VERSIONS: Final = {"row": pl.UInt32, "versions": pl.List(pl.String)}
_ORIGIN: Final = {"member": pl.String, "visibility": pl.String, "flags": pl.String}


class Posts:
    """Columns being filled from posts, member by member."""

    def __init__(self) -> None:
        self._posts, self._named = Columns(_POSTS), Columns(_NAMED)
        self._links, self._versions = Columns(_LINKS), Columns(_VERSIONS)
        self._origins: list[tuple[int, tuple[str, str, str]]] = []

    def __len__(self) -> int:
        return len(self._posts)

    def begin(self, member: str, visibility: str, flags: str) -> None:
        """Say where the following posts stand."""
        self._origins.append((len(self), (member, visibility, flags)))

    def take(self, numbers: Sequence[int], items: Sequence[Item | FullTweet]) -> list[int]:
        """Add items and return the numbers of those without an id; one loop a column is fastest."""
        tweets: list[Any] = [item.tweet or item for item in items]
        ids = [tweet.id_str for tweet in tweets]
        if None in ids:
            there = [(number, item) for number, item, each in zip(numbers, items, ids, strict=True) if each]
            self.take([number for number, _ in there], [item for _, item in there])
            return [number for number, each in zip(numbers, ids, strict=True) if not each]
        first, posts = len(self), self._posts
        entities = [tweet.entities or _NONE for tweet in tweets]
        links = [each.urls or () for each in entities]
        named = [each.user_mentions or () for each in entities]
        posts.add(
            post=ids,
            stated=[tweet.created_at for tweet in tweets],
            text=[tweet.full_text for tweet in tweets],
            reply_id=[tweet.in_reply_to_user_id_str for tweet in tweets],
            reply_handle=[tweet.in_reply_to_screen_name for tweet in tweets],
            reply_parent=[tweet.in_reply_to_status_id_str for tweet in tweets],
            lang=[tweet.lang for tweet in tweets],
            links=map(len, links),
            media=[len(each.media) if each.media else 0 for each in entities],
            named=map(len, named),
            record=numbers,
        )
        linked = [
            (row, to)
            for row, each in enumerate(links, first) if each
            for link in each if (to := STATUS.match(link.expanded_url or ""))
        ]  # fmt: skip
        # a picture's address is its post's with an ending: no quote
        linked = [(row, to) for row, to in linked if not to[3].startswith(("/photo/", "/video/"))]
        self._links.add(
            row=[row for row, _ in linked],
            quote=[None if to[1] == "i" or "/" in to[1] else f"@{to[1].lower()}" for _, to in linked],
            quote_parent=[to[2] for _, to in linked],
        )
        edited = [
            (row, found)
            for row, tweet in enumerate(tweets, first)
            if (info := tweet.edit_info) is not None
            and (info.initial is None or len(info.initial.editTweetIds or ()) != 1)
            and (found := _versions(info))
        ]
        self._versions.add(row=[row for row, _ in edited], versions=[found for _, found in edited])
        people = [person for some in named if some for person in some]
        self._named.add(
            id=[each.id_str for each in people],
            handle=[each.screen_name for each in people],
            name=[each.name for each in people],
        )
        return []

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return what is held, and hold nothing more.

        Returns
        -------
        posts
            Columns of `_POSTS` and `_ORIGIN`, versions, and quote, quote_parent, authorless: the last link to a
            post, and how many such links do not say whose post it is.
        mentions
            Columns of `MENTIONS`.
        """
        starts = [start for start, _ in self._origins] + [len(self)]
        runs = np.repeat(np.arange(len(self._origins)), np.diff(starts))
        origin = pl.DataFrame([each for _, each in self._origins], schema=_ORIGIN, orient="row")[runs]
        posts = self._posts.frame()
        row = np.repeat(np.arange(len(posts), dtype=np.uint32), posts["named"])
        mentions = self._named.frame().hstack([pl.Series("row", row)]).with_columns(start=pl.lit(None, pl.Int64))
        for some in (_quotes(self._links.frame()), self._versions.frame()):
            posts = posts.hstack(placed(len(posts), some))
        self._origins = [(0, self._origins[-1][1])]
        return posts.drop("named").hstack(origin), mentions


def _quotes(links: pl.DataFrame) -> pl.DataFrame:
    """Return for posts with links to posts: quote, quote_parent, authorless."""
    authorless = links.group_by("row").agg(authorless=pl.col("quote").null_count())
    quotes = links.filter(pl.col("quote").is_not_null()).unique("row", keep="last")
    return quotes.join(authorless, on="row", how="full", coalesce=True)


def _versions(info: EditInfo) -> list[str] | None:
    """Return the ids of a post's versions, lowest first, where there are several."""
    stated = info.initial or (info.edit and info.edit.editControlInitial)
    ids = stated and stated.editTweetIds
    return sorted(ids, key=lambda each: (len(each), each)) if ids and len(ids) > 1 else None
