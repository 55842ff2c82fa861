"""Does a score find the ties that live on? The history is cut, scores see what was before, outcomes come after."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet import runner
from relnet.assess import baselines
from relnet.assess.added import Added, Side, added
from relnet.assess.assessment import Figure
from relnet.assess.history import History
from relnet.assess.metrics import NAMES, Ranked, brier_skill, weights_of_accounts
from relnet.assess.plan import features_for, in_order
from relnet.assess.run import scorer_inputs
from relnet.errors import InputError
from relnet.moments import DAY_MS
from relnet.network.connections import connect_pairs
from relnet.plugin import Column, Feature, Inputs, Keys, Scorer

Target = Literal["mutual", "any"]
EARLIER: Final = 2
"""Earlier windows that a refit learns from."""
DRAWS: Final = 200
LEAST_OUTCOMES: Final = 2
"""Fewer in the window before, and there is no logistic regression."""
NEEDS: Final = ("windows", "mutual_windows", "first_contact", "count_ab")
"""Features that the baselines read."""


class Measured(msgspec.Struct, kw_only=True):
    """How one score did, each figure with its 95 % interval over accounts.

    Attributes
    ----------
    auc, average_precision
        Of the ranking; unknown last.
    brier, ece
        Of the score read as a probability of the target; NaN for scores that are none.
    skill
        1 − Brier / Brier of the constant rate.
    seen_before, new
        Average precision and AUC among pairs in touch before the last window, and among those first in touch in it.
    unknown
        Share of pairs that it does not answer for.
    calibration
        Mean probability, frequency and number of pairs, in ten bins of equal size; empty for scores that are none.
    """

    name: str
    auc: Figure
    average_precision: Figure
    brier: Figure
    ece: Figure
    skill: float
    seen_before: dict[str, float]
    new: dict[str, float]
    unknown: float
    calibration: list[tuple[float, float, int]]

    @property
    def read_as(self) -> Literal["chance", "rank"]:
        """How the score may be read: one that does no better than the constant rate gives an order and no chances."""
        return "chance" if self.skill > 0 else "rank"


class Backtest(msgspec.Struct, kw_only=True):
    """One cut of a history.

    Attributes
    ----------
    as_of
        The moment of the cut, ms UTC: nothing later was seen by any score.
    pairs, positives
        Pairs in touch by then, and those that met the target afterwards.
    whole_window
        Whether the record reaches to the end of the window.
    fitted
        The scorers as refitted; their fields are the parameters found.
    added
        What each score named for it adds to engagement as shipped.
    a, b, truth, scores
        The pairs, bool[n] and float64[n] by name, for further looks.
    """

    as_of: int
    window_days: float
    target: Target
    pairs: int
    positives: int
    whole_window: bool
    scorers: list[Measured]
    failures: list[runner.Failure]
    added: list[Added] = []
    fitted: list[Scorer]
    a: Keys
    b: Keys
    truth: NDArray[np.bool_]
    scores: dict[str, Column]


def backtest(
    history: History,
    scorers: Sequence[Scorer],
    features: Sequence[Feature],
    *,
    as_of: int,
    window_days: float,
    target: Target = "mutual",
    refit: bool = True,
    draws: int = DRAWS,
    seed: int = 0,
    add: Sequence[str] = (),
) -> Backtest:
    """Judge scorers and the baselines at one moment of a history.

    Candidates are all pairs with an act by then. A pair is positive if both sides act towards each other within the
    window (`any`: if one does). A scorer that can be fitted is so on up to two earlier windows, whose outcomes lie
    before the moment; it stands in the list twice, as it is ("defaults") and refitted.

    Parameters
    ----------
    scorers
        In an order in which each comes after those it needs.
    features
        All features there are.
    as_of
        Moment of the cut, ms UTC.
    window_days
        Length of the window, which is the horizon as well.
    draws
        Bootstrap samples of accounts.
    add
        Names of scorers of which is asked what they add to engagement.

    Raises
    ------
    InputError
        Nobody was in touch by then.
    """
    step = round(window_days * DAY_MS)
    scorers = in_order(scorers)
    needs = [*NEEDS, *(need for each in scorers for need in each.needs)]
    now = Moment(history, as_of, step, target, needs, features)
    if not len(now.connections):
        raise InputError("Nobody was in touch before the cut.", "Cut later: --cut 0.6 is usual.")
    earlier = _earlier(history, as_of, step, target, needs, features)
    failures: list[runner.Failure] = []
    scores = _baselines(now, earlier)
    plain = now.scores(scorers, failures)
    shipped = dict(plain)
    fitted = _fitted(scorers, earlier, failures) if refit else []
    for scorer in scorers if refit else ():
        if type(scorer).fit is not Scorer.fit:
            plain[f"{scorer.name} (defaults)"] = plain[scorer.name]
    plain |= now.scores(fitted, failures)
    scores |= {f"{name} (scorer)" if name in scores else name: score for name, score in plain.items()}
    ends = now.facts.periods.ends
    fresh = now.connections.features["first_contact"] * DAY_MS < step
    weights = list(weights_of_accounts(ends, draws, seed))
    gains = (
        added(add, Side(earlier[0].scores(scorers, []), earlier[0].truth), Side(shipped, now.truth), weights)
        if add and earlier
        else []
    )
    return Backtest(
        as_of=as_of, window_days=window_days, target=target, pairs=len(now.truth), positives=int(now.truth.sum()),
        whole_window=as_of + step <= history.last,
        scorers=[_measured(name, score, now.truth, fresh, weights) for name, score in scores.items()],
        failures=failures, added=gains, fitted=fitted, a=now.connections.a, b=now.connections.b, truth=now.truth, scores=scores,
    )  # fmt: skip


class Moment:
    """The pairs in touch by a moment, what scores may know of them then, and what followed."""

    def __init__(
        self,
        history: History,
        as_of: int,
        step: int,
        target: Target,
        needs: Sequence[str],
        features: Sequence[Feature],
    ) -> None:
        self.view = history.at(as_of, step / DAY_MS)
        self.connections = connect_pairs(self.view, features_for(needs, features, "the backtest"), needs)
        acted = history.followed(self.connections.a, self.connections.b, as_of, as_of + step)
        self.truth: NDArray[np.bool_] = np.asarray(acted.all(axis=1) if target == "mutual" else acted.any(axis=1))

    @cached_property
    def facts(self) -> baselines.Facts:
        """What the baselines know."""
        return baselines.facts(self.view, self.connections.a, self.connections.b)

    def inputs(self, scorer: Scorer, scores: dict[str, Column]) -> Inputs:
        """Return the columns that a scorer asked for."""
        return scorer_inputs(scorer, self.connections, scores, self.view.as_of, self.view.me)

    def scores(self, scorers: Sequence[Scorer], failures: list[runner.Failure]) -> dict[str, Column]:
        """Run scorers; one that fails is unknown throughout and joins the failures."""
        scores: dict[str, Column] = {}
        for scorer in scorers:
            outcome = runner.score(scorer, self.inputs(scorer, scores))
            if outcome.failure and outcome.failure not in failures:
                failures.append(outcome.failure)
            found = outcome.value
            scores[scorer.name] = found if isinstance(found, np.ndarray) else np.full(len(self.truth), np.nan)
        return scores


def refitted(
    history: History, scorers: Sequence[Scorer], features: Sequence[Feature], *, as_of: int, window_days: float
) -> tuple[list[Scorer], list[runner.Failure]]:
    """Return scorers fitted on up to two windows before a moment, ms UTC, in the same order, and what failed.

    An outcome is that both sides act within the window. A history too short to say anything leaves them as they are.
    """
    needs = [need for each in scorers for need in each.needs]
    failures: list[runner.Failure] = []
    earlier = _earlier(history, as_of, round(window_days * DAY_MS), "mutual", needs, features)
    return _fitted(scorers, earlier, failures), failures


def _earlier(
    history: History, as_of: int, step: int, target: Target, needs: Sequence[str], features: Sequence[Feature]
) -> list[Moment]:
    """Return the moments before, each a window earlier, the latest first."""
    before = (as_of - k * step for k in range(1, EARLIER + 1))
    return [Moment(history, each, step, target, needs, features) for each in before if each > history.first]


def _fitted(scorers: Sequence[Scorer], earlier: Sequence[Moment], failures: list[runner.Failure]) -> list[Scorer]:
    """Fit the scorers on the earlier windows, the oldest first."""
    fitted = list(scorers)
    for moment in reversed(earlier):
        scores = moment.scores(scorers, [])
        for i, scorer in enumerate(fitted):
            fitted[i], failure = runner.fit(scorer, moment.inputs(scorer, scores), moment.truth)
            if failure:
                failures.append(failure)
    return fitted


def _baselines(now: Moment, earlier: Sequence[Moment]) -> dict[str, Column]:
    features = now.connections.features
    scores = baselines.simple_scores(now.facts)
    scores |= baselines.closed_forms(now.facts, features["windows"], features["mutual_windows"], now.view.horizon_days)
    if earlier and earlier[0].truth.sum() >= LEAST_OUTCOMES:
        scores["logistic regression"] = baselines.logistic_regression(
            baselines.regression_columns(earlier[0].facts),
            np.asarray(earlier[0].truth, dtype=np.float64),
            baselines.regression_columns(now.facts),
        )
    return scores


def _measured(
    name: str, score: Column, truth: NDArray[np.bool_], fresh: NDArray[np.bool_], weights: Sequence[Column]
) -> Measured:
    outcome, probability = truth.astype(np.float64), name not in baselines.RANKS
    ranked = Ranked.of(outcome, score)
    values = ranked.measures(probability=probability)
    draws = [ranked.measures(weight, probability=probability) for weight in weights]
    figures = {}
    for each in NAMES:
        drawn = np.array([draw[each] for draw in draws])
        drawn = drawn[np.isfinite(drawn)]
        low, high = np.quantile(drawn, [0.025, 0.975]) if len(drawn) else (np.nan, np.nan)
        figures[each] = Figure(values[each], float(low), float(high), len(truth))
    parts = []
    for rows in (~fresh, fresh):
        part = Ranked.of(outcome[rows], score[rows]).measures(probability=False) if rows.any() else values
        parts.append({each: part[each] if rows.any() else np.nan for each in NAMES[:2]} | {"pairs": int(rows.sum())})
    return Measured(
        name=name, **figures, skill=brier_skill(outcome, values["brier"]), seen_before=parts[0], new=parts[1],
        unknown=float(np.isnan(score).mean()), calibration=ranked.calibration() if probability else [],
    )  # fmt: skip
