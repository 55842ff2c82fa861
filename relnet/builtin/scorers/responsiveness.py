"""Of what the one addresses to the other, how much is answered, and how soon?"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.builtin.scorers.shrinkage import prior_strength
from relnet.plugin import Column, Evidence, Inputs, Param, Scorer, by_parts

WAYS: Final = ("ab", "ba")


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
        strength = self._strength(inputs)
        return by_parts(lambda part: self._answered(part, strength), inputs)

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return what is usual for the two, and what each one's share and pace add to it."""
        parts, base = {}, np.zeros(len(rows))
        for way, side in zip(WAYS, _sides(inputs.take(rows), self._strength(inputs)), strict=True):
            base += side.weight * side.usual * 0.75
            parts[f"answered_{way}"] = side.weight * (side.share - side.usual) * 0.75
            parts[f"answer_delay_{way}"] = side.weight * side.share * (side.pace - 0.5) / 2
        return Evidence(base, parts)

    def _answered(self, inputs: Inputs, strength: float) -> Column:
        return np.asarray(sum(side.weight * side.share * (1 + side.pace) / 2 for side in _sides(inputs, strength)))

    def _strength(self, inputs: Inputs) -> float:
        """Return κ, by all sides that are known."""
        return prior_strength(_answers, inputs, self.least_sides)


def _answers(inputs: Inputs) -> list[tuple[Column, Column]]:
    """Return how many acts were answered, and of how many, each way; 0 where it is not known."""
    known = (inputs["known_ab"] > 0) & (inputs["known_ba"] > 0)

    def seen(name: str) -> Column:
        return np.fmax(np.where(known, inputs[name], 0.0), 0.0)

    return [(seen(f"answered_{way}"), seen(f"asked_{way}")) for way in WAYS]


def _sides(inputs: Inputs, strength: float) -> tuple[Side, Side]:
    """Return how b answers a, and how a answers b."""
    answered, asked = zip(*_answers(inputs), strict=True)
    total = asked[0] + asked[1]
    sides = []
    for i, (there, back) in enumerate((WAYS, WAYS[::-1])):
        usual = inputs[f"usual_answers_{back}"]
        weight = np.where(total > 0, asked[i] / total, np.nan)
        share = (answered[i] + strength * usual) / (asked[i] + strength)
        quicker = np.log(inputs[f"answer_delay_{there}"] / inputs[f"usual_delay_{back}"])
        drawn = np.nan_to_num(quicker) * answered[i] / (answered[i] + 1)
        sides.append(Side(weight, usual, share, 1 / (1 + np.exp(drawn))))
    return sides[0], sides[1]
