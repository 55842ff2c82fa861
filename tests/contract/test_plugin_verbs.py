"""The verbs of plugin authors: new, test, trust."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from relnet.cli.main import main
from relnet.plugin_file import digest_of
from relnet.registry import KINDS, file_entries
from tests.builders import Acts, workspace_of

BROKEN = Path(__file__).parents[1] / "data" / "broken_plugins"
SCORER = Path(__file__).parents[2] / "relnet" / "testing" / "templates" / "scorer.py.txt"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> None:
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    monkeypatch.setattr(sys, "path", [*sys.path])


def said(capsys, *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main([*words])
    return int(left.value.code or 0), capsys.readouterr().out


def test_a_new_project_of_each_kind_passes_the_kit_and_its_own_tests(tmp_path, capsys) -> None:
    for kind in KINDS:
        assert said(capsys, "plugin", "new", f"own_{kind}", "--kind", kind, "--folder", str(tmp_path))[0] == 0
        code, told = said(capsys, "--json", "plugin", "test", str(tmp_path / f"relnet-own-{kind}"))
        assert code == 0, told
        [found] = json.loads(told)["data"]
        assert found["records"] and {record["outcome"] for record in found["records"]} == {"passed"}
    sources = os.pathsep.join(str(path) for path in tmp_path.glob("relnet-own-*/src"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "--import-mode=importlib", "-o", "addopts=", "."],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": sources}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0 and "skipped" not in done.stdout, done.stdout


def test_the_kit_says_what_is_wrong_and_how_to_mend_it(capsys) -> None:
    code, told = said(capsys, "plugin", "test", str(BROKEN / "beyond_one.py"))
    assert code == 5
    assert "failed    range" in told and "outside 0 to 1" in told and "To mend it: Scale or clip" in told


def test_a_file_of_a_workspace_runs_once_it_is_trusted_and_no_longer_than_it_stays(tmp_path, capsys) -> None:
    workspace = workspace_of(tmp_path, Acts(rows=(("me", "ana", "reply", 1_600_000_000_000),), owner="me")).path
    plugin = workspace / "plugins" / "guest.py"
    plugin.parent.mkdir()
    plugin.write_text(SCORER.read_text().replace("$name", "guest").replace("$klass", "Guest"))

    def listed() -> dict[str, str]:
        rows = json.loads(said(capsys, "--json", "-w", str(workspace), "plugin", "list")[1])["data"]
        return {row["name"]: row["kind"] for row in rows}

    assert listed()["guest"] == "file"
    assert said(capsys, "-w", str(workspace), "plugin", "trust", "guest")[0] == 0
    assert listed()["guest"] == "scorer"
    plugin.write_text(plugin.read_text() + "\n# one more line\n")
    assert listed()["guest"] == "file"
    assert not [path for path in workspace.rglob("*") if "trust" in path.name]


def test_what_runs_is_what_was_checked_though_the_file_was_changed_since(tmp_path) -> None:
    checked = SCORER.read_text().replace("$name", "guest").replace("$klass", "Guest").encode()
    path = tmp_path / "guest.py"
    path.write_text("raise RuntimeError('not what was checked')")
    [entry] = file_entries(path, content=checked)
    assert entry.name == "guest" and entry.load().home.digest == digest_of(checked)
