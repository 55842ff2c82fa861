"""What share of accounts is fake, inactive and good, given that the labels err.

The share called fake is corrected for the errors measured on labelled accounts (Rogan–Gladen, with the interval of
Lang and Reiczigel). That assumes that those errors hold here; they do not for a seller never seen, so the share at the
lowest recall that was measured belongs beside it. Inactivity is a date, not a guess: its share carries chance only.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.assess.assessment import FAKE_FROM, GOOD_BELOW, INACTIVE_FROM, LABELS, AccountLabels, Figure
from relnet.plugin import LabelErrors

LEAST_TOLD_APART: Final = 0.2
"""Recall + specificity − 1 below which a share is refused: the labels tell too little apart."""
Z: Final = 1.959964
UNKNOWN: Final = Figure(float("nan"), n=0)


class Rates(msgspec.Struct, frozen=True):
    """Measured errors: of `fakes` bought accounts `found` were called fake, of `genuine` ones `spared` were not."""

    found: float
    fakes: float
    spared: float
    genuine: float

    @property
    def told_apart(self) -> float:
        """Recall + specificity − 1 (Youden's index)."""
        return self.found / self.fakes + self.spared / self.genuine - 1


class Prevalence(msgspec.Struct):
    """Shares of the accounts that can be judged, with 95 % intervals.

    Attributes
    ----------
    fake, inactive, good
        They add up to 1; `n` is the number judged. Without dates inactive and good cannot be told apart: both unknown.
    fake_at_least_recall
        The share of fakes if as few were found as in the worst labelled set.
    corrected
        Whether errors were measured for such accounts; else the shares are as counted.
    why
        Why there is no share, or why it is not corrected.
    """

    fake: Figure
    inactive: Figure
    good: Figure
    fake_at_least_recall: Figure
    corrected: bool
    why: str = ""


def wilson(count: int, n: int, z: float = Z) -> Figure:
    """Return a share with its Wilson score interval (Wilson 1927); NaN where n is 0."""
    if n == 0:
        return Figure(np.nan, np.nan, np.nan, 0)
    p = count / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Figure(p, max(0.0, float(middle - half)), min(1.0, float(middle + half)), n)


def corrected_share(called: int, n: int, rates: Rates, z: float = Z) -> Figure:
    """Return the true share of fakes when `called` of `n` accounts were called fake; NaN where it can't be told.

    π = (p + Sp − 1) / (Se + Sp − 1), clipped to [0, 1] (Rogan and Gladen 1978). Interval of Lang and Reiczigel (2014):
    p, Se and Sp are moved towards ½ ("add two") and the errors of Se and Sp are carried along.

    >>> round(corrected_share(50, 500, Rates(90, 100, 990, 1000)).value, 4)
    0.1011
    """
    if n == 0 or rates.told_apart < LEAST_TOLD_APART:
        return UNKNOWN
    share = min(1.0, max(0.0, (called / n + rates.spared / rates.genuine - 1) / rates.told_apart))
    more = n + z * z
    p = (called + z * z / 2) / more
    found, spared = (rates.found + 1) / (rates.fakes + 2), (rates.spared + 1) / (rates.genuine + 2)
    pi = (p + spared - 1) / (found + spared - 1)
    of_found = found * (1 - found) / (rates.fakes + 2)
    of_spared = spared * (1 - spared) / (rates.genuine + 2)
    shift = 2 * z * z * (pi * of_found - (1 - pi) * of_spared)
    variance = p * (1 - p) / more + pi**2 * of_found + (1 - pi) ** 2 * of_spared
    half = z * variance**0.5 / (found + spared - 1)
    low, high = (min(1.0, max(0.0, pi + shift + side * half)) for side in (-1, 1))
    return Figure(share, min(low, share), max(high, share), n)


def prevalence(labels: AccountLabels, rows: NDArray[np.intp], errors: LabelErrors | None) -> Prevalence:
    """Return the shares among some accounts, the user's own words taken as the truth.

    Parameters
    ----------
    rows
        int[n] rows of the account table.
    errors
        How often p_fake was right on such accounts, in the order of `rows`; `None`: shares are as counted.
    """
    p_fake, p_inactive, said = labels.p_fake[rows], labels.p_inactive[rows], labels.overridden[rows]
    words = np.where(said, labels.label[rows], -1)
    told = {word: int((words == code).sum()) for code, word in enumerate(LABELS[:3])}
    covered = ~said & (np.isfinite(p_fake) if errors is None else errors.covered)
    called, n = int((p_fake[covered] >= FAKE_FROM).sum()), int(covered.sum())
    cleared = covered & (p_fake < GOOD_BELOW) & np.isfinite(p_inactive)
    asleep = int((p_inactive[cleared] >= INACTIVE_FROM).sum()) + told["inactive"]
    idle = wilson(asleep, int(cleared.sum()) + told["inactive"] + told["good"])
    known = sum(told.values())
    if errors is None:
        fake = pessimistic = wilson(called, n)
    else:
        rates = _rates(errors)
        fake = corrected_share(called, n, rates)
        pessimistic = corrected_share(
            called, n, msgspec.structs.replace(rates, found=errors.least_recall * rates.fakes)
        )
    if n and np.isnan(fake.value):
        why = f"the labels tell too little apart with the facts known here (needed: {LEAST_TOLD_APART})"
        return Prevalence(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, False, why)
    fake, pessimistic = (_with_told(each, told["fake"], known) for each in (fake, pessimistic))
    if not fake.n:
        return Prevalence(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, False, "no account has the facts to judge it by")
    spared = Figure(1 - fake.value, 1 - fake.high, 1 - fake.low, fake.n)
    awake = Figure(1 - idle.value, 1 - idle.high, 1 - idle.low, idle.n)
    why = "" if errors is not None else "the errors of this labeler were not measured"
    return Prevalence(fake, _product(spared, idle), _product(spared, awake), pessimistic, errors is not None, why)


def _rates(errors: LabelErrors) -> Rates:
    fakes, genuine = errors.answers.sum(axis=0)
    return Rates(float(errors.answers[0, 0]), float(fakes), float(errors.answers[1:, 1].sum()), float(genuine))


def _with_told(share: Figure, fake: int, known: int) -> Figure:
    """Return a share of the judged with the accounts added of which the user told the truth."""
    n = share.n + known
    if not known:
        return share
    value, low, high = ((fake + share.n * np.nan_to_num(each)) / n for each in (share.value, share.low, share.high))
    return Figure(float(value), float(low), float(high), n)


def _product(one: Figure, other: Figure) -> Figure:
    """Return the product of two independent shares, its interval recovered from theirs (Donner and Zou 2012)."""
    value = one.value * other.value
    down = np.hypot(other.value * (one.value - one.low), one.value * (other.value - other.low))
    up = np.hypot(other.value * (one.high - one.value), one.value * (other.high - other.value))
    return Figure(value, float(max(0.0, value - down)), float(min(1.0, value + up)), one.n)


def weighted(parts: list[tuple[float, Figure]]) -> Figure:
    """Return the mean of independent shares by weight, its interval recovered from theirs."""
    whole = sum(weight for weight, _ in parts)
    if not whole:
        return UNKNOWN
    shares = [(weight / whole, figure) for weight, figure in parts]
    value = sum(weight * figure.value for weight, figure in shares)

    def off(side: str) -> Any:
        return np.sqrt(sum((weight * (figure.value - getattr(figure, side))) ** 2 for weight, figure in shares))

    n = sum(figure.n for _, figure in shares)
    return Figure(value, max(0.0, float(value - off("low"))), min(1.0, float(value + off("high"))), n)
