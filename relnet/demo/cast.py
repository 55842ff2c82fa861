"""Who takes part: roles around the owner, their profiles, and the parameters of every tie."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from relnet.demo import wording
from relnet.demo.world import DAY, HORIZON, NOBODY, OWNER, Accounts, Bool, Float, Int, Text, snowflakes


class Habit(NamedTuple):
    """How accounts of one role deal with the owner; rates are conversations per day, the rest shares."""

    slowest: float
    fastest: float
    owner_starts: float
    owner_answers: float
    other_answers: float
    follows: float
    followed: float


# Contact of the four circles: at least weekly, monthly, six-monthly, yearly (Dunbar et al. 2015).
HABITS = MappingProxyType(
    {
        "inner": Habit(0.22, 0.50, 0.5, 0.85, 0.85, 1.0, 1.0),
        "sympathy": Habit(0.05, 0.12, 0.5, 0.80, 0.80, 1.0, 1.0),
        "affinity": Habit(0.012, 0.035, 0.5, 0.75, 0.70, 0.97, 0.95),
        "active": Habit(0.003, 0.009, 0.5, 0.65, 0.65, 0.95, 0.85),
        "fading": Habit(0.03, 0.10, 0.45, 0.75, 0.75, 0.9, 0.8),
        "burst": Habit(2.5, 4.0, 0.5, 0.75, 0.80, 0.9, 0.5),
        "sleeper": Habit(0.008, 0.03, 0.5, 0.70, 0.70, 1.0, 0.25),
        "bought": Habit(0, 0, 0, 0, 0, 1.0, 0.0),
        "bot": Habit(0.01, 0.03, 0.5, 0.03, 1.0, 0.8, 0.6),
        "broadcaster": Habit(0.03, 0.08, 0.0, 0.0, 0.0, 0.5, 0.02),
        "fan": Habit(0.01, 0.05, 0.0, 0.03, 0.50, 1.0, 0.1),
        "idol": Habit(0.006, 0.03, 1.0, 0.50, 0.0, 0.05, 1.0),
        "follower": Habit(0, 0, 0, 0, 0, 1.0, 0.2),
    }
)
# Per 1,200 people; everybody else is a follower who never says a word.
_COUNTS = MappingProxyType(
    {"inner": 5, "sympathy": 10, "affinity": 35, "active": 100, "fading": 30, "burst": 45, "sleeper": 120}
    | {"bought": 36, "bot": 10, "broadcaster": 12, "fan": 60, "idol": 25}
)
# Circles are as large as a head allows, however many follow.
_CIRCLES = frozenset({"inner", "sympathy", "affinity", "active", "fading", "burst"})
FRIENDS = ("inner", "sympathy", "affinity", "active", "fading", "burst", "sleeper")
_FRIENDS_PER_GROUP = 14
_IDS_HOLD_TIME = 1_293_840_000_000  # since 2011, to be on the safe side
_CONFERENCES = 3
_SLEEPERS_ONCE_FRIENDS = 0.25


@dataclass(frozen=True)
class Ties:
    """Parameters of conversations between two accounts, one row per tie.

    Attributes
    ----------
    a, b
        Rows of the accounts; ``a`` is the owner wherever the owner takes part.
    rate
        Conversations per day while the tie lives.
    since, until
        Its life, ms UTC; it may end after the as-of time.
    fade
        1 spreads contact evenly over that life; above 1 it thins out towards the end.
    a_starts, a_answers, b_answers
        Probabilities.
    private
        Messages instead of posts.
    group
        Community both belong to, else -1.
    """

    a: Int
    b: Int
    rate: Float
    since: Int
    until: Int
    fade: Float
    a_starts: Float
    a_answers: Float
    b_answers: Float
    private: Bool
    group: Int

    def __add__(self, other: Ties) -> Ties:
        columns = zip(vars(self).values(), vars(other).values(), strict=True)
        return Ties(*(np.concatenate(both) for both in columns))

    def of(self, rows: Int | Bool) -> Ties:
        """Keep the chosen ties only."""
        return Ties(*(column[rows] for column in vars(self).values()))


@dataclass(frozen=True)
class Cast:
    """The people before anything is said; every column has one row per account, the owner first.

    Attributes
    ----------
    group
        Community (0, 1, …) or -1.
    clock
        Hours ahead of UTC.
    pace
        Median minutes until an answer.
    """

    role: Text
    group: Int
    clock: Float
    pace: Float
    follows: Bool
    followed: Bool
    span: tuple[int, int]

    def rows(self, *roles: str) -> Int:
        """Find the accounts of these roles."""
        return np.flatnonzero(np.isin(self.role, roles))


def draw_cast(people: int, since: int, as_of: int, rng: np.random.Generator) -> Cast:
    """Give each of ``people`` accounts a role, a community, a clock and a pace."""
    scale = people / 1200
    counts = {role: max(1, round(n * (min(1.0, scale) if role in _CIRCLES else scale))) for role, n in _COUNTS.items()}
    counts["follower"] = people - sum(counts.values())
    role = np.array(["owner"] + [role for role, n in counts.items() for _ in range(n)])
    n = people + 1
    group = np.full(n, NOBODY)
    friends = np.flatnonzero(np.isin(role, FRIENDS) & (role != "burst"))
    group[friends] = rng.integers(0, max(2, len(friends) // _FRIENDS_PER_GROUP), len(friends))
    meetings = np.flatnonzero(role == "burst")
    group[meetings] = group.max() + 1 + np.arange(len(meetings)) % _CONFERENCES
    clocks = np.array([-5.0, 0.0, 1.0, 1.0, 1.0, 2.0, 9.0])
    clock = rng.choice(clocks, n)
    clock[group >= 0] = clocks[group[group >= 0] % len(clocks)]
    clock[OWNER] = 1.0
    pace = np.exp(rng.normal(np.log(35), 0.8, n))
    pace[role == "bot"] = 0.05
    follows, followed = np.zeros((2, n), bool)
    for name, habit in HABITS.items():
        rows = np.flatnonzero(role == name)
        follows[rows] = rng.random(len(rows)) < habit.follows
        followed[rows] = rng.random(len(rows)) < habit.followed
    return Cast(role, group, clock, pace, follows, followed, (since, as_of))


def draw_ties(cast: Cast, rng: np.random.Generator) -> Ties:
    """Draw the parameters of every tie: with the owner, in private, and among friends."""
    public = _owner_ties(cast, rng)
    close = public.of(np.isin(cast.role[public.b], ("inner", "sympathy")))
    private = Ties(**{**vars(close), "rate": close.rate * 0.35, "private": np.ones(len(close.a), bool)})
    return public + private + _friend_ties(cast, rng)


def _owner_ties(cast: Cast, rng: np.random.Generator) -> Ties:
    since, as_of = cast.span
    days = (as_of - since) / DAY
    once_friends = (cast.role != "sleeper") | (rng.random(len(cast.role)) < _SLEEPERS_ONCE_FRIENDS)
    talks = [role for role, habit in HABITS.items() if habit.fastest > 0 and role != "broadcaster"]
    b = np.flatnonzero(np.isin(cast.role, talks) & once_friends)
    role, n = cast.role[b], len(b)
    habit = np.array([HABITS[r] for r in role])
    rate = np.exp(rng.uniform(np.log(habit[:, 0]), np.log(habit[:, 1])))
    latest = {"inner": 0.15, "sympathy": 0.3, "fading": 0.15, "sleeper": 0.2, "burst": 0.0}
    begin = since + rng.random(n) * np.array([latest.get(r, 0.7) for r in role]) * (as_of - since)
    end = np.full(n, as_of + HORIZON + DAY, np.float64)

    fading = role == "fading"
    rate[fading] = np.maximum(rate[fading], 30 / days)  # a rhythm must be visible before it can break
    silence = np.maximum(75, rng.uniform(9, 16, n) / rate)
    end[fading] = (as_of - silence * DAY)[fading]
    asleep = role == "sleeper"
    end[asleep] = (as_of - rng.uniform(100, max(140, 0.7 * days), n) * DAY)[asleep]
    met = role == "burst"
    meeting = np.sort(rng.uniform(0.1, 0.9, _CONFERENCES))[cast.group[b] % _CONFERENCES]
    fridays = ((since / DAY + meeting * days) // 7 * 7 + 1) * DAY  # 1970-01-02 was one
    begin[met] = fridays[met]
    end[met] = begin[met] + 3 * DAY

    def about(p: Float) -> Float:
        return np.where((p > 0.1) & (p < 0.9), rng.beta(8 * p + 0.01, 8 * (1 - p) + 0.01), p)

    return Ties(
        a=np.full(n, OWNER),
        b=b,
        rate=rate,
        since=begin.astype(np.int64),
        until=end.astype(np.int64),
        fade=np.where(fading, 1.6, 1.0),
        a_starts=about(habit[:, 2]),
        a_answers=about(habit[:, 3]),
        b_answers=about(habit[:, 4]),
        private=np.zeros(n, bool),
        group=cast.group[b],
    )


def _friend_ties(cast: Cast, rng: np.random.Generator) -> Ties:
    since, as_of = cast.span
    friends = cast.rows(*(role for role in FRIENDS if role != "sleeper"))
    left, right = np.triu_indices(len(friends), 1)
    a, b = friends[left], friends[right]
    together = cast.group[a] == cast.group[b]
    known = rng.random(len(a)) < np.where(together, 0.36, 0.002)
    a, b, together = a[known], b[known], together[known]
    n = len(a)
    begin = since + rng.random(n) * 0.6 * (as_of - since)
    return Ties(
        a=a,
        b=b,
        rate=np.exp(rng.normal(np.log(0.006), 0.9, n)),
        since=begin.astype(np.int64),
        until=np.full(n, as_of + HORIZON + DAY),
        fade=np.ones(n),
        a_starts=rng.beta(4, 4, n),
        a_answers=rng.beta(6, 3, n),
        b_answers=rng.beta(6, 3, n),
        private=np.zeros(n, bool),
        group=np.where(together, cast.group[a], NOBODY),
    )


def draw_accounts(cast: Cast, rng: np.random.Generator) -> Accounts:
    """Draw profiles that fit the roles; totals may rise later with what is seen to be written."""
    role, n = cast.role, len(cast.role)
    _, as_of = cast.span
    fake, idol, bot, thin = (role == r for r in ("bought", "idol", "bot", "follower"))
    thin &= rng.random(n) < 0.12  # real newcomers: few posts, few followers, a bare profile
    bare = fake | thin

    names, handles = wording.people(n, rng)
    handles[fake] = wording.numbered_handles(int(fake.sum()), rng)
    wording.hostile_names(names, cast.rows("sympathy", "affinity", "fan")[::4])
    bios, places = wording.bios(n, rng)
    bios[fake & (rng.random(n) < 0.85)] = ""
    places[fake] = ""
    bios[bot] = "Automated account, posts by itself. Made for fun."
    names[OWNER], handles[OWNER] = "Robin Sandmere", "robin_sandmere"
    bios[OWNER], places[OWNER] = "boats, bread & long walks", "Marshwick"

    oldest = (as_of - _IDS_HOLD_TIME) * rng.uniform(0.9, 1, n)
    age = np.minimum(np.exp(rng.normal(np.log(2400), 0.6, n)) * DAY, oldest)
    age[thin] = rng.uniform(20, 300, n)[thin] * DAY
    # Whoever was there when the story began is older than the story.
    took_part = ~np.isin(role, ("bought", "follower"))
    age[took_part] = np.maximum(age, as_of - cast.span[0] + rng.uniform(30, 900, n) * DAY)[took_part]
    batch = np.array([410.0, 190.0])[np.arange(n) % 2]
    age[fake] = ((batch + rng.uniform(0, 18, n)) * DAY)[fake]
    created = (as_of - age).astype(np.int64)

    def counts(median: float, spread: float) -> Int:
        return np.exp(rng.normal(np.log(median), spread, n)).astype(np.int64)

    followers, following = counts(240, 1.1), counts(310, 0.8)
    posts, likes = counts(2600, 1.2), counts(4200, 1.3)
    followers[idol] = counts(180_000, 0.8)[idol]
    posts[bot] = counts(40_000, 0.6)[bot]
    posts[role == "sleeper"] = counts(400, 1.0)[role == "sleeper"]
    for column, top in ((followers, 60), (following, 90), (posts, 45), (likes, 80)):
        column[thin] = rng.integers(1, top, n)[thin]
    followers[fake] = rng.integers(0, 12, n)[fake]
    following[fake] = rng.integers(700, 5000, n)[fake]
    posts[fake] = (rng.integers(1, 4, n) * (rng.random(n) < 0.4))[fake]
    likes[fake] = 0
    followers[OWNER], following[OWNER] = cast.follows.sum(), cast.followed.sum()

    quiet = np.exp(rng.normal(np.log(2.5), 1.2, n))
    quiet = np.where(role == "sleeper", rng.uniform(95, 900, n), np.minimum(quiet, 80))
    last = np.maximum(as_of - quiet * DAY, created + DAY / 2).astype(np.int64)
    url = np.where(bare | (rng.random(n) < 0.7), "", "https://example.com/" + handles)
    return Accounts(
        id=snowflakes(created, np.arange(n)),
        handle=handles,
        name=names,
        bio=bios,
        url=url,
        location=places,
        created_at=created,
        last_post=np.where(posts > 0, snowflakes(last, np.arange(n)), 0),
        followers=followers,
        following=following,
        posts=posts,
        likes=likes,
        listed=(followers // 60 * (rng.random(n) < 0.7)).astype(np.int64),
        has_avatar=rng.random(n) >= np.where(fake, 0.75, np.where(thin, 0.3, 0.01)),
        protected=(role == "follower") & ~thin & (rng.random(n) < 0.06),
        automated=bot,
    )
