"""Does it go both ways, in proportion?"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column, Evidence, Inputs, Param, Scorer


class Reciprocity(Scorer):
    """Balance of acts each way, shrunk so that 1:1 of two is not like 50:50 of a hundred.

    Formula: R = 2 min(x, n − x) / (n + 2a), x of n acts outward; a by moments of the beta-binomial without a
    preferred direction over the ties whose two sides are known: ρ = (4S − E)/(N − E), S = Σ n (x/n − ½)²,
    N = Σ n over E ties, a = (1/ρ − 1)/2 (Kleinman 1973). Unknown where a side is not covered.

    Trust: reciprocity is the strongest single predictor of persistence in Hidalgo and Rodriguez-Sickert 2008.
    """

    name, version = "reciprocity", "1"
    needs = ("count_ab", "count_ba", "known_ab", "known_ba")
    rowwise = False
    least_ties: Annotated[int, Param(ge=1, description="fewer known ties: a = 1")] = 10

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n]; NaN where a side is unknown or there are no acts."""
        x, n = _known(inputs)
        return 2 * np.minimum(x, n - x) / (n + 2 * self._prior(x, n))

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return the raw balance and what the small number of acts takes off."""
        x, n = _known(inputs)
        balance = 2 * np.minimum(x, n - x) / n
        score = 2 * np.minimum(x, n - x) / (n + 2 * self._prior(x, n))
        return Evidence(np.zeros(len(rows)), {"balance": balance[rows], "few acts": (score - balance)[rows]})

    def _prior(self, x: Column, n: Column) -> float:
        known = np.isfinite(n)
        x, n = x[known], n[known]
        if len(n) < self.least_ties or n.sum() == len(n):
            return 1.0
        spread = (n * (x / n - 0.5) ** 2).sum()
        rho = float(np.clip((4 * spread - len(n)) / (n.sum() - len(n)), 0.001, 0.999))
        return (1 / rho - 1) / 2


def _known(inputs: Inputs) -> tuple[Column, Column]:
    x, y = inputs["count_ab"], inputs["count_ba"]
    known = (inputs["known_ab"] > 0) & (inputs["known_ba"] > 0) & (x + y > 0)
    return np.where(known, x, np.nan), np.where(known, x + y, np.nan)
