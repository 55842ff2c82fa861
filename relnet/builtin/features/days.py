"""Days and weeks in touch, and the gaps between them.

Days, not acts: a burst of twenty messages is one day in touch (science: Ureña-Carrión et al. 2020). Weeks are those of
seven UTC days since 1970-01-01.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from relnet.plugin import Column, Days, Feature, Inputs

FIXED: Final = 2.0**32
"""Terms are rounded to 2⁻³² and summed as integers, so that a sum is the same in every run and on every engine."""


class ActiveDays(Feature):
    """Distinct UTC days with an act between the two. Unit: days. Source: Ureña-Carrión et al. 2020."""

    name, version = "active_days", "1"
    unit, dtype, table = "days", "int64", "days"

    def over(self, days: Days) -> Column:
        """Return the number of days."""
        return np.bincount(days.tie, minlength=days.rows).astype(np.float64)


class ActiveWeeks(Feature):
    """Distinct weeks with an act between the two. Unit: weeks."""

    name, version = "active_weeks", "2"
    unit, dtype, table = "weeks", "int64", "days"

    def over(self, days: Days) -> Column:
        """Return the number of days that are the first in touch of their week."""
        return days.count(days.day // 7 > np.floor((days.day - days.gap) / 7))


class KnownWeeks(Feature):
    """Weeks from the first act between the two to the moment of judging, both included. Unit: weeks."""

    name, version = "known_weeks", "1"
    unit, table = "weeks", "columns"
    needs = ("first_contact",)

    def derive(self, inputs: Inputs) -> Column:
        """Return the weeks since first contact, at least one."""
        weeks: Column = inputs["first_contact"] // 7 + 1
        return weeks


class LogGap(Feature):
    """Mean log of the gaps between days in touch; unknown below two days. Unit: log of days.

    Formula: Σ ln gap / (days − 1), gap in days.
    """

    name, version = "log_gap", "1"
    unit, table = "log days", "days"

    def over(self, days: Days) -> Column:
        """Return the mean over the days that have one before."""
        return _mean(days, np.rint(np.log(days.gap) * FIXED)) / FIXED


class MeanGap(Feature):
    """Mean of the gaps between days in touch; unknown below two days. Unit: days."""

    name, version = "mean_gap", "1"
    unit, table = "days", "days"

    def over(self, days: Days) -> Column:
        """Return the mean over the days that have one before."""
        return _mean(days, days.gap)


class SquaredGap(Feature):
    """Mean square of the gaps between days in touch; unknown below two days. Unit: days²."""

    name, version = "squared_gap", "1"
    unit, table = "days²", "days"

    def over(self, days: Days) -> Column:
        """Return the mean over the days that have one before."""
        return _mean(days, days.gap**2)


class Burstiness(Feature):
    """How unevenly the days in touch are spread: −1 regular, 0 at random, 1 in bursts; unknown below five days.

    Formula: (√(n+1) r − √(n−1)) / ((√(n+1) − 2) r + √(n−1)), n days, r = sd / mean of the gaps.
    Unit: none. Source: Kim and Jo 2016, the finite-size form of Goh and Barabási 2008.
    """

    name, version = "burstiness", "1"
    unit, table = "index", "columns"
    needs = ("active_days", "mean_gap", "squared_gap")
    least_days: int = 5

    def derive(self, inputs: Inputs) -> Column:
        """Return the burstiness."""
        n, mean = inputs["active_days"], inputs["mean_gap"]
        r = np.sqrt(np.maximum(inputs["squared_gap"] - mean**2, 0)) / mean
        more, fewer = np.sqrt(n + 1), np.sqrt(n - 1)
        return np.where(n >= self.least_days, (more * r - fewer) / ((more - 2) * r + fewer), np.nan)


def _mean(days: Days, values: Column) -> Column:
    later = np.isfinite(days.gap)
    number = days.count(later)
    return np.where(number > 0, days.total(np.where(later, values, 0)) / np.maximum(number, 1), np.nan)
