"""The follower check and “check yourself”, from the command line."""

import io
import json

import numpy as np
import pytest

from relnet.assess.follower_check import clusters, months
from relnet.cli.main import main
from tests.builders import Acts, workspace_of
from tests.unit.test_labels import BOUGHT, DAY, FLAGS, NOW, PERSON

FOLLOWERS = {"bought": 12, "good": 50, "asleep": 8, "silent": 5}


def profile(name: str, i: int) -> dict:
    facts = BOUGHT if name == "bought" else PERSON
    seen = {key: bool(value) if key in FLAGS else value for key, value in facts.items() if key != "handle_digits"}
    ages = {"bought": 200 + i % 3, "good": 3000 - 45 * i, "asleep": 2000 + i, "silent": 900 + i}
    silent = {"good": 3, "bought": 3, "asleep": 400}.get(name)
    return {
        "native_id": f"{name}{i}", "handle": f"{name}{i:04d}" if name == "bought" else f"{name}_{'abcdefghij'[i % 10]}",
        **seen, "seen_at": NOW, "created_at": NOW - ages[name] * DAY,
        "last_active_at": silent and NOW - silent * DAY,
    }  # fmt: skip


@pytest.fixture
def relnet(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RELNET_CONFIG", str(tmp_path / "config.toml"))
    everyone = [profile(name, i) for name, n in FOLLOWERS.items() for i in range(n)]
    everyone.append(everyone[0] | {"native_id": "bot", "handle": "a_bot", "automated": True})
    follows = [(each["native_id"], "me") for each in everyone] + [("good0", "ana"), ("good1", "ana"), ("me", "ana")]
    source = Acts(
        rows=(("me", "ana", "reply", NOW - DAY), ("ana", "me", "reply", NOW)),
        owner="me", follows=tuple(follows), profiles=(*everyone, {"native_id": "me", "followers": 400}),
    )  # fmt: skip
    workspace = workspace_of(tmp_path, source)

    def run(*words: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as stop:
            main([*words, "-w", str(workspace.path)])
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return run


def test_the_owners_followers(relnet) -> None:
    code, out, _ = relnet("check", "--json")
    [found] = json.loads(out)["data"]["accounts"]
    assert code == 0 and (found["seen"], found["stated"], found["judged_from"]) == (76, 400, 76)
    assert found["labels"] == {"good": 50, "inactive": 8, "fake": 12, "unknown": 6}
    assert found["states"] == {"bot": 1}
    assert found["unknown_because"] == {"nothing is dated": 5, "its state is told instead": 1}
    assert sum(found["fake_because"].values()) == 12
    shares = found["shares"]
    assert shares["fake"]["n"] == 75 and shares["fake"]["low"] < 12 / 75 < shares["fake"]["high"]
    assert sum(shares[word]["value"] for word in ("fake", "inactive", "good")) == pytest.approx(1)
    assert [week["fake"] for week in found["clusters"]] == [12]
    assert sum(month["followers"] for month in found["created"]) == 76


def test_the_check_in_words(relnet) -> None:
    code, out, _ = relnet("check", "--ascii")
    assert code == 0 and out.isascii()
    assert "76 seen of 400 that its profile states" in out and "corrected for the labels' measured errors" in out
    assert "follows far more than follow back" in out and "Weeks in which" in out


def test_side_by_side_and_by_sample(relnet) -> None:
    _, out, _ = relnet("check", "me", "ana")
    assert out.count("Followers of") == 2 and "account" in out.splitlines()[-4]
    _, out, _ = relnet("check", "me", "--limit", "20", "--json", "--seed", "4")
    [found] = json.loads(out)["data"]["accounts"]
    assert found["seen"] == 76 and found["judged_from"] == sum(found["labels"].values()) == 20


def test_nobody_to_check_is_said(relnet) -> None:
    code, _, err = relnet("check", "good5")
    assert code == 3 and "No followers were imported" in err


def test_ones_own_word_wins_in_the_check(relnet) -> None:
    relnet("label", "set", "test:bought3", "good")
    _, out, _ = relnet("check", "--json")
    [found] = json.loads(out)["data"]["accounts"]
    assert found["labels"]["fake"] == 11 and found["labels"]["good"] == 51


def test_check_yourself_by_pipe(relnet) -> None:
    code, out, err = relnet("review", "--n", "3", "--json", stdin="g\nx\ninactive\n")
    first = json.loads(out)["data"]
    assert code == 0 and first["agreement"]["answered"] == 2 and "x is none of" in err
    # What was answered is remembered and not drawn again.
    _, out, _ = relnet("review", "--n", "100", "--json", stdin="g\n" * 100)
    second = json.loads(out)["data"]
    assert second["agreement"]["answered"] > 2 and second["left"] == 0
    _, out, _ = relnet("review", stdin="")
    assert "agree" in out


def test_review_asks_nothing_where_nobody_is(relnet) -> None:
    _, out, err = relnet("review")
    assert "Nothing is answered yet" in out and "g/i/f/u:" not in err


def test_months_are_whole_and_undated_accounts_left_out() -> None:
    created = np.array([np.nan, 0, 40 * DAY, 100 * DAY])
    found = months(created, np.array([True, True, False, False]))
    assert [(each.month, each.followers, each.fake) for each in found] == [
        ("1970-01", 1, 1), ("1970-02", 1, 0), ("1970-03", 0, 0), ("1970-04", 1, 0),
    ]  # fmt: skip


def test_a_week_stands_out_only_against_its_time() -> None:
    rng = np.random.default_rng(1)
    spread = rng.integers(0, 2000, 3000) * float(DAY)
    none = np.zeros(3000, bool)
    assert clusters(spread, none) == []
    burst = np.concatenate([spread, np.full(60, 700.5 * DAY)])
    [found] = clusters(burst, np.append(none, np.ones(60, bool)))
    assert found.fake == 60 and found.followers >= 60 and found.expected < 20
    assert clusters(np.full(5, np.nan), none[:5]) == [] == months(np.array([]), none[:0])


def test_a_table_of_profiles_alone_can_be_judged(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("RELNET_CONFIG", str(tmp_path / "config.toml"))
    head = ["handle", *BOUGHT.keys() - {"handle_digits"}, "last_active_at", "observed_at"]
    rows = [
        [f"{name}{i}", *(facts[fact] for fact in head[1:-2]), "2024-01-01", "2024-01-05"]
        for name, facts in (("x12345", BOUGHT), ("ana", PERSON))
        for i in range(5)
    ]
    (tmp_path / "profiles.csv").write_text("\n".join(",".join(map(str, row)) for row in [head, *rows]))

    def run(*words: str) -> str:
        with pytest.raises(SystemExit):
            main([*words, "-w", str(tmp_path / "ws")])
        return capsys.readouterr().out

    run("load", str(tmp_path / "profiles.csv"))
    assert json.loads(run("show", "labels", "--json"))["data"]["labels"]["fake"] == 5
    assert json.loads(run("show", "labels", "--json"))["data"]["labels"]["good"] == 5
