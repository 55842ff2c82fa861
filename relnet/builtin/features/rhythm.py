"""How likely a tie is to be heard from again, by its own rhythm: a closed form fitted to no outcome.

The MBG/NBD model (Batislam, Denizel, Filiztekin, "Empirical validation and comparison of models for customer base
analysis", IJRM 24, 2007; Hoppe and Wagner 2007): while alive a tie is active at a rate drawn from Gamma(r, alpha);
after every active period, *the first included*, it ends with a chance drawn from Beta(a, b). With x active periods
after the first, the last at t_x and the first T ago,

    P(alive) = 1 / (1 + a / (b + x) ((alpha + T) / (alpha + t_x)) ** (r + x))
    P(any in W) = P(alive) (1 − ((alpha + T) / (alpha + T + W)) ** (r + x))

Unlike BG/NBD, which calls everyone seen once alive for sure, this never falls when one more period is added now.
`chance` takes the best reading over all sub-histories, so that it never rises when history is taken away.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column
from relnet.plugin.fitting import minimise

Counts = NDArray[np.signedinteger]

SHIPPED: Final = (0.8, 8.0, 0.6, 1.7)
"""r, alpha, a, b around which a fit is held: the middle of the fits on six public data sets."""
SAMPLE: Final = 4000
"""Ties that a fit looks at, evenly spread over all kinds of history: more change the third digit."""
_BLOCK: Final = 1 << 16
"""Periods worked on at a time, so that what is held beside them stays in the processor's cache."""
_SMALL: Final = 1 << 16
_MOST: Final = (1 << 21) - 1


class Rhythm(msgspec.Struct, frozen=True):
    """Rhythm of a population; time is counted in periods of its own length."""

    r: float
    alpha: float
    a: float
    b: float

    def at(self, x: Column, silence: Column, outlook: Column) -> tuple[Column, NDArray[np.bool_]]:
        """Return P(any), and whether it still rises in x there: its log is concave, so it falls from then on.

        Parameters
        ----------
        silence, outlook
            log((alpha + T) / (alpha + t_x)) and log((alpha + T) / (alpha + T + W)).
        """
        acts = self.r + x
        ended = self.a / (self.b + x) * np.exp(acts * silence)
        quiet = np.expm1(acts * outlook)  # minus the chance of an act within W while alive
        gain = outlook * (1 + quiet) / quiet
        return -quiet / (1 + ended), gain > ended / (1 + ended) * (silence - 1 / (self.b + x))


def chance(rhythm: Rhythm, starts: Counts, age: Counts, ahead: float) -> Column:
    """Return for each tie the highest P(any) over all of its sub-histories.

    A sub-history is a first period, any number of the later ones, and the newest.

    Parameters
    ----------
    starts
        Where each tie's periods begin in `age`.
    age
        Age of each active period in whole periods, ascending inside a tie.
    ahead
        Length of the outlook in periods.
    """
    oldest = int(age.max(initial=0))
    log_age = np.log(rhythm.alpha + np.arange(1, oldest + 2))
    log_ahead = np.log(rhythm.alpha + np.arange(1, oldest + 2) + ahead)
    since_log = np.log(rhythm.alpha + np.arange(oldest + 1))
    ends = np.append(starts, len(age))
    cuts = np.unique(np.searchsorted(ends, np.append(np.arange(0, len(age), _BLOCK), len(age))))
    blocks = [
        _chance(
            rhythm, ends[low:high] - ends[low], age[ends[low] : ends[high]], log_age, log_age - log_ahead, since_log
        )
        for low, high in pairwise(cuts)
    ]
    return np.concatenate(blocks) if blocks else np.empty(0)


def _chance(
    rhythm: Rhythm, starts: Counts, age: Counts, log_age: Column, log_outlook: Column, log_since: Column
) -> Column:
    """Return the chances of some ties, from the logarithms for each age."""
    sizes = np.diff(np.append(starts, len(age)))
    before = np.arange(len(age)) - np.repeat(starts, sizes)
    since = age - np.repeat(age[starts], sizes)
    x = before.astype(np.float64)
    silence, outlook = log_age[age] - log_since[since], log_outlook[age]
    best, rising = rhythm.at(x, silence, outlook)
    past = np.flatnonzero(~rising)
    # The peak depends on T and t_x alone, of which there are few.
    ages = len(log_age)
    codes, which = _distinct(age[past].astype(np.int64) * ages + since[past], ages**2)
    old, late = np.divmod(codes, ages)
    behind, ahead_log = log_age[old] - log_since[late], log_outlook[old]
    low, high = np.zeros(len(codes)), late.astype(np.float64)
    for _ in range(int(late.max(initial=0)).bit_length()):
        middle = np.floor((low + high) / 2)
        _, rising = rhythm.at(middle, behind, ahead_log)
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    peak = np.maximum(*(rhythm.at(each, behind, ahead_log)[0] for each in (low, low + 1)))
    best[past] = np.maximum(best[past], peak[which])
    return np.maximum.reduceat(best, starts)


def _distinct(codes: NDArray[np.int64], bound: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return what `np.unique` with its inverse does; without sorting where the codes stay below a small bound."""
    if bound > max(4 * len(codes), _SMALL):
        found, which = np.unique(codes, return_inverse=True)
        return found, which
    there = np.zeros(bound, dtype=np.bool_)
    there[codes] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[codes]


def fit(starts: Counts, age: Counts) -> Rhythm:
    """Fit r, alpha, a, b by maximum likelihood, lightly held to `SHIPPED` (one nat at a factor of e²).

    The sample is every k-th tie in the order of their histories: it depends on no name and no order of rows.
    """
    last, first = age[starts], age[np.append(starts[1:], len(age)) - 1]
    counts = np.diff(np.append(starts, len(age))) - 1
    histories = np.minimum(counts, _MOST).astype(np.int64) << 42 | np.minimum(first, _MOST).astype(np.int64) << 21
    histories = np.sort(histories | np.minimum(last, _MOST))
    chosen = histories[np.linspace(0, len(histories) - 1, min(SAMPLE, len(histories))).astype(np.intp)]
    chosen, times = np.unique(chosen, return_counts=True)
    weight = times * (len(histories) / times.sum())
    x, oldest, newest = chosen >> 42, chosen >> 21 & _MOST, chosen & _MOST
    t_x, length = oldest - newest, oldest + 1
    before = np.arange(x.max())
    centre = np.log(SHIPPED)

    def loss(logs: Column) -> float:
        if np.any(np.abs(logs - centre) > 8):
            return 1e12
        r, alpha, a, b = np.exp(logs)
        # What the gamma functions of the likelihood leave: one factor for each active period before this one.
        act = np.append(0, np.cumsum(np.log((r + before) * (b + before) / (a + b + 1 + before))))[x]
        act += r * np.log(alpha) - np.log(a + b)
        alive = np.log(b + x) - (r + x) * np.log(alpha + length)
        over = np.log(a) - (r + x) * np.log(alpha + t_x)
        return float(np.sum((logs - centre) ** 2) / 4 - weight @ (act + np.logaddexp(alive, over)))

    return Rhythm(*(float(value) for value in np.exp(minimise(loss, centre))))
