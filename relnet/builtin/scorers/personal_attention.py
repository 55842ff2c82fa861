"""Do they address each other, or a crowd that the other stands in?"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column, Evidence, Inputs, Param, Scorer


class PersonalAttention(Scorer):
    """How personally the two address each other, and whether each gets more than an average share of attention.

    Formula: P (1 + (g_a + g_b)/2) / 2. P = Σ w / (n + prior) over the n acts of both, w = 1 / accounts addressed together
    or sent the same text. g = s / (s + 1/k), s the share of one's attention that the other gets, k the accounts it
    addresses: ½ for an average share, 0 where that side's other acts are not covered, so that what is not seen adds
    nothing. Unknown where a side is not covered or there are no acts.

    Trust: personalised attention is what broadcast and paid promotion lack; weights 1/m keep a mention of forty from
    counting as forty words (Huberman, Romero and Wu 2008 on attention as the scarce good).
    """

    name, version = "personal_attention", "1"
    needs = (
        "words_ab", "words_ba", "count_ab", "count_ba", "attention_ab", "attention_ba",
        "addressed_ab", "addressed_ba", "known_ab", "known_ba",
    )  # fmt: skip
    prior_acts: Annotated[float, Param(ge=0, description="impersonal acts added to every tie")] = 1.0

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n]; NaN where a side is unknown or there are no acts."""
        personal, few, gains = self._parts(inputs)
        return (personal + few) * (1 + (gains["ab"] + gains["ba"]) / 2) / 2

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return what personal address gives, what few acts take off and what each side's attention adds."""
        personal, few, gains = self._parts(inputs)
        parts = {"personal address": personal[rows] / 2, "few acts": few[rows] / 2}
        for way, gain in gains.items():
            parts[f"attention_{way}"] = ((personal + few) * gain)[rows] / 4
        return Evidence(np.zeros(len(rows)), parts)

    def _parts(self, inputs: Inputs) -> tuple[Column, Column, dict[str, Column]]:
        acts = inputs["count_ab"] + inputs["count_ba"]
        known = (inputs["known_ab"] > 0) & (inputs["known_ba"] > 0) & (acts > 0)
        words = np.where(known, inputs["words_ab"] + inputs["words_ba"], np.nan)
        personal = words / acts
        gains = {}
        for way in ("ab", "ba"):
            relative = inputs[f"attention_{way}"] * inputs[f"addressed_{way}"]
            gains[way] = np.nan_to_num(relative / (relative + 1))
        return personal, words / (acts + self.prior_acts) - personal, gains
