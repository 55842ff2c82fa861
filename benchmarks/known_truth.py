"""Judge engagement where the truth is known: ``python benchmarks/known_truth.py [PEOPLE]``.

Simulated networks, written as real files and read by the real readers; the truth is what the simulator drew.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from relnet import registry
from relnet.assess.assessment import ties
from relnet.assess.metrics import Ranked, brier_skill
from relnet.assess.run import assess
from relnet.demo.files import write_demo
from relnet.demo.simulator import simulate
from relnet.ingest.importer import load
from relnet.plugin import Source
from relnet.store.workspace import Workspace

SEEDS = range(11, 16)
SCORES = ("engagement", "reciprocity", "constancy", "vitality")


def judged(seed: int, people: int) -> list[dict[str, object]]:
    plugins = registry.find()
    world = simulate(seed, people).truth_table()
    with tempfile.TemporaryDirectory() as folder:
        paths = write_demo(Path(folder) / "files", seed, people)
        workspace = Workspace(Path(folder) / "workspace")
        load(paths, workspace, plugins.usable(Source)[0])
        found = assess(workspace, plugins)
    mine = ties(found)
    native = found.accounts.columns["native_id"][mine.account_rows]
    place = {account: i for i, account in enumerate(world["account"].tolist())}
    rows = np.array([place.get(each, -1) for each in native])
    seen = rows >= 0
    strength, future = world["strength"][rows[seen]], world["future_mutual"][rows[seen]].astype(np.float64)
    out, back = np.nan_to_num(mine.out("count")[seen]), np.nan_to_num(mine.back("count")[seen])
    scores = {name: mine.score(name)[seen] for name in SCORES} | {
        "count": out + back,
        "min(out, in)": np.minimum(out, back),
    }
    return [
        {"score": name, "seed": seed, "ties": int(seen.sum()), **figures(score, strength, future, name == "engagement")}
        for name, score in scores.items()
    ]  # fmt: skip


def figures(score: np.ndarray, strength: np.ndarray, future: np.ndarray, probability: bool) -> dict[str, float]:
    low = np.where(np.isnan(score), -1.0, score)
    ranks = [pl.Series(each).rank().to_numpy() for each in (low, strength)]
    found = Ranked.of(future, score).measures(probability=probability)
    known = np.isfinite(score)
    return {
        "Spearman with strength": float(np.corrcoef(*ranks)[0, 1]),
        "AUC, both act within 90 days": found["auc"],
        "average precision": found["average_precision"],
        "Brier skill": brier_skill(future[known], found["brier"]) if probability else float("nan"),
        "ECE": found["ece"],
    }


def main(people: int) -> None:
    table = pl.DataFrame([row for seed in SEEDS for row in judged(seed, people)])
    mean = table.group_by("score", maintain_order=True).mean().drop("seed")
    print(f"Mean over {len(SEEDS)} simulated networks of {people} people.\n")
    print("| " + " | ".join(mean.columns) + " |\n" + "| --- " * len(mean.columns) + "|")
    for row in mean.iter_rows():
        print("| " + " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row) + " |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1200)
