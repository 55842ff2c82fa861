"""Fitting the profile model: ridge-penalised logistic regression with steps that are never negative.

Three things make it travel from one labelled set to another (figures: the model card):

- Genuine accounts of every size weigh alike (five classes of follower count) within each set, so that a set of large
  accounts does not teach that small means fake.
- Every account is shown several times, each time with only the facts that one kind of source gives. The curves
  must work on their own, and missing facts stay without effect.
- Every set weighs alike, its fakes as much as its genuine accounts; sets without fakes weigh less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.builtin.labelers.cues import CUES
from relnet.builtin.labelers.curves import Curve, Curves
from relnet.plugin import Column

LabelledSet = tuple[Mapping[str, Column], NDArray[np.bool_]]
"""Columns of the accounts and whether each is fake."""

COUNTS: Final = frozenset({"followers", "following", "posts", "has_bio", "handle_digits", "default_avatar"})
FACTS_KNOWN: Final[dict[str, frozenset[str]]] = {
    "all": COUNTS | {"listed", "likes", "has_banner"},
    "no banner": COUNTS | {"listed", "likes"},
    "no likes, no lists": COUNTS | {"has_banner"},
    "no banner, likes or lists": COUNTS,
}
"""What kinds of source know, most first; error rates are measured for each."""
_SHOWN: Final = (*FACTS_KNOWN.values(), COUNTS | {"listed"})
_SIZES: Final = (30.0, 100.0, 300.0, 1000.0)
_WITHOUT_FAKES: Final = 0.5
PENALTY: Final = 2e-4
PRIOR: Final = 0.1


def fit(sets: Sequence[LabelledSet]) -> Curves:
    """Return the model fitted on one or more labelled sets."""
    shown = [(columns, fake, _weights(columns, fake)) for columns, fake in sets]
    design = np.concatenate([_steps(columns, known) for columns, _, _ in shown for known in _SHOWN])
    outcome = np.concatenate([fake for _, fake, _ in shown for _ in _SHOWN])
    weight = np.concatenate([weight for _, _, weight in shown for _ in _SHOWN])
    theta = newton(design, outcome, weight / weight.sum(), PENALTY)
    full = np.concatenate([_steps(columns) for columns, _, _ in shown])
    genuine = np.concatenate([weight * ~fake for _, fake, weight in shown])
    curves, at = {}, 1
    for cue in CUES:
        rises = theta[at : at + len(cue.knots) - 1]
        typical = genuine @ (full[:, at - 1 : at - 1 + len(rises)] @ rises) / genuine.sum()
        heights = tuple(float(height) for height in np.cumsum([0.0, *rises]))
        curves[cue.name] = Curve(cue.knots, heights, float(typical), cue.formula_text)
        at += len(rises)
    return Curves(float(theta[0]), PRIOR, curves)


def _steps(columns: Mapping[str, Column], known: frozenset[str] | None = None) -> NDArray[np.float64]:
    n = len(next(iter(columns.values())))
    return np.concatenate(
        [
            cue.steps(columns) if known is None or known.issuperset(cue.needs) else np.zeros((n, len(cue.knots) - 1))
            for cue in CUES
        ],
        axis=1,
    )


def _weights(columns: Mapping[str, Column], fake: NDArray[np.bool_]) -> Column:
    """Return weights that sum to ½ for the fakes of a set and to ½ for its genuine accounts."""
    size = np.digitize(columns["followers"], _SIZES)
    weight = np.zeros(len(fake))
    for each in np.unique(size[~fake]):
        of_size = ~fake & (size == each)
        weight[of_size] = 1 / of_size.sum()
    weight[~fake] /= 2 * weight[~fake].sum()
    if not fake.any():
        return weight * _WITHOUT_FAKES
    weight[fake] = 0.5 / fake.sum()
    return weight


def newton(
    design: NDArray[np.float64], outcome: NDArray[np.bool_], weight: Column, penalty: float, most: int = 60
) -> Column:
    """Minimise weighted log loss + penalty/2 · |w|², w ≥ 0, intercept free, by projected Newton (Bertsekas 1982).

    Returns
    -------
    float64[1 + steps]
        The intercept, then w.
    """
    x = np.column_stack([np.ones(len(design)), design])
    ridge = np.full(x.shape[1], penalty)
    ridge[0] = 0
    theta = np.zeros(x.shape[1])

    def loss(at: Column) -> float:
        z = x @ at
        return float(weight @ (np.logaddexp(0, z) - outcome * z) + ridge @ at**2 / 2)

    now = loss(theta)
    for _ in range(most):
        p = 1 / (1 + np.exp(-(x @ theta)))
        slope = x.T @ (weight * (p - outcome)) + ridge * theta
        free = (theta > 0) | (slope < 0)
        free[0] = True
        bend = (x[:, free].T * (weight * p * (1 - p))) @ x[:, free] + np.diag(ridge[free] + 1e-9)
        step = np.zeros_like(theta)
        step[free] = -np.linalg.solve(bend, slope[free])
        size = 1.0
        while True:
            tried = theta + size * step
            tried[1:] = np.maximum(tried[1:], 0)
            then = loss(tried)
            if then <= now or size < 1e-6:
                break
            size /= 2
        done = now - then < 1e-10
        theta, now = tried, min(now, then)
        if done:
            break
    return theta
