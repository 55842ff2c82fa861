"""When the two sides of each connection acted, in one pass over the dated acts."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.moments import DAY_SECONDS
from relnet.network.acts import AGE, BACK, CROWD, ROW, SECONDS, Acts, Ints, acts_of
from relnet.network.ordered import Floats
from relnet.network.pairs import met
from relnet.network.structure import structure_of
from relnet.network.view import NetworkView
from relnet.plugin import PERIODS, Keys, Periods, Structure
from relnet.plugin.compiled import compiled

FIXED: Final = 2.0**32
"""Shares are rounded to 2⁻³², so that their sum is exact: the same in every run, and over an account's ties."""
_BLOCK: Final = 1 << 18
"""Acts worked on at a time: their columns stay in the processor's cache."""
_SUMS: Final = ("third", "half", "one", "personal", "words")
_NONE: Final = (np.empty(0, np.int32), np.empty(0, np.int32), np.empty((0, 2), np.int32))
_Table = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]


def periods_of(
    view: NetworkView, a: Keys, b: Keys, acts: Acts | None = None, structure: Structure | None = None
) -> Periods:
    """Return the periods of activity of the pairs (a, b), which are sorted and hold every pair with an act.

    Parameters
    ----------
    acts, structure
        Of the same pairs, where they are at hand.
    """
    acts = acts or acts_of(view, a, b)
    structure = structure or structure_of(met(a, b)[1], acts.counts > 0)
    horizon = round(view.horizon_days * DAY_SECONDS)
    first, last = np.empty((acts.rows, 2)), np.empty((acts.rows, 2))
    sums = np.empty((len(_SUMS), acts.rows, 2))

    def read(block: Acts) -> _Table:
        n, rows = len(block.codes), slice(block.first, block.first + block.rows)
        first[rows], last[rows], sums[:, rows] = -np.inf, np.inf, 0
        tie, age, number = np.empty(n, np.int32), np.empty(n, np.int32), np.zeros((n, 2), np.int32)
        size = _periods(block.codes, horizon, tie, age, number)
        _ages(block.codes, horizon, first, last)
        _sums(block.codes, -math.log(2) / horizon, sums)
        return tie[:size].copy(), age[:size].copy(), number[:size].copy()

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(read, acts.blocks(_BLOCK)))
    tie, age, number = (np.concatenate(parts) for parts in zip(*(found or [_NONE]), strict=True))
    decayed = dict(zip(_SUMS, sums, strict=True))
    return Periods(
        rows=acts.rows, horizon_days=view.horizon_days, tie=tie, age=age, acts=number, first=first, last=last,
        words=decayed.pop("words"), decayed=decayed, ends=structure.ends, closed=structure.closed,
    )  # fmt: skip


@compiled
def _periods(
    codes: Ints, horizon: int, tie: NDArray[np.int32], age: NDArray[np.int32], number: NDArray[np.int32]
) -> int:
    n = -1
    for code in codes:
        row, period = code >> ROW, (code >> AGE & SECONDS) * PERIODS // horizon
        if n < 0 or tie[n] != row or age[n] != period:
            n += 1
            tie[n], age[n] = row, period
        number[n, code >> BACK & 1] += 1
    return n + 1


@compiled
def _ages(codes: Ints, horizon: int, first: Floats, last: Floats) -> None:
    for code in codes:
        row, side, age = code >> ROW, code >> BACK & 1, (code >> AGE & SECONDS) / horizon
        last[row, side] = min(last[row, side], age)
        first[row, side] = max(first[row, side], age)


@compiled
def _sums(codes: Ints, rate: float, sums: NDArray[np.float64]) -> None:
    for code in codes:
        row, side, crowd = code >> ROW, code >> BACK & 1, code & CROWD
        one = math.exp((code >> AGE & SECONDS) * rate)
        half = one * one
        sums[0, row, side] += half * one
        sums[1, row, side] += half
        sums[2, row, side] += one
        sums[3, row, side] += one / crowd
        sums[4, row, side] += np.rint(FIXED / crowd) / FIXED
