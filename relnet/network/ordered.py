"""The tables that need acts in their order: `Days` and `Turns`, made in blocks of whole pairs.

Acts of one second are one moment: which of them came first is not known, and nothing here depends on it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from relnet.moments import DAY_SECONDS
from relnet.network.acts import AGE, BACK, CROWD, NAMES, NEVER, ROW, SECONDS, Acts, Ints
from relnet.network.view import NetworkView
from relnet.plugin import Days, Turns
from relnet.plugin.compiled import compiled

_SECOND: Final = 1000.0
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def days_of(acts: Acts, view: NetworkView) -> Days:
    """Return one row for each pair and UTC day with an act; pairs are counted from that of the first act."""
    n = len(acts.codes)
    tie, day, acted = np.empty(n, np.int32), np.empty(n, np.int64), np.zeros((n, 2), dtype=np.bool_)
    gap = np.full(n, np.inf)
    size = _days(acts.codes, view.as_of // 1000, tie, day, gap, acted)
    return Days(**_ties(tie[:size]), day=day[:size], gap=gap[:size], acted=acted[:size])


def turns_of(acts: Acts, view: NetworkView) -> Turns:
    """Return one row for each act; pairs are counted from that of the first act."""
    n = len(acts.codes)
    tie, at, this_way, crowd = np.empty(n, np.int32), np.empty(n, np.int64), np.empty(n, np.bool_), np.empty(n)
    gap, delay = np.full(n, np.inf), np.empty(n)
    begins, passes = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    _take_apart(acts.codes, view.as_of // 1000, tie, at, this_way, crowd)
    _moments(acts.codes, gap, begins, passes)
    _delays(acts.codes, acts.waited, np.full(2, -1), np.full(2, -1), delay)
    return Turns(
        **_ties(tie), at=at, until=view.until, this_way=this_way, gap=gap, begins=begins, passes=passes, delay=delay,
        crowd=crowd,
    )  # fmt: skip


def _ties(tie: NDArray[np.int32]) -> dict[str, Any]:
    tie -= tie[0]
    return {"rows": int(tie[-1]) + 1, "tie": tie, "starts": np.flatnonzero(np.append(True, tie[1:] != tie[:-1]))}


@compiled
def _take_apart(codes: Ints, now: int, tie: NDArray[np.int32], at: Ints, this_way: Bools, crowd: Floats) -> None:
    for i in range(len(codes)):
        code = codes[i]
        tie[i], at[i] = code >> ROW, (now - (code >> AGE & SECONDS)) * 1000
        this_way[i], crowd[i] = code >> BACK & 1 == 0, code & CROWD


@compiled
def _days(codes: Ints, now: int, tie: NDArray[np.int32], day: Ints, gap: Floats, acted: Bools) -> int:
    n = -1
    for code in codes:
        here, then = code >> ROW, (now - (code >> AGE & SECONDS)) // DAY_SECONDS
        if n < 0 or here != tie[n] or then != day[n]:
            if n >= 0 and here == tie[n]:
                gap[n] = day[n] - then
            n += 1
            tie[n], day[n] = here, then
        acted[n, code >> BACK & 1] = True
    return n + 1


@compiled
def _moments(codes: Ints, gap: Floats, begins: Bools, passes: Bools) -> None:
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
                passes[i] = leads and sides >> (1 - side) & 1 == 1
        newer, begin = begin, end


@compiled
def _delays(codes: Ints, waited: NDArray[np.int32], soonest: Ints, here: Ints, delay: Floats) -> None:
    """Find how long each act waited for one that names it, or for the next act of the other side that names none.

    `soonest` holds, of each side, the age of the act nearest in time among later ones that names none, `here` the same
    in this moment; -1 where there is none.
    """
    row, moment = -1, -1
    for i in range(len(codes)):
        code = codes[i]
        if code >> AGE != moment:
            moment = code >> AGE
            for side in range(2):
                soonest[side] = here[side] if here[side] >= 0 else soonest[side]
                here[side] = -1
            if code >> ROW != row:
                row = code >> ROW
                soonest[0] = soonest[1] = -1
        side, age = code >> BACK & 1, code >> AGE & SECONDS
        if not code >> NAMES & 1:
            here[side] = age
        wait = waited[i]
        if soonest[1 - side] >= 0:
            wait = min(wait, age - soonest[1 - side])
        delay[i] = wait * _SECOND if wait < NEVER else np.inf
