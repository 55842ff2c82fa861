"""Of what the one addresses to the other, how much is answered, and how soon?"""

from __future__ import annotations

from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.builtin.scorers.shrinkage import prior_strength
from relnet.plugin import Column, Evidence, Inputs, Param, Scorer


class Side(msgspec.Struct):
    """How one end answers the other: share and pace, with what is usual for it; float64[n] each."""

    weight: Column
    usual: Column
    share: Column
    pace: Column


class Responsiveness(Scorer):
    """How much of what each addresses to the other is answered, and how soon by the answerer's own pace.

    Formula: for each side, share (1 + pace) / 2; the sides weigh by the acts they were asked.
    share = (k + κ m)/(n + κ), k of n acts answered within three days, m the answerer's share towards others, κ by
    moments (`prior_strength`). pace = u / (u + g): g and u are the geometric means of its delays here and towards others,
    g drawn to u as by one further answer; ½ where it answers as soon as it does others. Acts younger than three days
    are unknown, not unanswered. Unknown where a side is not covered or nothing is old enough.

    Trust: delays of answers are close to lognormal and differ by person more than by tie, which is why each is
    measured by its own pace (Navaroli and Smyth 2015; Kooti et al. 2015).
    """

    name, version = "responsiveness", "1"
    needs = (
        "asked_ab", "asked_ba", "answered_ab", "answered_ba", "answer_delay_ab", "answer_delay_ba",
        "usual_answers_ab", "usual_answers_ba", "usual_delay_ab", "usual_delay_ba", "known_ab", "known_ba",
    )  # fmt: skip
    rowwise = False
    least_sides: Annotated[int, Param(ge=1, description="fewer sides that were asked: κ = 2")] = 10

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n]; NaN where a side is unknown or nothing is old enough."""
        sides = self._sides(inputs)
        return np.asarray(sum(side.weight * side.share * (1 + side.pace) / 2 for side in sides))

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return what is usual for the two, and what each one's share and pace add to it."""
        b_answers, a_answers = self._sides(inputs)
        parts, base = {}, np.zeros(len(rows))
        for side, way in ((b_answers, "ab"), (a_answers, "ba")):
            weight, usual, share, pace = (column[rows] for column in (side.weight, side.usual, side.share, side.pace))
            base += weight * usual * 0.75
            parts[f"answered_{way}"] = weight * (share - usual) * 0.75
            parts[f"answer_delay_{way}"] = weight * share * (pace - 0.5) / 2
        return Evidence(base, parts)

    def _sides(self, inputs: Inputs) -> tuple[Side, Side]:
        """Return how b answers a, and how a answers b."""
        known = (inputs["known_ab"] > 0) & (inputs["known_ba"] > 0)
        asked = np.stack([np.nan_to_num(inputs[f"asked_{way}"]) for way in ("ab", "ba")])
        answered = np.stack([np.nan_to_num(inputs[f"answered_{way}"]) for way in ("ab", "ba")])
        total = asked.sum(axis=0)
        known &= total > 0
        everyone = asked[:, known].sum()
        mean = float(answered[:, known].sum() / everyone) if everyone else 0.0
        strength = prior_strength(answered[:, known].ravel(), asked[:, known].ravel(), mean, self.least_sides)
        sides = []
        for i, (there, back) in enumerate((("ab", "ba"), ("ba", "ab"))):
            usual = inputs[f"usual_answers_{back}"]
            weight = np.where(known, asked[i] / np.maximum(total, 1), np.nan)
            share = (answered[i] + strength * usual) / (asked[i] + strength)
            quicker = np.log(inputs[f"answer_delay_{there}"] / inputs[f"usual_delay_{back}"])
            drawn = np.nan_to_num(quicker) * answered[i] / (answered[i] + 1)
            sides.append(Side(weight, usual, share, 1 / (1 + np.exp(drawn))))
        return sides[0], sides[1]
