"""Mail: one row an addressee, replies by id, machines and lists apart, headers only."""

import contextlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnet.builtin.sources import mbox
from relnet.builtin.sources.mail_addresses import addresses
from relnet.errors import InputError
from tests.builders import read

DATA = Path(__file__).parents[2] / "data"
ANN, BO, CY, DEE = "ann@home.example", "bo@far.example", "cy@far.example", "dee@far.example"
ENVELOPE = "From someone@far.example Mon Mar  1 10:00:00 2021"
DATE = "Mon, 1 Mar 2021 10:00:00 +0000"
MS = 1614592800000
WHO = ("source", "target", "kind", "directness")


def message(body="Hi.\n", **fields):
    given = {"From": BO, "To": ANN, "Date": DATE, "Message-ID": "<m@far.example>"} | {
        name.replace("_", "-"): value for name, value in fields.items()
    }
    lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
    return "\n".join(lines) + f"\n\n{body}"


@pytest.fixture
def mail(tmp_path):
    """Read some messages as one mbox."""

    def made(*messages, me=(ANN,), name="mail.mbox", **options):
        path = tmp_path / name
        text = "".join(f"{ENVELOPE}\n{each}\n" for each in messages)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))
        return read(path, "mail", me=me, **options)

    return made


def coverage(found):
    return {(row.kind, row.direction, row.account, row.completeness) for row, _ in found.manifest.coverage}


def test_gmail_takeout():
    found = read(DATA / "mail/all.mbox", me=(ANN,))
    assert found.rows("source", "target", "kind", "directness", "audience", "at", "event_id", "parent_id") == [
        (BO, ANN, "message", "target", 1, MS, "one@far.example", None),
        (ANN, BO, "reply", "target", 2, MS + 3600_000, "two@home.example", "one@far.example"),
        (ANN, CY, "message", "carried", 2, MS + 3600_000, "two@home.example", "one@far.example"),
        (CY, ANN, "reply", "target", 2, MS + 71 * 3600_000, "five@far.example", "two@home.example"),
        (CY, BO, "message", "list", 2, MS + 71 * 3600_000, "five@far.example", "two@home.example"),
    ]
    assert found.skips == {"automated or list mail (List-Unsubscribe)": 1, "spam, trash or draft": 1}
    assert found.manifest.source == "mail"
    assert found.account(BO)["name"] == "Bo Müller"
    assert found.account(CY)["name"] == "Roe, Cy"
    assert found.account(CY)["last_active_at"] == MS + 71 * 3600_000
    assert found.account("news@shop.example")["automated"] is True
    assert found.account(ANN)["owner"] is True
    assert found.posts.is_empty()
    assert set(found.interactions["visibility"]) == {"private"}
    assert coverage(found) == {(k, way, ANN, "surviving") for k in ("message", "reply") for way in ("in", "out")}


def test_without_me_it_is_read_and_candidates_are_named():
    found = read(DATA / "mail/all.mbox")
    assert len(found.interactions) == 5
    assert found.manifest.owners == []
    assert any("--me" in note and ANN in note for note in found.manifest.notes)
    assert all(completeness == "partial" for *_, completeness in coverage(found))


def test_c36_a_display_name_makes_nobody_the_owner(mail):
    assert mail(message(From=f"Ann <{BO}>"), me=("Ann",)).manifest.owners == []


def test_received_mail_alone_leaves_sent_mail_unknown(mail):
    found = mail(message(Delivered_To=ANN))
    assert coverage(found) == {("message", "in", ANN, "surviving"), ("reply", "in", ANN, "surviving")}
    assert any("Sent mail" in note for note in found.manifest.notes)


@pytest.mark.parametrize(
    ("to", "rows"),
    [
        (f"Ann <{ANN}>", [(ANN, "target")]),
        (f'"Ann, of Home" <{ANN.upper()}>', [(ANN, "target")]),
        (f"{ANN} (Ann)", [(ANN, "target")]),
        (f"'{ANN}'", [(ANN, "target")]),
        (f"{ANN}, {CY}", [(ANN, "list"), (CY, "list")]),
        (f"{ANN}; {CY}", [(ANN, "list"), (CY, "list")]),
        (f"{ANN},\n {CY},\n\t{ANN}", [(ANN, "list"), (CY, "list")]),
        (f"Friends: {ANN}, Cy <{CY}>;", [(ANN, "list"), (CY, "list")]),
        (f"undisclosed-recipients:;, {ANN}", [(ANN, "target")]),
        (f'"broken <{ANN}>, {CY}', [(ANN, "list"), (CY, "list")]),
        (f"=?utf-8?q?Ann_=3C{ANN}=3E?=", [(ANN, "target")]),
        (f"<@relay.example:{ANN}>", [(ANN, "target")]),
        (f"{BO}, {ANN}", [(ANN, "target")]),
        ("ann+tag@home.example", [("ann+tag@home.example", "target")]),
        ("a.n.n@home.example", [("a.n.n@home.example", "target")]),
    ],
)
def test_addressees(mail, to, rows):
    found = mail(message(To=to))
    assert found.rows("target", "directness") == rows
    assert set(found.interactions["audience"]) == {len(rows)}


@pytest.mark.parametrize("to", ["undisclosed-recipients:;", "", "nobody", "<>", "a b c", None])
def test_c14_no_address_is_no_account(mail, to):
    found = mail(message(To=to), message(Message_ID="<n@far.example>"))
    assert found.rows("source", "target") == [(BO, ANN)]
    assert found.skips == {"message to no person's address": 1}
    assert set(found.accounts["native_id"]) == {ANN, BO}


@pytest.mark.parametrize("author", ["", "<>", "nobody", None])
def test_c14_no_author_is_counted(mail, author):
    found = mail(message(From=author), message(Message_ID="<n@far.example>"))
    assert found.rows("event_id") == [("n@far.example",)]
    assert found.skips == {"message without an author": 1}


def test_copies_and_blind_copies(mail):
    found = mail(message(From=ANN, To=BO, Cc=f"{CY}, {BO}", Bcc=DEE))
    assert found.rows("target", "directness", "audience") == [
        (BO, "target", 3), (CY, "carried", 3), (DEE, "deliberate", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "kind", "parent"),
    [
        ({"In_Reply_To": "<q@home.example>"}, "reply", "q@home.example"),
        ({"In_Reply_To": 'Message of "Mon" from ann <q@home.example>'}, "reply", "q@home.example"),
        ({"In_Reply_To": "<gone@x.example> <q@home.example>"}, "reply", "q@home.example"),
        ({"References": "<gone@x.example>\n <q@home.example>"}, "reply", "q@home.example"),
        ({"In_Reply_To": "<gone@x.example>"}, "message", "gone@x.example"),
        ({"References": "<q@home.example> <gone@x.example>"}, "message", "gone@x.example"),
        ({"Subject": "Re: Lunch"}, "message", None),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_replies_are_proved_by_id(mail, fields, kind, parent, late):
    asked = message(From=ANN, To=BO, Message_ID="< q@home.example >")
    answer = message(**fields)
    found = mail(*([answer, asked] if late else [asked, answer]))
    assert found.rows("source", "target", "kind", "parent_id")[-1 if not late else 0] is not None
    assert (BO, ANN, kind, parent) in found.rows("source", "target", "kind", "parent_id")


def test_a_reply_addresses_its_author_only_where_written_to(mail):
    asked = message(From=ANN, To=BO, Message_ID="<q@home.example>")
    found = mail(asked, message(To=CY, In_Reply_To="<q@home.example>"))
    assert (BO, CY, "message", "target") in found.rows(*WHO)
    assert len(found.interactions) == 2


def test_c16_a_second_mail_in_ones_own_thread_is_no_reply_to_oneself(mail):
    first = message(From=ANN, To=BO, Message_ID="<q@home.example>")
    second = message(From=ANN, To=f"{BO}, {ANN}", Message_ID="<r@home.example>", In_Reply_To="<q@home.example>")
    found = mail(first, second)
    assert found.rows("source", "target", "kind") == [(ANN, BO, "message")] * 2


def test_mail_between_own_addresses_is_counted_apart(mail):
    other = "ann@work.example"
    found = mail(message(From=ANN, To=other), message(Message_ID="<n@x.example>"), me=(ANN, f"mailto:{other.upper()}"))
    assert found.rows("source", "target") == [(BO, ANN)]
    assert found.skips == {"message between your own addresses": 1}
    assert {native for *_, native in found.manifest.owners} == {ANN, other}


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-generated"}, {"Precedence": "bulk"}, {"Precedence": "List"}, {"Precedence": "junk"},
        {"List_Id": "<n.shop.example>"}, {"List_Unsubscribe": "<https://shop.example/off>"}, {"Return_Path": "<>"},
        {"From": "noreply@far.example"}, {"From": "No-Reply@far.example"}, {"From": "shop-no_reply+1@far.example"},
        {"From": "do-not-reply@far.example"},
    ],
)  # fmt: skip
def test_c41_machines_make_no_tie(mail, fields):
    sender = fields.get("From", DEE).lower()
    found = mail(message(From=fields.pop("From", DEE), **fields), message(Message_ID="<n@far.example>"))
    assert found.rows("source", "target") == [(BO, ANN)]
    assert sum(found.skips.values()) == 1
    assert found.account(sender)["automated"] is True
    assert found.account(BO)["automated"] is None


@pytest.mark.parametrize("fields", [{"Auto_Submitted": "no"}, {"Precedence": "normal"}, {"Return_Path": f"<{BO}>"}])
def test_people_are_no_machines(mail, fields):
    assert len(mail(message(**fields)).interactions) == 1


def test_who_also_writes_by_hand_is_no_machine(mail):
    found = mail(message(Auto_Submitted="auto-replied"), message(Message_ID="<n@far.example>"))
    assert found.account(BO)["automated"] is None


def test_a_post_to_a_list_answers_its_author_but_never_the_list(mail):
    by_list = {"List_Id": "<l.lists.example>", "List_Post": "<mailto:l@lists.example>"}
    found = mail(
        message(From=BO, To="l@lists.example", Message_ID="<p@far.example>", **by_list),
        message(From=CY, To="l@lists.example", Message_ID="<q@far.example>", In_Reply_To="<p@far.example>", **by_list),
        message(From=ANN, To="l@lists.example", Message_ID="<r@home.example>"),
        message(From=ANN, To=f"l@lists.example, {CY}", Message_ID="<s@home.example>"),
    )
    assert found.rows(*WHO) == [(CY, BO, "reply", "list"), (ANN, CY, "message", "list")]
    assert found.account("l@lists.example")["automated"] is True
    assert found.account(CY)["automated"] is None


def test_lists_that_put_themselves_into_from(mail):
    by_list = {"List_Id": "<l.lists.example>", "List_Post": "<mailto:l@lists.example>", "To": "l@lists.example"}
    munged = "Bo via L <l@lists.example>"
    found = mail(
        message(From=munged, Reply_To=f"Bo <{BO}>, l@lists.example", Message_ID="<p@x.example>", **by_list),
        message(From=munged, X_Original_Sender=CY, Message_ID="<q@x.example>", In_Reply_To="<p@x.example>", **by_list),
    )
    assert found.rows(*WHO) == [(CY, BO, "reply", "list")]


RECEIVED = "from a by b; Tue, 2 Mar 2021 10:00:00 +0000"


@pytest.mark.parametrize(
    ("fields", "at", "quality", "flags"),
    [
        ({"Date": "Mon, 1 Mar 2021 12:00:00 +0200"}, MS, "act", ""),
        ({"Date": "Mon, 1 Mar 2021 05:00:00 EST"}, MS, "act", ""),
        ({"Date": "1 Mar 2021 10:00 GMT (a comment)"}, MS, "act", ""),
        ({"Date": "Mon, 1 Mar 2021 10:00:00 -0000"}, MS, "local", "no_zone"),
        ({"Date": "Mon, 1 Mar 2021 10:00:00"}, MS, "local", "no_zone"),
        ({"Date": None, "Received": RECEIVED}, MS + 86400_000, "receipt", ""),
        ({"Date": "soon", "Received": RECEIVED}, MS + 86400_000, "receipt", ""),
        ({"Date": "Thu, 1 Jan 1970 00:00:00 +0000", "Received": RECEIVED}, MS + 86400_000, "receipt", ""),
        ({"Date": "Fri, 1 Jan 2038 00:00:00 +0000", "Received": RECEIVED}, MS + 86400_000, "receipt", ""),
        ({"Date": "Mon, 1 Mar 2021 10:00:00 +9900", "Received": RECEIVED}, MS + 86400_000, "receipt", ""),
        ({"Date": "Mon, 1 Mar 99999999999 10:00:00 +0000"}, None, "act", ""),
        ({"Date": "Fri, 1 Jan 2998 00:00:00 +0000"}, None, "act", ""),
        ({"Date": None}, None, "act", ""),
    ],
)
def test_c56_absurd_dates(mail, fields, at, quality, flags):
    found = mail(message(**fields))
    assert found.rows("at", "time_quality", "flags") == [(at, quality, flags)]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_c23_the_machine_zone_changes_nothing(mail, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    assert mail(message(Date="Mon, 1 Mar 2021 10:00:00")).rows("at") == [(MS,)]


def test_without_message_id_the_same_mail_is_one(mail):
    same = message(Message_ID=None, Subject="x")
    found = mail(same, same, message(Message_ID=None, Subject="y"))
    assert len(found.interactions) == 2


def test_c27_the_same_mail_in_two_folders_is_one(tmp_path):
    for folder in ("Inbox", "Archive"):
        (tmp_path / folder).write_text(f"{ENVELOPE}\n{message()}\n")
    assert len(read(tmp_path, "mail").interactions) == 1


def test_c36_names_belong_to_the_address(mail):
    found = mail(
        message(From=f"Bo <{BO}>"),
        message(From=f"Robert <{BO}>", Message_ID="<n@x.example>", Date="Tue, 2 Mar 2021 10:00:00 +0000"),
        message(From=f"Bo <{DEE}>", Message_ID="<o@x.example>"),
    )
    assert found.account(BO)["name"] == "Robert"
    assert set(found.accounts.filter(native_id=BO)["name"]) == {"Bo", "Robert"}
    assert found.account(DEE)["name"] == "Bo"


HOSTILE = [
    "=?unknown-charset?q?=FF?=", "=?utf-8?b?!!!?=", "=?utf-16?b?2D0=?=", "=?utf-8?q?=ED=A0=80?=", "\udcff\udcfe",
    "[bold]x[/]", "a" * 5000, "\x00\x1b[31m", '"', "((((", "<" * 999, ":;" * 999, "=?",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_c21_malformed_headers_cost_at_most_themselves(mail, text):
    found = mail(
        message(From=f"{text} <{BO}>", To=f"{text}, {ANN}", Subject=text, Date=text, References=text), message()
    )
    assert (BO, ANN) in found.rows("source", "target")


def test_headers_without_sense_are_passed_over(mail):
    found = mail("X-A: 1\n\tmore\nno colon here\n: no name\n" + message())
    assert len(found.interactions) == 1


def test_from_lines_in_bodies_are_no_messages(mail):
    body = f"From Monday, 10:30, in 2021 we start.\n\n{ENVELOPE}\nand then text\n\nFrom: x@y.example\n\n>{ENVELOPE}\nTo: x\n"
    found = mail(message(body), message(Message_ID="<n@far.example>"))
    assert found.rows("event_id") == [("m@far.example",), ("n@far.example",)]


ATTACHED = f"See this:\n\n{ENVELOPE}\n{message(Message_ID='<inner@x.example>')}\nEnd.\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("length", "events"),
    [
        ("right", ["m@far.example", "n@far.example"]),
        ("short", ["inner@x.example", "m@far.example", "n@far.example"]),
        ("long", ["inner@x.example", "m@far.example", "n@far.example"]),
        ("endless", ["inner@x.example", "m@far.example", "n@far.example"]),
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_content_length_counts_only_where_it_proves_right(tmp_path, length, events, end, last):
    body = ATTACHED.replace("\n", end)
    stated = {"right": len(body), "short": 20, "long": len(body) + 30, "endless": 10**11}[length]
    outer = f"{ENVELOPE}\n{message(Content_Length=stated, body='')}".replace("\n", end) + body + end
    plain = f"{ENVELOPE}\n{message(Message_ID='<n@far.example>')}\n".replace("\n", end)
    (tmp_path / "x").write_bytes(((plain + outer) if last else (outer + plain)).encode())
    found = read(tmp_path / "x", "mail")
    assert sorted(found.interactions["event_id"]) == events


def test_headers_do_not_keep_bodies():
    lines = [b"From a Mon Mar 1 10:00:00 2021", b"From: a@x.example", b"", *[b"x" * 1000] * 1000]
    [(number, kept)] = mbox.headers(enumerate(lines, 1))
    assert (number, kept) == (1, [b"From: a@x.example"])


def test_endless_headers_are_cut():
    lines = [b"From a Mon Mar 1 10:00:00 2021", b"From: a@x.example", *[b"X: " + b"x" * 1000] * 5000]
    [(_, kept)] = mbox.headers(enumerate(lines, 1))
    assert sum(map(len, kept)) <= mbox.MAX_HEADERS


MAILDIR = {
    "cur/1.M1.host:2,S": message(),
    "new/2.M1.host": message(Message_ID="<n@far.example>"),
    "tmp/3.M1.host": message(Message_ID="<t@far.example>"),
    "cur/4.M1.host:2,ST": message(Message_ID="<trashed@far.example>"),
    ".Sent/cur/5.M1.host:2,S": message(From=ANN, To=BO, Message_ID="<s@home.example>"),
    ".Junk/cur/6.M1.host:2,S": message(Message_ID="<j@far.example>"),
    "dovecot-uidlist": "3 V1 N7\n",
}
KEPT = ["m@far.example", "n@far.example", "s@home.example"]


def packed(kind, top=""):
    out = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(out, "w") as file:
            for name, text in MAILDIR.items():
                file.writestr(top + name, text)
    else:
        with tarfile.open(fileobj=out, mode=kind) as file:
            for name, text in MAILDIR.items():
                info = tarfile.TarInfo(top + name)
                info.size = len(text)
                file.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["zip", "w:", "w:gz"])
@pytest.mark.parametrize("top", ["", "Maildir/"])
def test_c50_maildir_in_an_archive(tmp_path, kind, top):
    (tmp_path / "mail").write_bytes(packed(kind, top))
    found = read(tmp_path / "mail", me=(ANN,))
    assert found.manifest.source == "mail"
    assert sorted(found.interactions["event_id"]) == KEPT
    assert found.manifest.unknown_files == ["dovecot-uidlist"]


def test_maildir_folder(tmp_path):
    for name, text in MAILDIR.items():
        path = tmp_path / name.replace(":2,", ";2,") if ":" in name and "T" not in name else tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert sorted(read(tmp_path, me=(ANN,)).interactions["event_id"]) == KEPT


def test_maildir_of_one_folder_only(tmp_path):
    (tmp_path / "cur").mkdir()
    (tmp_path / "cur" / "1.M1.host").write_text(message())
    assert read(tmp_path).rows("source", "target") == [(BO, ANN)]


def test_a_mark_of_utf8_before_the_first_envelope(tmp_path):
    text = f"{ENVELOPE}\n{message()}\n".replace("\n", "\r\n")
    (tmp_path / "x.mbox").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read(tmp_path / "x.mbox").rows("source", "target") == [(BO, ANN)]


def test_a_single_message(tmp_path):
    (tmp_path / "x.eml").write_text(message())
    assert read(tmp_path / "x.eml").rows("source", "target") == [(BO, ANN)]


def test_folders_of_spam_trash_and_drafts_are_left_out(tmp_path):
    for name in ("Inbox", "Trash", "Junk.mbox", "Entwürfe", "All mail Including Spam and Trash.mbox"):
        (tmp_path / name).write_text(f"{ENVELOPE}\n{message(Message_ID=f'<{name[:3]}@x.example>')}\n")
    assert sorted(read(tmp_path, "mail").interactions["event_id"]) == ["All@x.example", "Inb@x.example"]


WHOLE = (DATA / "mail/all.mbox").read_bytes()


@settings(max_examples=25, deadline=None)
@given(size=st.integers(0, len(WHOLE)))
def test_any_prefix_reads_or_says_why(tmp_path_factory, size):
    path = tmp_path_factory.mktemp("prefix") / "mail"
    path.write_bytes(WHOLE[:size])
    try:
        events = list(read(path, "mail").interactions["event_id"])
    except InputError:
        return
    assert set(events) <= {f"{n}@{h}.example" for n in ("one", "two", "five") for h in ("home", "far")}


@settings(max_examples=25, deadline=None)
@given(
    data=st.binary(max_size=300),
    start=st.sampled_from([b"", f"{ENVELOPE}\nFrom: ".encode(), b"From: a@b.example\nTo: "]),
)
def test_any_bytes_read_or_say_why(tmp_path_factory, data, start):
    path = tmp_path_factory.mktemp("bytes") / "mail"
    path.write_bytes(start + data)
    with contextlib.suppress(InputError):
        read(path, "mail")


@settings(max_examples=200, deadline=200)
@given(st.text(alphabet='ab@.<>"(),;:=? \\', max_size=60))
def test_addresses_never_fail(text):
    assert all(address.count("@") == 1 and address == address.lower() for address, _ in addresses(text))
