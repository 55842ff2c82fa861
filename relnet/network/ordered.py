"""The tables that need acts in their order: `days` and `turns`, made in blocks of whole pairs for the group-bys.

Acts of one second are one moment: which of them came first is not known, and nothing here depends on it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from relnet.network.acts import Acts, Bools, Ints

DAY_SECONDS: Final = 86_400
Table = dict[str, NDArray[Any]]


def days_of(acts: Acts, as_of: int) -> Table:
    """Return one row for each pair and UTC day with an act, oldest first inside a pair.

    Columns: `row`; `at` (start of the day) and `gap` (since the pair's day before; infinite for its first) in ms;
    `forward` and `back`, whether the one and the other side acted.
    """
    row, backward = acts.row[::-1], acts.backward[::-1].astype(np.bool_)
    day = (as_of // 1000 - acts.age[::-1]) // DAY_SECONDS
    begin = _begins(row, day)
    row, day = row[begin], day[begin]
    gap = _since_before(row, day) * (DAY_SECONDS * 1000)
    return {
        "row": row,
        "at": day * (DAY_SECONDS * 1000),
        "gap": gap,
        "forward": np.logical_or.reduceat(~backward, begin),
        "back": np.logical_or.reduceat(backward, begin),
    }


def turns_of(acts: Acts, as_of: int) -> Table:
    """Return one row for each act, oldest first inside a pair.

    Columns: `row`; `at` in ms; `forward`, `back` (which way); `gap`, ms since the pair's moment before (infinite at its
    first); `begins`, the first act of its moment; `turned`, the first of its side there, when the other side acted in
    the moment before; `delay`, ms until the other side answered (infinite if it never did); `crowd`, accounts that got
    the same.
    """
    row, back = acts.row[::-1], acts.backward[::-1].astype(np.bool_)
    second = as_of // 1000 - acts.age[::-1]
    begin = _begins(row, second)
    begins = np.zeros(len(row), dtype=np.bool_)
    begins[begin] = True
    moment = np.cumsum(begins) - 1
    # Inside a moment the codes put acts from b to a first here, so its two ends tell which sides acted in it.
    there, here = ~back[np.append(begin[1:], len(row)) - 1], back[begin]
    known = np.isfinite(gap := _since_before(row[begin], second[begin]))
    other_before = np.where(back, _shifted(there, known)[moment], _shifted(here, known)[moment])
    leads = begins.copy()
    leads[1:] |= back[1:] != back[:-1]
    return {
        "row": row,
        "at": second * 1000,
        "forward": ~back,
        "back": back,
        "gap": gap[moment] * 1000,
        "begins": begins,
        "turned": leads & other_before,
        "crowd": acts.crowd[::-1].astype(np.float64),
        "delay": _delays(acts, row, second, back, np.append(begin[1:], len(row))[moment]),
    }


def _delays(acts: Acts, row: Ints, second: Ints, back: Bools, after: Ints) -> NDArray[np.float64]:
    """Return ms until the answer: the act that names this one, or the next act back that names none.

    `after` is the place where the moment after each act's own begins.
    """
    n = len(row)
    place, free = np.arange(n), ~acts.names[::-1]
    delay = np.full(n, np.inf)
    for side in (False, True):
        answers = np.append(np.where(free & (back != side), place, n), n)
        nearest = np.minimum.accumulate(answers[::-1])[::-1][after]
        found = np.flatnonzero((back == side) & (nearest < n))
        found = found[row[nearest[found]] == row[found]]
        delay[found] = (second[nearest[found]] - second[found]) * 1000.0
    if len(acts.linked):
        new = np.append(True, acts.linked[1:] != acts.linked[:-1])
        nth = np.arange(len(new)) - np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))
        linked = n - 1 - (np.searchsorted(acts.codes, acts.linked) + nth)
        delay[linked] = np.minimum(delay[linked], acts.delays)
    return delay


def _begins(row: Ints, moment: Ints) -> NDArray[np.intp]:
    """Return where a new pair or moment begins."""
    new = np.ones(len(row), dtype=np.bool_)
    new[1:] = (row[1:] != row[:-1]) | (moment[1:] != moment[:-1])
    return np.flatnonzero(new)


def _since_before(row: Ints, moment: Ints) -> NDArray[np.float64]:
    """Return what lies between each moment and the one before of the same pair, infinite at the first."""
    since = np.full(len(row), np.inf)
    same = row[1:] == row[:-1]
    since[1:][same] = (moment[1:] - moment[:-1])[same]
    return since


def _shifted(acted: Bools, known: Bools) -> Bools:
    """Return whether a side acted in the moment before; not at the first moment of a pair."""
    before = np.zeros(len(acted), dtype=np.bool_)
    before[1:] = acted[:-1]
    return before & known
