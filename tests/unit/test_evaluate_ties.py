"""`evaluate ties`: on a real record, the shape of its answer and that ours keeps up with the closed form."""

import json

import pytest

from relnet.cli.evaluate_ties import days
from relnet.cli.main import main
from relnet.errors import SettingsError


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RELNET_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys, *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


def test_the_answer_on_a_public_record(capsys, shared_data) -> None:
    path = str(shared_data / "interactions" / "enron-email.csv.gz")
    code, out, _ = run(capsys, "-q", "evaluate", "ties", path, "--cut", "0.6", "--window", "60d", "--json")
    data = json.loads(out)["data"]
    found = {each["name"]: each for each in data["scorers"]}
    assert code == 0 and data["cuts"][0]["pairs"] == 1284 and data["cuts"][0]["positives"] == 109
    assert found["count"]["average_precision"] == pytest.approx(0.264, abs=0.001)
    assert found["S"]["average_precision"] == pytest.approx(0.437, abs=0.002)
    for name in ("engagement", "engagement (defaults)"):
        ours = found[name]
        assert ours["average_precision"] > found["S"]["average_precision"] - 0.025
        assert ours["skill"] > 0.1 and ours["ece"] < 0.055
        for figure in ("auc", "average_precision", "brier", "ece"):
            low, high = ours["interval"][figure]
            assert 0 <= low <= high <= 1
    assert found["count"]["brier"] is None and found["count"]["interval"]["brier"] is None


def test_on_a_workspace_several_cuts_and_in_words(capsys, home) -> None:
    talks = [(s, t, day) for day in range(60) for s, t in (("a", "b"), ("b", "a"), ("a", "c"), ("c", "b"))]
    rows = "".join(f"{s},{t},message,{day * 86_400}\n" for s, t, day in talks)
    (home / "talks.csv").write_text("source,target,kind,timestamp\n" + rows)
    words = ("evaluate", "ties", "--window", "2w", "--cut", "0.5", "--cut", "0.7", "--defaults")
    code, out, _ = run(capsys, *words, "talks.csv", "--epoch", "relative", "--plugin", "vitality")
    assert code == 0 and out.count("Cut at") == 2 and "(defaults)" not in out and "vitality" in out
    assert run(capsys, "-q", "load", "talks.csv", "--epoch", "relative", "--complete")[0] == 0
    code, out, _ = run(capsys, *words, "--json")
    document = json.loads(out)
    assert code == 0 and [each["cut"] for each in document["data"]["cuts"]] == [0.5, 0.7]
    assert {each["cut"] for each in document["data"]["scorers"]} == {0.5, 0.7}


def test_a_plugin_is_judged_alone_beside_the_built_in_ones_and_added_to_engagement(capsys, home) -> None:
    plugin = """
import numpy as np
from relnet.plugin import Scorer

class Odd(Scorer):
    \"\"\"Whether the two met on an odd number of days.\"\"\"

    name, version, needs = "odd", "1", ("active_days",)

    def score(self, inputs):
        return inputs["active_days"] % 2
"""
    (home / "own").mkdir()
    (home / "own" / "odd.py").write_text(plugin)
    (home / "config.toml").write_text('plugin_folders = ["own"]')
    pairs = [(i, j) for i in range(14) for j in range(i)]
    days = {(i, j): range((i * 7 + j * 5) % 11, 200, 9 + (i + j) % 30) for i, j in pairs}
    rows = "".join(
        f"{s},{t},message,{d * 86_400}\n" for (i, j), each in days.items() for d in each for s, t in ((i, j), (j, i))
    )
    (home / "talks.csv").write_text("source,target,kind,timestamp\n" + rows)
    words = ("evaluate", "ties", "talks.csv", "--window", "20d", "--epoch", "relative", "--plugin", "odd")
    code, out, _ = run(capsys, *words, "--json")
    data = json.loads(out)["data"]
    assert code == 0 and {"odd", "constancy", "vitality", "count"} <= {each["name"] for each in data["scorers"]}
    [gain] = data["cuts"][0]["added"]
    low, high = gain["gained_precision"]["low"], gain["gained_precision"]["high"]
    assert gain["name"] == "odd" and gain["unknown"] == 0 and low <= gain["gained_precision"]["value"] <= high
    assert "added to engagement" in run(capsys, *words)[1]


def test_wrong_words_are_refused_with_a_hint(capsys, home) -> None:
    (home / "one.csv").write_text("source,target,kind,timestamp\na,b,message,1600000000\n")
    code, _, err = run(capsys, "evaluate", "ties", "one.csv", "--target", "both")
    assert code == 2 and "mutual or any" in err
    assert run(capsys, "evaluate", "ties", "one.csv", "--plugin", "nothing")[0] == 5
    for text in ("", "60 days", "0d", "-3d"):
        with pytest.raises(SettingsError):
            days(text)
    assert (days("12h"), days("2w"), days("60")) == (0.5, 14, 60)


def test_chances_that_do_no_better_than_one_for_all_are_read_as_a_rank(capsys, home) -> None:
    """All fall silent at the cut but two of whom nothing was to be expected."""
    talks = [(f"a{i}", f"b{i}", day) for day in range(60) for i in range(9)]
    talks += (
        [(b, a, day) for a, b, day in talks]
        + [("c", "d", 5)]
        + [pair for day in (70, 75) for pair in (("c", "d", day), ("d", "c", day))]
    )
    rows = "".join(f"{s},{t},message,{day * 86_400}\n" for s, t, day in talks)
    (home / "talks.csv").write_text("source,target,kind,timestamp\n" + rows)
    words = ("evaluate", "ties", "talks.csv", "--epoch", "relative", "--window", "2w", "--cut", "0.99", "--defaults")
    assert "read it as a rank" in run(capsys, *words)[1]
    found = {each["name"]: each for each in json.loads(run(capsys, *words, "--json")[1])["data"]["scorers"]}
    assert found["engagement"]["read_as"] == "rank"
