"""Fit the weights of engagement that are shipped: ``python benchmarks/fit_engagement.py [FOLDER]``.

FOLDER holds the public records (by default ``data/interactions`` in ``$RELNET_SHARED``). Writes the coefficients with
their provenance, among them for each record the weights that have not seen it.

A likelihood fit over pooled records does not travel: it bets on shared ties and steady exchanges, which some networks
lack. So the weights are searched for what is wanted, a gain of average precision over the closed form S on *every*
record and cut, starting from and held to a centre that spreads S over several half-lives. The centre was set by hand
with all six records in view. One common factor then sets the scale of the log odds, by likelihood.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from sets import SETS, folder, history

from relnet import registry
from relnet.assess import baselines
from relnet.assess.backtest import NEEDS, Moment
from relnet.assess.metrics import Ranked
from relnet.builtin.scorers import engagement
from relnet.builtin.scorers.engagement import Shipped
from relnet.moments import DAY_MS
from relnet.plugin import Column, Feature, Scorer
from relnet.plugin.fitting import fit_logistic, level_for

CENTRE: Final = {
    "rhythm_fine": 0.5, "rhythm_coarse": 0.5, "both_third": 0.4, "both_half": 0.4, "both_personal": 0.1, "recent": 0.1,
    "recent_of_quieter": 0.05, "both_periods": 0.25, "exchanges": 0.0, "accounts_awake": 0.1, "shared_ties": 0.1,
}  # fmt: skip
NAMES: Final = tuple(CENTRE)
START: Final = np.array(list(CENTRE.values()))
TRADED: Final = 5
"""The first so many replace each other in the search; they and `both_periods` move in larger steps."""
HEADLINE_COUNTS: Final = 4.0
EARLIER: Final = 3
"""Earlier windows before each headline cut that count as moments of their own."""
LEAST_OUTCOMES: Final = 20
STEPS: Final = 500
MOST_ROWS: Final = 20_000
HOLD, HELD_TIES, SHARE, SHARE_SPANS = 50.0, 50.0, 0.2, 100.0


class Case(msgspec.Struct):
    """Ties at one moment of one record."""

    x: np.ndarray
    truth: Column
    closed_form: Column
    weight: float
    headline: bool
    rate: float
    """Share of ties expected to be mutual next."""
    mass: Column
    bar: float
    """Average precision of the closed form."""


def cases(name: str, path: Path) -> list[Case]:
    """Every cut of a record, and the windows before its headline cut."""
    plugins = registry.find()
    days, cuts = SETS[name]
    features = plugins.usable(Feature)[0]
    needs = [*NEEDS, *plugins.make(Scorer, "engagement").needs]
    step, found = round(days * DAY_MS), []
    with history(path, plugins) as record:
        for cut in cuts:
            for back in range(EARLIER + 1 if cut == cuts[0] else 1):
                as_of = record.quantile(cut) - back * step
                if as_of <= record.first:
                    continue
                moment = Moment(record, as_of, step, "mutual", needs, features)
                if moment.truth.sum() >= LEAST_OUTCOMES:
                    found.append(_case(moment, days, cut == cuts[0] and back == 0))
    print(f"{name}: {len(found)} moments", file=sys.stderr)
    return found


def _case(moment: Moment, days: float, headline: bool) -> Case:
    known = moment.connections.features
    x = np.stack([known[name] for name in NAMES], axis=1)
    truth = moment.truth.astype(np.float64)
    spans, mutual = known["windows"], known["mutual_windows"]
    form = baselines.closed_forms(moment.facts, spans, mutual, days)["S"]
    share = (mutual.sum() + SHARE * SHARE_SPANS) / (spans.sum() + SHARE_SPANS)
    rate = float(np.mean(np.exp(known["rhythm_fine"]) * (mutual + 2 * share) / (spans + 2)))
    return Case(
        x, truth, form, HEADLINE_COUNTS if headline else 1.0, headline, rate, np.ones(len(truth)),
        precision(truth, form),
    )  # fmt: skip


def precision(truth: Column, score: Column, mass: Column | None = None) -> float:
    return Ranked.of(truth, score).measures(mass, probability=False)["average_precision"]


def thinned(case: Case, rng: np.random.Generator) -> Case:
    """A large case with all that live on, all that rank high and a weighted sample of the rest."""
    if len(case.truth) <= MOST_ROWS:
        return case
    first, second = case.x[:, 0] + case.x[:, 3], case.x[:, 4] + 0.3 * case.x[:, 9]
    keep = (case.truth > 0) | (first >= np.sort(first)[-10_000]) | (second >= np.sort(second)[-6000])
    rest = np.flatnonzero(~keep)
    drawn = rng.choice(rest, 6000, replace=False)
    rows = np.concatenate([np.flatnonzero(keep), drawn])
    mass = np.concatenate([np.ones(int(keep.sum())), np.full(len(drawn), len(rest) / len(drawn))])
    return msgspec.structs.replace(
        case, x=case.x[rows], truth=case.truth[rows], closed_form=case.closed_form[rows], mass=mass
    )


def goal(weights: Column, sets: Mapping[str, Sequence[Case]]) -> float:
    """Mean over records of the gain in log average precision over S; a loss counts six times; held to the centre.

    At no record's headline cut the gain may be nothing: what lacks there counts five times, and not in the mean.
    """
    gains, lacking = [], 0.0
    for found in sets.values():
        gain = np.array([np.log(precision(each.truth, each.x @ weights, each.mass) / each.bar) for each in found])
        kept = np.clip(gain, -1, 0.15) - 6 * np.maximum(0.008 - gain, 0)
        gains.append(np.average(kept, weights=[each.weight for each in found]))
        lacking += sum(max(0.0, 0.002 - mine) for mine, each in zip(gain, found, strict=True) if each.headline)
    held = 0.01 * weights[TRADED:].sum() + 0.3 * float(np.sum((weights - START) ** 2))
    return float(np.mean(gains)) - 5 * lacking - held


def search(sets: Mapping[str, Sequence[Case]]) -> Column:
    """Climb by single steps from the centre; both rhythms together weigh one."""
    rng = np.random.default_rng(0)
    weights, best = START.copy(), goal(START, sets)
    for _ in range(STEPS):
        tried = weights.copy()
        j = int(rng.integers(len(tried)))
        tried[j] = max(0.0, tried[j] + rng.normal() * (0.2 if j < TRADED or NAMES[j] == "both_periods" else 0.08))
        if j < TRADED and rng.random() < 0.5:
            other = int(rng.integers(TRADED))
            tried[other] = max(0.0, tried[other] - (tried[j] - weights[j]))
        tried /= max(tried[0] + tried[1], 1e-9)
        value = goal(tried, sets)
        if value > best:
            weights, best = tried, value
    slopes = [
        fit_logistic((each.x @ weights)[:, None], each.truth, np.ones(1), 1e-3 * np.eye(1), weight=each.mass)[0][0]
        for found in sets.values()
        for each in found
    ]
    return weights * float(np.median(slopes))


def by_name(weights: Column) -> dict[str, float]:
    return {name: round(float(weight), 4) for name, weight in zip(NAMES, weights, strict=True)}


def main(place: Path) -> None:
    whole = {name: cases(name, place / f"{name}.csv.gz") for name in SETS}
    rng = np.random.default_rng(0)
    sets = {name: [thinned(each, rng) for each in found] for name, found in whole.items()}
    weights = search(sets)
    left_out = {}
    for name in SETS:
        left_out[name] = search({other: found for other, found in sets.items() if other != name})
        print(f"without {name}: {by_name(left_out[name])}", file=sys.stderr)
    heads = {name: next(each for each in found if each.headline) for name, found in whole.items()}
    levels = [level_for(each.x @ weights, each.rate) for each in heads.values()]
    figures = {
        name: {
            "average precision": round(precision(each.truth, each.x @ weights), 4),
            "left out": round(precision(each.truth, each.x @ left_out[name]), 4),
            "S": round(each.bar, 4),
        }
        for name, each in heads.items()
    }
    shipped = Shipped(
        weights=by_name(weights),
        spread=by_name(np.mean([each.x.std(axis=0) for each in heads.values()], axis=0)),
        level=round(float(np.mean(levels)), 4),
        held_ties=HELD_TIES,
        hold=HOLD,
        share=SHARE,
        share_spans=SHARE_SPANS,
        left_out={name: by_name(found) for name, found in left_out.items()},
        provenance={
            "script": "benchmarks/fit_engagement.py",
            "date": datetime.now(UTC).date().isoformat(),
            "data": {name: {"window days": days, "cuts": list(cuts)} for name, (days, cuts) in SETS.items()},
            "headline cuts": figures,
            "levels at headline cuts": [round(level, 3) for level in levels],
        },
    )
    target = Path(engagement.__file__).with_suffix(".json")
    target.write_bytes(msgspec.json.format(msgspec.json.encode(shipped), indent=2) + b"\n")
    for name, row in figures.items():
        print(name, row)


if __name__ == "__main__":
    main(folder(sys.argv[1] if len(sys.argv) > 1 else None))
