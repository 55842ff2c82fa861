"""Judge engagement on six public records: ``python benchmarks/quality.py [FOLDER]`` for docs/benchmarks.md.

FOLDER holds the records (by default ``data/interactions`` in ``$RELNET_SHARED``). "left out" are weights whose
fit never saw the record, from engagement.json.
"""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import polars as pl
from sets import SETS, folder, history

from relnet import registry
from relnet.assess.backtest import Backtest, Measured, backtest
from relnet.assess.metrics import Ranked
from relnet.builtin.scorers.engagement import Engagement, shipped
from relnet.facts.keys import keys
from relnet.plugin import Feature, Scorer

DRAWS, DRAWS_ELSEWHERE = 200, 40
OURS: Final = ("engagement", "engagement (defaults)", "left out", "left out (defaults)")
RIVALS: Final = ("S", "logistic regression")
PROBABILITIES: Final = ("P_mut", "logistic regression", *OURS)


class LeftOut(Engagement):
    """Engagement with weights that have not seen the record."""

    name = "left out"


def tests(name: str, place: Path) -> dict[float, Backtest]:
    plugins = registry.find()
    days, cuts = SETS[name]
    scorers = [plugins.make(Scorer, "engagement"), LeftOut(weights=shipped().left_out[name])]
    found = {}
    with history(place / f"{name}.csv.gz", plugins) as record:
        for cut in cuts:
            found[cut] = backtest(
                record, scorers, plugins.usable(Feature)[0], as_of=record.quantile(cut), window_days=days,
                draws=DRAWS if cut == cuts[0] else DRAWS_ELSEWHERE,
            )  # fmt: skip
            print(name, cut, file=sys.stderr)
    return found


def named(test: Backtest) -> dict[str, Measured]:
    return {each.name: each for each in test.scorers}


def value(test: Backtest, score: str, figure: str) -> float:
    found = named(test).get(score)
    if found is None:
        return float("nan")
    return found.skill if figure == "skill" else getattr(found, figure).value


def digits(number: float, places: int = 3) -> str:
    return "–" if np.isnan(number) else f"{number:.{places}f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def by_score(heads: dict[str, Backtest], figure: str, scores: list[str]) -> str:
    rows = []
    for score in scores:
        values = [value(test, score, figure) for test in heads.values()]
        rows.append([score, *map(digits, values), digits(float(np.mean(values)), 4)])
    return table(["score", *heads, "mean"], rows)


def bars(heads: dict[str, Backtest]) -> str:
    """Where each bar of the quality protocol stands, on the headline cuts."""
    rows = []
    for name, test in heads.items():
        found = named(test)
        best = max((found[each] for each in RIVALS), key=lambda each: each.average_precision.value)
        error = (best.average_precision.high - best.average_precision.low) / 3.92
        ap = {each: found[each].average_precision.value for each in OURS}
        rival = max(found["P_mut"].skill, found["logistic regression"].skill)
        rows.append([
            name, best.name, digits(ap["engagement"] - best.average_precision.value), digits(error),
            digits(ap["engagement (defaults)"] - found["S"].average_precision.value, 4),
            digits(ap["left out (defaults)"] - found["S"].average_precision.value, 4),
            digits(found["engagement"].skill), digits(found["engagement"].skill - rival),
            digits(found["engagement"].ece.value), digits(found["engagement (defaults)"].ece.value),
        ])  # fmt: skip
    head = [
        "record", "better of S and LR", "engagement less it", "its standard error", "defaults less S",
        "left out less S",
        "skill", "skill less the better of P_mut and LR", "ECE", "ECE, defaults",
    ]  # fmt: skip
    return table(head, rows)


def other_cuts(everything: dict[str, dict[float, Backtest]]) -> str:
    rows = [
        [
            name, f"{cut:g}", f"{test.pairs:,}", f"{test.positives / test.pairs:.1%}",
            *(digits(value(test, score, "average_precision")) for score in (*RIVALS, *OURS)),
            digits(value(test, "engagement", "skill")), digits(value(test, "engagement", "ece")),
        ]
        for name, found in everything.items()
        for cut, test in found.items()
    ]  # fmt: skip
    return table(["record", "cut", "pairs", "positive", *RIVALS, *OURS, "skill", "ECE"], rows)


def old_and_new(heads: dict[str, Backtest]) -> str:
    rows = []
    for score in ("count", "S", "logistic regression", *OURS[:2]):
        row = [score]
        for test in heads.values():
            each = named(test)[score]
            old, new = each.seen_before, each.new
            row.append(
                f"{digits(old['average_precision'])} / {digits(new['average_precision'])} ({digits(old['auc'], 2)})"
            )
        rows.append(row)
    return table(["score", *heads], rows)


def friends(test: Backtest, path: Path) -> str:
    """AUC against declared friendships, which no score has seen."""
    declared = pl.read_csv(path)
    one, other = (
        keys(pl.Series(["table"]).new_from_index(0, len(declared)), declared[side].cast(pl.String)).to_numpy()
        for side in ("a", "b")
    )
    known = set(zip(np.minimum(one, other).tolist(), np.maximum(one, other).tolist(), strict=True))
    truth = np.array([pair in known for pair in zip(test.a.tolist(), test.b.tolist(), strict=True)], dtype=np.float64)
    found = {
        score: Ranked.of(truth, test.scores[score]).measures(probability=False)["auc"]
        for score in ("count", "min(out, in)", "S", "logistic regression", *OURS[:2])
    }
    figures = ", ".join(f"{score} {digits(auc)}" for score, auc in found.items())
    pairs = f"the {len(truth)} pairs of copenhagen ({truth.mean():.0%} are friends)"
    return f"Declared friendships among {pairs}, AUC: {figures}."


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )
    return (
        f"{datetime.now(UTC).date().isoformat()}, {model}, {os.cpu_count()} cores, {platform.system()}, Python "
        f"{platform.python_version()}, NumPy {np.__version__}, DuckDB {duckdb.__version__}. "
        "Quality does not depend on the machine."
    )


def main(place: Path) -> None:
    everything = {name: tests(name, place) for name in SETS}
    heads = {f"{name} {SETS[name][1][0]:g}": next(iter(found.values())) for name, found in everything.items()}
    every = [each.name for each in next(iter(heads.values())).scorers]
    print("## Quality of engagement\n")
    print(f"`python benchmarks/quality.py`. {machine()}\n")
    print("Target: both sides act again within the window. Weights were searched with all six records in view;")
    print('"left out" are weights whose search did not see the record. Refitted on two own earlier windows.\n')
    for title, figure, scores in (
        ("Average precision, headline cuts", "average_precision", every),
        ("ROC AUC, headline cuts", "auc", every),
        ("Brier skill, headline cuts", "skill", list(PROBABILITIES)),
        ("Calibration error (ECE, ten bins of equal mass), headline cuts", "ece", list(PROBABILITIES)),
    ):
        print(f"### {title}\n\n{by_score(heads, figure, scores)}\n")
    print(f"### Against the bars\n\n{bars(heads)}\n")
    print(f"### Every cut: average precision\n\n{other_cuts(everything)}\n")
    print("### In touch before the last window / first in touch in it: average precision (AUC of the former)\n")
    print(old_and_new(heads) + "\n")
    print(friends(next(iter(everything["copenhagen"].values())), place / "copenhagen-friends.csv.gz"))


if __name__ == "__main__":
    main(folder(sys.argv[1] if len(sys.argv) > 1 else None))
