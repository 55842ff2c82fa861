"""Are the two likely to act towards each other again?"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column, Evidence, Inputs, Param, Scorer, by_parts, each_part
from relnet.plugin.fitting import fit_logistic, level_for, sigmoid

PARTS: Final = {
    "rhythm_fine": "vitality",
    "rhythm_coarse": "vitality",
    "recent": "vitality",
    "both_third": "reciprocity",
    "both_half": "reciprocity",
    "both_personal": "personal attention",
    "recent_of_quieter": "responsiveness",
    "exchanges": "conversation",
    "both_periods": "constancy",
    "shared_ties": "embeddedness",
    "accounts_awake": "authenticity",
}
"""Which of the eight parts of engagement each feature speaks for."""
FEATURES: Final = tuple(PARTS)
LEAST_OUTCOMES: Final = 10
"""A window with fewer ties that live on, or that do not, says nothing of the weights."""
FIT_ROWS: Final = 200_000
_MIRRORED: Final = {"both_third": 0.05, "both_half": 0.05, "both_personal": 0.05, "both_periods": 0.2}


class Shipped(msgspec.Struct, frozen=True):
    """The coefficients that come along, with where they are from.

    Attributes
    ----------
    weights, spread
        By feature: log odds a unit of it, and its typical standard deviation, by which a refit is held.
    level
        Log odds where every feature is 0, for want of ties to tell by.
    hold
        How strongly a refit is held to `weights`, in outcomes.
    share
        Of the spans with contact those in which both sides act, and how many spans that is worth.
    left_out
        By data set: the weights that have not seen it, for honest benchmarks.
    provenance
        Data, date, script and figures.
    """

    weights: dict[str, float]
    spread: dict[str, float]
    level: float
    held_ties: float
    hold: float
    share: float
    share_spans: float
    left_out: dict[str, dict[str, float]]
    provenance: dict[str, Any]


@cache
def shipped() -> Shipped:
    """Return what lies beside this module in `engagement.json`."""
    return msgspec.json.decode(Path(__file__).with_suffix(".json").read_bytes(), type=Shipped)


class Engagement(Scorer):
    """Probability that both sides act again within the horizon.

    Formula: z = level + Σ wⱼ fⱼ, p = 1 / (1 + e⁻ᶻ), over eleven features that never fall when an act is added, with
    wⱼ ≥ 0: so a new exchange never lowers it and missing coverage never raises it. Where a side is not covered it
    enters at its floor and the score is a lower bound. Acts only: likes, reposts and undated acts do not count.

    The level is such that the mean probability is the share of ties expected to be mutual next,
    mean of P~(m + 2s) / (n + 2): P~ the chance to be heard from by the tie's own rhythm, n spans of the horizon with
    contact, m of them with both sides, s = (Σm + share · spans) / (Σn + spans). It is held to the shipped level as if
    by `held_ties` ties, and looks at no outcome: the rate of the last window was off by up to five times.

    Trust: backtested on six public records, `relnet evaluate ties` does it on yours. See docs/benchmarks.md.
    """

    name, version = "engagement", "2"
    needs = (*FEATURES, "windows", "mutual_windows", "count_ab", "count_ba", "known_ab", "known_ba")
    rowwise = False
    weights: Annotated[
        dict[str, float] | None, Param(description="by feature, none negative; the shipped ones by default")
    ] = None
    precision: Annotated[
        tuple[tuple[float, ...], ...] | None, Param(description="how firmly the weights are known, from a fit")
    ] = None
    intercept: Annotated[float | None, Param(description="the level; from all ties by default")] = None

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n]; NaN where there is no dated act."""
        z = by_parts(self._moved, inputs)
        level = self._level(inputs, z)

        def settle(low: int, high: int) -> None:
            z[low:high] = sigmoid(z[low:high] + level)

        each_part(settle, inputs.rows)
        return z

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return what each of the eight parts adds to the log odds of a typical tie, the median one."""
        moved = self._moved(inputs)
        step = max(1, len(moved) // 10_000)
        base = np.full(len(rows), self._level(inputs, moved))
        parts: dict[str, Column] = {}
        for name, weight in zip(FEATURES, self._weights, strict=True):
            typical = float(np.nanmedian(inputs[name][::step])) if np.isfinite(inputs[name][::step]).any() else 0.0
            base += weight * typical
            part = parts.setdefault(PARTS[name], np.zeros(len(rows)))
            part += weight * (inputs[name][rows] - typical)
        return Evidence(base, parts, "logit")

    def interval(self, inputs: Inputs) -> tuple[Column, Column]:
        """Return an approximate 95 % interval, float64[n] each.

        The variance of z is that of the weights (Laplace) plus 1 / (1 + acts): an act more or less moves the log of a
        count by about 1 / √acts. Where a side is not covered and nothing of it is seen, the upper end is what the
        score would be if that side were as good as the other. How often such intervals hold was not measured.
        """
        moved = self._moved(inputs)
        z = moved + self._level(inputs, moved)
        acts = np.nan_to_num(inputs["count_ab"]) + np.nan_to_num(inputs["count_ba"])
        variance = 1 / (1 + acts)
        if self.precision is not None:
            x = np.stack([inputs[name] for name in FEATURES], axis=1)
            away = x - np.nanmedian(x, axis=0)
            variance += np.einsum("ij,jk,ik->i", away, np.linalg.inv(np.array(self.precision)), away)
        half = 1.96 * np.sqrt(variance)
        return sigmoid(z - half), sigmoid(z + half + self._unseen(inputs))

    def fit(self, inputs: Inputs, outcome: NDArray[Any]) -> Self:
        """Return the scorer with its weights moved to what happened, held to the present ones.

        Fitting again with another window adds to it. The level stays that of the formula, since outcome rates drift.
        """
        known = np.isfinite(inputs[FEATURES[0]])
        truth = np.asarray(outcome, dtype=np.float64)[known]
        if min(truth.sum(), len(truth) - truth.sum()) < LEAST_OUTCOMES:
            return self
        x = np.stack([inputs[name][known] for name in FEATURES], axis=1)
        rows, mass = _fewer(x @ self._weights, truth)
        x, truth = x[rows], truth[rows]
        precision = self._precision()
        weights, level = fit_logistic(x, truth, self._weights, precision, least=0.0, weight=mass)
        p = sigmoid(x @ weights + level)
        bend = mass * p * (1 - p)
        centred = x - np.average(x, axis=0, weights=bend + 1e-12)
        precision = precision + (centred.T * bend) @ centred
        return msgspec.structs.replace(
            self,
            weights=dict(zip(FEATURES, weights.tolist(), strict=True)),
            precision=tuple(map(tuple, precision.tolist())),
        )

    @property
    def _weights(self) -> Column:
        given = shipped().weights if self.weights is None else self.weights
        return np.array([given.get(name, 0.0) for name in FEATURES])

    def _precision(self) -> NDArray[np.float64]:
        if self.precision is not None:
            return np.array(self.precision)
        spread = np.array([shipped().spread[name] for name in FEATURES])
        return np.diag(shipped().hold * spread**2)

    def _moved(self, inputs: Inputs) -> Column:
        moved = np.zeros(inputs.rows)
        for name, weight in zip(FEATURES, self._weights, strict=True):
            moved += weight * inputs[name]
        return moved

    def _level(self, inputs: Inputs, moved: Column) -> float:
        if self.intercept is not None:
            return self.intercept
        come = shipped()

        def sums(low: int, high: int) -> list[float]:
            known, part = np.isfinite(moved[low:high]), inputs.part(low, high)
            spans, mutual = part["windows"][known], part["mutual_windows"][known]
            heard = np.exp(part["rhythm_fine"][known]) / (spans + 2)
            return [known.sum(), spans.sum(), mutual.sum(), heard.sum(), (heard * mutual).sum()]

        total: list[float] = np.sum(each_part(sums, inputs.rows), axis=0).tolist()
        ties, spans, mutual, heard, heard_mutual = total
        if not ties:
            return come.level
        share = (mutual + come.share * come.share_spans) / (spans + come.share_spans)
        own = level_for(moved[np.isfinite(moved)], (heard_mutual + 2 * share * heard) / ties)
        return (ties * own + come.held_ties * come.level) / (ties + come.held_ties)

    def _unseen(self, inputs: Inputs) -> Column:
        """Return how much the log odds would rise if a side that was not covered were as good as the other."""
        weights = dict(zip(FEATURES, self._weights, strict=True))
        blank = [(inputs[f"known_{way}"] == 0) & (np.nan_to_num(inputs[f"count_{way}"]) == 0) for way in ("ab", "ba")]
        rise = weights["recent_of_quieter"] * (inputs["recent"] - inputs["recent_of_quieter"])
        for name, few in _MIRRORED.items():
            rise = rise + weights[name] * (inputs[name] - np.log(few))
        return np.where(blank[0] ^ blank[1], np.maximum(rise, 0), 0.0)


def _fewer(z: Column, truth: Column) -> tuple[NDArray[np.intp], Column]:
    """Return which rows a fit looks at and what each counts: of very many, all that live on and every k-th other."""
    if len(truth) <= FIT_ROWS:
        return np.arange(len(truth)), np.ones(len(truth))
    quiet = np.flatnonzero(truth == 0)
    quiet = quiet[np.argsort(z[quiet], kind="stable")]
    step = len(quiet) // FIT_ROWS + 1
    rows = np.concatenate([np.flatnonzero(truth), quiet[::step]])
    return rows, np.where(truth[rows] == 1, 1.0, float(step))
