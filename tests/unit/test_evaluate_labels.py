"""`relnet evaluate labels`: published figures reproduced, ours beside them, people spared."""

import json

import pytest

from relnet.cli.main import main

# Orientation of the published rule sets on the columns at hand: MCC, share of genuine accounts called fake.
PUBLISHED = {
    "fake-followers": {
        "rules_statuspeople_2012": (0.215, 0.004),
        "rules_statuspeople_2013": (0.956, 0.011),
        "rules_camisani_calzolari": (0.699, 0.073),
    },
    "cresci-2017": {
        "rules_statuspeople_2012": (0.483, 0.0003),
        "rules_statuspeople_2013": (0.902, 0.0006),
        "rules_statuspeople_2019": (0.492, 0.001),
        "rules_socialbakers": (0.390, 0.045),
        "rules_camisani_calzolari": (0.887, 0.032),
    },
}


@pytest.fixture
def evaluate(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("RELNET_CONFIG", str(tmp_path / "config.toml"))

    def run(*words: object) -> dict:
        with pytest.raises(SystemExit) as stop:
            main(["evaluate", "labels", *map(str, words), "--json"])
        out, err = capsys.readouterr()
        code = int(stop.value.code or 0)
        return {"code": code, **(json.loads(out)["data"] if code == 0 else json.loads(err))}

    return run


def of(result: dict, name: str) -> dict:
    [found] = [each for each in result["labelers"] if each["name"] == name]
    return found


@pytest.fixture
def accounts(shared_data):
    return {path.name.split(".")[0]: path for path in (shared_data / "accounts").glob("*.csv.gz")}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_rules_and_the_shipped_model(evaluate, accounts, name) -> None:
    result = evaluate(accounts[name])
    for rule, (mcc, accused) in PUBLISHED[name].items():
        assert of(result, rule)["mcc"] == pytest.approx(mcc, abs=0.002)
        assert of(result, rule)["false_positive_rate"] == pytest.approx(accused, abs=0.001)
    ours = of(result, "relnet")
    assert ours["mcc"] > 0.95 and ours["false_positive_rate"] <= 0.005 and ours["unknown_share"] < 0.03
    assert ours["without_unknown"]["mcc"] > ours["mcc"]


def test_inside_a_set(evaluate, accounts) -> None:
    ours = of(evaluate(accounts["fake-followers"], "--cv", 5), "relnet")
    assert ours["mcc"] >= 0.99 and ours["false_positive_rate"] <= 0.005 and ours["fitted"] == "5 folds"


@pytest.mark.parametrize(
    ("train", "test", "accused"), [("fake-followers", "cresci-2017", 0.01), ("cresci-2017", "fake-followers", 0.02)]
)
def test_from_one_set_to_another(evaluate, accounts, train, test, accused) -> None:
    ours = of(evaluate(accounts[test], "--train", accounts[train]), "relnet")
    assert ours["mcc"] >= 0.95 and ours["false_positive_rate"] <= accused


def test_people_with_few_posts_pooled_over_the_sets(evaluate, accounts) -> None:
    result = evaluate(*accounts.values())
    few = of(result, "relnet")["few_posts"]
    assert few["n"] == 839 and few["high"] <= 0.10
    assert result["left_out"] == 7543 + 990 + 570


def test_activity_is_shown_where_dates_exist(evaluate, accounts) -> None:
    dated = of(evaluate(accounts["bot-repository-2019"]), "activity")
    assert dated["mcc"] is None and dated["inactive_share"]["value"] == pytest.approx(0.019, abs=0.002)
    assert not [each for each in evaluate(accounts["fake-followers"])["labelers"] if each["name"] == "activity"]


ROWS = "account,label,followers,following,posts\n1,fake,1,900,0\n2,good,90,80,70\n3,human,90,80,70\n4,bot,1,900,0\n"


def test_a_table_of_ones_own(evaluate, tmp_path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(ROWS)
    result = evaluate(path)
    assert (result["fake"], result["genuine"], result["left_out"]) == (1, 2, 1)
    assert of(result, "rules_statuspeople_2012")["recall"] == 1


@pytest.mark.parametrize(
    ("text", "words", "code", "says"),
    [
        ("a,b\n1,2\n", (), 3, "column called label"),
        (ROWS + "5,evil,1,1,1\n", (), 3, "evil"),
        ("account,label\n1,bot\n", (), 3, "Bots are left out"),
        (ROWS, ("--cv", 2), 3, "folds"),
        (ROWS, ("--cv", 2, "--train", "x.csv"), 2, "exclude"),
    ],
)
def test_what_cannot_be_judged_is_said(evaluate, tmp_path, text, words, code, says) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    result = evaluate(path, *words)
    assert result["code"] == code and says in result["message"] + result["hint"]
