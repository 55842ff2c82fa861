"""Broken plugins: the kit names what is wrong with each, and none takes the app down."""

import shutil
from pathlib import Path

import pytest

from relnet import registry
from relnet.assess.run import assess
from relnet.errors import PluginLoadError, SettingsError
from relnet.plugin import Section
from relnet.testing import check
from relnet.testing.checks import basis, scorers
from tests.builders import Acts, workspace_of

FOLDER = Path(__file__).parents[1] / "data" / "broken_plugins"
AT_LOADING = {
    "exits_at_import": "ended its process (exit code 1)",
    "hangs_at_import": "longer than 2 s",
    "misspelt": "neither a parameter nor part of the contract",
    "needs_text": "no tuple of names",
    "no_method": "lacks derive()",
    "no_plugin": "holds no plugin",
    "syntax": "SyntaxError",
    "typed_contract": "must not be typed",
}
BY_CHECK = {
    "beyond_one": ("range", "outside 0 to 1"),
    "by_id": ("relabelling", "account ids"),
    "by_place": ("order of rows", "place changes its score"),
    "clock": ("time shift", "year later"),
    "crashes": ("answers", "ended its process (signal 11)"),
    "draws": ("the same again", "second time"),
    "evidence_off": ("evidence adds up", "miss the score"),
    "exits": ("answers", "ended its process (exit code 3)"),
    "forces": ("answers", "writes into its inputs"),
    "from_nothing": ("unknown stays unknown", "every column is unknown"),
    "hangs": ("answers", "did not answer within 2 s"),
    "infinite": ("range", "inf"),
    "keeps_state": ("the same again", "second time"),
    "local_class": ("goes to a worker", "cannot be pickled"),
    "markup": ("blocks only", "gives str"),
    "needs_itself": ("needs what there is", "score needs_itself"),
    "needs_nothing_there": ("needs what there is", "Did you mean active_weeks?"),
    "no_label": ("shape", "not LabelResult"),
    "one_number": ("shape", "float, not a NumPy array"),
    "prints": ("answers", "It prints: 'here I am"),
    "raises": ("answers", "ZeroDivisionError"),
    "says_nothing": ("says something", "unknown for every connection"),
    "slow": ("speed", "of processor time"),
    "sure_of_all": ("sniffs", "returned 7"),
    "unknown_column": ("answers", "refuses its expression"),
    "whole_column": ("any part of the rows", "Other rows"),
    "whole_column_of_a_feature": ("any part of the rows", "Other rows"),
    "whole_numbers": ("dtype", "int64"),
    "writes": ("answers", "writes into its inputs"),
    "wrong_length": ("shape", "one value for each"),
}
NAMED_WHEN_RUN = (
    *AT_LOADING, "raises", "hangs", "exits", "crashes", "wrong_length", "one_number", "whole_numbers", "beyond_one",
    "infinite", "writes", "local_class", "needs_itself", "needs_nothing_there", "takes_a_name", "unknown_column",
)  # fmt: skip


def test_every_broken_plugin_has_its_expectation() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == AT_LOADING.keys() | BY_CHECK.keys() | {"takes_a_name"}


@pytest.mark.parametrize("name", sorted(AT_LOADING))
def test_loading_names_the_fault(name) -> None:
    with pytest.raises(PluginLoadError) as raised:
        registry.file_entries(FOLDER / f"{name}.py", seconds=2 if name == "hangs_at_import" else 60)
    assert AT_LOADING[name] in raised.value.message and name in raised.value.where


@pytest.mark.parametrize("name", sorted(BY_CHECK))
def test_the_kit_names_the_fault(name, monkeypatch) -> None:
    if name == "hangs":
        monkeypatch.setattr(basis, "SECONDS", 2.0)
    monkeypatch.setattr(scorers, "ROWWISE_SECONDS", 0.5)
    plugin = registry.file_entries(FOLDER / f"{name}.py")[0].load()
    wrong = {record.name: record for record in check(plugin, speed=name == "slow") if record.outcome == "failed"}
    failed, words = BY_CHECK[name]
    assert words in wrong[failed].wrong
    assert wrong[failed].mend


def test_what_the_author_expects_is_held_to_strictly() -> None:
    plugin = registry.file_entries(FOLDER / "beyond_one.py")[0].load()
    found = {record.name: record for record in check(plugin, {"range": "scaled by users"}, speed=False)}
    assert found["range"].outcome == "expected" and "scaled by users" in found["range"].wrong
    assert found["order of rows"].outcome == "passed"
    found = {record.name: record for record in check(plugin, {"dtype": "no reason"}, speed=False)}
    assert found["dtype"].outcome == "failed" and "expected to fail" in found["dtype"].wrong
    with pytest.raises(SettingsError, match="no check rnage"):
        check(plugin, {"rnage": ""})


def test_none_takes_the_app_down(tmp_path) -> None:
    rows = tuple(("me", "ana", "reply", 1_600_000_000_000 + week * 7 * 86_400_000) for week in range(8))
    workspace = workspace_of(tmp_path, Acts(rows=rows, owner="me"))
    alone = assess(workspace, registry.find())
    found = assess(workspace, registry.find([FOLDER], seconds=5))
    for name, score in alone.scores.items():
        assert found.scores[name].tobytes() == score.tobytes(), name
    told = "\n".join(found.header.warnings)
    assert not [name for name in NAMED_WHEN_RUN if name not in told]


def test_a_broken_section_leaves_its_place_in_the_report(tmp_path) -> None:
    from relnet.report.build import compose
    from relnet.testing.networks import findings

    shutil.copy(FOLDER / "markup.py", tmp_path)
    plugins = registry.find([tmp_path])
    assert plugins.make(Section, "markup").home is not None
    [chapter] = compose(findings(), plugins, ["markup"])
    assert "This section failed and is left out" in chapter.blocks[0].text
