"""Does a score know something that engagement does not? Both together against engagement alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.assess.assessment import Figure
from relnet.assess.metrics import Ranked
from relnet.plugin import Column
from relnet.plugin.fitting import fit_logistic

RIDGE: Final = 1.0
LEAST_OUTCOMES: Final = 10
"""Fewer in the earlier window, and nothing is learnt from it."""


class Added(msgspec.Struct, kw_only=True):
    """One score added to engagement, each gain with its 95 % interval over accounts.

    Attributes
    ----------
    average_precision, auc
        Of both together.
    gained_precision, gained_auc
        That less engagement's own; an interval across zero shows no gain.
    unknown
        Share of pairs for which the score is unknown: there both together say what engagement says.
    """

    name: str
    average_precision: float
    auc: float
    gained_precision: Figure
    gained_auc: Figure
    unknown: float


class Side(msgspec.Struct, frozen=True):
    """Scores of one moment by name, and what followed, bool[n]."""

    scores: dict[str, Column]
    truth: NDArray[np.bool_]


def added(names: Sequence[str], then: Side, now: Side, weights: Sequence[Column]) -> list[Added]:
    """Return what scores add to engagement: a logistic regression of an earlier window, judged at the moment.

    Parameters
    ----------
    names
        The scores to add, one at a time.
    then, now
        An earlier moment, from which is learnt, and the one judged; neither has seen the outcome of `now`.
    weights
        Weights of the pairs in bootstrap samples.
    """
    few = min(then.truth.sum(), (~then.truth).sum())
    return [] if few < LEAST_OUTCOMES else [_added(name, then, now, weights) for name in names]


def _added(name: str, then: Side, now: Side, weights: Sequence[Column]) -> Added:
    outcome = np.asarray(then.truth, dtype=np.float64)
    before = _columns(then.scores, name)
    middle, spread = before.mean(axis=0), before.std(axis=0) + 1e-9
    wide = before.shape[1]
    coefficients, _ = fit_logistic((before - middle) / spread, outcome, np.zeros(wide), RIDGE * np.eye(wide))
    both = (_columns(now.scores, name) - middle) / spread @ coefficients
    both[np.isnan(now.scores["engagement"])] = np.nan
    truth = np.asarray(now.truth, dtype=np.float64)
    together, alone = Ranked.of(truth, both), Ranked.of(truth, now.scores["engagement"])
    ours, theirs = (each.measures(probability=False) for each in (together, alone))
    drawn = [
        [each.measures(weight, probability=False) for each in (together, alone)] for weight in weights
    ]  # fmt: skip
    gains = {}
    for measure in ("average_precision", "auc"):
        differences = np.array([one[measure] - other[measure] for one, other in drawn])
        differences = differences[np.isfinite(differences)]
        low, high = np.quantile(differences, [0.025, 0.975]) if len(differences) else (np.nan, np.nan)
        gains[measure] = Figure(ours[measure] - theirs[measure], float(low), float(high), len(truth))
    return Added(
        name=name, average_precision=ours["average_precision"], auc=ours["auc"], gained_auc=gains["auc"],
        gained_precision=gains["average_precision"], unknown=float(np.isnan(now.scores[name]).mean()),
    )  # fmt: skip


def _columns(scores: dict[str, Column], name: str) -> NDArray[np.float64]:
    """Return engagement's log odds, the score, and whether it is known; what is unknown moves nothing."""
    chance = np.clip(np.nan_to_num(scores["engagement"], nan=0.0), 1e-9, 1 - 1e-9)
    score = scores[name]
    known = np.isfinite(score)
    usual = float(np.median(score[known])) if known.any() else 0.0
    return np.stack([np.log(chance / (1 - chance)), np.where(known, score, usual), known.astype(np.float64)], axis=1)
