"""The tables that need acts in their order: `days` and `turns`, made in blocks of whole pairs for the group-bys.

Acts of one second are one moment: which of them came first is not known, and nothing here depends on it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from relnet.moments import DAY_MS, DAY_SECONDS
from relnet.network.acts import AGE, BACK, CROWD, NAMES, NEVER, ROW, SECONDS, Acts, Ints
from relnet.plugin.compiled import compiled

_SECOND: Final = 1000.0
Table = dict[str, NDArray[Any]]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def days_of(acts: Acts, as_of: int) -> Table:
    """Return one row for each pair and UTC day with an act.

    Columns: `row`; `at` (start of the day) and `gap` (since the pair's day before; infinite for its first) in ms;
    `forward` and `back`, whether the one and the other side acted.
    """
    n = len(acts.codes)
    row, day, acted = np.empty(n, np.int32), np.empty(n, np.int64), np.zeros((2, n), dtype=np.bool_)
    gap = np.full(n, np.inf)
    size = _days(acts.codes, as_of // 1000, row, day, gap, acted)
    return {
        "row": row[:size], "at": day[:size] * DAY_MS, "gap": gap[:size] * DAY_MS,
        "forward": acted[0, :size], "back": acted[1, :size],
    }  # fmt: skip


def turns_of(acts: Acts, as_of: int) -> Table:
    """Return one row for each act.

    Columns: `row`; `at` in ms; `forward`, `back` (which way); `gap`, ms since the pair's moment before (infinite at its
    first); `begins`, one act of each moment; `turned`, one of each side in a moment, where the other side acted in the
    moment before; `delay`, ms until the other side answered (infinite if it never did); `crowd`, accounts that got the
    same.
    """
    n = len(acts.codes)
    gap, delay = np.full(n, np.inf), np.empty(n)
    begins, turned = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    _moments(acts.codes, gap, begins, turned)
    _delays(acts.codes, acts.waited, delay)
    back = (acts.codes >> BACK & 1).astype(np.bool_)
    return {
        "row": (acts.codes >> ROW).astype(np.int32),
        "at": (as_of // 1000 - (acts.codes >> AGE & SECONDS)) * 1000,
        "forward": ~back,
        "back": back,
        "gap": gap,
        "begins": begins,
        "turned": turned,
        "crowd": (acts.codes & CROWD).astype(np.float64),
        "delay": delay,
    }


@compiled
def _days(codes: Ints, now: int, row: NDArray[np.int32], day: Ints, gap: Floats, acted: Bools) -> int:
    n = -1
    for code in codes:
        here, then = code >> ROW, (now - (code >> AGE & SECONDS)) // DAY_SECONDS
        if n < 0 or here != row[n] or then != day[n]:
            if n >= 0 and here == row[n]:
                gap[n] = day[n] - then
            n += 1
            row[n], day[n] = here, then
        acted[code >> BACK & 1, n] = True
    return n + 1


@compiled
def _moments(codes: Ints, gap: Floats, begins: Bools, turned: Bools) -> None:
    """Find what lies between each moment and the one before; the newest moment of a pair comes first."""
    begin = newer = 0
    while begin < len(codes):
        moment, end, sides = codes[begin] >> AGE, begin, 0
        while end < len(codes) and codes[end] >> AGE == moment:
            sides |= 1 << (codes[end] >> BACK & 1)
            end += 1
        begins[begin] = True
        if newer < begin and codes[newer] >> ROW == codes[begin] >> ROW:
            since = (moment - (codes[newer] >> AGE)) * _SECOND
            for i in range(newer, begin):
                side = codes[i] >> BACK & 1
                gap[i] = since
                leads = i == newer or codes[i - 1] >> BACK & 1 != side
                turned[i] = leads and sides >> (1 - side) & 1 == 1
        newer, begin = begin, end


@compiled
def _delays(codes: Ints, waited: NDArray[np.int32], delay: Floats) -> None:
    """Find how long each act waited for one that names it, or for the next act of the other side that names none."""
    row, moment = -1, -1
    soonest = np.full(2, -1)  # of each side, among later moments: age of the act nearest in time that names none
    here = np.full(2, -1)  # the same in this moment
    for i in range(len(codes)):
        code = codes[i]
        if code >> AGE != moment:
            moment = code >> AGE
            for side in range(2):
                soonest[side] = here[side] if here[side] >= 0 else soonest[side]
                here[side] = -1
            if code >> ROW != row:
                row = code >> ROW
                soonest[:] = -1
        side, age = code >> BACK & 1, code >> AGE & SECONDS
        if not code >> NAMES & 1:
            here[side] = age
        wait = waited[i]
        if soonest[1 - side] >= 0:
            wait = min(wait, age - soonest[1 - side])
        delay[i] = wait * _SECOND if wait < NEVER else np.inf
