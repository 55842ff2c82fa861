"""Draws a small social world around one person, with everything known that a score should find out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from relnet.demo import wording
from relnet.demo.cast import Cast, Ties, draw_accounts, draw_cast, draw_ties
from relnet.demo.conversation import Turns, converse, expected_acts, posting_times
from relnet.demo.drafts import Drafts, settle_posts
from relnet.demo.public_acts import conversations, mass_mentions, owner_posts, reposts
from relnet.demo.world import (
    DAY,
    HORIZON,
    NOBODY,
    OWNER,
    Accounts,
    Bool,
    Float,
    Int,
    Messages,
    Posts,
    Truth,
    World,
    snowflakes,
)
from relnet.errors import SettingsError

AS_OF_MS = 1_748_779_200_000
"""2025-06-01 12:00 UTC, fixed: the demo looks the same on every day."""

# 2014: accounts may be 900 days older than the history, and ids hold their time from November 2010 on.
_EARLIEST_MS = 1_388_534_400_000


def simulate(seed: int = 7, people: int = 1200, years: float = 4.0, as_of_ms: int = AS_OF_MS) -> World:
    """Draw a world: people in circles, bursts, fading ties, sleepers, bought followers, bots, mass mentions.

    Parameters
    ----------
    seed
        The same seed and arguments give the same world.
    people
        Accounts besides the owner; nearly all follow the owner.
    years
        Length of the history before ``as_of_ms``.
    as_of_ms
        Moment of the exports, ms UTC.  Life goes on for 90 days after it, which `Truth` alone knows.

    Raises
    ------
    SettingsError
        Fewer than 60 people, less than half a year, or a history that begins before 2014.
    """
    since = as_of_ms - round(years * 365.25) * DAY
    if people < 60:
        raise SettingsError("A simulated world needs at least 60 people.", where="people")
    if years < 0.5:
        raise SettingsError("A simulated history takes at least half a year.", where="years")
    if since < _EARLIEST_MS:
        raise SettingsError("A simulated history lies in the years since 2014.", where="years")
    rng = np.random.default_rng(seed)
    cast = draw_cast(people, since, as_of_ms, rng)
    ties = draw_ties(cast, rng)
    accounts = draw_accounts(cast, rng)

    turns = converse(ties, cast, rng)
    drafts = Drafts()
    originals = owner_posts(drafts, (since, as_of_ms + HORIZON), cast, rng)
    openings = conversations(drafts, turns, ties, originals, cast, rng)
    reposts(drafts, originals, openings, cast, rng)
    loudness = mass_mentions(drafts, cast, (since, as_of_ms + HORIZON), rng)

    truth = _truth(cast, ties, turns, drafts, loudness)
    posts = _touches(settle_posts(drafts, accounts, as_of_ms, rng), as_of_ms, rng)
    group = np.concatenate([[OWNER], cast.rows("inner")[:4]])
    messages = _messages(turns, ties, group, cast, rng)
    accounts = _seen(accounts, posts)
    return World(
        seed=seed,
        since=since,
        as_of=as_of_ms,
        accounts=accounts,
        posts=posts,
        messages=messages,
        truth=truth,
        followers=_newest_first(cast.follows, accounts, cast, rng),
        following=_newest_first(cast.followed, accounts, cast, rng),
        blocked=cast.rows("broadcaster", "bought")[1::12],
        muted=cast.rows("broadcaster", "bot", "fan")[::12],
        group=group,
        liked=_liked(posts, rng),
    )


def _truth(cast: Cast, ties: Ties, turns: Turns, drafts: Drafts, loudness: Float) -> Truth:
    n = len(cast.role)
    as_of = cast.span[1]
    with_owner = ties.of(ties.a == OWNER)
    by_owner, by_other = expected_acts(with_owner, as_of)
    alive_out = np.zeros(n)
    alive_in = loudness.copy()
    np.add.at(alive_out, with_owner.b, by_owner)
    np.add.at(alive_in, with_owner.b, by_other)
    weaker = np.where(cast.role == "bot", 0.0, np.minimum(alive_out, alive_in))

    author, to = drafts.addressed(as_of, as_of + HORIZON)
    sent = ties.private[turns.tie] & (turns.at > as_of) & (turns.at <= as_of + HORIZON)
    author, to = np.append(author, turns.author[sent]), np.append(to, turns.to[sent])
    wrote, was_written_to = np.zeros((2, n), bool)
    wrote[author[to == OWNER]] = True
    was_written_to[to[author == OWNER]] = True
    both = wrote & was_written_to
    both[OWNER] = False
    label = np.full(n, "good", "<U8")
    label[cast.role == "bought"] = "fake"
    label[cast.role == "sleeper"] = "inactive"
    return Truth(label, cast.role, weaker / (weaker + 0.05), alive_out, alive_in, both)


def _messages(turns: Turns, ties: Ties, group: Int, cast: Cast, rng: np.random.Generator) -> Messages:
    as_of = cast.span[1]
    said = np.flatnonzero(ties.private[turns.tie] & (turns.at <= as_of))
    begins = posting_times(0.06, (cast.span[0], as_of - DAY), float(cast.clock[OWNER]), rng)
    talk = np.repeat(begins, rng.integers(2, 7, len(begins)))
    group_at = talk + rng.integers(0, 40 * 60_000, len(talk))
    author = np.append(turns.author[said], rng.choice(group, len(talk)))
    to = np.append(turns.to[said], np.full(len(talk), NOBODY))
    at = np.append(turns.at[said], group_at)
    order = np.argsort(at, kind="stable")
    n = len(order)
    return Messages(
        id=snowflakes(at[order], np.arange(n) + 1_000_000),
        author=author[order],
        to=to[order],
        at=at[order],
        text=wording.answers(n, rng),
        thanked=(rng.random(n) < 0.06) & (to[order] != NOBODY),
    )


def _touches(posts: Posts, as_of: int, rng: np.random.Generator) -> Posts:
    """Make a few of the owner's posts long, edited, or deleted in the last two weeks."""
    plain = np.flatnonzero((posts.author == OWNER) & (posts.kind == "original") & (posts.link == ""))
    plain = np.setdiff1d(plain, posts.parent_row)
    recent = plain[posts.at[plain] > as_of - 14 * DAY]
    chosen = rng.choice(np.setdiff1d(plain, recent), 7, replace=False)
    text, edited, deleted = posts.text.copy(), posts.first_version.copy(), posts.deleted_at.copy()
    for row in chosen[:4]:
        text[row] = " ".join([posts.text[row], *wording.remarks(9, rng)])
    edited[chosen[4:]] = snowflakes(posts.at[chosen[4:]] - 240_000, np.arange(2_000_000, 2_000_003))
    gone = recent[:3]
    deleted[gone] = np.minimum(posts.at[gone] + rng.integers(3_600_000, DAY, len(gone)), as_of - 60_000)
    return replace(posts, text=text, first_version=edited, deleted_at=deleted)


def _seen(accounts: Accounts, posts: Posts) -> Accounts:
    """Bring the totals of the profiles in line with what the accounts were seen to write."""
    n = len(accounts.id)
    last = accounts.last_post.copy()
    np.maximum.at(last, posts.author, posts.id)
    written = np.bincount(posts.author, minlength=n)
    total = np.maximum(accounts.posts, written)
    total[OWNER] = written[OWNER]
    return replace(accounts, last_post=last, posts=total)


def _newest_first(chosen: Bool, accounts: Accounts, cast: Cast, rng: np.random.Generator) -> Int:
    since, as_of = cast.span
    rows = np.flatnonzero(chosen)
    born = np.maximum(accounts.created_at[rows], since - 2 * 365 * DAY)
    at = born + rng.random(len(rows)) * (as_of - born)
    fake = cast.role[rows] == "bought"
    # A purchase arrives within hours, one to three months after the accounts were made.
    made = accounts.created_at[rows][fake] // (60 * DAY) * (60 * DAY)
    at[fake] = made + (90 + rng.random(len(made)) / 4) * DAY
    return rows[np.argsort(-at, kind="stable")]


def _liked(posts: Posts, rng: np.random.Generator) -> Int:
    others = (posts.author != OWNER) & (posts.kind != "repost")
    chance = np.where(posts.to == OWNER, 0.25, np.where(posts.kind == "original", 0.3, 0.02))
    return np.flatnonzero(others & (rng.random(len(posts.id)) < chance))[::-1]
