"""What a score is measured against: counts, closed forms fitted to no outcome, and a plain logistic regression.

S and P_mut build on BG/NBD in days (Fader, Hardie, Lee, "Counting your customers the easy way", Marketing Science 24,
2005), with x = active days − 1. Each sees the dated acts up to one moment and nothing else.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.moments import DAY_MS
from relnet.network.engine import columns
from relnet.network.periods import periods_of
from relnet.network.view import NetworkView
from relnet.plugin import Column, Keys, Periods
from relnet.plugin.fitting import fit_logistic, log_beta, log_gamma, minimise, sigmoid

RIDGE: Final = 10.0
"""Penalty of the regression: half of it times the squared weights, over standardised columns."""
HALF_LIVES_DAYS: Final = (7, 30, 90, 365)
RANKS: Final = frozenset(("count", "last contact", "min(out, in)", "reciprocity", "decayed count", "Adamic-Adar", "S"))
"""Baselines that rank and are no probabilities."""
_START: Final = (0.5, 5.0, 0.5, 2.0)
_NEVER: Final = 1e4


class Facts(msgspec.Struct, frozen=True):
    """What the baselines know of pairs with an act at one moment.

    Attributes
    ----------
    periods
        Of the same pairs.
    daily
        float64[n] by name: counts each way, decayed counts in days, active days, weeks, months, turns.
    shared, adamic_adar
        float64[n]: shared neighbours, and the sum over them of 1 / log(degree) (Adamic, Adar 2003).
    """

    periods: Periods
    daily: dict[str, Column]
    shared: Column
    adamic_adar: Column


def facts(view: NetworkView, a: Keys, b: Keys) -> Facts:
    """Return the facts of the pairs (a, b), sorted, which are all that have an act."""
    periods = periods_of(view, a, b)
    degree = np.bincount(periods.ends.ravel())
    worth = 1 / np.log(np.maximum(degree, 2))
    shared, adamic = np.zeros(len(a)), np.zeros(len(a))
    for triple in periods.closed():
        of_pair = [periods.ends[rows].sum(axis=1, dtype=np.int64) for rows in triple]
        all_three = sum(of_pair) // 2
        for rows, two in zip(triple, of_pair, strict=True):
            shared += np.bincount(rows, minlength=len(a))
            adamic += np.bincount(rows, worth[all_three - two], len(a))
    return Facts(periods, _daily(view), shared, adamic)


def _daily(view: NetworkView) -> dict[str, Column]:
    decays = ", ".join(
        f"coalesce(sum(pow(2, -day / {h})) FILTER ({test}), 0) AS d{h}_{way}"
        for h in HALF_LIVES_DAYS
        for way, test in (("ab", "forward"), ("ba", "NOT forward"))
    )
    found = columns(
        view.connection.sql(
            f"""
            WITH aged AS (SELECT a, b, forward, ({view.as_of} - "at") / {DAY_MS} AS day FROM acts WHERE is_act),
            told AS (SELECT *, forward <> lag(forward) OVER past AS turn FROM aged
                     WINDOW past AS (PARTITION BY a, b ORDER BY day DESC, forward))
            SELECT a, b, {decays}, count(*) FILTER (forward) AS count_ab, count(*) FILTER (NOT forward) AS count_ba,
                min(day) AS last, count(DISTINCT floor(day)) AS days, count(DISTINCT floor(day / 7)) AS weeks,
                count(DISTINCT floor(day / 30)) AS months, max(floor(day)) - min(floor(day)) AS t_x,
                max(floor(day)) AS age, count(*) FILTER (turn) AS turns
            FROM told GROUP BY a, b ORDER BY a, b
            """
        )
    )
    return {name: column.astype(np.float64) for name, column in found.items() if name not in ("a", "b")}


def simple_scores(known: Facts) -> dict[str, Column]:
    """Return the scores of one feature each, float64[n]; higher is better."""
    there, back = known.daily["count_ab"], known.daily["count_ba"]
    return {
        "count": there + back,
        "last contact": -known.periods.last.min(axis=1),
        "min(out, in)": np.minimum(there, back),
        "reciprocity": np.minimum(there, back) / np.maximum(there, back),
        "decayed count": known.periods.decayed["half"].sum(axis=1),
        "Adamic-Adar": known.adamic_adar,
    }


def closed_forms(known: Facts, spans: Column, mutual: Column, horizon_days: float) -> dict[str, Column]:
    """Return S and P_mut, float64[n]: fitted to no outcome, the one to rank by, the other a probability.

    S = P_any √((d_ab + .1)(d_ba + .1)) with h = W / 2. P_mut = P_any (m + 2 p₀) / (n + 2), p₀ = Σm / Σn.

    Parameters
    ----------
    spans, mutual
        n and m: spans of the horizon with an act, and of these such with acts of both sides.
    """
    chance = chance_of_any(known, horizon_days)
    half = known.periods.decayed["half"]
    share = mutual.sum() / max(float(spans.sum()), 1.0)
    return {
        "S": chance * np.sqrt((half + 0.1).prod(axis=1)),
        "P_mut": chance * (mutual + 2 * share) / (spans + 2),
    }


def chance_of_any(known: Facts, horizon_days: float) -> Column:
    """Return BG/NBD's chance of an active day within the horizon, with no end inside it; fitted to all pairs."""
    x, t_x, age = known.daily["days"] - 1, known.daily["t_x"], known.daily["age"] + 1
    rows, times = np.unique(np.stack([x, t_x, age], axis=1), axis=0, return_counts=True)
    xs, lasts, ages = rows.T

    def loss(logs: Column) -> float:
        if np.any(np.abs(logs) > 12):
            return 1e12
        r, alpha, a, b = np.exp(logs)
        act = log_gamma(r + xs) - log_gamma(r) + r * np.log(alpha) - log_beta(a, b)
        alive = log_beta(a, b + xs) - (r + xs) * np.log(alpha + ages)
        ended = log_beta(a + 1, b + np.maximum(xs, 1) - 1) - (r + xs) * np.log(alpha + lasts)
        return float(-times @ (act + np.logaddexp(alive, np.where(xs > 0, ended, -np.inf))))

    r, alpha, a, b = np.exp(minimise(loss, np.log(_START)))
    ended = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x), 0.0)
    return np.asarray((1 - ((alpha + age) / (alpha + age + horizon_days)) ** (r + x)) / (1 + ended))


def regression_columns(known: Facts) -> NDArray[np.float64]:
    """Return the regression's 23 features, float64[n, 23]: of the pair and of its two accounts."""
    day, ends = known.daily, known.periods.ends
    found: list[Column] = []
    for h in HALF_LIVES_DAYS:
        there, back = day[f"d{h}_ab"], day[f"d{h}_ba"]
        found += [there + back, np.minimum(there, back)]
    found += [day[name] for name in ("last", "days", "weeks", "months", "turns")] + [known.shared, known.adamic_adar]
    sent = np.stack([day["count_ab"], day["count_ba"]], axis=1)
    newest = np.full(int(ends.max(initial=-1)) + 1, np.inf)
    np.minimum.at(newest, ends.ravel(), known.periods.last.ravel())
    all_acts = _by_account(ends, sent) + _by_account(ends, sent[:, ::-1])
    for of_account in (
        _by_account(ends, sent)[ends],
        _by_account(ends, sent[:, ::-1])[ends],
        np.minimum(newest, _NEVER)[ends],
        sent.sum(axis=1, keepdims=True) / all_acts[ends],
    ):
        found += [of_account.min(axis=1), of_account.max(axis=1)]
    return np.log1p(np.stack(found, axis=1))


def _by_account(ends: NDArray[np.int32], values: NDArray[np.float64]) -> Column:
    total: Column = np.bincount(ends.ravel(), values.ravel()).astype(np.float64)
    return total


def logistic_regression(then: NDArray[np.float64], outcome: Column, now: NDArray[np.float64]) -> Column:
    """Fit on the columns of an earlier moment and what followed, and return the probabilities now, float64[m]."""
    middle, spread = then.mean(axis=0), then.std(axis=0) + 1e-9
    wide = then.shape[1]
    weights, level = fit_logistic((then - middle) / spread, outcome, np.zeros(wide), RIDGE * np.eye(wide))
    z: Column = (now - middle) / spread @ weights + level
    return sigmoid(z)
