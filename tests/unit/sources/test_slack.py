"""Slack exports: threads, mentions, direct messages, and what a public export does not hold."""

import contextlib
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnet.errors import InputError
from tests.builders import read

DATA = Path(__file__).parents[2] / "data/slack"
ANN, BO, CY = "U0ANN", "U0BO", "U0CY"
MS = 1614592800000
USERS = [{"id": each, "name": each.lower()} for each in (ANN, BO, CY)]


def sent(number, user=BO, text="x", **fields):
    made = {"type": "message", "user": user, "text": text, "ts": f"{MS // 1000 + number}.000100", **fields}
    return {name: value for name, value in made.items() if value != "absent"}


def answer(number, to, user=ANN, **fields):
    return sent(number, user, thread_ts=f"{MS // 1000 + to}.000100", **fields)


@pytest.fixture
def slack(tmp_path):
    def made(*days, lists=None, users=USERS, folder="general", **options):
        root = tmp_path / "export"
        (root / folder).mkdir(parents=True)
        lists = {"channels": [{"id": "C1", "name": "general"}], **(lists or {})}
        for name, content in {"users": users, **lists}.items():
            if content is not None:
                (root / f"{name}.json").write_text(json.dumps(content))
        for number, day in enumerate(days, 1):
            (root / folder / f"2021-03-{number:02}.json").write_text(json.dumps(day))
        try:
            return read(root, "slack", **options)
        finally:
            shutil.rmtree(root)

    return made


def coverage(found):
    return {(row.kind, row.direction, row.account, row.completeness) for row, _ in found.manifest.coverage}


PARTLY = ("reaction", "between", None, "partial")


def test_full_export():
    found = read(DATA)
    assert found.manifest.source == "slack"
    root = f"C0GEN:{MS // 1000}.000200"
    dated = found.interactions.filter(found.interactions["at"].is_not_null())
    assert dated.select("source", "target", "kind", "directness", "audience", "at", "flags", "visibility").rows() == [
        (ANN, BO, "reply", "target", 2, MS + 60_000, "edited thread_root", "limited"),
        (ANN, CY, "mention", "deliberate", 2, MS + 60_000, "edited", "limited"),
        (ANN, BO, "mention", "deliberate", 1, MS + 100_000, "", "private"),
        ("B0RSS", ANN, "mention", "deliberate", 1, MS + 120_000, "", "limited"),
        (ANN, BO, "message", "target", 1, MS + 200_000, "", "private"),
        (BO, ANN, "reply", "target", 1, MS + 260_000, "thread_root", "private"),
        (ANN, BO, "message", "target", 1, MS + 320_000, "", "private"),
        (BO, ANN, "mention", "deliberate", 2, MS + 400_000, "", "private"),
        (BO, CY, "message", "list", 2, MS + 400_000, "", "private"),
        (CY, BO, "reply", "target", 1, MS + 86400_000, "thread_root", "limited"),
    ]
    assert set(found.interactions.filter(kind="reply")["parent_id"]) == {root, "D0ANNBO:1614593000.000100"}
    undated = found.interactions.filter(found.interactions["at"].is_null())
    assert undated.select("source", "target", "kind", "parent_id").rows() == [
        (ANN, BO, "reaction", root), (CY, BO, "reaction", root),
    ]  # fmt: skip
    assert found.skips == {"service message": 2, "reply to a message that is not in the export": 2}
    assert found.manifest.rows["self"] == 1
    assert (found.account(ANN)["handle"], found.account(ANN)["name"]) == ("ann", "Ann Home")
    assert found.account(CY)["state"] == "deactivated"
    assert [found.account(each)["automated"] for each in (BO, "U0BOT", "B0RSS", "USLACKBOT")] == [
        False,
        True,
        True,
        True,
    ]
    assert coverage(found) == {(kind, "between", None, "surviving") for kind in ("reply", "mention", "message")} | {
        PARTLY
    }
    assert not any("@home.example" in str(value) for row in found.accounts.iter_rows() for value in row)
    assert set(found.accounts["seen_at"]) <= {1614679440000, *range(MS, 1614679440000)}


def test_public_export_knows_no_direct_messages(slack):
    assert coverage(slack([sent(1), answer(2, 1)])) == {
        ("reply", "between", None, "surviving"), ("mention", "between", None, "surviving"), PARTLY,
    }  # fmt: skip
    empty = slack([sent(1), answer(2, 1)], lists={"dms": [], "mpims": []})
    assert not any(kind == "message" for kind, *_ in coverage(empty))


def test_me(slack):
    for me in (ANN, ANN.lower(), "@" + ANN.lower()):
        assert [native for *_, native in slack([sent(1), answer(2, 1)], me=(me,)).manifest.owners] == [ANN]
    assert any("--me" in note for note in slack([sent(1), answer(2, 1)]).manifest.notes)


def test_the_root_of_a_thread_may_be_days_older(slack):
    found = slack([sent(1)], [sent(2, CY)], [answer(9, 1)])
    assert found.rows("source", "target", "kind") == [(ANN, BO, "reply")]


def test_c16_answering_ones_own_thread_is_no_tie(slack):
    found = slack([sent(1), answer(2, 1, BO), answer(3, 1, text=f"<@{ANN}>")])
    assert found.rows("source", "target") == [(ANN, BO)]
    assert found.manifest.rows["self"] == 1


def test_c26_the_answered_author_is_not_also_mentioned(slack):
    found = slack([sent(1), answer(2, 1, text=f"<@{BO}> <@{BO}>")])
    assert found.rows("target", "kind", "audience") == [(BO, "reply", 1)]


@pytest.mark.parametrize("user", [None, "", "0", "-1", "absent"])
def test_c14_no_id_is_no_account(slack, user):
    found = slack(
        [
            sent(1, user),
            sent(2, BO, f"<@{ANN}>", reactions=[{"name": "x", "users": [user if user != "absent" else None]}]),
        ]
    )
    assert found.rows("source", "target") == [(BO, ANN)]
    assert found.skips == {"message without an author": 1}
    assert set(found.accounts["native_id"]) == {ANN, BO, CY}


def test_c21_bad_messages_cost_only_themselves(slack):
    bad = [
        {},
        [],
        1,
        None,
        "x",
        sent(5, ts="soon"),
        sent(6, ts=7),
        sent(7, ts=None),
        sent(8, reactions=3),
        sent(9, ts="9" * 99),
    ]
    found = slack([sent(1), *bad, answer(20, 1)])
    assert len(found.interactions) == 1
    assert sum(found.skips.values()) == len(bad)


def test_c20_unknown_files_and_keys_are_listed_or_passed_over(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("export/users.json", json.dumps(USERS))
        file.writestr("export/general/2021-03-01.json", json.dumps([sent(1, colour=3), answer(2, 1)]))
        file.writestr("export/lists.json", "[]")
    found = read(path)
    assert found.manifest.source == "slack"
    assert found.rows("source", "target", "event_id") == [(ANN, BO, f"general:{MS // 1000 + 2}.000100")]
    assert found.manifest.unknown_files == ["lists.json"]


def test_without_any_list_a_folder_named_by_id_is_a_conversation(slack):
    found = slack([sent(1)], lists={"channels": None}, folder="D0ANNBO1")
    assert found.interactions.is_empty()
    assert found.skips == {"message to a side that the export does not name": 1}


def test_an_app_writes_to_the_person_of_a_conversation(slack):
    bot = {"id": "U0APP", "name": "app", "is_bot": True}
    post = {"type": "message", "subtype": "bot_message", "bot_id": "B0APP", "text": "x", "ts": "1614592801.000100"}
    lists = {"dms": [{"id": "D0APP", "members": [ANN, "U0APP"]}]}
    found = slack([post], lists=lists, users=[*USERS, bot], folder="D0APP")
    assert found.rows("source", "target", "kind") == [("B0APP", ANN, "message")]


def test_c30_a_cut_day_keeps_its_whole_messages(tmp_path):
    (tmp_path / "general").mkdir()
    (tmp_path / "users.json").write_text(json.dumps(USERS))
    whole = json.dumps([sent(1), answer(2, 1), answer(3, 1, CY)])
    (tmp_path / "general/2021-03-01.json").write_text(whole[:-20])
    found = read(tmp_path)
    assert found.rows("source") == [(ANN,)]
    assert found.skips == {"cut off or damaged from here on": 1}


def test_c36_names_belong_to_the_id(slack):
    users = [{"id": ANN, "name": "sam"}, {"id": BO, "name": "sam"}]
    assert slack([sent(1), answer(2, 1)], users=users).rows("source", "target") == [(ANN, BO)]


def zipped(path):
    with zipfile.ZipFile(path, "w") as file:
        for each in sorted(DATA.rglob("*.json")):
            file.write(each, each.relative_to(DATA).as_posix())
    return path.read_bytes()


@settings(max_examples=25, deadline=None)
@given(part=st.floats(0, 1), data=st.binary(max_size=50))
def test_any_cut_or_damage_reads_or_says_why(tmp_path_factory, part, data):
    path = tmp_path_factory.mktemp("prefix") / "x.zip"
    whole = zipped(path)
    at = int(part * len(whole))
    for content in (whole[:at], whole[:at] + data + whole[at + len(data) :]):
        path.write_bytes(content)
        with contextlib.suppress(InputError):
            read(path, "slack")


@settings(max_examples=25, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_day_reads_or_says_why(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "general").mkdir()
    (folder / "users.json").write_text(json.dumps(USERS))
    (folder / "general/2021-03-01.json").write_bytes(b'[{"ts": "1614592801.000100", "user": ' + data)
    with contextlib.suppress(InputError):
        read(folder, "slack")
