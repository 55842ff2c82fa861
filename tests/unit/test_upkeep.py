"""Backup and doctor: a copy that is a workspace again, and what is wrong told with what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest

from relnet.assess.run import assess
from relnet.cli.main import main
from relnet.registry import find
from relnet.store.judgements import overrides
from relnet.store.workspace import Workspace


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("RELNET_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talks.csv").write_text(
        "source,target,kind,timestamp\na,b,message,1600000000\nb,a,message,1600000900\n"
    )
    assert run("-q", "-w", "./one", "load", "talks.csv", "--me", "a") == 0
    assert run("-q", "-w", "./one", "label", "set", "b", "good") == 0
    return tmp_path


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return int(stop.value.code or 0)


def test_an_unpacked_backup_is_the_same_workspace(place: Path) -> None:
    assert run("-w", "./one", "backup", "copy.zip") == 0
    with ZipFile("copy.zip") as file:
        file.extractall("two")
    one, two = Workspace(Path("one")), Workspace(Path("two"))
    assert two.imports() == one.imports()
    assert overrides(two.catalog) == overrides(one.catalog) != {}
    scores = [assess(each, find()).scores["engagement"].tolist() for each in (one, two)]
    assert scores[0] == scores[1]


def test_a_backup_overwrites_nothing(place: Path) -> None:
    Path("copy.zip").write_text("precious")
    assert run("-w", "./one", "backup", "copy.zip") == 1
    assert Path("copy.zip").read_text() == "precious"


def test_doctor_is_content_with_a_sound_workspace_and_names_a_damaged_import(place: Path, capsys) -> None:
    assert run("-w", "./one", "--json", "doctor") == 0
    found = json.loads(capsys.readouterr().out)["data"]
    assert {"what": "imports", "found": "1 with 4 rows", "is_well": True, "hint": ""} in found
    [folder] = [path for path in Path("one/log").iterdir() if path.is_dir()]
    shutil.copy(next(folder.glob("accounts-*.parquet")), folder / "interactions-00000.parquet")
    next(folder.glob("accounts-*.parquet")).write_bytes(b"")
    assert run("-w", "./one", "--json", "doctor") == 1
    [wrong] = [each for each in json.loads(capsys.readouterr().out)["data"] if not each["is_well"]]
    assert "accounts" in wrong["found"] and "relnet import remove" in wrong["hint"]
