"""From when to when the coverage of a direction must reach before its silence means zero."""

from __future__ import annotations

import msgspec
import numpy as np

from relnet.facts.coverage import ABSENCE_IS_ZERO, Span
from relnet.moments import DAY_MS
from relnet.network.engine import columns
from relnet.network.view import NetworkView
from relnet.plugin import Keys


class Spans(msgspec.Struct, frozen=True):
    """First and last moment, ms UTC, that must be covered: of each pair, and of all that its ends do.

    `None` where all coverage reaches over all acts.
    """

    pair: Span | None = None
    a: Span | None = None
    b: Span | None = None


def spans_of(view: NetworkView, a: Keys, b: Keys) -> Spans:
    """Return what must be covered of each pair.

    From the first act of the two, either way, to the last, and to one horizon before the moment of judging: what
    engagement looks at. Of an end, the same of all its pairs.
    """
    due = view.until - round(view.horizon_days * DAY_MS)
    first = min((each.first_at for each in view.imports.values() if each.first_at is not None), default=due)
    last = max((each.last_at for each in view.imports.values() if each.last_at is not None), default=due)
    first, last = max(first, first if view.since is None else view.since), max(due, min(last, view.as_of))
    sides = [coverage for coverage, _ in view.coverage if coverage.completeness in ABSENCE_IS_ZERO]
    if all((each.since or first) <= first and (each.until or last) >= last for each in sides):
        return Spans()
    view.connection.register("_asked", {"a": a, "b": b, "row": np.arange(len(a))})
    acted = columns(
        view.connection.sql(
            'SELECT row, min("at") AS first, max("at") AS last FROM acts JOIN _asked USING (a, b) WHERE is_act GROUP BY row'
        )
    )
    pair = np.full(len(a), due), np.full(len(a), due)
    pair[0][acted["row"]] = np.minimum(acted["first"], due)
    pair[1][acted["row"]] = np.maximum(acted["last"], due)
    ends, place = np.unique(np.concatenate([a, b]), return_inverse=True)
    one, other = place[: len(a)], place[len(a) :]
    begin, end = np.full(len(ends), due), np.full(len(ends), due)
    for side in (one, other):
        np.minimum.at(begin, side, pair[0])
        np.maximum.at(end, side, pair[1])
    return Spans(pair, (begin[one], end[one]), (begin[other], end[other]))
