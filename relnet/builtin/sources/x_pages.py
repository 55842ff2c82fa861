"""Posts of the X API as columns: of lines, of pages, and of what they include."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from relnet.builtin.sources.x_columns import Columns, placed
from relnet.builtin.sources.x_forms import Entities, Line, Post, User, Wide, WideLine
from relnet.builtin.sources.x_ids import AUTHORLESS, STATUS
from relnet.builtin.sources.x_posts import MENTIONS
from relnet.builtin.sources.x_users import Users

_POSTS: Final = {
    "post": pl.String, "author": pl.String, "stated": pl.String, "text": pl.String, "reply_id": pl.String,
    "thread": pl.String, "lang": pl.String, "links": pl.Int16, "media": pl.Int16, "record": pl.Int64,
}  # fmt: skip
_RUNS: Final = {"request": pl.Int32, "page": pl.Int32}
"""`request` numbers the request that returned a post (-1: only included, or no request known), `page` the page
whose handles belong to it."""
_REFERENCES: Final = {"row": pl.UInt32, "kind": pl.String, "parent": pl.String, "author": pl.String}
_LINKED: Final = {"row": pl.UInt32, "handle": pl.String}
_SHOWN: Final = {"row": pl.UInt32, "shown_from": pl.Int64}
_VERSIONS: Final = {"row": pl.UInt32, "versions": pl.List(pl.String)}
_BEARERS: Final = {"page": pl.Int32, "key": pl.String, "bearer": pl.String}
_KINDS: Final = {"replied_to": "reply", "retweeted": "repost", "quoted": "quote"}
_NONE: Final = Entities()


class Origin(NamedTuple):
    """Where lines come from: the number of their request, and when it was answered (ms UTC)."""

    request: int = -1
    seen_at: int | None = None


class Pages:
    """Columns being filled from lines."""

    def __init__(self, users: Users) -> None:
        self._users = users
        self._posts, self._references, self._named = Columns(_POSTS), Columns(_REFERENCES), Columns(MENTIONS)
        self._linked = {"reply": Columns(_LINKED), "quote": Columns(_LINKED)}
        self._shown, self._versions, self._bearers = Columns(_SHOWN), Columns(_VERSIONS), Columns(_BEARERS)
        self._runs: list[tuple[int, int, int]] = []
        self._inlined: set[str | int | None] = set()
        self._page = 0

    def __len__(self) -> int:
        return len(self._posts)

    def take(self, lines: Sequence[Line | WideLine], records: Sequence[int], origin: Origin) -> list[int]:
        """Add lines of one origin; return the records of those that are neither post, page nor account."""
        self._page += 1
        newer: list[Post | Wide] = []
        newer_at: list[int] = []
        neither = []
        for line, record in zip(lines, records, strict=True):
            if line.author_id is not None and line.id is not None:
                newer.append(line)
                newer_at.append(record)
            elif line.data is not None or line.includes is not None or line.errors is not None:
                self._take_page(line, record, origin)
            elif isinstance(line, Line):
                neither.append(record)
            elif line.user is not None and (line.text is not None or line.full_text is not None):
                self._older(line, record, origin)
            elif line.username is not None or line.screen_name is not None:
                self._users.meet([(line, record)], origin.seen_at)
            else:
                neither.append(record)
        if newer:
            self._newer(newer, newer_at, origin)
        return neither

    def _take_page(self, line: Line | WideLine, record: int, origin: Origin) -> None:
        self._page += 1
        data = line.data if isinstance(line.data, list) else [line.data] if line.data else []
        posts = [each for each in data if each.author_id is not None]
        users: list[User] = [each for each in data if isinstance(each, Wide) and each.author_id is None]
        self._newer(posts, [record] * len(posts), origin)
        if line.includes is not None:
            included = line.includes.tweets or []
            self._newer(included, [record] * len(included), origin._replace(request=-1))
            users += line.includes.users or ()
        self._users.meet(((user, record) for user in users), origin.seen_at)
        named = [user for user in users if user.username and user.id]
        self._bearers.add(
            page=[self._page] * len(named),
            key=[str(user.username).lower() for user in named],
            bearer=[str(user.id) for user in named],
        )
        for trouble in line.errors or ():
            self._users.refused(trouble, origin.seen_at)

    def _newer(self, newer: Sequence[Post | Wide], records: list[int], origin: Origin) -> None:
        """Add posts of version 2, and those inlined in them; one loop a column is fastest."""
        first = len(self)
        self._runs.append((first, origin.request, self._page))
        entities = [post.entities or _NONE for post in newer]
        self._posts.add(
            post=[f"{post.id}" for post in newer],
            author=[post.author_id for post in newer],
            stated=[post.created_at for post in newer],
            text=[post.text if post.note_tweet is None else _whole(post) for post in newer],
            reply_id=[to if (to := post.in_reply_to_user_id) is None else f"{to}" for post in newer],
            thread=[post.conversation_id for post in newer],
            lang=[post.lang for post in newer],
            links=[len(each.urls) if each.urls else 0 for each in entities],
            media=[len(each.media_keys or ()) if (each := post.attachments) else 0 for post in newer],
            record=records,
        )
        named = [(row, each) for row, some in enumerate(entities) if some.mentions for each in some.mentions]
        noted = [(row, post.note_tweet.entities) for row, post in enumerate(newer) if post.note_tweet is not None]
        named += [(row, each) for row, some in noted if some and some.mentions for each in some.mentions]
        self._named.add(
            row=[row + first for row, _ in named],
            id=[each.id if each.id is None else f"{each.id}" for _, each in named],
            handle=[each.username for _, each in named],
            name=[each.name for _, each in named],
            start=[each.start for _, each in named],
        )
        versions = [(row, ids) for row, post in enumerate(newer, first) if (ids := post.edit_history_tweet_ids)]
        versions = [(row, sorted(ids, key=_by_number)) for row, ids in versions if len(ids) > 1]
        self._versions.add(row=[row for row, _ in versions], versions=[ids for _, ids in versions])
        users = [(post.author, record) for post, record in zip(newer, records, strict=True) if post.author is not None]
        users += [(each, records[row]) for row, each in named if each.created_at is not None]
        self._users.meet(users, origin.seen_at)
        self._refer(newer, records, entities, first, origin)

    def _refer(
        self, newer: Sequence[Post | Wide], records: list[int], entities: list[Entities], first: int, origin: Origin
    ) -> None:
        """Add what posts of version 2 refer to."""
        found = [(row, to) for row, post in enumerate(newer) if post.referenced_tweets for to in post.referenced_tweets]
        self._references.add(
            row=[row + first for row, _ in found],
            kind=[_KINDS.get(to.type or "") for _, to in found],
            parent=[f"{to.id}" for _, to in found],
            author=[to.author_id for _, to in found],
        )
        linked = [
            (row + first, handle)
            for row, to in found
            if to.author_id is None and to.type == "quoted" and (handle := _linked(f"{to.id}", entities[row]))
        ]
        self._linked["quote"].add(row=[row for row, _ in linked], handle=[handle for _, handle in linked])
        inner = {
            to.id: (to, records[row]) for row, to in found if to.author_id is not None and to.id not in self._inlined
        }
        if inner:
            self._inlined.update(inner)
            others, at = zip(*inner.values(), strict=True)
            self._newer(list(others), list(at), origin._replace(request=-1))

    def _older(self, post: Wide, record: int, origin: Origin) -> None:
        """Add a post of version 1.1, and those inlined in it."""
        if post.user is None:
            return
        row = len(self)
        self._runs.append((row, origin.request, self._page))
        whole = post.extended_tweet
        entities = (whole and whole.entities) or post.entities or _NONE
        self._posts.add(
            post=[_number(post)],
            author=[_number(post.user)],
            stated=[post.created_at],
            text=[(whole and whole.full_text) or post.full_text or post.text],
            reply_id=[post.in_reply_to_user_id_str or _text(post.in_reply_to_user_id)],
            thread=[None],
            lang=[post.lang],
            links=[len(entities.urls or ())],
            media=[len(entities.media or ())],
            record=[record],
        )
        named = entities.user_mentions or []
        self._named.add(
            row=[row] * len(named),
            id=[_number(each) for each in named],
            handle=[each.screen_name for each in named],
            name=[each.name for each in named],
            start=[each.indices[0] if each.indices else None for each in named],
        )
        if post.display_text_range and not whole:
            self._shown.add(row=[row], shown_from=post.display_text_range[:1])
        if post.in_reply_to_screen_name is not None:
            self._linked["reply"].add(row=[row], handle=[post.in_reply_to_screen_name])
        quoted = post.quoted_status_id_str or (post.quoted_status and _number(post.quoted_status))
        if quoted and (handle := _linked(quoted, entities)):
            self._linked["quote"].add(row=[row], handle=[handle])
        reposted = post.retweeted_status and _number(post.retweeted_status)
        for kind, parent, other in (
            ("reply", post.in_reply_to_status_id_str, None),
            ("repost", reposted, post.retweeted_status),
            ("quote", quoted, post.quoted_status),
        ):
            if parent is not None:
                author = _number(other.user) if other and other.user else None
                self._references.add(row=[row], kind=[kind], parent=[parent], author=[author])
        self._users.meet([(post.user, record)], origin.seen_at)
        for inner in (post.retweeted_status, post.quoted_status):
            if inner is not None:
                self._older(inner, record, origin._replace(request=-1))

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return posts and mentions held, and hold nothing more.

        Returns
        -------
        posts
            Columns of `_POSTS` and versions; for reply, repost and quote the `_parent`, the `_author` where the
            line itself names it, and the `_handle` where only a link does.
        mentions
            Columns of `MENTIONS`; those without an id have looked for it in their page.
        """
        starts = [start for start, _, _ in self._runs] + [len(self)]
        runs = np.repeat(np.arange(len(self._runs)), np.diff(starts))
        origins = pl.DataFrame([run[1:] for run in self._runs], schema=_RUNS, orient="row")[runs]
        self._runs.clear()
        posts = self._posts.frame().hstack(origins)
        references = self._references.frame()
        some = [self._versions.frame(), self._shown.frame()]
        some += [linked.frame().rename({"handle": f"{kind}_handle"}) for kind, linked in self._linked.items()]
        for kind in _KINDS.values():
            of_kind = references.filter(kind=kind).unique("row", keep="first", maintain_order=True)
            some.append(of_kind.select("row", pl.col("parent", "author").name.prefix(f"{kind}_")))
        posts = posts.hstack([column for each in some for column in placed(len(posts), each)])
        mentions = self._named.frame().sort("row", maintain_order=True)
        bearers = self._bearers.frame()
        self._inlined.clear()
        if len(bearers):
            bearers = bearers.unique(["page", "key"], keep="last")
            mentions = mentions.with_columns(
                page=posts["page"].gather(mentions["row"]), key=pl.col("handle").str.to_lowercase()
            )
            mentions = mentions.join(bearers, on=["page", "key"], how="left", maintain_order="left")
            mentions = mentions.select("row", pl.coalesce("id", "bearer"), "handle", "name", "start")
        return posts, mentions


def _whole(post: Post | Wide) -> str | None:
    note = post.note_tweet
    return (note and (note.text or note.full_text)) or post.text


def _linked(post: str | None, entities: Entities) -> str | None:
    """Return the handle in a link to a post, where the post itself is not in the data."""
    for link in reversed(entities.urls or ()):
        found = STATUS.match(link.expanded_url or "")
        if found and found[2] == post and found[1] not in AUTHORLESS:
            return found[1]
    return None


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)


def _number(thing: User) -> str | None:
    return thing.id_str or _text(thing.id)


def _by_number(each: str) -> tuple[int, str]:
    return len(each), each
