"""How many interactions each way, and when the first and the last act."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relnet.moments import DAY_SECONDS
from relnet.plugin import Column, Feature, Log, Periods

if TYPE_CHECKING:
    from relnet.plugin import nw


class Count(Feature):
    """Acts addressed to the other, each way.

    Formula: number of acts whose directness is target or deliberate; carried and list acts do not count.
    Unit: interactions. Source: directed weight, Raeder et al. 2011.
    """

    name, version = "count", "2"
    unit, dtype, directed, table, portable, nothing = "interactions", "int64", True, "periods", False, 0.0

    def over(self, periods: Periods) -> Column:
        """Return the number of acts this way."""
        return np.asarray(np.bincount(periods.tie, periods.acts[:, 0], periods.rows), np.float64)


class Signals(Feature):
    """Reposts, likes, reactions and carried mentions each way, dated or not.

    Formula: number of interactions that are no dated acts. Unit: interactions.
    """

    name, version = "signals", "2"
    unit, dtype, directed, table, nothing = "interactions", "int64", True, "signals", 0.0

    def aggregate(self, log: Log) -> nw.Expr:
        """Return the number of interactions this way."""
        from relnet.plugin import nw  # loading it takes a while, and what is cached needs none

        return nw.when(~log.declared & log.this_way).then(nw.lit(1)).count()


class Follows(Feature):
    """Whether the one follows the other, each way: 1 or 0, unknown where no list says. Unit: follows."""

    name, version = "follows", "2"
    unit, dtype, directed, kinds, table, nothing = "follows", "int64", True, ("follow",), "signals", 0.0

    def aggregate(self, log: Log) -> nw.Expr:
        """Return 1 where a follow this way is declared."""
        from relnet.plugin import nw

        return nw.when((log.kind == "follow") & log.declared & log.this_way).then(nw.lit(1)).otherwise(nw.lit(0)).max()


class FirstContact(Feature):
    """Days from the first act between the two to the moment of judging. Unit: days."""

    name, version = "first_contact", "3"
    unit, table, portable = "days", "periods", False

    def over(self, periods: Periods) -> Column:
        """Return the age of the oldest act."""
        return _days(periods, np.maximum(*periods.first.T))


class LastContact(Feature):
    """Days from the last act between the two to the moment of judging. Unit: days.

    Source: the strongest single predictor in Gilbert and Karahalios 2009.
    """

    name, version = "last_contact", "3"
    unit, table, portable = "days", "periods", False

    def over(self, periods: Periods) -> Column:
        """Return the age of the newest act."""
        return _days(periods, np.minimum(*periods.last.T))


class LastAct(Feature):
    """Days since the last act, each way. Unit: days."""

    name, version = "last_act", "3"
    unit, directed, table, portable = "days", True, "periods", False

    def over(self, periods: Periods) -> Column:
        """Return the age of the newest act this way."""
        return _days(periods, periods.last[:, 0])


def _days(periods: Periods, age: Column) -> Column:
    seconds = np.rint(age * (periods.horizon_days * DAY_SECONDS))  # whole ones, so that days and weeks come out exact
    return np.where(np.isfinite(age), seconds / DAY_SECONDS, np.nan)
