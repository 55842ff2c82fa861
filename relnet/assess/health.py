"""The figures of the overview, each defined once for screen, plain text, JSON and report."""

from __future__ import annotations

import numpy as np

from relnet.assess.assessment import LABELS, Assessment, Figure, ties
from relnet.network.view import NetworkView


def summary(assessment: Assessment, view: NetworkView) -> dict[str, Figure]:
    """Return the figures of the network seen from the owner (or of all, where nobody is).

    `people`: other accounts met; `both_ways`: ties with an act each way, NaN where no tie's two directions
    are covered and none is seen; `share_<label>`: share of the labelled (unknown left out) with its Wilson
    95 % interval; `circle_<n>`: ties within the circle, cumulative.
    """
    mine = ties(assessment)
    out, back = mine.out("count"), mine.back("count")
    both = (out > 0) & (back > 0)
    observable = np.isfinite(out) & np.isfinite(back)
    met = np.unique(mine.other if view.me else np.concatenate([mine.this, mine.other]))
    figures = {
        "people": Figure(len(met), n=len(mine)),
        "both_ways": Figure(float(both.sum()) if observable.any() else np.nan, n=int(observable.sum())),
        "direction_unknown": Figure(float((~observable).sum()), n=len(mine)),
    }
    codes = assessment.labels.label[assessment.accounts.rows(met)]
    known = int((codes != LABELS.index("unknown")).sum())
    for code, word in enumerate(LABELS):
        count = int((codes == code).sum())
        figures[f"label_{word}"] = Figure(count, n=len(codes))
        if word != "unknown":
            figures[f"share_{word}"] = wilson(count, known)
    for size in (5, 15, 50, 150):
        figures[f"circle_{size}"] = Figure(float(((mine.circle > 0) & (mine.circle <= size)).sum()), n=len(mine))
    return figures


def wilson(count: int, n: int, z: float = 1.959964) -> Figure:
    """Return a share with its Wilson score interval (Wilson 1927); NaN where n is 0."""
    if n == 0:
        return Figure(np.nan, np.nan, np.nan, 0)
    p = count / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Figure(p, max(0.0, float(middle - half)), min(1.0, float(middle + half)), n)
