"""WhatsApp's text export: clocks of all locales, whose line it is, and what a group says."""

import contextlib
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnet.builtin.sources.whatsapp_lines import begun, looks
from relnet.errors import InputError
from tests.builders import read

DATA = Path(__file__).parents[2] / "data/whatsapp/WhatsApp Chat with Bo.txt"
WHOLE = DATA.read_bytes()
MS = 1615629600000
LRM = "\u200e"


@pytest.fixture
def whatsapp(tmp_path):
    def made(*lines, name="chat with bo", tz="UTC", **options):
        path = tmp_path / name
        path.write_text("\n".join(lines), encoding="utf-8")
        return read(path, "whatsapp", tz=tz, **options)

    return made


def names(found, *columns):
    """Rows with the file left out of the ids."""
    return [tuple(str(each).rpartition(":")[2] for each in row) for row in found.rows(*columns)]


def test_a_conversation_of_two():
    found = read(DATA, tz="Europe/London", me=("Ann Home",))
    chat = "WhatsApp Chat with Bo"
    assert found.manifest.source == "whatsapp"
    assert sorted(found.rows("at", "source", "target", "kind", "directness", "audience")) == [
        (MS + at, f"{chat}:{source}", f"{chat}:{target}", "message", "target", 1)
        for at, source, target in (
            (0, "Ann Home", "Bo"), (0, "Ann Home", "Bo"), (0, "Bo", "Ann Home"), (300_000, "Bo", "Ann Home"),
            (86_340_000, "Ann Home", "Bo"),
        )
    ]  # fmt: skip
    assert set(found.interactions["time_quality"]) == {"local"}
    assert set(found.interactions["visibility"]) == {"private"}
    assert found.skips == {"line of WhatsApp's own": 1}
    assert [native for *_, native in found.manifest.owners] == [f"{chat}:Ann Home"]
    assert sorted(found.posts["text"]) == [
        "<Media omitted>", "Free at noon?", "This message was deleted", "Yes:\nat the usual place", "or not",
    ]  # fmt: skip
    assert {(row.kind, row.direction, row.account, row.completeness) for row, _ in found.manifest.coverage} == {
        ("message", way, f"{chat}:Ann Home", "partial") for way in ("in", "out")
    }


def test_without_a_zone_it_says_what_to_give(whatsapp):
    with pytest.raises(InputError, match="--tz"):
        whatsapp("13/03/2021, 10:00 - Bo: x", tz=None)
    with pytest.raises(InputError, match="--tz"):
        whatsapp("13/03/2021, 10:00 - Bo: x", tz="../etc")


def test_without_me_it_is_read_and_candidates_are_named():
    found = read(DATA, tz="UTC")
    assert len(found.interactions) == 5
    assert found.manifest.owners == []
    assert any("--me" in note and "Ann Home" in note and "Bo" not in note for note in found.manifest.notes)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_c23_the_machine_zone_changes_nothing(whatsapp, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    found = whatsapp("13/03/2021, 11:00 - Bo: x", "13/03/2021, 11:00 - Ann: y", tz="Europe/Berlin")
    assert set(found.interactions["at"]) == {MS}


CLOCKS = [
    "13/03/2021, 10:00 - ", "13/03/21 10:00 - ", "13.03.21, 10:00 - ", "13-03-2021 10:00 - ", "3/13/21, 10:00 AM - ",
    "3/13/21, 10:00\u202fAM - ", "3/13/21, 10:00\u00a0am - ", "13/3/21, 10:00 a. m. - ", "13/3/21 10:00 a.m. - ",
    "[13/03/2021, 10:00:00] ", "[3/13/21, 10:00:00 AM] ", f"{LRM}[13.03.21, 10:00:00] ", "[2021-03-13, 10:00:00] ",
    "2021-03-13, 10:00 - ", "2021/3/13 上午10:00 - ", "2021/3/13, 上午 10:00 - ", "[2021/3/13 午前10:00:00] ",
    "2021. 3. 13. 오전 10:00 - ", "2021年3月13日 10:00 - ", "13. 3. 2021 10:00 - ", "13.3.2021 klo 10.00 - ",
    "13/03/2021 à 10:00 - ", "13/03/2021 às 10:00 - ", "١٣/٣/٢٠٢١، ١٠:٠٠ - ", "١٣/٣/٢٠٢١, ١٠:٠٠ ص - ",
    "\u200f13/3/2021, 10:00\u200f - ", "13/3/2564 10:00 - ", "\ufeff13/03/2021, 10:00 - ", "13/03/2021, 10:00 – ",
]  # fmt: skip


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("after", [": x", ":x", " : x"])
def test_clocks_of_all_locales(whatsapp, clock, after):
    found = whatsapp(f"{clock}Bo{after}", f"{clock}\u202aAnn\u202c{after}")
    assert set(found.interactions["at"]) == {MS}
    assert sorted(names(found, "source", "target")) == [("Ann", "Bo"), ("Bo", "Ann")]
    assert set(found.posts["text"]) == {"x"}
    assert looks(f"{clock}Bo{after}\n".encode())


@pytest.mark.parametrize(
    ("clock", "hour"),
    [
        ("12:00 AM", 0),
        ("12:30 PM", 12),
        ("1:00 p. m.", 13),
        ("11:59 PM", 23),
        ("下午3:00", 15),
        ("오후 12:00", 12),
        ("午前0:00", 0),
    ],
)
def test_halves_of_the_day(clock, hour):
    line = begun(1, f"2021/3/13, {clock} - Bo: x")
    assert line is not None and line.clock[0] == hour


def test_days_and_months(whatsapp):
    def dates(*days, **options):
        lines = [f"{day}, 10:00 - {name}: x" for name, day in zip(("Bo", "Ann") * 3, days, strict=False)]
        found = whatsapp(*lines, **options)
        return [at // 86_400_000 for at in found.interactions["at"].sort()]

    def days(*isos):
        return [(date.fromisoformat(iso) - date(1970, 1, 1)).days for iso in isos]

    assert dates("01/02/2021", "13/02/2021") == days("2021-02-01", "2021-02-13")
    assert dates("01/02/2021", "02/13/2021") == days("2021-01-02", "2021-02-13")
    assert dates("11/01/2021", "01/02/2021") == days("2021-01-11", "2021-02-01")
    assert dates("01/11/2021", "02/01/2021") == days("2021-01-11", "2021-02-01")
    assert dates("03/03/2021", "04/04/2021") == days("2021-03-03", "2021-04-04")
    with pytest.raises(InputError, match="--columns date=dmy"):
        dates("01/02/2021", "02/03/2021")
    assert dates("01/02/2021", "02/03/2021", columns={"date": "mdy"}) == days("2021-01-02", "2021-02-03")


def test_clocks_that_went_back_an_hour_do_not_decide(whatsapp):
    found = whatsapp("31/10/2021, 01:50 - Bo: x", "31/10/2021, 01:10 - Ann: y", "01/11/2021, 09:00 - Bo: z")
    assert len(found.interactions) == 3


def test_names(whatsapp):
    found = whatsapp("13/03/2021, 10:00 - ~\u202fBo: x", "13/03/2021, 10:00 - \u202a+1 202 555-0100\u202c: y")
    assert sorted(names(found, "source", "target")) == [("+12025550100", "Bo"), ("Bo", "+12025550100")]


def test_lines_of_whatsapp_are_nobodys(whatsapp):
    found = whatsapp(
        "13/03/2021, 10:00 - Bo: x",
        "13/03/2021, 10:00 - Missed voice call at 10:30",
        '13/03/2021, 10:00 - Bo changed the subject from "Trip: Rome" to "Trip"',
        "13/03/2021, 10:00 - Ann changed the subject to “Rome: day one”",
        "13/03/2021, 10:00 - You joined by https://chat.example/x",
        "13/03/2021, 10:00 - Ann: y",
    )
    assert sorted(names(found, "source", "target")) == [("Ann", "Bo"), ("Bo", "Ann")]
    assert found.skips == {"line of WhatsApp's own": 4}


GROUP = [
    f"[13/03/2021, 10:00:00] Hikers: {LRM}Messages and calls are end-to-end encrypted.",
    f"[13/03/2021, 10:00:00] Hikers: {LRM}Bo created this group",
    "[13/03/2021, 10:00:00] Bo: Who comes?",
    f"{LRM}[13/03/2021, 10:01:00] Ann: {LRM}<attached: 00001-PHOTO.jpg>",
    "[13/03/2021, 10:02:00] Bo: @12025550100 you, @\u206812025550100\u2069?",
    "[13/03/2021, 10:03:00] +1 202 555 0100: I do",
]


@pytest.mark.parametrize("name", ["WhatsApp Chat - Hikers.txt", "Hikers.txt", "_chat.txt"])
def test_a_group_is_activity_and_mentions(whatsapp, name):
    found = whatsapp(*GROUP, name=name)
    assert names(found, "source", "target", "kind", "directness", "audience") == [
        ("Bo", "+12025550100", "mention", "deliberate", "1")
    ]
    assert {str(each).rpartition(":")[2] for each in found.accounts["native_id"]} == {"Bo", "Ann", "+12025550100"}
    assert len(found.posts) == 4
    assert found.skips == {"line of WhatsApp's own": 2}


def test_a_group_of_two_is_still_a_group(whatsapp):
    found = whatsapp("13/03/2021, 10:00 - Bo: x", "13/03/2021, 10:00 - Ann: y", name="WhatsApp Chat with Hikers.txt")
    assert found.interactions.is_empty()
    assert len(found.posts) == 2


def test_a_person_who_sends_pictures_only_is_a_person(whatsapp):
    found = whatsapp(
        f"[13/03/2021, 10:00:00] Bo: {LRM}Messages and calls are end-to-end encrypted.",
        "[13/03/2021, 10:00:00] Ann: x",
        f"[13/03/2021, 10:00:00] Bo: {LRM}image omitted",
        name="WhatsApp Chat - Bo.txt",
    )
    assert ("Bo", "Ann") in names(found, "source", "target")


def test_one_side_only(whatsapp):
    mine = whatsapp("13/03/2021, 10:00 - Ann: x", name="WhatsApp Chat with Bo.txt")
    assert names(mine, "source", "target") == [("Ann", "Bo")]
    silent = whatsapp("13/03/2021, 10:00 - Bo: x", name="WhatsApp Chat with Bo.txt")
    assert silent.interactions.is_empty()
    assert silent.skips == {"message to a side that the chat does not name": 1}
    told = whatsapp("13/03/2021, 10:00 - Bo: x", name="WhatsApp Chat with Bo.txt", me=("Ann",))
    assert names(told, "source", "target") == [("Bo", "Ann")]
    assert len(told.manifest.owners) == 1


def test_c36_names_are_the_files_own(tmp_path):
    for file in ("WhatsApp Chat with Bo.txt", "WhatsApp Chat with Bo S.txt"):
        (tmp_path / file).write_text("13/03/2021, 10:00 - Bo: x\n13/03/2021, 10:00 - Bo S: y\n")
    found = read(tmp_path, tz="UTC")
    assert found.accounts["native_id"].n_unique() == 4
    assert found.interactions["event_id"].n_unique() == 4


def test_c27_the_same_chat_again_is_the_same(tmp_path):
    for file in ("WhatsApp Chat with Bo.txt", "WhatsApp Chat with Bo (1).txt"):
        (tmp_path / file).write_bytes(WHOLE)
    assert len(read(tmp_path, tz="UTC").interactions) == 5


def test_c50_the_zip_of_a_phone(tmp_path):
    path = tmp_path / "WhatsApp Chat - Bo.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("_chat.txt", f"{LRM}[13/03/2021, 10:00:00] Bo: x\r\n[13/03/2021, 10:00:00] Ann: y\r\n")
        file.writestr("00001-PHOTO.jpg", b"\xff")
    found = read(path, tz="UTC")
    assert found.manifest.source == "whatsapp"
    assert sorted(found.rows("source")) == [("WhatsApp Chat - Bo:Ann",), ("WhatsApp Chat - Bo:Bo",)]
    assert set(found.posts["text"]) == {"x", "y"}


def test_c21_impossible_days_cost_only_themselves(whatsapp):
    found = whatsapp(
        "13/03/2021, 10:00 - Bo: x",
        "14/14/2021, 10:00 - Bo: y",
        "13/03/2021, 99:00 - Ann: z",
        "15/03/2021, 10:00 - Ann: z",
    )
    assert len(found.interactions) == 2
    assert sum(found.skips.values()) == 2


def test_a_chat_at_the_cap_says_so(whatsapp):
    found = whatsapp(*(f"13/03/2021, 10:00 - {name}: x" for name in ("Bo", "Ann") * 5000))
    assert any("older ones are probably missing" in note for note in found.manifest.notes)
    assert len(found.interactions) == 10_000


@pytest.mark.parametrize(
    "text", ["2021-03-13 10:00:00 - INFO: started\n", "a,b\n1,2\n", "13/03/2021\n", "", "Bo: x\n", '{"a": 1}']
)
def test_other_texts_are_not_claimed(text):
    assert not looks(text.encode())


@settings(max_examples=25, deadline=None)
@given(size=st.integers(0, len(WHOLE)))
def test_any_prefix_reads_or_says_why(tmp_path_factory, size):
    path = tmp_path_factory.mktemp("prefix") / DATA.name
    path.write_bytes(WHOLE[:size])
    try:
        found = read(path, "whatsapp", tz="UTC")
    except InputError:
        return
    assert len(found.interactions) <= 5


@settings(max_examples=25, deadline=None)
@given(
    data=st.binary(max_size=200), start=st.sampled_from([b"", b"13/03/2021, 10:00 - Bo: ", b"[13/03/2021, 10:00:00] "])
)
def test_any_bytes_read_or_say_why(tmp_path_factory, data, start):
    path = tmp_path_factory.mktemp("bytes") / "chat"
    path.write_bytes(start + data)
    with contextlib.suppress(InputError):
        read(path, "whatsapp", tz="UTC")


@settings(max_examples=300, deadline=200)
@given(st.text(max_size=80))
def test_any_line_begins_or_continues(text):
    for line in (text, f"13/03/2021, 10:00 - {text}", f"[13/03/2021, 10:00:00] {text}"):
        begun(1, line)
