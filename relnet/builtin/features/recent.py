"""Acts of the last window and of the one before it: is a tie on the rise?"""

from __future__ import annotations

import numpy as np

from relnet.plugin import PERIODS, Column, Feature, Periods


class RecentCount(Feature):
    """Acts between the two in the last W before the moment of judging. Unit: interactions."""

    name, version = "recent_count", "2"
    unit, dtype, table, portable, nothing = "interactions", "int64", "periods", False, 0.0

    def over(self, periods: Periods) -> Column:
        """Return the number of acts of both sides."""
        return _between(periods, 0, 1)


class PreviousCount(Feature):
    """Acts between the two in the W before the last W. Unit: interactions."""

    name, version = "previous_count", "2"
    unit, dtype, table, portable, nothing = "interactions", "int64", "periods", False, 0.0

    def over(self, periods: Periods) -> Column:
        """Return the number of acts of both sides."""
        return _between(periods, 1, 2)


def _between(periods: Periods, begin: int, end: int) -> Column:
    inside = (periods.age >= begin * PERIODS) & (periods.age < end * PERIODS)
    return np.asarray(np.bincount(periods.tie[inside], np.add(*periods.acts[inside].T), periods.rows), np.float64)
