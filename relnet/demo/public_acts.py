"""What people do in public, drafted: posts and threads, conversations, reposts, mass mentions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relnet.demo import wording
from relnet.demo.cast import HABITS, Cast, Ties
from relnet.demo.conversation import Turns, answer_times, posting_times
from relnet.demo.drafts import Drafts, latest_before
from relnet.demo.world import DAY, NOBODY, OWNER, Float, Int, Text

_POSTS_PER_DAY = 1.5
_REPOSTS_PER_DAY = 0.6
_REPOSTED = 0.9  # times that a post of the owner is reposted, on average
_FRESH = 3 * DAY  # nobody answers an older post
_CIRCLES = ("inner", "sympathy", "affinity", "active")
_REPOSTS_OWNER = {"inner": 20.0, "sympathy": 8.0, "affinity": 4.0, "active": 1.5, "fan": 8.0}
_OWNER_REPOSTS = {"inner": 5.0, "sympathy": 3.0, "affinity": 1.5, "idol": 6.0, "fan": 0.3}


@dataclass(frozen=True)
class Pool:
    """Posts that others can answer: rows of the drafts, their authors and times."""

    rows: Int
    author: Int
    at: Int

    def latest(self, who: Int, when: Int) -> Int:
        """Find the draft row of the latest post by ``who`` before ``when``, or -1."""
        found = latest_before(self.author, self.at, who, when, _FRESH)
        return np.where(found == NOBODY, NOBODY, self.rows[found])


def owner_posts(drafts: Drafts, span: tuple[int, int], cast: Cast, rng: np.random.Generator) -> Pool:
    """Draft the owner's own posts and threads; return the posts, not the threads, for others to answer."""
    at = posting_times(_POSTS_PER_DAY, span, float(cast.clock[OWNER]), rng)
    author = np.full(len(at), OWNER)
    pool = Pool(drafts.add("original", author, at, wording.remarks(len(at), rng)), author, at)
    rows = pool.rows
    for _ in range(2):  # some go on as a thread
        kept = rng.random(len(at)) < 0.08
        at, author = at[kept] + rng.integers(20_000, 400_000, int(kept.sum())), author[kept]
        rows = drafts.add("reply", author, at, wording.remarks(len(at), rng), to=author, parent_row=rows[kept])
    return pool


def conversations(
    drafts: Drafts, turns: Turns, ties: Ties, originals: Pool, cast: Cast, rng: np.random.Generator
) -> Pool:
    """Draft every public conversation; return the friends' posts that began one.

    A conversation opens with a reply or a quote to a post, or with a mention.  Some carry a third person of
    the same community along, who sometimes joins in.
    """
    public = ~ties.private[turns.tie]
    first = public & (turns.turn == 0)
    to, at = turns.to[first], turns.at[first]
    kind = rng.choice(("reply", "mention", "quote"), len(at), p=(0.55, 0.35, 0.1))
    kind[cast.role[turns.author[first]] == "bot"] = "mention"

    # What a conversation answers: a post of the owner, a post of a friend seen here, or one that was not.
    answers = kind != "mention"
    asked_at = at - np.exp(rng.normal(np.log(50 * 60_000), 1.2, len(at))).astype(np.int64)
    seen = answers & (to != OWNER) & ((rng.random(len(at)) < 0.6) | (kind == "quote"))
    openings = Pool(
        drafts.add("original", to[seen], asked_at[seen], wording.remarks(int(seen.sum()), rng)),
        to[seen],
        asked_at[seen],
    )
    parent_row = np.full(len(at), NOBODY)
    parent_row[seen] = openings.rows
    to_owner = answers & (to == OWNER)
    parent_row[to_owner] = originals.latest(to, at)[to_owner]
    kind[to_owner & (parent_row == NOBODY)] = "mention"
    unseen = answers & (to != OWNER) & (parent_row == NOBODY)
    # One in fifty of those is gone from the network too: a reply that names a person and no post.
    parent_at = np.where(unseen & (rng.random(len(at)) < 0.98), asked_at, NOBODY)

    # One row per act: openings first, then the other turns, as `Turns` has them.
    n, base = int(public.sum()), len(drafts)
    row_of = np.full(len(turns.at), NOBODY)
    row_of[public] = base + np.arange(n)
    previous = turns.previous[public]
    kinds = np.full(n, "reply", kind.dtype)
    kinds[: len(kind)] = kind
    parents = np.where(previous == NOBODY, NOBODY, row_of[previous])
    parents[: len(at)] = parent_row
    outside = np.full(n, NOBODY)
    outside[: len(at)] = parent_at
    third, cc = _company(turns, ties, cast, rng)
    author, opening = turns.author[public], turns.turn[public] == 0
    body = np.where(opening & (kinds != "reply"), wording.remarks(n, rng), wording.answers(n, rng))
    by_machine = cast.role[author] == "bot"
    body[by_machine] = wording.machine_lines(int(by_machine.sum()), rng)
    drafts.add(
        kinds, author, turns.at[public], body,
        to=turns.to[public], parent_row=parents, parent_at=outside, third=third[public], cc=cc[public],
    )  # fmt: skip

    # Who was carried along sometimes chimes in.
    joins = first & (third != NOBODY) & (rng.random(len(third)) < 0.4)
    who = third[joins]
    drafts.add(
        "reply", who, answer_times(turns.at[joins], who, 1.0, cast, rng), wording.answers(len(who), rng),
        to=turns.author[joins], parent_row=row_of[joins], third=turns.to[joins],
    )  # fmt: skip
    return openings


def _company(turns: Turns, ties: Ties, cast: Cast, rng: np.random.Generator) -> tuple[Int, Int]:
    """Pick who is carried through a conversation, and who is named at the end of an act; -1 is nobody."""
    members = cast.rows(*_CIRCLES)
    members = members[np.argsort(cast.group[members], kind="stable")]
    groups = np.arange(cast.group.max() + 1)
    start, stop = (np.searchsorted(cast.group[members], groups, side) for side in ("left", "right"))

    def somebody(tie: Int, share: float) -> Int:
        group = ties.group[tie]
        size = (stop - start)[group]
        pick = start[group] + (rng.random(len(tie)) * size).astype(np.int64)
        who = members[np.minimum(pick, len(members) - 1)]
        fits = (group != NOBODY) & (size > 0) & (who != ties.a[tie]) & (who != ties.b[tie])
        return np.where(fits & (rng.random(len(tie)) < share), who, NOBODY)

    talks = turns.turn == 0
    third = somebody(turns.tie[talks], 0.18)[turns.talk]
    cc = somebody(turns.tie, 0.03)
    return third, np.where(cc == third, NOBODY, cc)


def reposts(drafts: Drafts, originals: Pool, openings: Pool, cast: Cast, rng: np.random.Generator) -> None:
    """Draft reposts of the owner's posts by others, and of others' posts by the owner."""
    source = np.repeat(np.arange(len(originals.at)), rng.poisson(_REPOSTED, len(originals.at)))
    who = _weighted(cast.role, _REPOSTS_OWNER, len(source), rng)
    at = answer_times(originals.at[source], who, 3.0, cast, rng)
    drafts.add("repost", who, at, np.full(len(at), ""), to=np.full(len(at), OWNER), parent_row=originals.rows[source])

    at = posting_times(_REPOSTS_PER_DAY, cast.span, float(cast.clock[OWNER]), rng)
    whom = _weighted(cast.role, _OWNER_REPOSTS, len(at), rng)
    seen = openings.latest(whom, at)
    written = at - np.exp(rng.normal(np.log(3 * 3_600_000), 1.0, len(at))).astype(np.int64)
    drafts.add(
        "repost", np.full(len(at), OWNER), at, wording.remarks(len(at), rng),
        to=whom, parent_row=seen, parent_at=np.where(seen == NOBODY, written, NOBODY),
    )  # fmt: skip


def _weighted(role: Text, weights: dict[str, float], n: int, rng: np.random.Generator) -> Int:
    weight = np.array([weights.get(r, 0.0) for r in role])
    return rng.choice(len(role), n, p=weight / weight.sum())


def mass_mentions(drafts: Drafts, cast: Cast, span: tuple[int, int], rng: np.random.Generator) -> Float:
    """Send the same text to many at once, again and again; return each account's rate, posts per day."""
    habit = HABITS["broadcaster"]
    others = cast.rows(*_CIRCLES, "sleeper", "fan", "idol")
    loudness = np.zeros(len(cast.role))
    for k, who in enumerate(cast.rows("broadcaster").tolist()):
        loudness[who] = rng.uniform(habit.slowest, habit.fastest)
        at = posting_times(loudness[who], span, float(cast.clock[who]), rng)
        crowd = np.empty(len(at), object)
        for row in range(len(at)):
            chosen = rng.choice(others, rng.integers(5, 9), replace=False)
            crowd[row] = tuple(rng.permutation(np.append(chosen, OWNER)).tolist())
        body = np.full(len(at), wording.offer(k), object)
        first = np.array([named[0] for named in crowd], np.int64)
        drafts.add("mention", np.full(len(at), who), at, body, to=first, crowd=crowd)
    return loudness
