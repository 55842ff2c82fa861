"""When the two sides of each connection acted, in one pass over the dated acts."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.network.acts import Acts, Ints, acts_of
from relnet.network.ordered import DAY_SECONDS
from relnet.network.structure import structure_of
from relnet.network.view import NetworkView
from relnet.plugin import Keys, Periods, Structure

PERIODS: Final = 28
"""Periods in one horizon; those of W / 14 and W / 7 nest inside."""
_BLOCK: Final = 1 << 17
"""Acts worked on at a time: their columns stay in the processor's cache."""
_HALF_LIVES: Final = ("third", "half", "one", "personal")
_NONE: Final = (np.empty(0, np.int32), np.empty(0, np.int32), np.empty((0, 2), np.bool_))


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
    structure = structure or structure_of(a, b, acts.tied)
    horizon = round(view.horizon_days * DAY_SECONDS)
    last = np.full(2 * acts.rows, np.inf)
    decayed = {name: np.zeros(2 * acts.rows) for name in _HALF_LIVES}

    def read(block: Acts) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
        row, seconds, backward = block.row, block.age, block.backward
        first = 2 * int(row[0])
        side = 2 * row + backward - first
        place = slice(first, 2 * (int(row[-1]) + 1))
        age = seconds * (1 / horizon)
        one = np.exp(age * -np.log(2))
        half = one * one
        for name, weight in zip(_HALF_LIVES, (half * one, half, one, one / block.crowd), strict=True):
            decayed[name][place] = np.bincount(side, weight, place.stop - first)
        last[place][side[::-1]] = age[::-1]  # the newest act of a side comes first and so is written last
        return _active(row, seconds * PERIODS // horizon, backward)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(read, acts.blocks(_BLOCK)))
    tie, age_of, acted = (np.concatenate(parts) for parts in zip(*(found or [_NONE]), strict=True))
    return Periods(
        rows=acts.rows, tie=tie, age=age_of, acted=acted, last=last.reshape(-1, 2),
        decayed={name: sums.reshape(-1, 2) for name, sums in decayed.items()},
        ends=structure.ends, closed=structure.closed,
    )  # fmt: skip


def _active(row: Ints, period: Ints, backward: Ints) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
    """Return row, age and who acted of each period with an act; the acts are sorted by row and age."""
    new = np.ones(len(row), dtype=np.bool_)
    new[1:] = (row[1:] != row[:-1]) | (period[1:] != period[:-1])
    begin = np.flatnonzero(new)
    acted = np.zeros(2 * len(begin), dtype=np.bool_)
    acted[2 * np.cumsum(new) - 2 + backward] = True
    return row[begin].astype(np.int32), period[begin].astype(np.int32), acted.reshape(-1, 2)
