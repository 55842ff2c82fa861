"""Acts by month until the moment of judging; what was not covered is unknown."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relnet.network.evidence import months
from relnet.network.view import NetworkView

_ANYONE = 0


def acts_by_month(view: NetworkView, me: Collection[int], as_of: int) -> dict[str, NDArray[Any]]:
    """Count the acts of the owner and towards the owner, or of all where nobody is.

    Returns
    -------
    dict
        As `until`; a month without an act, in which not all of a direction is covered, is NaN.
    """
    found = until(months(view, me), as_of)
    if not len(found["month"]):
        return found
    begins, ends = (_ms(found["month"] + ahead) for ahead in (0, 1))
    ends = np.minimum(ends - 1, view.until)
    begins = np.minimum(begins, ends)
    begins[0] = ends[0]  # a record that begins in the middle of a month still tells of this month
    known = [view.known_of(np.full(len(ends), account), (begins, ends)) for account in me or (_ANYONE,)]
    for way, covered in zip(("out", "back"), zip(*known, strict=True), strict=True):
        found[way][(found[way] == 0) & ~np.logical_and.reduce(covered)] = np.nan
    return found


def until(found: dict[str, NDArray[Any]], as_of: int) -> dict[str, NDArray[Any]]:
    """Return months (month, out, back: float64) up to that of a moment, those after the last act with none."""
    month = found["month"]
    if len(month):
        month = np.arange(month[0], max(month[-1], np.datetime64(as_of, "ms").astype("datetime64[M]")) + 1)
    silent = np.zeros(len(month) - len(found["month"]))
    ways = {way: np.concatenate((found[way].astype(np.float64), silent)) for way in ("out", "back")}
    return {"month": month, **ways}


def _ms(month: NDArray[Any]) -> NDArray[np.int64]:
    return month.astype("datetime64[ms]").astype(np.int64)
