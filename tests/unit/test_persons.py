"""Persons by the user's say: accounts are offered, joined, split and given back, across networks, by command."""

import json

import pytest

from tests.unit.test_cli import home, run  # noqa: F401 - a fixture

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
OLD, NEW, ANN = (f"https://{each}" for each in ("old.example/users/ego", "new.example/ap/users/7", "far.example/@ann"))


def archive(path, me, name, also=()):
    path.mkdir()
    actor = {"id": me, "type": "Person", "preferredUsername": name, "alsoKnownAs": list(also)}
    note = {
        "id": f"{me}/statuses/1", "type": "Note", "published": "2021-05-01T12:00:00Z", "to": [PUBLIC], "cc": [],
        "attributedTo": me, "content": "", "tag": [{"type": "Mention", "href": ANN, "name": "@ann@far.example"}],
    }  # fmt: skip
    act = {"id": f"{me}/1/activity", "type": "Create", "actor": me, "published": note["published"], "object": note}
    (path / "actor.json").write_text(json.dumps(actor))
    (path / "outbox.json").write_text(json.dumps({"type": "OrderedCollection", "orderedItems": [act]}))


@pytest.fixture
def loaded(capsys, home):  # noqa: F811 - the fixture
    archive(home / "old", OLD, "ego", also=[NEW])
    archive(home / "new", NEW, "ego2", also=[OLD])
    (home / "mail.csv").write_text(
        "source,target,network,kind,timestamp\nme@m.example,ann@m.example,mail,message,1600000000\n"
    )
    code, said, _ = run(capsys, "load", "old", "new", "mail.csv", "-w", "w")
    assert code == 0
    return said


def people(capsys) -> list[tuple[str, bool, set[str]]]:
    data = json.loads(run(capsys, "person", "list", "-w", "w", "--json")[1])["data"]
    return [(each["name"], each["me"], set(each["accounts"])) for each in data]


def shown(capsys) -> list[int]:
    """What the owner sent over each connection."""
    rows = json.loads(run(capsys, "show", "connections", "-w", "w", "--json")[1])["data"]["rows"]
    return sorted(row["out"] for row in rows)


def test_accounts_that_say_they_are_one_are_offered_and_never_joined_unasked(capsys, loaded) -> None:
    offer = (
        "mastodon:ego2@new.example and mastodon:ego@old.example say they are one: "
        "relnet person merge mastodon:ego2@new.example mastodon:ego@old.example"
    )
    swapped = (
        "mastodon:ego@old.example and mastodon:ego2@new.example say they are one: "
        "relnet person merge mastodon:ego@old.example mastodon:ego2@new.example"
    )
    [line] = {offer, swapped} & set(loaded.splitlines())
    assert people(capsys) == [] and line in run(capsys, "person", "list", "-w", "w")[1].splitlines()
    assert run(capsys, *line.partition(": relnet ")[2].split(), "-w", "w")[0] == 0
    [(_, _, accounts)] = people(capsys)
    assert accounts == {"mastodon:ego@old.example", "mastodon:ego2@new.example"}
    assert "say they are one" not in run(capsys, "person", "list", "-w", "w")[1]


def test_a_person_spans_networks_grows_splits_and_everything_is_taken_back(capsys, loaded) -> None:
    assert shown(capsys) == [1, 1]
    run(capsys, "person", "merge", "ann@far.example", "mail:ann@m.example", "--name", "Ann", "-w", "w")
    run(capsys, "person", "merge", "mail:me@m.example", "mastodon:ego@old.example", "--me", "-w", "w")
    run(capsys, "person", "merge", "mastodon:ego@old.example", "mastodon:ego2@new.example", "-w", "w")
    ann = ("Ann", False, {"mastodon:ann@far.example", "mail:ann@m.example"})
    mine = {"mail:me@m.example", "mastodon:ego@old.example", "mastodon:ego2@new.example"}
    assert people(capsys) == [ann, ("mastodon:ego@old.example", True, mine)] and shown(capsys) == [3]
    for who in ("mastodon:ann@far.example", "mail:ann@m.example"):  # each name leads to the one person
        assert run(capsys, "show", "connection", who, "-w", "w")[0] == 0
        assert run(capsys, "act", "add", who, "review", "-w", "w")[0] == 0
        run(capsys, "undo", "-w", "w")
    assert "5 accounts count as 2" in run(capsys, "show", "overview", "-w", "w")[1]
    assert run(capsys, "person", "split", "mail:ann@m.example", "-w", "w")[0] == 0
    assert people(capsys) == [("mastodon:ego@old.example", True, mine)]
    assert "split" in run(capsys, "undo", "-w", "w")[2] and people(capsys)[0] == ann
    assert "join" in run(capsys, "undo", "-w", "w")[2]
    assert people(capsys)[1][2] == mine - {"mastodon:ego2@new.example"}
    assert "join" in run(capsys, "undo", "-w", "w")[2] and "join" in run(capsys, "undo", "-w", "w")[2]
    assert people(capsys) == [] and shown(capsys) == [1, 1]


def test_an_account_of_no_person_cannot_be_split(capsys, loaded) -> None:
    code, _, err = run(capsys, "person", "split", "mail:ann@m.example", "-w", "w")
    assert code == 3 and "Nobody" in err
    assert run(capsys, "person", "merge", "mail:ann@m.example", "-w", "w")[0] == 2
