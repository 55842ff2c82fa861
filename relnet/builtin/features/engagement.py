"""What engagement looks at: named readings of a tie's periods of activity.

Each is oriented (more is better) and *never falls when an act is added at any time before the moment of judging*:
taking history, a direction or a kind away raises none of them. What was not seen is absent and enters at its floor.
Age is counted in horizons W, a period is W / 28. None is portable: a tie's best sub-history, its merged periods and its
closed triples are no sums over rows, so they are read from NumPy columns that one pass makes.
"""

from __future__ import annotations

import math
from typing import Annotated, Final

import numpy as np
from numpy.typing import NDArray

from relnet.builtin.features.rhythm import Rhythm, chance, fit
from relnet.plugin import PERIODS, Column, Feature, Param, Periods
from relnet.plugin.compiled import compiled

OLDEST: Final = 20.0
"""Horizons after which a last act counts as never; also what "never" enters as."""
FEW: Final = 0.05
"""What an unseen side's decayed count enters as: one act about four half-lives old."""
JUST: Final = 0.03
"""Added to ages before the logarithm, in W."""
FEW_PERIODS: Final = 0.2

Parameters = tuple[float, float, float, float]


class RhythmFine(Feature):
    """Log chance to be heard from within W, by the tie's own rhythm in periods of W / 28.

    Formula: the highest P(any) of MBG/NBD over the tie's sub-histories; r, alpha, a, b fitted to all ties, held to
    shipped ones, and to no outcome. Unit: log of a probability. Source: Batislam et al. 2007.
    """

    name, version = "rhythm_fine", "1"
    unit, table, portable = "log", "periods", False
    rowwise = False
    rhythm: Annotated[Parameters | None, Param(description="r, alpha, a, b; by default fitted")] = None

    def over(self, periods: Periods) -> Column:
        """Return the log of the chance."""
        return _chance(periods, 1, self.rhythm)


class RhythmCoarse(Feature):
    """As `rhythm_fine`, in periods of W / 7: a tie of weekly talks is regular here and bursty there."""

    name, version = "rhythm_coarse", "1"
    unit, table, portable = "log", "periods", False
    rowwise = False
    rhythm: Annotated[Parameters | None, Param(description="r, alpha, a, b; by default fitted")] = None

    def over(self, periods: Periods) -> Column:
        """Return the log of the chance."""
        return _chance(periods, 4, self.rhythm)


class BothThird(Feature):
    """Recent acts of both sides: log √((d_ab + .05)(d_ba + .05)), d = Σ 2 ** (−age / h), h = W / 3.

    One side alone cannot carry it. Unit: log of acts.
    """

    name, version = "both_third", "1"
    unit, table, portable = "log", "periods", False

    def over(self, periods: Periods) -> Column:
        """Return the log of the geometric mean."""
        return _both(periods.decayed["third"], FEW)


class BothHalf(Feature):
    """As `both_third` with h = W / 2."""

    name, version = "both_half", "1"
    unit, table, portable = "log", "periods", False

    def over(self, periods: Periods) -> Column:
        """Return the log of the geometric mean."""
        return _both(periods.decayed["half"], FEW)


class BothPersonal(Feature):
    """As `both_third` with h = W, each act divided by the number of accounts that it addresses."""

    name, version = "both_personal", "1"
    unit, table, portable = "log", "periods", False

    def over(self, periods: Periods) -> Column:
        """Return the log of the geometric mean."""
        return _both(periods.decayed["personal"], FEW)


class Recent(Feature):
    """How lately the two were in touch: −log(age of the newest act + .03), age in W, at most 20. Unit: log of 1 / W."""

    name, version = "recent", "1"
    unit, table, portable = "log", "periods", False

    def over(self, periods: Periods) -> Column:
        """Return minus the log of the age."""
        return _recent(np.minimum(*periods.last.T))


class RecentOfQuieter(Feature):
    """As `recent`, of the side that has been silent longer; 20 W if it never acted."""

    name, version = "recent_of_quieter", "1"
    unit, table, portable = "log", "periods", False

    def over(self, periods: Periods) -> Column:
        """Return minus the log of the age."""
        return _recent(np.maximum(*periods.last.T))


class BothPeriods(Feature):
    """Regular acts of both sides: log √((q_ab + .2)(q_ba + .2)).

    q = decayed number of periods of W / 14 in which a side acted, h = W. Unit: log of periods.
    """

    name, version = "both_periods", "1"
    unit, table, portable = "log", "periods", False

    def over(self, periods: Periods) -> Column:
        """Return the log of the geometric mean."""
        return _both(_active(periods, 2, PERIODS / 2)[:, :2], FEW_PERIODS)


class Exchanges(Feature):
    """Log(1 + periods of W / 28 in which both sides acted), decayed with h = W. Unit: log of periods."""

    name, version = "exchanges", "1"
    unit, table, portable = "log", "periods", False

    def over(self, periods: Periods) -> Column:
        """Return the log of the decayed number."""
        return np.log1p(_active(periods, 1, PERIODS)[:, 2])


class AccountsAwake(Feature):
    """Whether both accounts still act towards anyone: `recent` of the one that has been silent longer."""

    name, version = "accounts_awake", "1"
    unit, table, portable = "log", "periods", False
    rowwise = False

    def over(self, periods: Periods) -> Column:
        """Return minus the log of the age."""
        newest = np.full(int(periods.ends.max(initial=-1)) + 1, np.inf)
        quieter = np.empty(periods.rows)
        _quieter(periods.ends, periods.last, newest, quieter)
        return _recent(quieter)


class SharedTies(Feature):
    """Log(1 + Σ over shared neighbours z of min(w_az, w_bz)), w = decayed acts both ways, h = W.

    The 1 / log k_z of Adamic and Adar is left out: it would rise when other ties of z go unobserved. Unit: log of acts.
    """

    name, version = "shared_ties", "1"
    unit, table, portable = "log", "periods", False
    rowwise = False

    def over(self, periods: Periods) -> Column:
        """Return the log of the sum."""
        weight = np.add(*periods.decayed["one"].T)
        total = np.zeros(periods.rows)
        for triple in periods.closed():
            w = [weight[rows] for rows in triple]
            for rows, other, third in zip(triple, (w[1], w[2], w[0]), (w[2], w[0], w[1]), strict=True):
                np.add.at(total, rows, np.minimum(other, third))
        return np.log1p(total)


class Windows(Feature):
    """Spans of length W, back from the moment of judging, with an act between the two. Unit: spans of W."""

    name, version = "windows", "1"
    unit, table, portable = "spans", "periods", False

    def over(self, periods: Periods) -> Column:
        """Return the number of spans."""
        one, other, both = _active(periods, PERIODS).T
        return np.asarray(one + other - both)


class MutualWindows(Feature):
    """Spans of length W in which both sides acted. Unit: spans of W."""

    name, version = "mutual_windows", "1"
    unit, table, portable = "spans", "periods", False

    def over(self, periods: Periods) -> Column:
        """Return the number of spans."""
        return _active(periods, PERIODS)[:, 2]


def _chance(periods: Periods, times: int, given: Parameters | None) -> Column:
    if not len(periods.tie):
        return np.full(periods.rows, np.nan)
    age = periods.age // times
    rhythm = fit(periods.tie, age) if given is None else Rhythm(*given)
    found = chance(rhythm, periods.tie, age, periods.rows, PERIODS / times)
    return np.log(np.maximum(found, 1e-12, out=found), out=found)


def _active(periods: Periods, times: int, half_life: float = math.inf) -> NDArray[np.float64]:
    """Return float64[n, 3]: spans of some periods in which each side acted, and both; older ones count less."""
    age: NDArray[np.int32] = periods.age // times
    sums = np.zeros((periods.rows, 3))
    decayed: Column = np.exp2(-np.arange(age.max(initial=0) + 1) / half_life)  # looked up: there are few ages
    _count_active(periods.tie, age, periods.acts, decayed, sums)
    return sums


@compiled
def _count_active(
    tie: NDArray[np.int32], age: NDArray[np.int32], acts: NDArray[np.int32], decayed: Column, sums: NDArray[np.float64]
) -> None:
    one = other = 0
    for i in range(len(tie)):
        one |= acts[i, 0] > 0
        other |= acts[i, 1] > 0
        if i + 1 == len(tie) or tie[i + 1] != tie[i] or age[i + 1] != age[i]:
            row, weight = tie[i], decayed[age[i]]
            sums[row, 0] += weight * one
            sums[row, 1] += weight * other
            sums[row, 2] += weight * (one & other)
            one = other = 0


def _both(decayed: NDArray[np.float64], few: float) -> Column:
    return np.asarray(0.5 * np.log(np.multiply(*(decayed.T + few))))


@compiled
def _quieter(ends: NDArray[np.int32], last: NDArray[np.float64], newest: Column, quieter: Column) -> None:
    """Find the age of the newest act of the account that has been silent longer."""
    for i in range(len(ends)):
        for side in range(2):
            newest[ends[i, side]] = min(newest[ends[i, side]], last[i, side])
    for i in range(len(ends)):
        quieter[i] = max(newest[ends[i, 0]], newest[ends[i, 1]])


def _recent(age: Column) -> Column:
    return -np.log(np.minimum(age, OLDEST) + JUST)
