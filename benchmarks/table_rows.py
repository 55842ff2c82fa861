"""CPU seconds and peak memory of loading a CSV edge list into the log, on one core.

    python benchmarks/table_rows.py [ROWS …]

Each file (source, target, kind, timestamp; a million accounts) is loaded through the importer in a process of its own.
The peak should hardly grow with the rows: a batch, 12 bytes a distinct row and the accounts met.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

PIECE = 1_000_000
CHILD = """
import json, os, resource, sys, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from pathlib import Path
from relnet.ingest.importer import load
from relnet.plugin import Source
from relnet.registry import find
from relnet.store.workspace import Workspace
import duckdb, polars
source = find().make(Source, "table")
cpu = time.process_time()
load([Path(sys.argv[1])], Workspace(Path(sys.argv[2])), [source])
used = time.process_time() - cpu
print(json.dumps({"cpu": used, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000}))
"""


def main() -> None:
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]))
        return
    print(f"{'rows':>11} {'MB':>6} {'CPU, s':>7} {'rows/s':>9} {'peak, MB':>9}")
    for rows in [int(each) for each in sys.argv[1:]] or [1_000_000, 10_000_000]:
        with tempfile.TemporaryDirectory() as folder:
            # A child starts with the peak of its parent, so the writing is done in a process of its own.
            path = Path(folder) / "edges.csv"
            subprocess.run([sys.executable, __file__, "--write", str(path), str(rows)], check=True)
            command = [sys.executable, "-c", CHILD, str(path), str(Path(folder) / "workspace")]
            environment = os.environ | {"POLARS_MAX_THREADS": "1"}
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
            found, size = json.loads(done.stdout), path.stat().st_size / 1e6
        print(f"{rows:>11,} {size:>6,.0f} {found['cpu']:>7.1f} {rows / found['cpu']:>9,.0f} {found['peak']:>9,.0f}")


def write(path: Path, rows: int) -> None:
    """Write an edge list in the order of time."""
    draw = np.random.default_rng(1)
    with path.open("wb") as out:
        for start in range(0, rows, PIECE):
            n = min(PIECE, rows - start)
            pl.DataFrame(
                {
                    "source": draw.zipf(1.3, n) % 1_000_000 + 10**9,
                    "target": draw.integers(10**9, 10**9 + 1_000_000, n),
                    "kind": draw.choice(["reply", "mention", "message"], n),
                    "timestamp": 1_500_000_000 + start * 3 + np.sort(draw.integers(0, 3 * PIECE, n)),
                }
            ).write_csv(out, include_header=start == 0)


if __name__ == "__main__":
    main()
