"""One X archive being read: what has to be known across its files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from relnet.builtin.sources import x_files, x_posts
from relnet.builtin.sources.x_files import Files, Lean, items
from relnet.builtin.sources.x_ids import ROUNDED, at_handle, english_times, finer, id_time, rounded, valid_id
from relnet.builtin.sources.x_lists import STATES, Lists
from relnet.builtin.sources.x_messages import messages
from relnet.builtin.sources.x_names import Names, named
from relnet.builtin.sources.x_notes import Notes
from relnet.builtin.sources.x_owner import Owner, accounts, whose
from relnet.builtin.sources.x_tweets import FullTweet, Item, Posts
from relnet.plugin import Batch, Coverage, Reader, Record
from relnet.text import counted

ROWS: Final = 50_000
"""Posts that become interactions together."""

_OUT: Final = ("reply", "mention", "quote", "repost")
_FLAGS: Final = {"deleted-tweet": "deleted", "deleted-tweets": "deleted"}
_VISIBILITY: Final = {"twitter-circle-tweet": "limited"}


class Reading:
    """One archive being read."""

    def __init__(self, reader: Reader, files: Files, owner: Owner) -> None:
        self._reader, self._files, self._owner = reader, files, owner
        self._lists, self._names = Lists(reader, files), Names()
        self._waiting, self._lean = Posts(), Lean(Item, FullTweet.agrees)
        self._ids: list[pl.Series] = []
        self._edited: list[tuple[pl.DataFrame, pl.DataFrame]] = []
        self._unresolved: list[pl.DataFrame] = []
        self._authors: list[pl.DataFrame] = []
        self._id = ""
        self._missing = False

    def facts(self) -> Iterator[Record | Batch]:
        """Yield everything: posts first, then what needs the handles that they showed."""
        reader, files = self._reader, self._files
        reader.expect(files.of(*x_files.KNOWN))
        for name in files.unknown:
            reader.unread(name)
        self._id = whose(reader, files, self._owner)
        self._liked = self._lists.ids("like")
        self._notes = Notes(reader, files)
        for name in files.of(*x_files.POSTS):
            yield from self._posts(name)
        yield from self._flush()
        yield from self._held()
        known = pl.concat([pl.Series(dtype=pl.UInt64), *self._ids])
        yield from self._lists.headers(self._id, known)
        for name in files.of(*x_files.MESSAGES) or files.of(*x_files.MESSAGE_HEADERS):
            yield from messages(reader, name, self._id)
        yield from self._lists.states(self._id, self._owner.generated)
        if self._liked is not None:
            yield from self._lists.likes(self._id, self._liked, self._authors)
        seen = self._names.accounts()
        if len(seen):
            yield Batch(accounts=seen)
        yield from accounts(self._owner, self._id, *(self._total(stem) for stem in ("follower", "following", "like")))
        self._compare()

    # posts

    def _posts(self, name: str) -> Iterator[Batch]:
        stem = self._files.only or x_files.stem(name)
        self._waiting.begin(name, _VISIBILITY.get(stem, "public"), _FLAGS.get(stem, ""))
        for numbers, found in items(self._reader, name, FullTweet, self._lean):
            self._lists.read[name] = self._lists.read.get(name, 0) + len(found)
            for number in self._waiting.take(numbers, found):
                self._reader.skip("post without an id", number, name)
            found.clear()
            if len(self._waiting) >= ROWS:
                yield from self._flush()

    def _flush(self) -> Iterator[Batch]:
        if not len(self._waiting):
            return
        posts, mentions = self._waiting.frames()
        good = posts.select(valid_id("post").is_not_null()).to_series()
        if not good.all():
            self._lost("post whose id is no number", int((~good).sum()))
            posts, mentions = x_posts.chosen(posts, mentions, pl.lit(good))
        if rounded(posts["post"]):
            self._reader.note(ROUNDED)
        posts, mentions = self._known(posts, mentions)
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
        answered = posts.select("at", id="reply", handle="reply_handle", name=pl.lit(None, pl.String))
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
        yield Batch(interactions=rows, posts=x_posts.told(posts))

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

    # the whole

    def _total(self, stem: str) -> int | None:
        """Return how long a list is, where it is there and whole."""
        if stem not in self._files or self._partial:
            return None
        return sum(self._lists.read.get(name, 0) for name in self._files.of(stem))

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
                self._reader.note(f"The manifest names {file} with {counted(count, 'item')}, which is not here.")
            elif (read := self._lists.read.get(here.get(file, ""), count)) != count:
                self._reader.note(f"{file}: the manifest states {counted(count, 'item')}, {read:,} were read.")

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
        for stem, kind in STATES.items():
            if stem in self._files:
                way: Any = "in" if stem == "follower" else "out"
                covered.append(Coverage(kind, way, self._id, at, at, "snapshot"))
        return covered
