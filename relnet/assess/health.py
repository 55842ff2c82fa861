"""The figures of the overview, each defined once for screen, plain text, JSON and report."""

from __future__ import annotations

import numpy as np
import polars as pl

from relnet.assess.assessment import LABELS, Assessment, Figure, ties
from relnet.assess.labeling import errors_of
from relnet.assess.prevalence import prevalence
from relnet.network.view import NetworkView
from relnet.registry import Registry


def undated(view: NetworkView) -> int:
    """Return how many interactions have no date: they are in no figure over time."""
    return int(view.undated().select(pl.len()).collect().item())


def summary(assessment: Assessment, registry: Registry) -> dict[str, Figure]:
    """Return the figures of the network seen from the owner (or of all, where nobody is).

    `people`: other accounts met; `both_ways`: ties with an act each way, NaN where no tie's two directions
    are covered and none is seen; `label_<label>`: accounts so labelled; `share_<label>`: share of the accounts that can
    be judged, corrected for the labeler's measured errors, with its 95 % interval (good and inactive are unknown where
    no date tells them apart); `circle_<n>`: ties within the circle, cumulative.
    """
    mine = ties(assessment)
    out, back = mine.out("count"), mine.back("count")
    both = (out > 0) & (back > 0)
    observable = np.isfinite(out) & np.isfinite(back)
    met = mine.met
    figures = {
        "people": Figure(len(met), n=len(mine)),
        "both_ways": Figure(float(both.sum()) if observable.any() else np.nan, n=int(observable.sum())),
        "direction_unknown": Figure(float((~observable).sum()), n=len(mine)),
    }
    rows = assessment.accounts.rows(met)
    codes = assessment.labels.label[rows]
    for code, word in enumerate(LABELS):
        figures[f"label_{word}"] = Figure(int((codes == code).sum()), n=len(codes))
    shares = prevalence(assessment.labels, rows, errors_of(assessment, rows, registry))
    figures |= {f"share_{word}": getattr(shares, word) for word in LABELS[:3]}
    circle = mine.circle
    for size in (5, 15, 50, 150):
        figures[f"circle_{size}"] = Figure(float(((circle > 0) & (circle <= size)).sum()), n=len(mine))
    return figures
