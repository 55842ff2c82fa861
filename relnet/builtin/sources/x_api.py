"""JSON lines of the X (Twitter) API as twarc writes them: posts, pages, streams and accounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import msgspec
import polars as pl

from relnet.builtin.sources import x_lines, x_posts
from relnet.builtin.sources.x_forms import Fetched, Line, User, WideLine, enough
from relnet.builtin.sources.x_ids import ROUNDED, at_handle, english_times, finer, id_time, iso_times, rounded, valid_id
from relnet.builtin.sources.x_names import Names, named
from relnet.builtin.sources.x_owner import moment
from relnet.builtin.sources.x_pages import Origin, Pages
from relnet.builtin.sources.x_requests import FOLLOWS, Requests
from relnet.builtin.sources.x_users import Users
from relnet.plugin import Account, Batch, Coverage, Declared, Peek, Reader, Record, Source

ROWS: Final = 50_000
"""Posts that become interactions together."""


class XApi(Source):
    """A sample of posts, or of accounts, that was asked of the API."""

    name, version, network = "x_api", "1", "x"

    def sniff(self, peek: Peek) -> float:
        """Know posts and accounts of X by the names of their fields."""
        return _sureness(peek.head) if peek.is_file else 0.0

    def read(self, reader: Reader) -> Iterator[Record | Batch]:
        """Yield posts, then accounts, follows and states."""
        reading = _Reading(reader)
        reader.remember("requests", reading.requests)
        yield from reading.facts()

    def coverage(self, reader: Reader) -> list[Coverage]:
        """State what the requests noted in the file could see; the rest is a sample."""
        requests: Requests = reader.found["requests"]
        first, last = reader.span()
        sample = Coverage("*", "between", None, first, last, "partial")
        return [*requests.coverage(), *([sample] if first is not None else [])]


def _sureness(head: bytes) -> float:
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] not in (b"{", b"["):
        return 0.0
    keys = {key for key in _MARKS if b'"' + key + b'"' in head}
    if keys >= {b"author_id", b"text"} or keys >= {b"edit_history_tweet_ids", b"text"}:
        return 0.9
    if keys >= {b"public_metrics", b"username", b"followers_count"}:
        return 0.9
    if keys >= {b"screen_name", b"id_str"} and keys & {b"full_text", b"text", b"followers_count"}:
        return 0.85
    return 0.6 if b"__twarc" in keys else 0.0


_MARKS: Final = (
    b"author_id", b"text", b"edit_history_tweet_ids", b"public_metrics", b"username", b"followers_count",
    b"screen_name", b"id_str", b"full_text", b"__twarc",
)  # fmt: skip


class _Reading:
    """One file being read."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.requests = Requests()
        self._users = Users()
        self._names = Names()
        self._pages = Pages(self._users)
        self._edited: list[tuple[pl.DataFrame, pl.DataFrame]] = []
        self._retrieved: int | None = None
        self._newest: int | None = None

    def facts(self) -> Iterator[Record | Batch]:
        """Yield posts, then what the whole file tells of accounts."""
        reader = self._reader
        name = reader.names[0]
        reader.expect([name])
        for numbers, lines in x_lines.batches(reader, name, Line, WideLine, enough):
            fetched = [line.fetched for line in lines]
            ends = [k for k in range(1, len(lines)) if fetched[k] != fetched[k - 1]]
            for start, end in pairwise([0, *ends, len(lines)] if lines else []):
                some, records, origin = lines[start:end], numbers[start:end], self._origin(bytes(fetched[start]))
                yield from self._follows(some, records, origin, name)
                for record in self._pages.take(some, records, origin):
                    reader.skip("neither a post nor an account", record, name)
            del lines, fetched
            if len(self._pages) >= ROWS:
                yield from self._flush(name)
        yield from self._flush(name)
        if self._edited:
            yield from self._made(*x_posts.one_post(*x_posts.stacked(self._edited)), name)
        accounts = self._users.accounts(self._retrieved if self._retrieved is not None else self._newest)
        named = self._names.accounts()
        named = named.join(accounts.select("native_id", "handle"), on=["native_id", "handle"], how="anti")
        if len(accounts) + len(named):
            yield Batch(accounts=pl.concat([accounts, named], how="diagonal"))
        yield from self._users.states()
        yield from self._owners(accounts)

    # lines

    def _origin(self, fetched: bytes) -> Origin:
        if not fetched:
            return Origin()
        try:
            note = msgspec.json.decode(fetched, type=Fetched)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return Origin()
        at = moment(note.retrieved_at)
        if at is not None and (self._retrieved is None or at > self._retrieved):
            self._retrieved = at
            self._reader.remember("seen_at", at)
        return Origin(self.requests.number(note.url), at)

    def _follows(
        self, lines: Sequence[Line | WideLine], records: Sequence[int], origin: Origin, name: str
    ) -> Iterator[Declared]:
        """Yield the follows that a list of followers or followed accounts is."""
        asked = self.requests[origin.request]
        if asked is None:
            return
        asked.retrieved = max(asked.retrieved or 0, origin.seen_at or 0) or None
        for line, record in zip(lines, records, strict=True):
            asked.more = bool(line.meta and line.meta.next_token)
            listed = line.data if isinstance(line.data, list) else [line.data or line]
            users = [each for each in listed if isinstance(each, User) and asked.what in FOLLOWS]
            for other in (str(user.id) for user in users if user.id is not None):
                ends = (other, asked.account) if asked.what == "followers" else (asked.account, other)
                yield Declared(*ends, "follow", seen_at=origin.seen_at, member=name, record=record)
                asked.listed += 1

    # posts

    def _flush(self, name: str) -> Iterator[Batch]:
        posts, mentions = self._known(*self._pages.frames())
        self._users.keep(name, posts.filter(pl.col("author").is_not_null()))
        self.requests.span(posts)
        if posts.is_empty():
            return
        newest: Any = posts["at"].max()
        self._newest = max(self._newest or 0, newest or 0) or None
        if self._retrieved is None and self._newest is not None:
            self._reader.remember("seen_at", self._newest)
        usable = pl.col("post").is_not_null() & pl.col("author").is_not_null()
        if lost := len(posts) - posts.select(usable.sum()).item():
            self._reader.skip("post without a usable id or author", count=lost)
        if rounded(posts["post"].drop_nulls()):
            self._reader.note(ROUNDED)
        once = usable & pl.col("post").is_first_distinct()
        posts, mentions = x_posts.chosen(posts, mentions, once)
        if posts["versions"].null_count() < len(posts):
            edited = pl.col("versions").is_not_null()
            self._edited.append(x_posts.chosen(posts, mentions, edited))
            posts, mentions = x_posts.chosen(posts, mentions, ~edited)
        yield from self._made(posts, mentions, name)

    def _known(self, posts: pl.DataFrame, mentions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Say when each post was, and whose the posts are that it refers to."""
        mentions = named(mentions)
        stated = iso_times(posts["stated"])
        if stated.null_count():
            stated = stated.fill_null(english_times(posts["stated"]))
        posts = posts.with_columns(
            post=valid_id("post"), author=valid_id("author"), held=id_time("post"), at=stated,
            visibility=pl.lit("public"), flags=pl.lit(""),
        ).with_columns(at=finer("at", "held"))  # fmt: skip
        posts = self._authors(posts).with_columns(
            reply=pl.coalesce(valid_id("reply_id"), "reply_author", at_handle("reply_handle")),
            repost=pl.coalesce("repost_author", pl.lit(x_posts.reposted(posts, mentions))),
            quote=pl.coalesce("quote_author", at_handle("quote_handle")),
            reply_parent=valid_id("reply_parent"),
        )
        # words alone make no repost here: the API says which posts are
        posts = posts.with_columns(repost=pl.when(pl.col("repost_parent").is_not_null()).then("repost"))
        for kind, verb in (("reply", "reply to"), ("repost", "repost of"), ("quote", "quote of")):
            lost = (posts[f"{kind}_parent"].is_not_null() & posts[kind].is_null()).sum()
            if lost:
                self._reader.skip(f"{verb} a post whose author is not in the data", count=int(lost))
        self._names.add(mentions.with_columns(at=posts["at"].gather(mentions["row"])))
        return posts, mentions

    def _authors(self, posts: pl.DataFrame) -> pl.DataFrame:
        """Find the authors of posts referred to among the posts read with them."""
        authors = posts.select(parent="post", author="author").drop_nulls().unique("parent", keep="any")
        for kind in ("reply", "repost", "quote"):
            parent, author = f"{kind}_parent", f"{kind}_author"
            asked = (posts[parent].is_not_null() & posts[author].is_null()).arg_true()
            if len(asked):
                found = posts.select(parent=parent)[asked].join(authors, on="parent", how="left", maintain_order="left")
                posts = posts.with_columns(posts[author].scatter(asked, found["author"]))
        return posts

    def _made(self, posts: pl.DataFrame, mentions: pl.DataFrame, name: str) -> Iterator[Batch]:
        posts = posts.with_columns(member=pl.lit(name))
        yield Batch(interactions=x_posts.interactions(posts, mentions), posts=x_posts.told(posts))

    def _owners(self, accounts: pl.DataFrame) -> Iterator[Account]:
        """Yield the accounts that the user calls their own."""
        for me in self._reader.options.me:
            handle = me.removeprefix("@").lower()
            found = accounts.filter((pl.col("native_id") == me) | (pl.col("handle").str.to_lowercase() == handle))
            native_id = found["native_id"][-1] if len(found) else me if me.isdecimal() else f"@{handle}"
            yield Account(native_id, owner=True)
