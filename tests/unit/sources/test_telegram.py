"""Telegram Desktop: conversations of two, replies and mentions in groups, and whose export it is."""

import contextlib
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnet.errors import InputError, UnsafeInput
from tests.builders import read

DATA = Path(__file__).parents[2] / "data/telegram/result.json"
WHOLE = DATA.read_bytes()
ANN, BO, CY, GONE = "user100", "user200", "user300", "user400"
MS = 1614592800000


def sent(number, author=200, text="x", **fields):
    made = {
        "id": number, "type": "message", "date": "2021-03-01T11:00:00", "date_unixtime": str(MS // 1000 + number),
        "from": {200: "Bo", 100: "Ann", 300: "Cy"}.get(author), "from_id": f"user{author}", "text": text, **fields,
    }  # fmt: skip
    return {name: value for name, value in made.items() if value != "absent"}


def chat(*messages, type="personal_chat", id=200, name="Bo"):
    return {"name": name, "type": type, "id": id, "messages": list(messages)}


def account(*chats):
    return {"personal_information": {"user_id": 100, "first_name": "Ann"}, "chats": {"list": list(chats)}}


@pytest.fixture
def telegram(tmp_path):
    def made(content, **options):
        path = tmp_path / "result"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return read(path, "telegram", **options)

    return made


def coverage(found):
    return {(row.kind, row.direction, row.account, row.completeness) for row, _ in found.manifest.coverage}


def test_whole_account():
    found = read(DATA)
    assert found.manifest.source == "telegram"
    assert found.rows("source", "target", "kind", "directness", "audience", "at", "event_id", "parent_id") == [
        (BO, ANN, "message", "target", 1, MS, "200:1", None),
        (ANN, BO, "reply", "target", 1, MS + 60_000, "200:2", "200:1"),
        (BO, ANN, "reaction", "target", None, MS + 120_000, f"reaction:200:2:{BO}:👍", "200:2"),
        (ANN, BO, "message", "target", 1, MS + 180_000, "200:3", "200:2"),
        (ANN, "@dee_far", "mention", "deliberate", 3, 1614679260000, "900:2", None),
        (ANN, BO, "mention", "deliberate", 3, 1614679260000, "900:2", None),
        (ANN, CY, "reply", "target", 3, 1614679260000, "900:2", "900:1"),
        (GONE, ANN, "reply", "target", 1, 1614679320000, "900:3", "900:2"),
    ]
    assert found.skips == {
        "service message": 1,
        "post by a channel: no tie": 1,
        "reply to a channel's post: no tie": 1,
        "reply to a message that is not in the file": 1,
        "a note to oneself": 1,
        "a broadcast in a channel: no tie": 1,
    }
    assert [native for *_, native in found.manifest.owners] == [ANN]
    assert found.account(ANN)["handle"] == "ann_home"
    assert found.account(GONE)["state"] == "deleted"
    assert found.account(BO)["last_active_at"] == MS
    assert set(found.interactions["visibility"]) == {"private"}
    assert found.posts.filter(post_id="200:2")["text"].to_list() == ["Yes, gladly"]
    assert found.interactions.filter(event_id="200:2")["flags"].to_list() == ["edited"]
    assert coverage(found) == {
        (kind, way, ANN, "surviving") for kind in ("message", "reply", "mention") for way in ("in", "out")
    } | {("reaction", "between", None, "partial")}
    assert not any("+00" in str(value) for row in found.accounts.iter_rows() for value in row)


def test_a_single_chat_has_no_owner_until_told(telegram):
    single = chat(sent(1), sent(2, 100))
    found = telegram(single)
    assert found.rows("source", "target", "kind") == [(BO, ANN, "message"), (ANN, BO, "message")]
    assert found.manifest.owners == []
    assert any("--me" in note and "user100 (Ann)" in note for note in found.manifest.notes)
    assert coverage(found) == {("message", "between", BO, "surviving"), ("reply", "between", BO, "surviving"),
                               ("reaction", "between", None, "partial")}  # fmt: skip
    for me in ("user100", "100", "Ann"):
        assert [native for *_, native in telegram(single, me=(me,)).manifest.owners] == [ANN]


def test_one_side_only(telegram):
    assert telegram(chat(sent(1, 100))).rows("source", "target") == [(ANN, BO)]
    silent = telegram(chat(sent(1)))
    assert silent.interactions.is_empty()
    assert silent.skips == {"message to a side that the file does not name": 1}
    assert telegram(chat(sent(1)), me=("user100",)).rows("source", "target") == [(BO, ANN)]


def test_a_single_group(telegram):
    found = telegram(chat(sent(1), sent(2, 100, reply_to_message_id=1), type="public_supergroup", id=9))
    assert found.rows("source", "target", "kind", "visibility") == [(ANN, BO, "reply", "public")]
    assert coverage(found) == {("reply", "between", None, "surviving"), ("mention", "between", None, "surviving"),
                               ("reaction", "between", None, "partial")}  # fmt: skip


def test_c16_answering_oneself_is_no_tie(telegram):
    found = telegram(chat(sent(1), sent(2, reply_to_message_id=1), type="private_group"))
    assert found.interactions.is_empty()
    assert found.manifest.rows["self"] == 1


def test_c26_the_answered_author_is_not_also_mentioned(telegram):
    named = [{"type": "mention_name", "text": "Bo", "user_id": 200}]
    found = telegram(chat(sent(1), sent(2, 100, reply_to_message_id=1, text_entities=named), type="private_group"))
    assert found.rows("target", "kind", "audience") == [(BO, "reply", 1)]


def test_messages_to_a_whole_group_are_activity_only(telegram):
    found = telegram(chat(sent(1), sent(2, 100), type="private_group"))
    assert found.interactions.is_empty()
    assert len(found.posts) == 2


def test_a_group_cut_to_own_messages_says_nothing_of_answers(telegram):
    named = [{"type": "mention_name", "text": "Bo", "user_id": 200}]
    found = telegram(account(chat(sent(1, 100, text_entities=named), type="private_group"), chat(sent(2))))
    assert found.rows("source", "target") == [(BO, ANN)]
    assert found.skips == {"own message in a group exported without the others': no tie": 1}


@pytest.mark.parametrize("author", [None, "", "user", "user0", "user-1", -1, 0, "channel7", "chat7", "absent"])
def test_c14_no_id_is_no_account(telegram, author):
    found = telegram(account(chat(sent(1), sent(2, from_id=author, **{"from": "X"}))))
    assert set(found.accounts["native_id"]) == {ANN, BO}
    assert sum(found.skips.values()) == 1


def test_ids_of_2020_are_bare_numbers(telegram):
    found = telegram(account(chat(sent(1, from_id=200))))
    assert found.rows("source", "target") == [(BO, ANN)]


def test_c21_bad_messages_cost_only_themselves(telegram):
    bad = [{}, {"id": 5}, [], "x", 7, None, {**sent(6), "reactions": 3}, {**sent(7), "date_unixtime": "soon"},
           {**sent(8), "date_unixtime": "9" * 5000}, {**sent(9), "id": None}, {**sent(10), "text": {"a": 1}},
           {**sent(11), "date_unixtime": 10**15}]  # fmt: skip
    found = telegram(account(chat(sent(1), *bad, sent(2, 100)), {"type": 3}, "no chat"))
    assert len(found.interactions) == 2
    assert sum(found.skips.values()) == len(bad) + 2


def test_c20_unknown_keys_and_chat_types(telegram):
    content = account({**chat(sent(1, colour="red")), "theme": {}}, chat(sent(2), type="hologram", id=7))
    found = telegram({**content, "frequent_contacts": {}, "sessions": {"list": [1]}})
    assert len(found.interactions) == 1
    assert found.skips == {"in a chat of an unknown type": 1}


def test_c23_wall_clocks_need_a_zone(telegram, monkeypatch):
    old = account(chat(sent(1, date_unixtime="absent")))
    with pytest.raises(InputError, match="--tz"):
        telegram(old)
    with pytest.raises(InputError, match="--tz"):
        telegram(old, tz="Nowhere/Land")
    for machine in ("UTC", "Asia/Tokyo"):
        monkeypatch.setenv("TZ", machine)
        assert telegram(old, tz="Europe/Berlin").rows("at", "time_quality") == [(MS, "local")]


def test_c36_names_belong_to_the_id(telegram):
    found = telegram(
        account(
            chat(sent(1), sent(2, **{"from": "Robert"})),
            chat(sent(1, 300, **{"from": "Bo"}), id=300, name="Bo"),
        )
    )
    assert set(found.accounts.filter(native_id=BO)["name"]) == {"Bo", "Robert"}
    assert found.account(CY)["name"] == "Bo"
    assert len(found.interactions) == 3


def test_c41_bots_are_automated(telegram):
    found = telegram(account(chat(sent(1), type="bot_chat"), chat(sent(1, 777000), id=777000, name="Telegram")))
    assert found.account(BO)["automated"] is True
    assert found.account("user777000")["automated"] is True
    assert found.account(ANN)["automated"] is None


def test_control_characters_as_they_are_written(telegram):
    raw = json.dumps(account(chat(sent(1, text="a\\x0Bb %"), sent(2)))).replace("%", "\\x0B").encode()
    found = telegram(raw)
    assert found.posts.filter(post_id="200:1")["text"].to_list() == ["a\\x0Bb \x0b"]


def test_an_answer_from_another_chat(telegram):
    other = chat(sent(5, 300), id=9, type="private_group")
    found = telegram(account(other, chat(sent(1, 300, reply_to_message_id=5, reply_to_peer_id="channel9"), id=300)))
    assert found.rows("kind", "parent_id") == [("message", "9:5")]


def test_c30_a_broken_off_export_keeps_its_whole_messages(telegram):
    whole = json.dumps(account(chat(sent(1), sent(2, 100)), chat(sent(1, 300), sent(2, 300), id=300)), indent=1)
    cut = whole[: whole.rindex('"id": 2') + 40]
    found = telegram(cut.encode())
    assert len(found.interactions) == 3
    assert found.skips == {"cut off from here on": 1}
    assert any("breaks off" in note for note in found.manifest.notes)


def test_c50_several_chats_in_folders_and_zip(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("ChatExport_1/result.json", json.dumps(chat(sent(1), sent(2, 100))))
        file.writestr("ChatExport_2/result.json", json.dumps(chat(sent(1, 300), sent(2, 100), id=300)))
        file.writestr("ChatExport_2/photos/1.jpg", b"\xff")
        file.writestr("ChatExport_2/notes.txt", b"hello")
    found = read(path)
    assert found.manifest.source == "telegram"
    assert len(found.interactions) == 4
    assert found.manifest.unknown_files == ["ChatExport_2/notes.txt"]


def test_c27_the_same_chat_twice_is_one(tmp_path):
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(chat(sent(1), sent(2, 100))))
    assert len(read(tmp_path).interactions) == 2


def test_nested_without_end_is_refused(telegram):
    with pytest.raises(UnsafeInput):
        telegram(b'{"name": "x", "type": "personal_chat", "id": 1, "messages": ' + b"[" * 200_000)


@settings(max_examples=25, deadline=None)
@given(size=st.integers(0, len(WHOLE)))
def test_any_prefix_reads_or_says_why(tmp_path_factory, size):
    path = tmp_path_factory.mktemp("prefix") / "result.json"
    path.write_bytes(WHOLE[:size])
    try:
        events = set(read(path, "telegram").interactions["event_id"])
    except InputError:
        return
    assert events <= {"200:1", "200:2", "200:3", f"reaction:200:2:{BO}:👍", "900:2", "900:3"}


@settings(max_examples=25, deadline=None)
@given(data=st.binary(max_size=200), at=st.integers(0, len(WHOLE)))
def test_any_damage_reads_or_says_why(tmp_path_factory, data, at):
    path = tmp_path_factory.mktemp("bytes") / "result.json"
    path.write_bytes(WHOLE[:at] + data + WHOLE[at + len(data) :])
    with contextlib.suppress(InputError):
        read(path, "telegram", tz="UTC")
