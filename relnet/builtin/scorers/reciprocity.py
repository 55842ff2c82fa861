"""Does it go both ways, in proportion?"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from relnet.builtin.scorers.shrinkage import prior_strength
from relnet.plugin import Column, Evidence, Inputs, Param, Scorer, by_parts


class Reciprocity(Scorer):
    """Balance of acts each way, shrunk so that 1:1 of two is not like 50:50 of a hundred.

    Formula: R = 2 min(x, n − x) / (n + κ), x of n acts outward; κ = 2a of the beta-binomial without a preferred
    direction, by moments over the ties whose two sides are known (`prior_strength`). Unknown where a side is not
    covered, and without acts: 0:0 is no balance.

    Trust: reciprocity is the strongest single predictor of persistence in Hidalgo and Rodriguez-Sickert 2008.
    """

    name, version = "reciprocity", "1"
    needs = ("count_ab", "count_ba", "known_ab", "known_ba")
    rowwise = False
    least_ties: Annotated[int, Param(ge=1, description="fewer known ties: κ = 2")] = 10

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n]; NaN where a side is unknown or there are no acts."""
        strength = self._strength(inputs)
        return by_parts(lambda part: _balance(part, strength), inputs)

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return the raw balance and what the small number of acts takes off."""
        strength, some = self._strength(inputs), inputs.take(rows)
        balance = _balance(some, 0.0)
        return Evidence(np.zeros(len(rows)), {"balance": balance, "few acts": _balance(some, strength) - balance})

    def _strength(self, inputs: Inputs) -> float:
        return prior_strength(lambda part: [_known(part)], inputs, self.least_ties, 0.5)


def _balance(inputs: Inputs, strength: float) -> Column:
    x, n = _known(inputs)
    return 2 * np.minimum(x, n - x) / (n + strength)


def _known(inputs: Inputs) -> tuple[Column, Column]:
    x, y = inputs["count_ab"], inputs["count_ba"]
    known = (inputs["known_ab"] > 0) & (inputs["known_ba"] > 0) & (x + y > 0)
    return np.where(known, x, np.nan), np.where(known, x + y, np.nan)
