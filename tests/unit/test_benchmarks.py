"""The scripts that figures in the documentation come from can still be run."""

import runpy
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[2] / "benchmarks").glob("[!_]*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_what_a_benchmark_names_is_there(script, monkeypatch) -> None:
    monkeypatch.syspath_prepend(script.parent)
    monkeypatch.syspath_prepend(script.parents[1])
    assert runpy.run_path(str(script), run_name="loaded")
