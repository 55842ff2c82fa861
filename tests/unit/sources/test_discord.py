"""DiscordChatExporter's channels: replies by reference, mentions, conversations of two, missing ends."""

import contextlib
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnet.errors import InputError
from tests.builders import read

DATA = Path(__file__).parents[2] / "data/discord/Hikers - general.json"
WHOLE = DATA.read_bytes()
ANN, BO, CY, BOT = (f"{n}0000000000000000{n}" for n in (1, 2, 3, 4))
MS = 1614592800000
NAMES = {ANN: "Ann", BO: "Bo", CY: "Cy"}


def person(id, **fields):
    return {"id": id, "name": NAMES.get(str(id), "x").lower(), "nickname": NAMES.get(str(id)), "isBot": False, **fields}


def sent(number, author=BO, content="x", **fields):
    made = {
        "id": str(10**18 + number), "type": "Default", "timestamp": "2021-03-01T10:00:00+00:00", "content": content,
        "author": person(author) if isinstance(author, str) and author != "absent" else author,
        "reactions": [], "mentions": [], **fields,
    }  # fmt: skip
    return {name: value for name, value in made.items() if value != "absent"}


def reply(number, to, author=ANN, **fields):
    return sent(number, author, type="Reply", reference={"messageId": str(10**18 + to)}, **fields)


def channel(*messages, type="GuildTextChat", id="7" * 18, name="general", **fields):
    return {
        "guild": {"id": "0", "name": "x"}, "channel": {"id": id, "type": type, "name": name},
        "dateRange": {"after": None, "before": None}, "exportedAt": "2021-03-05T11:00:00+00:00",
        "messages": list(messages), "messageCount": len(messages), **fields,
    }  # fmt: skip


@pytest.fixture
def discord(tmp_path):
    def made(*files, **options):
        for number, content in enumerate(files):
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            (tmp_path / f"part {number}").write_bytes(data)
        return read(tmp_path if len(files) > 1 else tmp_path / "part 0", "discord", **options)

    return made


def coverage(found):
    return {(row.kind, row.direction, row.account, row.completeness) for row, _ in found.manifest.coverage}


def test_a_channel_of_a_server():
    found = read(DATA)
    assert found.manifest.source == "discord"
    event = "90000000000000000"
    dated = found.interactions.filter(found.interactions["at"].is_not_null())
    assert dated.select(
        "source", "target", "kind", "directness", "audience", "at", "event_id", "parent_id", "flags"
    ).rows() == [
        (ANN, BO, "reply", "target", 2, MS + 60_000, f"{event}2", f"{event}1", ""),
        (ANN, CY, "mention", "deliberate", 2, MS + 60_000, f"{event}2", None, ""),
        (CY, BOT, "mention", "deliberate", 1, MS + 120_000, f"{event}3", None, "edited"),
        (BOT, CY, "mention", "deliberate", 1, MS + 180_000, f"{event}4", None, ""),
        (CY, ANN, "mention", "carried", 1, MS + 300_000, f"{event}6", f"{event}0", "maybe_reply"),
    ]  # fmt: skip
    undated = found.interactions.filter(found.interactions["at"].is_null())
    assert undated.select("source", "target", "kind", "parent_id").rows() == [
        (BO, ANN, "reaction", f"{event}2"), (CY, ANN, "reaction", f"{event}2"),
    ]  # fmt: skip
    assert found.skips == {"service message": 1, "reply to a message that is not in the export": 1}
    assert found.account(BOT)["automated"] is True
    assert found.account(BO)["automated"] is False
    assert (found.account(BO)["handle"], found.account(BO)["name"]) == ("bo_far", "Bo")
    assert found.account(BO)["last_active_at"] == MS + 7 * 60_000
    assert set(found.interactions["visibility"]) == {"limited"}
    assert found.posts.filter(post_id=f"{event}8")["media"].to_list() == [1]
    assert found.manifest.owners == []
    assert coverage(found) == {
        ("reply", "between", None, "surviving"), ("mention", "between", None, "surviving"),
        ("reaction", "between", None, "partial"),
    }  # fmt: skip
    assert {row.until for row, _ in found.manifest.coverage} == {1614942000000}


def test_a_conversation_of_two(discord):
    direct = channel(sent(1), reply(2, 1), reply(3, 1, BO), sent(4, ANN, mentions=[person(BO)]),
                     type="DirectTextChat", name="Bo")  # fmt: skip
    found = discord(direct)
    assert found.rows("source", "target", "kind", "directness", "audience") == [
        (BO, ANN, "message", "target", 1), (ANN, BO, "reply", "target", 1),
        (BO, ANN, "message", "target", 1), (ANN, BO, "message", "target", 1),
    ]  # fmt: skip
    assert set(found.interactions["visibility"]) == {"private"}
    assert any(f"{ANN} (Ann)" in note for note in found.manifest.notes)
    assert coverage(found) == {("message", "between", BO, "surviving"), ("reply", "between", BO, "surviving"),
                               ("reaction", "between", None, "partial")}  # fmt: skip
    for me in (ANN, "Ann", "@ann"):
        assert [native for *_, native in discord(direct, me=(me,)).manifest.owners] == [ANN]


def test_one_side_of_a_conversation(discord):
    silent = channel(sent(1), type="DirectTextChat", name="Bo")
    assert discord(silent).skips == {"message to a side that the export does not name": 1}
    assert discord(silent, me=(ANN,)).rows("source", "target") == [(BO, ANN)]


def test_the_sides_may_stand_in_different_files(discord):
    first = channel(sent(1), type="DirectTextChat", name="Bo")
    second = channel(reply(2, 1), type="DirectTextChat", name="Bo")
    assert discord(second, first).rows("source", "target", "kind") == [(BO, ANN, "message"), (ANN, BO, "reply")]


def test_a_conversation_of_a_few(discord):
    found = discord(channel(sent(1), sent(2, CY), reply(3, 1), type="DirectGroupTextChat"))
    rows = found.rows("source", "target", "kind", "directness", "audience")
    assert (ANN, BO, "reply", "target", 1) in rows
    assert (ANN, CY, "message", "list", 2) in rows
    assert (BO, ANN, "message", "list", 2) in rows
    assert len(rows) == 6


def test_the_answered_message_may_stand_in_another_file(discord):
    found = discord(channel(reply(2, 1)), channel(sent(1), id="8" * 18))
    assert found.rows("source", "target", "kind", "parent_id") == [(ANN, BO, "reply", str(10**18 + 1))]


def test_c26_a_ping_of_the_answered_author_is_no_mention(discord):
    found = discord(channel(sent(1), reply(2, 1, mentions=[person(BO), person(CY)], content="@Cy")))
    assert found.rows("target", "kind", "audience") == [(BO, "reply", 2), (CY, "mention", 2)]


def test_edited_replies_have_lost_the_ping(discord):
    assert discord(channel(sent(1), reply(2, 1))).rows("target", "kind") == [(BO, "reply")]


def test_c16_answering_oneself_is_no_tie(discord):
    found = discord(channel(sent(1, ANN), reply(2, 1, mentions=[person(ANN)])))
    assert found.interactions.is_empty()
    assert found.manifest.rows["self"] == 1


@pytest.mark.parametrize("kind", ["ThreadCreated", "ChannelPinnedMessage", "GuildMemberJoin", "Call", "7", 18])
def test_service_messages_answer_nobody(discord, kind):
    found = discord(channel(sent(1), {**reply(2, 1), "type": kind}, reply(3, 1)))
    assert len(found.interactions) == 1
    assert found.skips == {"service message": 1}


def test_a_forward_answers_nobody(discord):
    forward = sent(2, ANN, reference={"messageId": str(10**18 + 1), "type": "Forward"})
    found = discord(channel(sent(1), forward))
    assert found.interactions.is_empty()


@pytest.mark.parametrize("author", [None, {}, person(None), person(""), person("0"), person("-1"), person(-1),
                                    person("456226577798135808")])  # fmt: skip
def test_c14_no_id_is_no_account(discord, author):
    found = discord(channel(sent(1), sent(2, author), reply(3, 1)))
    assert set(found.accounts["native_id"]) == {ANN, BO}
    assert sum(found.skips.values()) == 1


def test_c14_absent_author_and_mention(discord):
    found = discord(channel(sent(1, "absent"), sent(2, ANN, mentions=[person(None), person(BO)])))
    assert found.rows("target") == [(BO,)]


@pytest.mark.parametrize("reference", [None, {}, {"messageId": None}, {"messageId": "0"}, "absent"])
def test_c28_a_reply_without_its_parent_is_counted(discord, reference):
    found = discord(channel(sent(1), {**reply(2, 1), "reference": reference} if reference != "absent" else
                            {k: v for k, v in reply(2, 1).items() if k != "reference"}))  # fmt: skip
    assert found.interactions.is_empty()
    assert found.skips == {"reply to a message that is not in the export": 1}


def test_c21_bad_messages_cost_only_themselves(discord):
    bad = [{}, [], 1, None, "x", sent(5, timestamp="soon"), sent(6, timestamp=3), sent(7, id=None), sent(8, mentions=1),
           sent(9, timestamp="9999-99-99T00:00:00Z"), sent(10, 7)]  # fmt: skip
    found = discord(channel(sent(1), *bad, reply(2, 1)))
    assert len(found.interactions) == 1
    assert sum(found.skips.values()) == len(bad)


def test_c31_ids_are_text_even_as_numbers(discord):
    long = 1234567890123456789
    found = discord(channel(sent(1, id=long), sent(2, ANN, mentions=[person(long)])))
    assert found.rows("target") == [(str(long),)]
    assert str(long) in set(found.posts["post_id"])


def test_c36_names_belong_to_the_id(discord):
    named = [sent(n, person(id, nickname=name))
             for n, (id, name) in enumerate([(BO, "Bo"), (BO, "Robert"), (CY, "Bo")])]  # fmt: skip
    found = discord(channel(*named, sent(9, ANN, mentions=[person(CY, nickname="Bo")])))
    assert set(found.accounts.filter(native_id=BO)["name"]) == {"Bo", "Robert"}
    assert found.rows("target") == [(CY,)]


def test_c23_zones_are_taken_from_the_times(discord, monkeypatch):
    shifted = [sent(1), sent(2, ANN, timestamp="2021-03-01T05:00:00-05:00", mentions=[person(BO)])]
    for machine in ("UTC", "Asia/Tokyo"):
        monkeypatch.setenv("TZ", machine)
        assert discord(channel(*shifted)).rows("at") == [(MS,)]
    odd = channel(sent(1), sent(2, ANN, timestamp="2021-03-01T11:00:00", mentions=[person(BO)]))
    with pytest.raises(InputError, match="--tz"):
        discord(odd)
    assert discord(odd, tz="Europe/Berlin").rows("at") == [(MS,)]


def test_c27_overlapping_exports_count_once(discord):
    assert len(discord(channel(sent(1), reply(2, 1)), channel(sent(1), reply(2, 1))).interactions) == 1


def test_coverage_is_what_all_channels_cover(discord):
    ranges = {"after": "2021-02-01T00:00:00+00:00", "before": "2021-03-02T00:00:00+00:00"}
    found = discord(channel(sent(1), reply(2, 1), dateRange=ranges), channel(sent(3), id="8" * 18))
    [(since, until)] = {(row.since, row.until) for row, _ in found.manifest.coverage}
    assert (since, until) == (1612137600000, 1614643200000)
    apart = {"after": "2021-03-02T00:00:00+00:00", "before": None}
    found = discord(channel(sent(1), reply(2, 1), dateRange=ranges), channel(sent(3), id="8" * 18, dateRange=apart))
    assert {row.completeness for row, _ in found.manifest.coverage} == {"partial"}


def test_c30_a_broken_off_export_keeps_its_whole_messages(discord):
    whole = json.dumps(channel(sent(1), reply(2, 1), reply(3, 1, CY)), indent=2)
    found = discord(whole[: whole.rindex('"content"')].encode())
    assert found.rows("source", "target") == [(ANN, BO)]
    assert found.skips == {"cut off from here on": 1}
    assert {row.until for row, _ in found.manifest.coverage} == {1614942000000}


def test_c50_zip_with_media(tmp_path):
    path = tmp_path / "x"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("export/a.json", json.dumps(channel(sent(1), reply(2, 1))))
        file.writestr("export/a.json_Files/1.png", b"\x89")
        file.writestr("export/readme", b"hello")
    found = read(path)
    assert len(found.interactions) == 1
    assert found.manifest.unknown_files == ["readme"]


def test_other_json_is_not_claimed(tmp_path):
    (tmp_path / "x.json").write_text('{"guild": 1, "messages": []}')
    with pytest.raises(InputError):
        read(tmp_path / "x.json")


@settings(max_examples=25, deadline=None)
@given(size=st.integers(0, len(WHOLE)))
def test_any_prefix_reads_or_says_why(tmp_path_factory, size):
    path = tmp_path_factory.mktemp("prefix") / "x.json"
    path.write_bytes(WHOLE[:size])
    try:
        found = read(path, "discord")
    except InputError:
        return
    assert set(found.posts["post_id"]) <= {f"90000000000000000{n}" for n in range(9)}


@settings(max_examples=25, deadline=None)
@given(data=st.binary(max_size=200), at=st.integers(0, len(WHOLE)))
def test_any_damage_reads_or_says_why(tmp_path_factory, data, at):
    path = tmp_path_factory.mktemp("bytes") / "x.json"
    path.write_bytes(WHOLE[:at] + data + WHOLE[at + len(data) :])
    with contextlib.suppress(InputError):
        read(path, "discord", tz="UTC")
