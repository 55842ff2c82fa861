"""One X archive being read: what has to be known across its files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec
import polars as pl

from relnet.builtin.sources import x_files, x_posts
from relnet.builtin.sources.x_files import Files, Lean, items
from relnet.builtin.sources.x_ids import account_created, at_handle, english_times, finer, id_time, valid_id
from relnet.builtin.sources.x_messages import messages
from relnet.builtin.sources.x_names import Names, named
from relnet.builtin.sources.x_notes import Notes
from relnet.builtin.sources.x_owner import Owner, accounts
from relnet.builtin.sources.x_tweets import FullTweet, Item, Posts
from relnet.plugin import Batch, Coverage, Reader, Record

ROWS: Final = 50_000
"""Posts that become interactions together."""

_ENOUGH: Final = 5000
"""Posts searched for a thread."""

_OUT: Final = ("reply", "mention", "quote", "repost")
_STATES: Final = {"follower": "follow", "following": "follow", "block": "block", "mute": "mute"}
_FLAGS: Final = {"deleted-tweet": "deleted", "deleted-tweets": "deleted"}
_VISIBILITY: Final = {"twitter-circle-tweet": "limited"}


class _Header(msgspec.Struct, gc=False):
    tweet_id: str | None = None
    user_id: str | None = None
    created_at: str | None = None


class _HeaderItem(_Header, gc=False):
    tweet: _Header | None = None


class _Listed(msgspec.Struct, gc=False):
    accountId: str | None = None  # noqa: N815 - the files' own keys, here and below
    tweetId: str | None = None  # noqa: N815


class _ListedItem(_Listed, gc=False):
    follower: _Listed | None = None
    following: _Listed | None = None
    blocking: _Listed | None = None
    muting: _Listed | None = None
    like: _Listed | None = None


class Reading:
    """One archive being read."""

    def __init__(self, reader: Reader, files: Files, owner: Owner) -> None:
        self._reader, self._files, self._owner = reader, files, owner
        self._names = Names()
        self._waiting = Posts()
        self._ids: list[pl.Series] = []
        self._edited: list[tuple[pl.DataFrame, pl.DataFrame]] = []
        self._unresolved: list[pl.DataFrame] = []
        self._authors: list[pl.DataFrame] = []
        self._read: dict[str, int] = {}
        self._id = ""
        self._missing = False

    def facts(self) -> Iterator[Record | Batch]:
        """Yield everything: posts first, then what needs the handles that they showed."""
        reader, files = self._reader, self._files
        reader.expect(files.of(*x_files.KNOWN))
        for name in files.unknown:
            reader.unread(name)
        self._id = self._whose()
        self._liked = self._listed("like", "tweetId")
        self._notes = Notes(reader, files)
        for name in files.of(*x_files.POSTS):
            yield from self._posts(name)
        yield from self._flush()
        yield from self._held()
        yield from self._headers()
        for name in files.of(*x_files.MESSAGES) or files.of(*x_files.MESSAGE_HEADERS):
            yield from messages(reader, name, self._id)
        yield from self._states()
        seen = self._names.accounts()
        if len(seen):
            yield Batch(accounts=seen)
        yield from accounts(self._owner, self._id, *(self._total(stem) for stem in ("follower", "following", "like")))
        self._compare()

    def _whose(self) -> str:
        if self._owner.id:
            return self._owner.id
        for name in self._files.of("tweet-headers"):
            for _, found in items(self._reader, name, _HeaderItem):
                for item in found:
                    if (item.tweet or item).user_id:
                        return str((item.tweet or item).user_id)
        me = [each.removeprefix("@") for each in self._reader.options.me]
        for each in me:
            if each.isdecimal():
                return each
        for name in self._files.of(*x_files.POSTS):
            own = _author(self._reader, name)
            if own:
                return own
        if me:
            self._owner.handle = me[0]
            return f"@{me[0].lower()}"
        self._reader.note("The input does not say whose it is; name the account with --me.")
        return "owner"

    # posts

    def _posts(self, name: str) -> Iterator[Batch]:
        stem = self._files.only or x_files.stem(name)
        self._waiting.begin(name, _VISIBILITY.get(stem, "public"), _FLAGS.get(stem, ""))
        for numbers, found in items(self._reader, name, FullTweet, Lean(Item, FullTweet.agrees)):
            self._read[name] = self._read.get(name, 0) + len(found)
            for number in self._waiting.take(numbers, found):
                self._reader.skip("post without an id", number, name)
            found.clear()
            if len(self._waiting) >= ROWS:
                yield from self._flush()

    def _flush(self) -> Iterator[Batch]:
        if not len(self._waiting):
            return
        posts, mentions = self._known(*self._waiting.frames())
        posts, mentions = self._notes.joined(posts, mentions)
        self._names.add(mentions.with_columns(at=posts["at"].gather(mentions["row"])))
        self._ids.append(posts["post"].cast(pl.UInt64, strict=False))
        if posts["versions"].null_count() < len(posts):
            edited = pl.col("versions").is_not_null()
            self._edited.append(x_posts.chosen(posts, mentions, edited))
            posts, mentions = x_posts.chosen(posts, mentions, ~edited)
        yield from self._made(posts, mentions)

    def _known(self, posts: pl.DataFrame, mentions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Say for each post when it was, and whom it reposts, answers and quotes."""
        mentions = named(mentions)
        posts = posts.with_columns(english_times(posts["stated"]), held=id_time("post"))
        posts = posts.with_columns(
            at=finer("at", "held"),
            author=pl.lit(self._id),
            reply=valid_id("reply_id"),
            reply_parent=valid_id("reply_parent"),
            repost_parent=pl.lit(None, pl.String),
            thread=pl.lit(None, pl.String),
            shown_from=pl.lit(None, pl.Int64),
        )
        answered = posts.filter(pl.col("reply").is_not_null())
        answered = answered.select("at", id="reply", handle="reply_handle", name=pl.lit(None, pl.String))
        nameless = posts["reply"].is_null() & (
            posts["reply_handle"].is_not_null() | posts["reply_parent"].is_not_null()
        )
        if nameless.any():
            posts = posts.with_columns(reply=pl.coalesce("reply", at_handle("reply_handle")))
            self._lost("reply to an account that is not named", int((nameless & posts["reply"].is_null()).sum()))
        self._lost("link to a post without its author", int(posts["authorless"].sum()))
        self._names.add(answered)
        return posts, mentions

    def _lost(self, reason: str, count: int) -> None:
        if count:
            self._reader.skip(reason, count=count)

    def _made(self, posts: pl.DataFrame, mentions: pl.DataFrame) -> Iterator[Batch]:
        posts = posts.with_columns(repost=x_posts.reposted(posts, mentions))
        rows = x_posts.interactions(posts, mentions)
        if self._liked is not None:
            known = rows.filter(pl.col("parent").is_in(self._liked.implode())).select("parent", "target")
            self._authors.append(known)
        named = rows["target"].str.starts_with("@")
        if named.any():
            waits = rows["event"].is_in(rows["event"].filter(named).implode())
            self._unresolved.append(rows.filter(waits))
            rows = rows.filter(~waits)
        told = posts.select("post", "author", "at", "text", "lang", "links", "media", "member", "record")
        yield Batch(interactions=rows, posts=told.with_columns(pl.col("text").fill_null("")))

    def _held(self) -> Iterator[Batch]:
        """Yield what had to wait for other versions of a post, or for the id behind a handle."""
        if self._edited:
            yield from self._made(*x_posts.one_post(*x_posts.stacked(self._edited)))
        if self._unresolved:
            own = [f"@{handle.lower()}" for handle in (self._owner.handle, *self._owner.handles) if handle]
            rows = pl.concat(self._unresolved).with_columns(pl.col("target").replace(own, [self._id] * len(own)))
            rows = self._names.resolved(rows)
            order = pl.col("kind").replace_strict(["reply", "quote"], [0, 1], default=2, return_dtype=pl.Int8)
            yield Batch(interactions=rows.sort(order, maintain_order=True).unique(["event", "target"], keep="first"))

    def _headers(self) -> Iterator[Batch]:
        """Yield posts of which only the header is left: activity, not interactions."""
        known = pl.concat(self._ids) if self._ids else pl.Series(dtype=pl.UInt64)
        for name in self._files.of(*x_files.HEADERS):
            for numbers, found in items(self._reader, name, _HeaderItem):
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
                    "post", "record", author=pl.lit(self._id), at=finer("at", "held"), member=pl.lit(name)
                )
                if len(frame):
                    yield Batch(posts=frame)

    # lists

    def _listed(self, stem: str, key: str) -> pl.Series | None:
        """Return the ids in a list, null where there is no such list."""
        if stem not in self._files:
            return None
        ids: list[str | None] = []
        for name in self._files.of(stem):
            for _, found in items(self._reader, name, _ListedItem):
                self._read[name] = self._read.get(name, 0) + len(found)
                inner = [
                    each.follower or each.following or each.blocking or each.muting or each.like or each
                    for each in found
                ]
                ids += [getattr(each, key) for each in inner]
        listed = pl.DataFrame({"id": ids}, schema={"id": pl.String}).select(valid_id("id")).to_series()
        self._lost(f"{stem} without an id", listed.null_count())
        return listed.drop_nulls().unique(maintain_order=True)

    def _states(self) -> Iterator[Batch]:
        seen_at = self._owner.generated
        for stem, kind in _STATES.items():
            listed = self._listed(stem, "accountId")
            if listed is None or listed.is_empty():
                continue
            frame = listed.to_frame("id").with_columns(seen_at=pl.lit(seen_at, pl.Int64), kind=pl.lit(kind))
            ends = {"source": pl.lit(self._id), "target": pl.col("id")}
            if stem == "follower":
                ends = {"source": pl.col("id"), "target": pl.lit(self._id)}
            for name in self._files.of(stem)[:1]:
                frame = frame.with_columns(member=pl.lit(name))
            yield Batch(declared=frame.select("kind", "seen_at", "member", **ends))
            dated = frame.select("seen_at", "member", native_id="id", created_at=account_created("id", "seen_at"))
            dated = dated.filter(pl.col("created_at").is_not_null())
            if len(dated):
                yield Batch(accounts=dated)
        if self._liked is not None:
            yield from self._likes(self._liked)

    def _likes(self, liked: pl.Series) -> Iterator[Batch]:
        """Yield likes of posts whose author the archive names elsewhere; of the others only the total is known."""
        empty = pl.DataFrame(schema={"parent": pl.String, "target": pl.String})
        authors = pl.concat([empty, *self._authors]).unique("parent")
        rows = liked.to_frame("parent").join(authors, on="parent")
        rows = rows.filter(~pl.col("target").str.starts_with("@"))
        self._reader.note(
            f"{len(liked):,} likes: the archive gives no time, and the author of {len(rows):,} of the posts only."
        )
        if rows.is_empty():
            return
        yield Batch(
            interactions=rows.with_columns(
                source=pl.lit(self._id), kind=pl.lit("like"), time_quality=pl.lit("bound"),
                event="like:" + pl.lit(self._id) + ":" + pl.col("parent"), audience=pl.lit(1),
                member=pl.lit(self._files.of("like")[0]),
            )
        )  # fmt: skip

    # the whole

    def _total(self, stem: str) -> int | None:
        """Return how long a list is, where it is there and whole."""
        if stem not in self._files or self._partial:
            return None
        return sum(self._read.get(name, 0) for name in self._files.of(stem))

    @property
    def _partial(self) -> bool:
        return self._owner.partial or self._reader.is_file

    def _compare(self) -> None:
        """Compare what was read with what the manifest states."""
        if self._owner.partial:
            self._reader.note("X calls this archive partial.")
        here = {name.rpartition("/")[2]: name for name in self._files.of(*x_files.KNOWN)}
        for file, count in self._owner.counts.items():
            if x_files.stem(file) in x_files.KNOWN and file not in here and count:
                self._missing |= x_files.stem(file) in x_files.POSTS
                self._reader.note(f"The manifest names {file} with {count:,} items, which is not here.")
            elif file in here and here[file] in self._read and self._read[here[file]] != count:
                read = self._read[here[file]]
                self._reader.note(f"{file}: the manifest states {count:,} items, {read:,} were read.")

    def coverage(self) -> list[Coverage]:
        """Return what the archive could have seen; nothing of what others did, messages apart."""
        first, last = self._reader.span()
        since, until = self._owner.created_at or first, self._owner.generated or last
        covered = []
        if self._files.of(*x_files.POSTS):
            how: Any = "partial" if self._partial or self._missing else "surviving"
            covered += [Coverage(kind, "out", self._id, since, until, how) for kind in _OUT]
        if self._files.of(*x_files.MESSAGES):
            how = "partial" if self._partial else "surviving"
            covered += [Coverage("message", way, self._id, since, until, how) for way in ("out", "in")]
        at = self._owner.generated
        for stem, kind in _STATES.items():
            if stem in self._files:
                way: Any = "in" if stem == "follower" else "out"
                covered.append(Coverage(kind, way, self._id, at, at, "snapshot"))
        return covered


def _author(reader: Reader, name: str) -> str | None:
    """Tell whose posts these are from a thread: whoever is answered under an own post's id is the author."""
    for numbers, found in items(reader, name, FullTweet):
        tweets = [item.tweet or item for item in found]
        own = {tweet.id_str for tweet in tweets if tweet.id_str}
        for tweet in tweets:
            answered = tweet.in_reply_to_user_id_str
            if tweet.in_reply_to_status_id_str in own and answered and answered.isdecimal():
                return answered
        found.clear()
        if numbers and numbers[-1] > _ENOUGH:
            break
    return None
