"""How well scores rank, and how honest probabilities are, with bootstrap intervals over accounts.

Higher scores rank first and unknown ones (NaN) last; equal scores are one step, so that no order is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column

BINS: Final = 10
NAMES: Final = ("auc", "average_precision", "brier", "ece")


class Ranked(msgspec.Struct, frozen=True):
    """Scores in falling order with their outcomes: sorted once, measured under many weights.

    Attributes
    ----------
    order
        Rows, best score first.
    steps
        Last place of each run of equal scores.
    truth, score
        float64[n] in this order; an unknown score is NaN.
    """

    order: NDArray[np.intp]
    steps: NDArray[np.intp]
    truth: Column
    score: Column

    @classmethod
    def of(cls, truth: Column, score: Column) -> Ranked:
        """Sort scores, float64[n], with their outcomes, 0 or 1."""
        low = np.where(np.isnan(score), -np.inf, score)
        order = np.argsort(-low, kind="stable")
        falling = low[order]
        changes = np.flatnonzero(falling[1:] != falling[:-1])
        return cls(order, np.append(changes, len(order) - 1), truth[order], score[order])

    def measures(self, weight: Column | None = None, *, probability: bool = True) -> dict[str, float]:
        """Return AUC, average precision, and of a probability the Brier score and the calibration error.

        `auc`: area under the ROC curve, equal scores count half. `average_precision`: Σ precision × gain in recall.
        `brier`: mean squared error. `ece`: mean distance of probability and frequency over ten bins of equal mass.
        The last two leave unknown scores out.

        Parameters
        ----------
        weight
            float64[n] in the rows' own order; 1 by default.
        """
        mass = np.ones(len(self.order)) if weight is None else weight[self.order]
        positives, all_rows = np.cumsum(mass * self.truth)[self.steps], np.cumsum(mass)[self.steps]
        negatives, gain = all_rows - positives, np.diff(positives, prepend=0.0)
        found = dict.fromkeys(NAMES, float("nan"))
        if positives[-1] > 0:
            precision = positives / np.maximum(all_rows, 1e-300)
            found["average_precision"] = float(gain @ precision / positives[-1])
        if positives[-1] > 0 and negatives[-1] > 0:
            area = np.diff(negatives, prepend=0.0) @ (positives - gain / 2)
            found["auc"] = float(area / (positives[-1] * negatives[-1]))
        if probability:
            found |= self._honesty(mass)
        return found

    def calibration(self) -> list[tuple[float, float, int]]:
        """Return mean probability, frequency and number of rows of ten bins of equal size, lowest first."""
        known = ~np.isnan(self.score)
        pieces = zip(
            np.array_split(self.score[known][::-1], BINS), np.array_split(self.truth[known][::-1], BINS), strict=True
        )
        return [(float(p.mean()), float(truth.mean()), len(p)) for p, truth in pieces if len(p)]

    def _honesty(self, mass: Column) -> dict[str, float]:
        known = ~np.isnan(self.score)
        mass, truth, score = mass[known], self.truth[known], self.score[known]
        total = float(mass.sum())
        if not total:
            return {}
        which = np.minimum((np.cumsum(mass) - mass / 2) / total * BINS, BINS - 1).astype(np.intp)
        gaps = np.bincount(which, mass * (score - truth), BINS)
        return {"brier": float(mass @ (score - truth) ** 2 / total), "ece": float(np.abs(gaps).sum() / total)}


def brier_skill(truth: Column, brier: float) -> float:
    """Return 1 − Brier score / that of the constant rate; NaN where all outcomes are alike."""
    rate = float(truth.mean()) if len(truth) else 0.0
    return 1 - brier / (rate * (1 - rate)) if 0 < rate < 1 else float("nan")


def weights_of_accounts(ends: NDArray[np.int32], draws: int, seed: int = 0) -> Iterator[Column]:
    """Yield the weights of the pairs in bootstrap samples of accounts.

    Each account is drawn Poisson(1) times, the large-sample form of drawing with replacement, and a pair counts the
    product of its two ends, since pairs share accounts (Cameron, Gelbach, Miller 2011).

    Parameters
    ----------
    ends
        int32[n, 2] account numbers of each pair.
    """
    random = np.random.default_rng(seed)
    accounts = int(ends.max(initial=-1)) + 1
    for _ in range(draws):
        times = random.poisson(1.0, accounts).astype(np.float64)
        yield times[ends[:, 0]] * times[ends[:, 1]]
