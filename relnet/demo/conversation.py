"""Conversations over time: when two accounts talk, who answers whom, and how soon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relnet.demo.cast import Cast, Ties
from relnet.demo.world import DAY, NOBODY, Bool, Float, Int

_HOUR = DAY // 24
_MINUTE = _HOUR // 60
_TURNS = 9
_TIRING = 0.86  # each further turn is that much less likely
# From Monday; people have more to say towards the weekend.
_WEEKDAYS = np.array([0.75, 0.75, 0.8, 0.85, 1.0, 1.0, 0.95])
_MONDAY = 4 * DAY  # 1970-01-05
_HASTE_IN_PRIVATE = 0.3


@dataclass(frozen=True)
class Turns:
    """Acts in conversations, one row per act, grouped by turn number; accounts are row numbers.

    Attributes
    ----------
    tie, talk
        Row of the tie, and number of the conversation.
    turn
        0 for the act that opens the conversation.
    previous
        Row here of the act that this one answers, else -1.
    """

    tie: Int
    talk: Int
    turn: Int
    author: Int
    to: Int
    at: Int
    previous: Int


def converse(ties: Ties, cast: Cast, rng: np.random.Generator) -> Turns:
    """Draw every conversation of every tie over its whole life.

    The number of conversations is Poisson; their days follow the weekday, their hour the clock of whoever
    begins.  Sides alternate as long as the one to answer does, after a lognormal delay and a night's sleep.
    """
    tie, at = _openings(ties, rng)
    a_opens = rng.random(len(tie)) < ties.a_starts[tie]
    first = np.where(a_opens, ties.a[tie], ties.b[tie])
    second = np.where(a_opens, ties.b[tie], ties.a[tie])
    at = at + _hour_of_day(cast.clock[first], rng)
    p_first = np.where(a_opens, ties.a_answers[tie], ties.b_answers[tie])
    p_second = np.where(a_opens, ties.b_answers[tie], ties.a_answers[tie])

    talk = np.arange(len(tie))
    previous = np.full(len(tie), NOBODY)
    parts, base = [], 0
    for turn in range(_TURNS):
        author, to = (second, first) if turn % 2 else (first, second)
        if turn:
            chance = (p_second if turn % 2 else p_first)[talk] * _TIRING ** (turn - 1)
            goes_on = rng.random(len(talk)) < chance
            previous = base - len(talk) + np.flatnonzero(goes_on)
            talk = talk[goes_on]
            haste = np.where(ties.private[tie[talk]], _HASTE_IN_PRIVATE, 1.0)
            at = answer_times(at[goes_on], author[talk], haste, cast, rng)
        parts.append((tie[talk], talk, np.full(len(talk), turn), author[talk], to[talk], at, previous))
        base += len(talk)
    return Turns(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def answer_times(asked: Int, who: Int, haste: Float | float, cast: Cast, rng: np.random.Generator) -> Int:
    """Draw when the accounts ``who`` answer what reached them at ``asked`` (ms UTC): mostly awake."""
    minutes = cast.pace[who] * haste * np.exp(rng.normal(0, 1.1, len(who)))
    at = asked + (minutes * _MINUTE).astype(np.int64) + 2000
    local = (at + (cast.clock[who] * _HOUR).astype(np.int64)) % DAY
    sleeps = (local < 6.5 * _HOUR) & (rng.random(len(who)) < 0.85) & (cast.pace[who] > 1)
    morning = (6.5 * _HOUR - local + rng.exponential(45 * _MINUTE, len(who))).astype(np.int64)
    return np.where(sleeps, at + morning, at)


def posting_times(per_day: float, span: tuple[int, int], clock: float, rng: np.random.Generator) -> Int:
    """Draw the moments at which somebody posts unprompted, in order; ms UTC."""
    since, until = span
    n = rng.poisson(per_day * (until - since) / DAY)
    days = _days(rng.uniform(since, until, n))
    at = days + _hour_of_day(np.full(n, clock), rng)
    return np.sort(at[(at >= since) & _keeps(days, rng)])


def expected_acts(ties: Ties, at: int) -> tuple[Float, Float]:
    """Compute the acts per day to expect of each side at one moment, from the parameters alone.

    Returns
    -------
    tuple
        Acts by ``a`` and by ``b``, float64 of shape (ties,); 0 where the tie has ended or not begun.
    """
    alive = ties.rate * ((ties.since <= at) & (at < ties.until))
    by_a, by_b = np.zeros((2, len(alive)))
    for a_opens in (True, False):
        reached = alive * (ties.a_starts if a_opens else 1 - ties.a_starts)
        for turn in range(_TURNS):
            by_opener = turn % 2 == 0
            a_acts = by_opener == a_opens
            if turn:
                reached = reached * (ties.a_answers if a_acts else ties.b_answers) * _TIRING ** (turn - 1)
            if a_acts:
                by_a += reached
            else:
                by_b += reached
    return by_a, by_b


def _openings(ties: Ties, rng: np.random.Generator) -> tuple[Int, Int]:
    life = (ties.until - ties.since) / DAY
    # The weekday filter takes some away again: draw so many more.
    tie = np.repeat(np.arange(len(life)), rng.poisson(ties.rate * life / _WEEKDAYS.mean()))
    place = rng.random(len(tie)) ** ties.fade[tie]
    at = _days(ties.since[tie] + place * life[tie] * DAY)
    kept = _keeps(at, rng)
    return tie[kept], at[kept]


def _days(at: Float) -> Int:
    return at.astype(np.int64) // DAY * DAY


def _keeps(day: Int, rng: np.random.Generator) -> Bool:
    return rng.random(len(day)) < _WEEKDAYS[(day - _MONDAY) // DAY % 7]


def _hour_of_day(clock: Float, rng: np.random.Generator) -> Int:
    """Draw milliseconds after midnight UTC: mornings, lunch breaks and, most of all, evenings."""
    n = len(clock)
    part = rng.choice(3, n, p=(0.2, 0.25, 0.55))
    hour = rng.normal(np.array([8.3, 12.8, 20.2])[part], np.array([1.0, 1.0, 1.7])[part])
    return (((hour - clock) % 24) * _HOUR).astype(np.int64)
