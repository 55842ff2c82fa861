"""Time the report of a large network and weigh it: ``python benchmarks/report.py [connections …]``.

The owner has acts with every other account, a tenth of them often, and one page is made with names shown and
one with names hidden. The bars: 100,000 connections in 3 s of processor time, the best of three, and 1 MB.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import process_time

import numpy as np
import polars as pl

from relnet import registry
from relnet.assess.assessment import Assessment
from relnet.assess.run import assess, view_of
from relnet.ingest.importer import load
from relnet.network.view import NetworkView
from relnet.plugin import ReadOptions, Source
from relnet.registry import Registry
from relnet.report.build import build
from relnet.report.page import html
from relnet.store.workspace import Workspace

SECONDS, MEGABYTES = 3.0, 1.0
BARRED = 100_000


def table(connections: int, path: Path) -> None:
    """Write four acts a connection, forty for every tenth, over six years, as Parquet."""
    rng = np.random.default_rng(7)
    other = np.repeat(np.arange(connections), np.where(np.arange(connections) % 10, 4, 40))
    names = pl.Series([f"somebody-with-a-long-name-{i}" for i in range(connections)])[other]
    sent = pl.Series(rng.random(len(other)) < 0.5)
    frame = pl.DataFrame({"other": names, "sent": sent, "kind": "message"}).select(
        source=pl.when("sent").then(pl.lit("me")).otherwise("other"),
        target=pl.when("sent").then("other").otherwise(pl.lit("me")),
        kind="kind",
        timestamp=pl.Series(rng.integers(1_500_000_000_000, 1_700_000_000_000, len(other))),
    )
    frame.write_parquet(path)


def timed(assessment: Assessment, view: NetworkView, plugins: Registry, redact: bool) -> tuple[float, float]:
    """Return the seconds of processor time that a page takes, and its megabytes."""
    started = process_time()
    page = html(build(assessment, view, plugins, redact=redact))
    return process_time() - started, len(page.encode()) / 1e6


def main(sizes: list[int]) -> int:
    missed = 0
    for connections in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "acts.parquet"
            table(connections, path)
            plugins, workspace = registry.find(), Workspace(Path(folder) / "workspace")
            load([path], workspace, plugins.usable(Source)[0], ReadOptions(me=("me",), complete=True))
            assessment = assess(workspace, plugins)
            view = view_of(workspace, assessment)
            for redact in (False, True):
                seconds, size = min(timed(assessment, view, plugins, redact) for _ in range(3))
                kind = "hidden" if redact else "named "
                print(f"{connections:>9,} connections, {kind}: {seconds:.2f} s, {size:.2f} MB")
                missed += connections == BARRED and (seconds > SECONDS or size > MEGABYTES)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or [1_000, BARRED]))
