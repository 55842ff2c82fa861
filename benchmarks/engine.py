"""From a log to scored and sorted connections: time, processor time and peak memory of whole processes on two cores.

    python benchmarks/engine.py [FOLDER] [--rows N …] [--wide N …] [--networkx N …] [--runs N]

Makes logs of N interactions (see `generate.py`) in FOLDER or a temporary folder, which is emptied at the end, and for
each of them: assesses it with all scorers and sorts the connections, opens it again and scores it with one parameter
changed, and, where asked, computes the same figures with tuned networkx code. `--rows` are of the deep shape (one
connection for every 14 interactions), `--wide` of the wide one (one for every 1.4). Each is timed `--runs` times without
a rest, networkx once: the table has the medians, and the least and the most seconds. Logs are read beforehand, so that it
is not the disk that is timed. The first run after a rest waits for memory that the system has let go meanwhile.
Bars: 10 M deep 6 s and 1 GB, wide 20 s and 4 GB, 50 M 30 s and 4 GB; again 1 s; networkx 7 × slower at 1 M and 14 × at
10 M; no steeper than n log n.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BEGIN = """
import json, os, resource, sys
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
from pathlib import Path
"""
END = """
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"rows": rows, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 2**20}))
"""
ASSESS = f"""{BEGIN}
import atexit, gc
atexit.register(gc.freeze)  # as the command line does
from relnet import registry
from relnet.assess.assessment import ties
from relnet.assess.ordering import sort_order
from relnet.assess.run import assess
from relnet.store.workspace import Workspace
rows = 0
if len(sys.argv) > 1:
    parameters = {{"vitality": {{"scale_days": float(sys.argv[2])}}}} if len(sys.argv) > 2 else {{}}
    mine = ties(assess(Workspace(Path(sys.argv[1])), registry.find(parameters=parameters)))
    order = sort_order(mine.score("engagement"), descending=True)
    rows = len(mine.other[order])
{END}"""
COUNT = f"""{BEGIN}
import polars as pl
files = sorted(Path(sys.argv[1]).glob("log/*/interactions-*.parquet"))
ends = pl.scan_parquet(files).select(a=pl.min_horizontal("source", "target"), b=pl.max_horizontal("source", "target"))
rows = len(ends.group_by("a", "b").agg(pl.len()).collect(engine="streaming"))
{END}"""
"""A yardstick of the machine: interactions counted by pair, bare."""
HEAD = f"{'shape':<8}{'interactions':>13}{'connections':>13}{'seconds':>9}{'least':>7}{'most':>7}{'of CPU':>8}{'peak, GB':>10}"


def run(*arguments: str) -> dict[str, float]:
    started = time.perf_counter()
    usual = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}  # modules are compiled once, as for every user
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True, env=usual)
    return json.loads(done.stdout.splitlines()[-1]) | {"seconds": time.perf_counter() - started}


def told(shape: str, rows: int, runs: list[dict[str, float]]) -> dict[str, float]:
    """Print the medians of some runs and return them."""
    found = {name: statistics.median(each[name] for each in runs) for name in runs[0]}
    seconds = [each["seconds"] for each in runs]
    print(
        f"{shape:<8}{rows:>13,}{int(found['rows']):>13,}{found['seconds']:>9.1f}{min(seconds):>7.1f}{max(seconds):>7.1f}"
        f"{found['cpu']:>8.1f}{max(each['peak'] for each in runs):>10.2f}",
        flush=True,
    )
    return found


def measure(place: Path, shape: str, rows: int, keep: bool, runs: int) -> dict[str, dict[str, float]]:
    """Make a log if it is not there, assess it, and score it again."""
    here = Path(__file__).parent
    log = place / f"{shape}-{rows}"
    subprocess.run([sys.executable, str(here / "generate.py"), str(log), shape, str(rows)], check=True, stdout=-3)

    def anew() -> dict[str, float]:
        for made in ("runs", "cache"):
            shutil.rmtree(log / made, ignore_errors=True)
        for file in log.glob("log/*/*"):
            file.read_bytes()
        return run("-c", ASSESS, str(log))

    found = {"whole": told(shape, rows, [anew() for _ in range(runs)])}
    told("  again", rows, [run("-c", ASSESS, str(log), str(15 + each)) for each in range(runs)])
    told("  count", rows, [run("-c", COUNT, str(log)) for _ in range(runs)])
    if keep:
        found["networkx"] = told("  nx", rows, [run(str(here / "engine_networkx.py"), str(log))])
        ratio = {unit: found["networkx"][unit] / found["whole"][unit] for unit in ("seconds", "cpu")}
        print(f"  networkx takes {ratio['seconds']:.1f} × the time, {ratio['cpu']:.1f} × the CPU time")
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000, 10_000_000, 50_000_000])
    parser.add_argument("--wide", type=int, nargs="*", default=[10_000_000])
    parser.add_argument("--networkx", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    place = Path(asked.folder or tempfile.mkdtemp())
    print(HEAD)
    start = told("start-up", 0, [run("-c", ASSESS) for _ in range(asked.runs)])
    deep = {}
    try:
        for shape, sizes in (("deep", asked.rows), ("wide", asked.wide)):
            for rows in sizes:
                found = measure(place, shape, rows, shape == "deep" and rows in asked.networkx, asked.runs)
                deep |= {rows: found["whole"]} if shape == "deep" else {}
                if not asked.folder:
                    shutil.rmtree(place / f"{shape}-{rows}")
    finally:
        if not asked.folder:
            shutil.rmtree(place, ignore_errors=True)
    for unit in ("seconds", "cpu") if len(deep) > 1 else ():
        spent = {rows: found[unit] - start[unit] for rows, found in deep.items()}
        print(f"{unit} beyond start-up over n log n: {fit(spent)}")


def fit(spent: dict[int, float]) -> str:
    """Say by which power of n log n the time grows (1: just so), and its share of n log n at each size."""
    xs = [math.log(n * math.log(n)) for n in spent]
    ys = [math.log(max(seconds, 1e-3)) for seconds in spent.values()]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    power = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread if spread else float("nan")
    shares = ", ".join(f"{n:,}: {1e9 * seconds / (n * math.log(n)):.1f} ns" for n, seconds in spent.items())
    return f"power {power:.2f} ({shares})"


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main()
