"""Fit the profile model that is shipped: ``python benchmarks/fit_labels.py [DATA]``.

DATA holds the labelled tables (by default ``accounts`` in ``$RELNET_SHARED/data``). Writes the coefficients with their
provenance, and the answers on accounts left out of the fit, which correct shares for the model's errors.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from relnet.assess.labelled import Labelled, read
from relnet.builtin.labelers import profile_fit
from relnet.builtin.labelers.cues import FACTS
from relnet.builtin.labelers.curves import Curves, Shipped
from relnet.builtin.labelers.profile_fit import FACTS_KNOWN, PENALTY, LabelledSet

SETS = ("fake-followers", "cresci-2017", "instagram-fake", "bot-repository-2019", "bots")
EASY = ("verified-2019",)
"""Celebrities and firms: fitted on, but no measure of how often ordinary people are accused."""
FOLDS = 5


def facts(accounts: Labelled, known: frozenset[str] = frozenset(FACTS)) -> dict[str, np.ndarray]:
    """Columns of the cues, as far as they are known."""
    unknown = np.full(len(accounts), np.nan)
    return {fact: accounts.columns.get(fact, unknown) if fact in known else unknown for fact in FACTS}


def fit(sets: Mapping[str, Labelled]) -> Curves:
    pairs: list[LabelledSet] = [(facts(each), each.fake == 1) for each in sets.values()]
    return profile_fit.fit(pairs)


def answers(p_fake: np.ndarray, prior: float) -> list[int]:
    fake, good = int((p_fake >= 0.5).sum()), int((p_fake < prior).sum())
    return [fake, good, len(p_fake) - fake - good]


def measured(sets: Mapping[str, Labelled]) -> dict[str, dict[str, tuple[int, int, int]]]:
    """Answers out of fold on all sets at once, by the facts known; a set counts where it has them all."""
    rng = np.random.default_rng(0)
    fold = {name: rng.permutation(len(each)) % FOLDS for name, each in sets.items()}
    counts = {known: {truth: np.zeros(3, int) for truth in ("fake", "genuine")} for known in FACTS_KNOWN}
    for i in range(FOLDS):
        model = fit({name: each.take(fold[name] != i) for name, each in sets.items()})
        for name, each in sets.items():
            held = each.take((fold[name] == i) & ~np.isin(each.subset.astype(str), EASY))
            for known, needed in FACTS_KNOWN.items():
                if needed <= held.columns.keys():
                    p = model.p_fake(facts(held, needed))
                    counts[known]["fake"] += answers(p[held.fake == 1], model.prior)
                    counts[known]["genuine"] += answers(p[held.fake == 0], model.prior)
    return {
        known: {truth: (int(row[0]), int(row[1]), int(row[2])) for truth, row in table.items()}
        for known, table in counts.items()
    }


def least_recall(sets: Mapping[str, Labelled]) -> float:
    """Recall on each set of fakes when it is left out; the lowest."""
    found = []
    for name, each in sets.items():
        if (each.fake == 1).any():
            model = fit({other: rows for other, rows in sets.items() if other != name})
            found.append(float((model.p_fake(facts(each))[each.fake == 1] >= 0.5).mean()))
    return round(min(found), 4)


def rounded(model: Curves) -> Curves:
    """The model to six digits, so that the file reads well and is the same on every machine."""
    cues = {
        name: msgspec.structs.replace(
            curve,
            knots=tuple(round(knot, 6) for knot in curve.knots),
            heights=tuple(round(height, 6) for height in curve.heights),
            typical=round(curve.typical, 6),
        )
        for name, curve in model.cues.items()
    }
    return Curves(round(model.base, 6), model.prior, cues)


def main(folder: Path) -> None:
    paths = {name: folder / f"{name}.csv.gz" for name in SETS}
    whole = {name: read(path) for name, path in paths.items()}
    sets = {name: each.take(each.fake >= 0) for name, each in whole.items()}
    provenance = {
        "data": {
            name: {
                "fake": int((each.fake == 1).sum()),
                "genuine": int((each.fake == 0).sum()),
                "sha256": hashlib.sha256(paths[name].read_bytes()).hexdigest(),
            }
            for name, each in sets.items()
        },
        "fitted_on": datetime.now(UTC).date().isoformat(),
        "script": "benchmarks/fit_labels.py",
        "penalty": PENALTY,
        "folds": FOLDS,
        "left out of the answers": EASY,
    }
    shipped = Shipped(rounded(fit(sets)), measured(sets), least_recall(sets), provenance)
    out = Path(profile_fit.__file__).with_name("profile.json")
    out.write_bytes(msgspec.json.format(msgspec.json.encode(shipped), indent=1) + b"\n")
    print(f"wrote {out.name}: {msgspec.json.encode(shipped.answers).decode()}, least recall {shipped.least_recall}")


if __name__ == "__main__":
    shared = Path(os.environ.get("RELNET_SHARED", Path(__file__).parents[2] / "shared"))
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else shared / "data" / "accounts")
