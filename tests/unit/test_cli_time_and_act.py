"""Plain twins of the screens Time and Actions."""

import csv
import json

import pytest

from relnet.cli.main import main


@pytest.fixture
def relnet(capsys, tmp_path, monkeypatch):
    """Run a command over a record of ties that faded, stayed and were never answered; return what it printed."""
    monkeypatch.setenv("RELNET_CONFIG", str(tmp_path / "config.toml"))
    weeks = [f"me,ana,message,{1_500_000_000 + 86_400 * 7 * week}" for week in range(200)]
    rows = [*weeks, "ana,me,message,1630000000", "me,=cmd|x,message,1500000000"]
    (tmp_path / "edges.csv").write_text("\n".join(["source,target,kind,timestamp", *rows]))

    def run(*words: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as stop:
            main(["-w", str(tmp_path / "w"), *words])
        assert (stop.value.code or 0) == code
        return capsys.readouterr().out

    run("load", str(tmp_path / "edges.csv"), "--me", "me", "--complete")
    return run


def test_time(relnet) -> None:
    text, data = relnet("show", "time"), json.loads(relnet("show", "time", "--json"))["data"]
    assert data["months"][0] == {"month": "2017-07", "out": 4, "back": 0}
    assert data["circles"]["changes"][-1]["size"] == 150
    assert set(data["lists"]) == {"fading", "rising", "unanswered", "one-sided", "dormant"}
    assert all(each["meaning"] in text for each in data["lists"].values())


def test_a_month_that_is_not_covered_is_unknown_and_not_zero(relnet, tmp_path) -> None:
    partial = tmp_path / "partial.csv"
    partial.write_text("source,target,kind,timestamp\nme,bob,reply,1200000000\nme,bob,reply,1210000000\n")
    assert relnet("load", str(partial), "--me", "me")
    months = json.loads(relnet("show", "time", "--json"))["data"]["months"]
    assert months[0] == {"month": "2008-01", "out": 1, "back": None}
    assert months[1] == {"month": "2008-02", "out": None, "back": None}


def test_what_orders_the_connections_is_seen_in_them(relnet) -> None:
    assert relnet("show", "connections", "--sort", "-vitality").splitlines()[0].split()[-1] == "vitality"
    assert "an account has no label" in relnet("show", "connection", "ana")


def test_a_connection_in_nobodys_record_has_its_own_ends_and_acts(relnet, tmp_path) -> None:
    (tmp_path / "others.csv").write_text("source,target,kind,timestamp\nkim,lee,reply,1200000000\n")
    with pytest.raises(SystemExit):
        main(["-w", str(tmp_path / "w2"), "load", str(tmp_path / "others.csv")])
    said = relnet("-w", str(tmp_path / "w2"), "show", "connection", "lee")
    assert "you→" not in said and "→lee reply" in said


def test_one_list(relnet) -> None:
    text = relnet("show", "time", "--list", "one-sided")
    data = json.loads(relnet("show", "time", "--list", "one-sided", "--json"))["data"]
    assert data["total"] == len(data["rows"]) == 1 and "One-sided: 1" in text
    relnet("show", "time", "--list", "none", code=2)


def test_the_action_list(relnet, tmp_path) -> None:
    relnet("act", "add", "ana", "reach out")
    relnet("act", "add", "=cmd|x", "note", "--note", "=1+1")
    relnet("act", "add", "ana", "call", code=2)
    assert [each["action"] for each in json.loads(relnet("act", "list", "--json"))["data"]] == ["reach out", "note"]
    relnet("act", "export", str(tmp_path / "list.csv"))
    rows = list(csv.DictReader((tmp_path / "list.csv").read_text().splitlines()))
    assert [row["who"].lstrip("@") for row in rows] == ["ana", "=cmd|x"] or rows[1]["who"].startswith("'")
    assert rows[1]["detail"] == "'=1+1"
    assert "- [ ] " in relnet("act", "export", "--format", "md")
    relnet("act", "remove", "1")
    assert len(json.loads(relnet("act", "list", "--json"))["data"]) == 1
    relnet("undo")
    assert len(json.loads(relnet("act", "list", "--json"))["data"]) == 2
    relnet("act", "remove", "9", code=3)
    relnet("act", "add", "ana", "note")
    relnet("act", "remove", "ana", code=3)
    relnet("act", "remove", "=cmd|x")
    relnet("act", "remove", "=cmd|x", code=3)
    relnet("act", "remove", "nobody", code=3)
    assert [each["handle"].lstrip("@") for each in json.loads(relnet("act", "list", "--json"))["data"]] == ["ana"] * 2
