"""Is it spread over time, or one burst?"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column, Evidence, Inputs, Param, Scorer


class Constancy(Scorer):
    """Share of the weeks since first contact in which the two were in touch, shrunk.

    Formula: active weeks / (weeks since first contact + prior). Unknown without a dated act.

    Trust: days with contact and temporal stability beat counts (Ureña-Carrión et al. 2020).
    """

    name, version = "constancy", "1"
    needs = ("active_weeks", "known_weeks")
    prior_weeks: Annotated[float, Param(ge=0, description="weeks without contact added to every tie")] = 4.0

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n]."""
        return np.minimum(inputs["active_weeks"] / (inputs["known_weeks"] + self.prior_weeks), 1.0)

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return the plain share and what the prior takes off."""
        share = np.minimum(inputs["active_weeks"] / inputs["known_weeks"], 1.0)[rows]
        return Evidence(np.zeros(len(rows)), {"active_weeks": share, "prior": self.score(inputs)[rows] - share})
