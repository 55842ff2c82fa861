"""Acts of the last window and of the one before it: is a tie on the rise?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import PERIODS, Column, Feature, Periods
from relnet.plugin.compiled import compiled


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
    counts = np.zeros(periods.rows)
    _count_between(periods.tie, periods.age, periods.acts, begin * PERIODS, end * PERIODS, counts)
    return counts


@compiled
def _count_between(
    tie: NDArray[np.int32], age: NDArray[np.int32], acts: NDArray[np.int32], begin: int, end: int, counts: Column
) -> None:
    for i in range(len(tie)):
        if begin <= age[i] < end:
            counts[tie[i]] += acts[i, 0] + acts[i, 1]
