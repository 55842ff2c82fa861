"""Results are kept by what they were made of: what changes is made again, and nothing else."""

import shutil
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from relnet import registry
from relnet.assess import results
from relnet.assess.assessment import Assessment
from relnet.assess.cache import Cache, key_of, write
from relnet.assess.run import assess
from relnet.network.columns import Columns
from relnet.plugin import Column, Feature, Inputs, Scorer, narrow, nw
from relnet.store.workspace import Workspace
from tests.builders import Acts, workspace_of

DAY = 86_400_000
T0 = 1_600_000_000_000
CALLS: list[str] = []


class Seen(Feature):
    name, version = "seen", "1"

    def aggregate(self, log) -> nw.Expr:
        CALLS.append("seen")
        return log.at.count()


class Half(Scorer):
    name, version, needs = "half", "1", ("seen",)
    share: float = 0.5

    def score(self, inputs: Inputs) -> Column:
        CALLS.append("half")
        return np.full(inputs.rows, self.share)


class Next(Scorer):
    name, version, needs = "next", "1", ("score.half",)

    def score(self, inputs: Inputs) -> Column:
        CALLS.append("next")
        return inputs["score.half"] / 2


class Apart(Scorer):
    name, version, needs = "apart", "1", ("seen",)

    def score(self, inputs: Inputs) -> Column:
        CALLS.append("apart")
        return np.zeros(inputs.rows)


class Doubt(Scorer):
    name, version, needs = "doubt", "1", ("p_fake_a", "p_fake_b")

    def score(self, inputs: Inputs) -> Column:
        CALLS.append("doubt")
        return np.nan_to_num(inputs["p_fake_a"])


ADDED = [
    registry.Entry(kind, plugin.name, "test", found=plugin)
    for kind, plugin in (("feature", Seen), ("scorer", Half), ("scorer", Next), ("scorer", Apart), ("scorer", Doubt))
]


def run(workspace: Workspace, **parameters: dict) -> tuple[Assessment, set[str]]:
    """An assessment, and which of the plugins above worked for it."""
    CALLS.clear()
    return assess(workspace, registry.Registry([*registry.find(), *ADDED], parameters)), set(CALLS)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    rows = [(one, other, "reply", T0 + i * DAY) for i, (one, other) in enumerate(["ab", "ba", "ac", "cb"] * 5)]
    return workspace_of(tmp_path, Acts(rows=tuple(rows), owner="a"))


def test_a_changed_parameter_makes_only_what_is_downstream_again(workspace) -> None:
    first, called = run(workspace)
    assert called == {"seen", "half", "next", "apart", "doubt"}
    second, called = run(workspace, half={"share": 0.25})
    assert called == {"half", "next"}
    assert (first.scores["next"] == 0.25).all() and (second.scores["next"] == 0.125).all()
    assert run(workspace, half={"share": 0.25})[1] == set()


def test_an_override_makes_only_what_reads_labels_again(workspace) -> None:
    from relnet.store import judgements

    found, _ = run(workspace)
    judgements.set_override(workspace.catalog, int(found.accounts.account[0]), "fake")
    assert run(workspace)[1] == {"doubt"}


def test_results_are_the_same_without_the_cache_and_after_damage_to_it(workspace) -> None:
    plain, _ = run(workspace, half={"share": 0.1})
    run(workspace, half={"share": 0.2})
    for file in workspace.cache.iterdir():
        content = file.read_bytes()
        file.unlink()  # runs hold the same file by a link
        file.write_bytes(content[: len(content) // 2])
    names = {file.name for file in workspace.cache.iterdir()}
    _drop_runs(workspace)
    damaged, called = run(workspace, half={"share": 0.1})
    assert called == {"seen", "half", "next", "apart", "doubt"}
    _drop_runs(workspace)
    again, called = run(workspace, half={"share": 0.1})
    assert called == set() and names <= {file.name for file in workspace.cache.iterdir()}
    for other in (damaged, again):
        assert plain.connections.features.keys() == other.connections.features.keys()
        for column, value in {**plain.connections.features, **plain.scores}.items():
            np.testing.assert_array_equal(value, {**other.connections.features, **other.scores}[column])
        assert plain.accounts.columns["native_id"].tolist() == other.accounts.columns["native_id"].tolist()


def test_columns_are_read_when_they_are_asked_for(tmp_path) -> None:
    write(tmp_path / "table.parquet", {"a": np.arange(3), "f.x": np.array([1.0, np.nan, 3.0]), "f.y": np.ones(3)})
    features = Columns(pl.scan_parquet(tmp_path / "table.parquet"), "f.")
    np.testing.assert_array_equal(features["x"], [1.0, np.nan, 3.0])
    (tmp_path / "table.parquet").unlink()
    assert list(features) == ["x", "y"] and "y" in features and features["x"] is features["x"]
    features["y"] = np.zeros(3)
    assert {**features}.keys() == {"x", "y"} and "z" not in features


def test_features_of_many_connections_are_let_go_and_read_from_the_run(workspace, monkeypatch) -> None:
    held, _ = run(workspace, half={"share": 0.1})
    monkeypatch.setattr(narrow, "MANY", 1)
    monkeypatch.setattr(results.Results, "later", _at_once)  # so that features are kept before scores are made
    shutil.rmtree(workspace.cache)
    _drop_runs(workspace)
    lean, called = run(workspace, half={"share": 0.1})
    assert "seen" in called
    shutil.rmtree(workspace.cache)
    assert held.connections.features.keys() == lean.connections.features.keys()
    for column, value in {**held.connections.features, **held.scores}.items():
        if column != "first_contact":
            given = lean.scores if column in lean.scores else lean.connections.features
            np.testing.assert_array_equal(value, given[column])
    _drop_runs(workspace)
    with pytest.raises(FileNotFoundError):
        lean.connections.features["first_contact"]  # asked for by nobody so far


def test_a_run_outlives_the_cache(workspace) -> None:
    run(workspace)
    shutil.rmtree(workspace.cache)
    assert run(workspace)[1] == set()


def test_what_was_not_used_for_longest_goes_first(tmp_path) -> None:
    import os

    cache, column = Cache(tmp_path / "cache", most_bytes=10_000), {"x": np.random.default_rng(0).random(500)}
    keys = [key_of(i) for i in range(3)]
    for age, key in enumerate(keys[:2]):
        cache.keep(key, column)
        os.utime(cache.path(key), (age, age))
    assert cache.get(keys[0]) is not None
    cache.keep(keys[2], column)
    assert [cache.get(key) is None for key in keys] == [False, True, False]


def _at_once(self: results.Results, make, *arguments) -> Future:
    done: Future = Future()
    done.set_result(make(*arguments))
    return done


def _drop_runs(workspace: Workspace) -> None:
    shutil.rmtree(workspace.runs)
