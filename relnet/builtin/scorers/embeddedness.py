"""Do they share company, or is the tie a bridge?"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column, Evidence, Inputs, Param, Scorer


class Embeddedness(Scorer):
    """Share of the two's neighbours that both have acts with, shrunk: 0 a bridge, near 1 inside one circle.

    Formula: n / (u + prior), n shared neighbours of u that either has (`overlap` is n / u). Unknown where not all
    that both ends send and receive is covered, and where neither has other ties.

    Trust: strong ties lie inside circles, bridges are weak (Granovetter 1973; overlap grows with strength in Onnela et
    al. 2007) and high clustering makes ties last (Hidalgo and Rodriguez-Sickert 2008). Low is no fault: bridges carry news.
    """

    name, version = "embeddedness", "1"
    needs = ("shared_neighbours", "neighbours_ab", "neighbours_ba", "overlap")
    prior_neighbours: Annotated[float, Param(ge=0, description="neighbours not shared added to every tie")] = 2.0

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n]; NaN where ties of others are not covered or there are none."""
        n = inputs["shared_neighbours"]
        either = inputs["neighbours_ab"] + inputs["neighbours_ba"] - 2 - n
        return np.where(either > 0, n / (either + self.prior_neighbours), np.nan)

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return the plain overlap and what few neighbours take off."""
        overlap = inputs["overlap"][rows]
        few = self.score(inputs)[rows] - overlap
        return Evidence(np.zeros(len(rows)), {"overlap": overlap, "few neighbours": few})
