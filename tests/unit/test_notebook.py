"""relnet from Python: what a notebook sees, and the examples that show it."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import relnet
from relnet.errors import InputError, PluginError, SettingsError
from relnet.plugin import Scorer

ROOT = Path(__file__).parents[2]
EDGES = "source,target,kind,timestamp\n" + "".join(
    f"me,ana,reply,{1_600_000_000 + 86_400 * day}\nana,me,reply,{1_600_003_600 + 86_400 * day}\n" for day in range(30)
)


class Halves(Scorer):
    """Half for everybody."""

    name, version = "halves", "1"
    needs = ("active_weeks", "count_ab")

    def score(self, inputs):
        return np.where(inputs["count_ab"] > 0, 0.5, np.nan)


class Wrong(Scorer):
    """Out of range."""

    name, version = "wrong", "1"

    def score(self, inputs):
        return np.full(len(inputs.a), 7.0)


@pytest.fixture(scope="module")
def edges(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("notebook") / "edges.csv"
    path.write_text(EDGES + "me,<script>alert(1)</script>,reply,1600000000\n")
    return path


@pytest.fixture(scope="module")
def net(edges) -> relnet.Network:
    return relnet.load(edges, me="me", complete=True)


def test_a_network_is_frames_and_a_graph(net) -> None:
    assert dict(net.connections.select("id", "acts_out").iter_rows()) == {"ana": 30, "<script>alert(1)</script>": 1}
    assert len(net.interactions) == 61 and set(net.accounts["id"]) == {"me", *net.connections["id"]}
    assert net.to_networkx().size() == 3 and len(net) == 2
    assert net.figures["people"] == 2
    assert net.connections.to_dict(as_series=False)["label"] == ["unknown"] * 2


def test_strangers_names_are_text_in_the_representation(net) -> None:
    shown = net._repr_html_()
    assert "<script>" not in shown and "&lt;script&gt;" in shown
    assert "2 connections, 61 dated interactions" in shown and shown.count("<tr>") == 3


def test_scores_by_name_class_and_value(net) -> None:
    assert net.score("reciprocity")["reciprocity"].to_list() == pytest.approx(
        net.connections["reciprocity"].sort(descending=True, nulls_last=True).to_list()
    )
    for own in (Halves, Halves()):
        scored = net.score(own)
        assert scored["halves"].drop_nulls().to_list() == [0.5] * (len(scored) - scored["halves"].null_count())
    with pytest.raises(PluginError, match="wrong"):
        net.score(Wrong)


def test_reports_and_exports_by_the_name_of_the_file(net, tmp_path) -> None:
    for name, begin in (("r.html", b"<!DOCTYPE html>"), ("r.md", b"# Relationship"), ("r.json", b"{")):
        assert net.report(tmp_path / name).read_bytes().startswith(begin)
    assert pl.read_parquet(net.export("connections", tmp_path / "c.parquet")).equals(net.connections)
    assert net.export("graph", tmp_path / "g.graphml").read_text().count("<edge ") == 3
    with pytest.raises(SettingsError, match="connections, accounts, edges, graph"):
        net.export("ties", tmp_path / "x.csv")


def test_a_temporary_workspace_goes_where_nothing_can_be_loaded(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(InputError):
        relnet.load(tmp_path / "nothing.zip")
    gc.collect()
    assert not list(tmp_path.iterdir())


def test_a_temporary_workspace_goes_with_its_network_and_a_named_one_stays(edges, tmp_path) -> None:
    passing = relnet.load(edges)
    place = passing.workspace.path
    assert place.is_dir()
    del passing
    gc.collect()
    assert not place.exists()
    early = relnet.load(edges, workspace=tmp_path / "kept", as_of=datetime(2020, 9, 20, tzinfo=UTC))
    assert early.assessment.header.as_of == 1_600_560_000_000 and len(early.connections) == 2
    assert len(relnet.load(workspace=tmp_path / "kept")) == 2


@pytest.mark.parametrize("script", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.stem)
def test_examples_run(script, edges, tmp_path) -> None:
    more = [str(tmp_path / "out")] if script.stem == "share_report" else []
    words = [sys.executable, str(script), str(edges), *more]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    expected = {
        "strongest_ties": "3 accounts, 3 directed ties",
        "own_score": "scored",
        "share_report": "wrote network.gexf",
    }
    assert expected[script.stem] in done.stdout
    assert len(script.read_text().splitlines()) <= 40


@pytest.mark.parametrize("notebook", sorted((ROOT / "examples").glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_run(notebook) -> None:
    cells = json.loads(notebook.read_text())["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert not any(cell.get("outputs") for cell in cells), "kept without outputs"
    names: dict[str, object] = {}
    exec(compile(code, str(notebook), "exec"), names)
    assert len(names["net"]) > 100


def test_settings_and_own_plugins_count_as_they_do_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELNET_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text("horizon_days = 30\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "relnet" / "plugins").mkdir(parents=True)
    (tmp_path / "relnet" / "plugins" / "halves.py").write_text(
        "import numpy as np\nfrom relnet.plugin import Scorer\n\n\nclass Halves(Scorer):\n"
        '    """Half for everybody."""\n\n    name, version, needs = "halves", "1", ("count_ab",)\n\n'
        "    def score(self, inputs):\n        return np.where(inputs['count_ab'] > 0, 0.5, np.nan)\n"
    )
    (tmp_path / "edges.csv").write_text(EDGES)
    net = relnet.load(tmp_path / "edges.csv")
    assert net.assessment.header.horizon_days == 30
    assert net.connections["halves"].to_list() == [0.5]
