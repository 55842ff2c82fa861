"""Rhythms and active spans, which are read in loops, against what their definitions say row by row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnet.builtin.features.engagement import MutualWindows, Windows
from relnet.builtin.features.recent import PreviousCount, RecentCount
from relnet.builtin.features.rhythm import Rhythm, chance
from relnet.plugin import PERIODS, Periods

RHYTHM = Rhythm(0.8, 8.0, 0.6, 1.7)
AHEAD = 28.0
histories = st.lists(
    st.dictionaries(st.integers(0, 90), st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(any), max_size=12),
    min_size=1,
    max_size=6,
)


def likely(x: int, since: int, age: int) -> float:
    """Return P(any) as its formula stands."""
    r, alpha, a, b = RHYTHM.r, RHYTHM.alpha, RHYTHM.a, RHYTHM.b
    length = alpha + age + 1
    alive = 1 / (1 + a / (b + x) * (length / (alpha + since)) ** (r + x))
    return alive * (1 - (length / (length + AHEAD)) ** (r + x))


@given(histories, st.sampled_from([1, 500]))
def test_the_chance_is_the_best_over_all_sub_histories_of_near_and_of_far_apart_periods(ties, scale) -> None:
    tie = [row for row, ages in enumerate(ties) for _ in ages]
    age = [scale * each for ages in ties for each in sorted(ages)]
    twice = np.repeat(np.array([tie, age], np.int32), 2, axis=1)  # one that is there twice counts once
    with np.errstate(all="ignore"):
        found = chance(RHYTHM, twice[0], twice[1], len(ties), AHEAD)
    for row, ages in enumerate(ties):
        mine = [scale * each for each in sorted(ages)]
        tried = [likely(x, first - mine[0], first) for newer, first in enumerate(mine) for x in range(newer + 1)]
        assert found[row] == pytest.approx(max(tried), rel=1e-12) if tried else np.isnan(found[row])


@given(histories)
def test_spans_with_acts_and_recent_acts_are_those_that_counting_finds(ties) -> None:
    rows = [(row, age, *ages[age]) for row, ages in enumerate(ties) for age in sorted(ages)]
    tie, age, one, other = np.array(rows, np.int32).reshape(-1, 4).T.copy()
    nothing = np.zeros((len(ties), 2))
    periods = Periods(
        rows=len(ties), horizon_days=90.0, tie=tie, age=age, acts=np.stack([one, other], axis=1), first=nothing,
        last=nothing, words=nothing, decayed={}, ends=np.zeros((len(ties), 2), np.int32), closed=lambda: iter(()),
    )  # fmt: skip
    for row, ages in enumerate(ties):
        sides = [{each // PERIODS for each, acts in ages.items() if acts[side]} for side in (0, 1)]
        assert Windows().over(periods)[row] == len(sides[0] | sides[1])
        assert MutualWindows().over(periods)[row] == len(sides[0] & sides[1])
        for feature, window in ((RecentCount(), 0), (PreviousCount(), 1)):
            acts = sum(sum(acts) for each, acts in ages.items() if each // PERIODS == window)
            assert feature.over(periods)[row] == acts
