"""From files to a browsable dashboard: wall time and peak memory of a whole process, on two cores.

    python benchmarks/opening.py FILE…

Opens each input in a workspace of its own, headless, until the table of connections shows its rows and scores.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHILD = """
import asyncio, json, resource, sys, time
from pathlib import Path
started = time.perf_counter()
from relnet.registry import find
from relnet.settings import Settings
from relnet.store.workspace import Workspace
from relnet.tui.app import Dashboard
from relnet.tui.model import Model

async def run():
    app = Dashboard(Model(Workspace(Path(sys.argv[2])), find()), [Path(sys.argv[1])], Settings())
    async with app.run_test(size=(120, 36)) as pilot:
        while not (app.overview and app.overview.query("ConnectionTable")):
            await asyncio.sleep(0.01)
        await app.workers.wait_for_complete()
        await pilot.pause()
        return time.perf_counter() - started, len(app.model.seen.ties)

seconds, rows = asyncio.run(run())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "rows": rows, "peak_mb": peak}))
"""


def main() -> None:
    print(f"{'input':<28} {'connections':>11} {'first open, s':>13} {'again, s':>9} {'peak, MB':>9}")
    for name in sys.argv[1:]:
        path = Path(name).absolute()
        with tempfile.TemporaryDirectory() as folder:
            found = [_open(path, folder) for _ in range(2)]
        first, again = found
        print(
            f"{path.name:<28} {first['rows']:>11,} {first['seconds']:>13.1f} {again['seconds']:>9.1f} "
            f"{max(each['peak_mb'] for each in found):>9.0f}"
        )


def _open(path: Path, folder: str) -> dict[str, float]:
    command = [sys.executable, "-c", CHILD, str(path), f"{folder}/workspace"]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout) | {"seconds": time.perf_counter() - started}


if __name__ == "__main__":
    main()
