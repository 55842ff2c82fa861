"""Is it asleep, by dated evidence?"""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np

from relnet.moments import DAY_MS
from relnet.plugin import Column, Inputs, Labeler, LabelResult, Param, why_bit

NEEDS: Final = ("last_active_at", "last_act_at", "observed_at")
LeastDays = Annotated[float, Param(gt=0, description="days of silence from which an account is inactive")]


class Activity(Labeler):
    """Whether an account was silent for at least `least_days`, by dates alone.

    Formula: 1 where the newest dated act lies `least_days` or more before the day on which the profile was observed,
    else 0. An act seen in the record counts too, but its absence proves nothing. Unknown without a date: a poor ratio
    of followers is never called inactive, although older tools did.

    Trust: 90 days is what StatusPeople (2019) and Socialbakers (2014) agree on.
    """

    name, version = "activity", "1"
    needs = NEEDS
    least_days: LeastDays = 90.0

    def label(self, inputs: Inputs) -> LabelResult:
        """Return p_inactive, 0 or 1; nothing is said of fakes."""
        inactive = asleep(inputs, self.least_days)
        why = np.where(np.isnan(inactive), why_bit("undated"), np.uint8(0))
        return LabelResult(np.full(inputs.rows, np.nan), inactive, why)


def asleep(inputs: Inputs, least_days: float) -> Column:
    """Return float64[n]: 1 asleep, 0 awake, NaN undated.

    A last post dated more than a day after the observation is a broken clock and proves nothing; one day is allowed
    for time zones.
    """
    posted, acted, observed = (inputs[name] for name in NEEDS)
    posted = np.where(posted <= observed + DAY_MS, posted, np.nan)
    silent = (observed - np.fmax(posted, np.where(acted <= observed, acted, np.nan))) / DAY_MS
    stated = np.where(np.isnan(posted), np.nan, silent >= least_days)
    # Seen after the profile was observed, and silent since: nobody looked, so nothing is known.
    doubtful = ((acted > observed) | np.isnan(stated)) & (stated != 0)
    recent = (inputs.as_of - acted) / DAY_MS < least_days
    return np.where(doubtful, np.where(recent, 0.0, np.nan), stated)
