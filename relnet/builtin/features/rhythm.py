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

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column
from relnet.plugin.compiled import compiled
from relnet.plugin.fitting import minimise

Ints = NDArray[np.signedinteger]

SHIPPED: Final = (0.8, 8.0, 0.6, 1.7)
"""r, alpha, a, b around which a fit is held: the middle of the fits on six public data sets."""
SAMPLE: Final = 4000
"""Ties that a fit looks at, evenly spread over all kinds of history: more change the third digit."""
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

    def peaks(self, most: Ints, silence: Column, outlook: Column) -> tuple[Column, Column]:
        """Return the x up to which P(any) does not fall, of those below `most`, and the highest P(any)."""
        low, high = np.zeros(len(most)), most.astype(np.float64)
        for _ in range(int(most.max(initial=0)).bit_length()):
            middle = np.floor((low + high) / 2)
            _, rising = self.at(middle, silence, outlook)
            low, high = np.where(rising, middle, low), np.where(rising, high, middle)
        return low, np.maximum(*(self.at(each, silence, outlook)[0] for each in (low, low + 1)))


def chance(rhythm: Rhythm, tie: Ints, age: Ints, rows: int, ahead: float) -> Column:
    """Return for each tie the highest P(any) over all of its sub-histories, NaN for one without history.

    A sub-history is a first period, any number of the later ones, and the newest.

    Parameters
    ----------
    tie, age
        Tie and age of active periods, the newest of a tie first; one that is there twice counts once.
    rows
        Number of ties.
    ahead
        Length of the outlook in periods.
    """
    ages = int(age.max(initial=0)) + 1
    log_age = np.log(rhythm.alpha + np.arange(1, ages + 1))
    log_outlook = log_age - np.log(rhythm.alpha + np.arange(1, ages + 1) + ahead)
    log_since = np.log(rhythm.alpha + np.arange(ages))
    # T and t_x say where the peak is, and there are few of them.
    codes = np.empty(len(age), np.int64)
    codes = codes[: _histories(tie, age, ages, codes)]
    if ages**2 > max(4 * len(codes), _SMALL):
        found, which = np.unique(codes, return_inverse=True)
    else:
        found, which = np.empty(min(ages**2, len(codes)), np.int64), codes
        found = found[: _number(codes, np.full(ages**2, -1, np.int32), found)]
    old, since = np.divmod(found, ages)
    silence, outlook = log_age[old] - log_since[since], log_outlook[old]
    last_rise, peak = rhythm.peaks(since, silence, outlook)
    highest = np.full(rows, np.nan)
    _highest(tie, age, which, silence, outlook, last_rise, peak, rhythm.r, rhythm.a, rhythm.b, highest)
    return highest


@compiled
def _histories(tie: Ints, age: Ints, ages: int, codes: Ints) -> int:
    """Put the age of each period, and how much older it is than the newest, in one number; return how many there are."""
    n, row, period, newest = 0, -1, -1, 0
    for i in range(len(tie)):
        if tie[i] != row:
            row, newest = int(tie[i]), int(age[i])
        elif age[i] == period:
            continue
        period = int(age[i])
        codes[n] = period * ages + period - newest
        n += 1
    return n


@compiled
def _number(codes: Ints, numbers: Ints, found: Ints) -> int:
    """Put in the place of each code its number among those found, and return how many these are."""
    n = 0
    for i in range(len(codes)):
        code = codes[i]
        if numbers[code] < 0:
            numbers[code], found[n] = n, code
            n += 1
        codes[i] = numbers[code]
    return n


@compiled
def _highest(
    tie: Ints, age: Ints, which: Ints, silence: Column, outlook: Column, last_rise: Column, peak: Column,
    r: float, a: float, b: float, highest: Column,
) -> None:  # fmt: skip
    """Find the highest P(any) of each tie, for which its periods are gone through as by `_histories`."""
    n, row, period, x = 0, -1, -1, 0
    for i in range(len(tie)):
        if tie[i] != row:
            row, x = int(tie[i]), 0
            highest[row] = 0
        elif age[i] == period:
            continue
        period, k = int(age[i]), which[n]
        if x > last_rise[k]:
            chance = peak[k]
        else:
            acts = r + x
            chance = -np.expm1(acts * outlook[k]) / (1 + a / (b + x) * np.exp(acts * silence[k]))
        highest[row] = max(highest[row], chance)
        n, x = n + 1, x + 1


def fit(tie: Ints, age: Ints) -> Rhythm:
    """Fit r, alpha, a, b by maximum likelihood, lightly held to `SHIPPED` (one nat at a factor of e²).

    The sample is every k-th tie in the order of their histories: it depends on no name and no order of rows.
    """
    histories = np.empty(len(tie), np.int64)
    histories = np.sort(histories[: _outlines(tie, age, histories)])
    chosen = histories[np.linspace(0, len(histories) - 1, min(SAMPLE, len(histories))).astype(np.intp)]
    chosen, times = np.unique(chosen, return_counts=True)
    weight = times * (len(histories) / times.sum())
    x, oldest, newest = chosen >> 42, chosen >> 21 & _MOST, chosen & _MOST
    # Logs are taken once of each number that occurs.
    repeats = np.arange(x.max() + 1)
    before = repeats[:-1]
    spans, place = np.unique([oldest + 1, oldest - newest], return_inverse=True)
    length, t_x = place.reshape(2, -1)
    centre = np.log(SHIPPED)

    def loss(logs: Column) -> float:
        if np.any(np.abs(logs - centre) > 8):
            return 1e12
        r, alpha, a, b = np.exp(logs)
        # What the gamma functions of the likelihood leave: one factor for each active period before this one.
        act = np.append(0, np.cumsum(np.log((r + before) * (b + before) / (a + b + 1 + before))))[x]
        act += r * np.log(alpha) - np.log(a + b)
        log_span = np.log(alpha + spans)
        alive = np.log(b + repeats)[x] - (r + x) * log_span[length]
        over = np.log(a) - (r + x) * log_span[t_x]
        return float(np.sum((logs - centre) ** 2) / 4 - weight @ (act + np.logaddexp(alive, over)))

    return Rhythm(*(float(value) for value in np.exp(minimise(loss, centre))))


@compiled
def _outlines(tie: Ints, age: Ints, outlines: Ints) -> int:
    """Put the periods after the first, the first and the newest of each tie in one number; return how many ties there are."""
    n, row, period, newest, x = -1, -1, -1, 0, 0
    for i in range(len(tie)):
        if tie[i] != row:
            n, row, newest, x = n + 1, int(tie[i]), int(age[i]), 0
        elif age[i] != period:
            x += 1
        period = int(age[i])
        outlines[n] = min(x, _MOST) << 42 | min(period, _MOST) << 21 | min(newest, _MOST)
    return n + 1
