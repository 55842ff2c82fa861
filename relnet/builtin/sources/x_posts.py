"""Posts of X become interactions: the rules that the archive and the API share, on columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.builtin.sources.x_ids import id_time

POSTS: Final[dict[str, Any]] = {
    "post": pl.String, "author": pl.String, "at": pl.Int64, "text": pl.String,
    "repost": pl.String, "repost_parent": pl.String, "reply": pl.String, "reply_parent": pl.String,
    "quote": pl.String, "quote_parent": pl.String, "thread": pl.String, "shown_from": pl.Int64,
    "versions": pl.List(pl.String), "visibility": pl.String, "flags": pl.String,
    "member": pl.String, "record": pl.Int64,
}  # fmt: skip
"""One row a post. `repost`, `reply` and `quote` name the account addressed (id or `@handle`), the `_parent`
columns its post; `shown_from` is where the text shown begins, where the source says so; `versions` the ids of
an edited post, lowest first."""

MENTIONS: Final[dict[str, Any]] = {
    "row": pl.UInt32, "id": pl.String, "handle": pl.String, "name": pl.String, "start": pl.Int64,
}  # fmt: skip
"""One row an account named in a post; `row` is the post's place in its frame, `start` a code point of its
text, null where it is not known."""

_KEPT: Final = {"source": "author", "at": "at", "event": "post", "thread": "thread", "visibility": "visibility",
                "member": "member", "record": "record"}  # fmt: skip

KINDS: Final = ("repost", "reply", "quote", "mention")
"""Of several rows of a post to one account, the first of these stays."""

_KINDS: Final = pl.Series(KINDS)
_FLAGS: Final = pl.Series(["", "truncated", "parent_unknown", "carried_maybe"])
_DIRECTNESS: Final = pl.Series(["target", "deliberate", "carried"])

_ESCAPES: Final = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}

RUN: Final = r"^(?:@[A-Za-z0-9_]{1,20}\s+)*@[A-Za-z0-9_]{1,20}"
"""The handles that a reply opens with: put there by the client, not typed."""

TYPED_BEFORE: Final = 1_490_832_000_000
"""30 March 2017: until then the opening handles of a reply were text that the writer could change."""


def interactions(posts: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Return the interactions that some posts are.

    A repost is one row and nothing else. A reply, a quote and the mentions add up, with one row for each
    account addressed: reply before quote before mention.

    Parameters
    ----------
    posts
        Columns of `POSTS`.
    mentions
        Columns of `MENTIONS` and `target`, the id or `@handle` of the account named.

    Returns
    -------
    Columns of `Interaction`, in no order. Rows to the author's own account are kept.
    """
    one = posts["repost"].is_null()
    cut = posts["text"].str.ends_with("…").fill_null(False)
    rows = _one_each(
        pl.concat(
            [
                _addressed(posts, "repost", ~one, cut),
                _addressed(posts, "reply", one, posts["reply_parent"].is_null()),
                _addressed(posts, "quote", one, None),
                _mentioned(posts, mentions, one),
            ]
        ),
        posts,
    )
    kept = posts.select(pl.col(old).alias(new) for new, old in _KEPT.items())[rows["row"]]
    more = rows.select(
        "target", "parent", "audience", kind=pl.lit(_KINDS).gather("kind"), flags=pl.lit(_FLAGS).gather("flag"),
        directness=pl.lit(_DIRECTNESS).gather("directness"),
    )  # fmt: skip
    stated = posts["flags"]
    if (stated != "").any():
        both = pl.concat_list(pl.lit(stated.gather(rows["row"])), "flags")
        more = more.with_columns(flags=both.list.eval(pl.element().filter(pl.element() != "")).list.join(","))
    return kept.hstack(more)


def _addressed(posts: pl.DataFrame, kind: str, among: pl.Series, flagged: pl.Series | None) -> pl.DataFrame:
    """Return the rows of one kind but mentions; its flag where `flagged`."""
    at = (posts[kind].is_not_null() & among).arg_true().cast(pl.UInt32)
    number = KINDS.index(kind)
    flag = pl.lit(0, pl.UInt8) if flagged is None else pl.lit(flagged.gather(at)).cast(pl.UInt8) * (number + 1)
    return pl.DataFrame(
        {"row": at, "target": posts[kind].gather(at), "parent": posts[f"{kind}_parent"].gather(at)}
    ).with_columns(kind=pl.lit(number, pl.UInt8), directness=pl.lit(0, pl.UInt8), flag=flag)


def _mentioned(posts: pl.DataFrame, mentions: pl.DataFrame, among: pl.Series) -> pl.DataFrame:
    """Return the mentions: `carried` where the client put them before the text of a reply."""
    reply = posts["reply"].gather(mentions["row"])
    named = mentions.hstack([reply.alias("reply")]).filter(
        among.gather(mentions["row"]) & mentions["target"].is_not_null() & mentions["target"].ne_missing(reply)
    )
    directness = np.full(len(named), 1, dtype=np.uint8)
    flag = np.zeros(len(named), dtype=np.uint8)
    asked = named["reply"].is_not_null().arg_true()
    if len(asked):
        carried, old = _in_run(posts, named[asked])
        directness[asked] += carried
        flag[asked] = 3 * (carried & old)
    return named.select("row", "target").with_columns(
        pl.lit(None, pl.String).alias("parent"), pl.lit(3, pl.UInt8).alias("kind"),
        pl.Series("directness", directness), pl.Series("flag", flag),
    )  # fmt: skip


def _in_run(posts: pl.DataFrame, named: pl.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which mentions stand in the opening handles of their post, and which posts are from the time before.

    Where a mention's place is not known, its handle is looked for.
    """
    at = named["row"]
    once = at.unique().sort()
    run = posts["text"].gather(once).str.extract(RUN, 0).fill_null("").gather(once.search_sorted(at))
    about = named.select("start", "handle").with_columns(
        run=run, shown=posts["shown_from"].gather(at), old=posts["at"].gather(at) < TYPED_BEFORE
    )
    end = pl.max_horizontal(pl.col("run").str.len_chars().cast(pl.Int64), pl.col("shown").fill_null(0))
    words = pl.col("run").str.to_lowercase().str.replace_all(r"\s", " ") + " "
    written = words.str.contains("@" + pl.col("handle").str.to_lowercase() + " ", literal=True)
    within = about.select(
        carried=pl.when(pl.col("start").is_null()).then(written).otherwise(pl.col("start") < end).fill_null(False),
        old=pl.col("old").fill_null(False),
    )
    return within["carried"].to_numpy(), within["old"].to_numpy()


def _one_each(rows: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """Keep one row for each account that a post addresses, and count the accounts."""
    at = rows["row"].to_numpy()
    several = pl.Series((np.bincount(at, minlength=1) > 1)[at])
    twins = rows.filter(several)
    rows = rows.with_columns(audience=pl.lit(1, pl.Int32))
    if twins.is_empty():
        return rows
    twins = twins.sort("row", "kind", maintain_order=True).unique(["row", "target"], keep="first", maintain_order=True)
    twins = twins.with_columns(other=twins["target"] != posts["author"].gather(twins["row"]))
    twins = twins.with_columns(audience=pl.col("other").sum().over("row").clip(1).cast(pl.Int32)).drop("other")
    return pl.concat([rows.filter(~several), twins])


def told(posts: pl.DataFrame) -> pl.DataFrame:
    """Return columns of `Post`; the texts as they were written, without the three escapes that X puts in."""
    text = pl.col("text").fill_null("").str.replace_many(_ESCAPES)
    return posts.select("post", "author", "at", text, "lang", "links", "media", "member", "record")


def chosen(posts: pl.DataFrame, mentions: pl.DataFrame, which: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return some of the posts with their mentions."""
    kept = posts.with_row_index("row").filter(which)
    places = kept.select("row", place=pl.int_range(pl.len(), dtype=pl.UInt32))
    named = mentions.join(places, on="row", how="inner", maintain_order="left")
    return kept.drop("row"), named.with_columns(row="place").drop("place")


def stacked(pieces: Sequence[tuple[pl.DataFrame, pl.DataFrame]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put pieces of posts and mentions on top of each other."""
    offset, named = 0, []
    for posts, mentions in pieces:
        named.append(mentions.with_columns(row=pl.col("row") + pl.lit(offset, pl.UInt32)))
        offset += len(posts)
    return pl.concat([posts for posts, _ in pieces]), pl.concat(named)


def one_post(posts: pl.DataFrame, mentions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make one post of the versions of an edited one: the newest content at the first time.

    The post keeps the id of its newest version, under which it is answered and shown.
    """
    first = pl.col("versions").list.first()
    held = id_time("first")
    number = pl.col("post").cast(pl.UInt64, strict=False)
    group = ["author", "first"]
    posts = posts.with_columns(first=first).with_columns(
        began=pl.col("at").min().over(group), newest=number == number.max().over(group), held=held
    )
    # editing is possible for an hour; an id that says otherwise is no time
    told = pl.col("held").is_between(pl.col("began") - 3_600_000, pl.col("began") + 999)
    posts = posts.with_columns(
        at=pl.when(told).then(pl.col("held")).otherwise(pl.col("began")),
        flags=pl.when(pl.col("flags") == "").then(pl.lit("edited")).otherwise(pl.col("flags") + ",edited"),
    )
    return chosen(posts, mentions, pl.col("newest") & pl.struct("post", "author").is_first_distinct())


def reposted(posts: pl.DataFrame, mentions: pl.DataFrame) -> pl.Series:
    """Return whom each post reposts: its text names the account, its first mention gives the id.

    `mentions` are in the order of the posts.
    """
    found = pl.Series("repost", [None], dtype=pl.String).new_from_index(0, len(posts))
    rows = posts["text"].str.starts_with("RT @").fill_null(False).arg_true()
    if rows.is_empty():
        return found
    texts = posts["text"].gather(rows)
    whom = pl.Series("whom", [None], dtype=pl.String).new_from_index(0, len(rows))
    if len(mentions):
        place = mentions["row"].search_sorted(rows).clip(0, len(mentions) - 1)
        first = mentions.select("row", "handle", "target")[place].with_columns(texts)
        named = (pl.col("row") == pl.lit(rows)) & pl.col("text").str.starts_with("RT @" + pl.col("handle") + ":")
        whom = first.select(pl.when(named).then("target")).to_series()
    nameless = whom.is_null().arg_true()
    worded = "@" + texts.gather(nameless).str.extract(r"^RT @([A-Za-z0-9_]{1,20}):").str.to_lowercase()
    return found.scatter(rows, whom.scatter(nameless, worded))
