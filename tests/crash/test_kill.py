"""A kill at any moment leaves the last good state; the next import adds what is missing, once."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from relnet.ingest.importer import load
from relnet.plugin import Source
from relnet.registry import find
from relnet.store import log
from relnet.store.workspace import Workspace

ROWS = 60_000

CHILD = """
import sys
from pathlib import Path
import duckdb, polars, filelock, sqlmodel, alembic.command
from relnet.ingest.importer import load
from relnet.plugin import Source
from relnet.registry import find
from relnet.store.workspace import Workspace
source = find().make(Source, "table")
print("ready", flush=True)
workspace = Workspace(Path(sys.argv[2]))
load([Path(sys.argv[1])], workspace, [source])
workspace.catalog
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def edge_list(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kill") / "edges.csv"
    draw = random.Random(1)
    lines = [f"{draw.randrange(900)},{900 + draw.randrange(900)},message,{1_600_000_000 + i}" for i in range(ROWS)]
    path.write_text("source,target,kind,timestamp\n" + "\n".join(lines) + "\n")
    return path


def rows(workspace: Workspace) -> int:
    files = log.pieces(workspace.log, workspace.imports(), "interactions")
    if not files:
        return 0
    found = duckdb.execute("SELECT count(*), count(DISTINCT event) FROM read_parquet(?)", [files]).fetchone()
    assert found is not None and found[0] == found[1]
    return int(found[0])


@pytest.fixture(scope="module")
def seconds(edge_list: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long an undisturbed import takes from its start."""
    with _child(edge_list, tmp_path_factory.mktemp("whole") / "workspace") as child:
        assert child.stdout is not None
        child.stdout.readline()
        started = time.monotonic()
        assert child.stdout.readline() == "done\n"
        return time.monotonic() - started


def _child(path: Path, workspace: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(path), str(workspace)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("moment", range(20))
def test_kill_loses_and_doubles_nothing(moment: int, edge_list: Path, seconds: float, tmp_path: Path) -> None:
    with _child(edge_list, tmp_path / "workspace") as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(random.Random(moment).uniform(0, 1.1 * seconds))
        child.send_signal(signal.SIGKILL)
    workspace = Workspace(tmp_path / "workspace")
    assert rows(workspace) in (0, ROWS)
    report = load([edge_list], workspace, [find().make(Source, "table")])
    assert rows(workspace) == ROWS
    assert report.loaded[0].manifest.overlap == 0
    assert [path.name for path in workspace.log.iterdir()] == [report.loaded[0].manifest.import_id]
    workspace.catalog.adopt(workspace)
    assert load([edge_list], workspace, [find().make(Source, "table")]).loaded[0].known
