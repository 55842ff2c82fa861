"""Acts of the last window and of the one before it: is a tie on the rise?"""

from __future__ import annotations

from relnet.plugin import Feature, Log, nw


class RecentCount(Feature):
    """Acts between the two in the last W before the moment of judging. Unit: interactions."""

    name, version = "recent_count", "1"
    unit, dtype = "interactions", "int64"

    def aggregate(self, log: Log) -> nw.Expr:
        """Return the number of acts of both sides."""
        return _between(log, 1, 0)


class PreviousCount(Feature):
    """Acts between the two in the W before the last W. Unit: interactions."""

    name, version = "previous_count", "1"
    unit, dtype = "interactions", "int64"

    def aggregate(self, log: Log) -> nw.Expr:
        """Return the number of acts of both sides."""
        return _between(log, 2, 1)


def _between(log: Log, begin: int, end: int) -> nw.Expr:
    inside = (log.at > log.as_of - begin * log.horizon) & (log.at <= log.as_of - end * log.horizon)
    return nw.when(log.is_act & inside).then(nw.lit(1)).count()
