"""Time the labels and try the shares: ``python benchmarks/labels.py [DATA]``.

Ten million made-up accounts are labelled as in an assessment; bars: 20 s and 4 GB. Where the labelled tables are
(DATA, by default ``accounts`` in ``$RELNET_SHARED/data``), fakes are resampled to 2, 10 and 50 % of 200 and of 400
followers, 500 times each: one half of a table measures the errors of the labels (made out of fold), the other is
judged, and the stated 95 % interval must hold the truth in 93 % of the draws.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
from fit_labels import facts, fit

from relnet import registry
from relnet.assess.label_test import fold_of
from relnet.assess.labeling import COMBINED, labeler_inputs
from relnet.assess.labelled import Labelled, read
from relnet.assess.prevalence import Rates, corrected_share
from relnet.assess.run import decide
from relnet.network.accounts import NUMBERS, AccountTable
from relnet.network.columns import Columns
from relnet.plugin import Labeler

ROWS = 10_000_000
NOW = 1_700_000_000_000
DRAWS = 500
SETS = ("fake-followers", "cresci-2017")
FLAGS = ("has_bio", "has_banner", "default_avatar")


def crowd(rows: int, needs: tuple[str, ...]) -> AccountTable:
    rng = np.random.default_rng(0)
    columns = {name: np.floor(rng.exponential(300, rows)) for name in needs}
    for name in FLAGS:
        columns[name] = (columns[name] > 200).astype(np.float64)
    for name in ("automated", "gone"):
        columns[name] = (columns[name] > 2000).astype(np.float64)
    for name in needs:
        if name.endswith("_at"):
            columns[name] = NOW - columns[name] * 86_400_000
    columns["listed"][rng.random(rows) < 0.3] = np.nan
    table = Columns()
    table.update(columns)
    return AccountTable(np.arange(rows, dtype=np.int64), table)


def speed() -> bool:
    labeler = registry.find().make(Labeler, COMBINED)
    assert set(labeler.needs) <= set(NUMBERS)
    people = crowd(ROWS, labeler.needs)
    before = peak()
    started = perf_counter()
    result = labeler.label(labeler_inputs(labeler, people, NOW))
    codes = decide(result)
    took = perf_counter() - started
    print(f"{ROWS:,} accounts, {len(labeler.needs)} columns: {took:.1f} s, peak {peak():.2f} GB ({before:.2f} before)")
    print(f"labels: {np.bincount(codes, minlength=4).tolist()}")
    return took <= 20 and peak() <= 4


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def called(tables: dict[str, Labelled], folds: int = 5) -> dict[str, np.ndarray]:
    """Whether each account is called fake by a model fitted on the other folds of all tables."""
    fold = {name: fold_of(each.fake == 1, folds, 0) for name, each in tables.items()}
    answer = {name: np.zeros(len(each), bool) for name, each in tables.items()}
    for i in range(folds):
        model = fit({name: each.take(fold[name] != i) for name, each in tables.items()})
        for name, each in tables.items():
            held = fold[name] == i
            answer[name][held] = model.p_fake(facts(each.take(held))) >= 0.5
    return answer


def coverage(folder: Path) -> bool:
    tables = {name: read(folder / f"{name}.csv.gz") for name in SETS}
    tables = {name: each.take(each.fake >= 0) for name, each in tables.items()}
    rng, worst = np.random.default_rng(7), 1.0
    for name, answer in called(tables).items():
        fake = tables[name].fake == 1
        for n in (200, 400):
            for truth in (0.02, 0.1, 0.5):
                hits, width = 0, 0.0
                for _ in range(DRAWS):
                    half = rng.random(len(fake)) < 0.5
                    k = rng.binomial(n, truth)
                    rows = np.concatenate([
                        rng.choice(np.flatnonzero(~half & fake), k, replace=False),
                        rng.choice(np.flatnonzero(~half & ~fake), n - k, replace=False),
                    ])  # fmt: skip
                    measured = Rates(
                        (answer & half & fake).sum(), (half & fake).sum(),
                        (~answer & half & ~fake).sum(), (half & ~fake).sum(),
                    )  # fmt: skip
                    share = corrected_share(int(answer[rows].sum()), n, measured)
                    hits += share.low <= truth <= share.high
                    width += share.high - share.low
                worst = min(worst, hits / DRAWS)
                print(f"{name}, {n} followers, {truth:.0%} fake: covered {hits / DRAWS:.1%}, width {width / DRAWS:.3f}")
    return worst >= 0.93


if __name__ == "__main__":
    shared = Path(os.environ.get("RELNET_SHARED", Path(__file__).parents[2] / "shared"))
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else shared / "data" / "accounts"
    met = speed() & (coverage(data) if data.is_dir() else True)
    sys.exit(0 if met else 6)
