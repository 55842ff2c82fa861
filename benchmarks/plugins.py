"""What the plugin layer costs: ``python benchmarks/plugins.py [connections]``.

The same scorers on the same columns: their `score` called directly, through the runner in this process (built in), and
through the runner in the worker process (from outside). Processor time of both processes, best of five; the start of
the worker and the placing of the columns in shared memory, once a run, stand apart.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from relnet import runner
from relnet.plugin import Inputs, Scorer
from relnet.plugin.kinds import Home
from relnet.registry import find
from relnet.testing import network
from relnet.testing.networks import tiled
from relnet.worker import worker

REPEATS = 5
HOME = Home("benchmark")


def clock() -> float:
    """Processor time of this process and of the worker."""
    return time.process_time() + worker().call(time.process_time, seconds=10)


def best(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        start = clock()
        call()
        taken.append(clock() - start)
    return min(taken)


def direct(scorer: Scorer, inputs: Inputs) -> np.ndarray:
    with np.errstate(all="ignore"):
        return scorer.score(inputs)


def run(rows: int) -> None:
    plugins = find()
    start = clock()
    started = clock() - start
    idle = best(lambda: None)
    total = {"direct": 0.0, "built in": 0.0, "outside": 0.0}
    placing = 0.0
    print(f"{rows:,} connections; ms of processor time")
    print(f"{'scorer':<20}{'direct':>9}{'built in':>10}{'':>8}{'outside':>10}{'':>8}{'placing':>9}")
    for name in plugins.names("scorer"):
        scorer = plugins.make(Scorer, name)
        inputs = tiled(network().inputs(scorer), rows).take(np.arange(rows))  # as the engine hands them over
        kind = type(scorer)
        times = {"direct": best(lambda: direct(scorer, inputs)) - idle}  # noqa: B023
        times["built in"] = best(lambda: runner.score(scorer, inputs)) - idle  # noqa: B023
        kind.home = HOME
        start = clock()
        first = runner.score(scorer, inputs)
        placed = clock() - start - idle
        times["outside"] = best(lambda: runner.score(scorer, inputs)) - idle  # noqa: B023
        kind.home = None
        assert first.failure is None and first.value.tobytes() == direct(scorer, inputs).tobytes()
        placing += placed - times["outside"]
        line = f"{name:<20}{times['direct'] * 1e3:9.1f}"
        for way in ("built in", "outside"):
            line += f"{times[way] * 1e3:10.1f}{times[way] / times['direct'] - 1:+8.1%}"
        print(f"{line}{(placed - times['outside']) * 1e3:9.1f}")
        for way, taken in times.items():
            total[way] += taken
    sums = "".join(
        f"{total[way] * 1e3:10.1f}{total[way] / total['direct'] - 1:+8.1%}" for way in ("built in", "outside")
    )
    print(f"{'all':<20}{total['direct'] * 1e3:9.1f}{sums}{placing * 1e3:9.1f}")
    print(f"clock itself {idle * 1e3:.2f} ms, start of the worker not counted ({started:.2f} s)")


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
