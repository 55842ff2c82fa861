"""Is it alive, by its own rhythm?"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column, Evidence, Inputs, Param, Scorer


class Vitality(Scorer):
    """Chance of a silence as long as the present one, by the tie's own rhythm: 1 fresh, near 0 long over.

    Formula: rate ~ Gamma(r, α), x repeat days of contact over t days: P(silence ≥ s) =
    ((α + t)/(α + t + s))^(r + x). A weekly tie silent for two months is fading, a yearly one is not.
    Unknown with fewer than two days of contact: one day has no rhythm.

    Trust: silence beyond eight times the usual gap predicts the end (Navarro et al. 2017).
    """

    name, version = "vitality", "1"
    needs = ("active_days", "first_contact", "last_contact")
    shape: Annotated[float, Param(gt=0, description="r of the prior rate")] = 0.5
    scale_days: Annotated[float, Param(gt=0, description="α of the prior rate, days")] = 14.0

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n]; NaN below two days of contact."""
        repeats = inputs["active_days"] - 1
        silence = np.maximum(inputs["last_contact"], 0)
        span = self.scale_days + inputs["first_contact"] - inputs["last_contact"]
        alive = (span / (span + silence)) ** (self.shape + repeats)
        return np.where(repeats >= 1, alive, np.nan)

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return what the present silence takes off a tie in touch today."""
        score = self.score(inputs)[rows]
        return Evidence(np.ones(len(rows)), {"last_contact": score - 1})
