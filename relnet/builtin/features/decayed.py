"""Acts each way, newer ones counting more: sums of 2 ** (−age / half-life), half-lives relative to the horizon W.

Terms are rounded to 2⁻³² and summed as integers, so that a sum is the same in every run and on every engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from relnet.plugin import Feature, Log

if TYPE_CHECKING:
    from relnet.plugin import nw

FIXED: Final = 2.0**32


class DecayedThirteenth(Feature):
    """Acts each way, halved every W / 13 (a week, for W of 90 days). Unit: interactions."""

    name, version = "decayed_thirteenth", "1"
    unit, directed = "interactions", True

    def aggregate(self, log: Log) -> nw.Expr:
        """Return the decayed number of acts this way."""
        return _decayed(log, 1 / 13)


class DecayedThird(Feature):
    """Acts each way, halved every W / 3. Unit: interactions."""

    name, version = "decayed_third", "1"
    unit, directed = "interactions", True

    def aggregate(self, log: Log) -> nw.Expr:
        """Return the decayed number of acts this way."""
        return _decayed(log, 1 / 3)


class DecayedOne(Feature):
    """Acts each way, halved every W. Unit: interactions."""

    name, version = "decayed_one", "1"
    unit, directed = "interactions", True

    def aggregate(self, log: Log) -> nw.Expr:
        """Return the decayed number of acts this way."""
        return _decayed(log, 1.0)


class DecayedFour(Feature):
    """Acts each way, halved every 4 W (a year, for W of 90 days). Unit: interactions."""

    name, version = "decayed_four", "1"
    unit, directed = "interactions", True

    def aggregate(self, log: Log) -> nw.Expr:
        """Return the decayed number of acts this way."""
        return _decayed(log, 4.0)


def _decayed(log: Log, horizons: float) -> nw.Expr:
    from relnet.plugin import nw  # loading it takes a while, and what is cached needs none

    rate = np.log(2) / (horizons * log.horizon)
    acts = nw.when(log.is_act & log.this_way).then(log.at)
    return (((acts - log.as_of) * float(rate)).exp() * FIXED).round(0).cast(nw.Int64).sum() / FIXED
