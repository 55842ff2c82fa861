"""Bluesky repositories: only live records count, ids rule over names, keys rule over clocks."""

import contextlib
import hashlib
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import libipld
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnet.errors import InputError
from tests.builders import read

EGO, BOB, CAROL, DAVE = (f"did:plc:{name:a<24}" for name in ("ego", "bob", "carol", "dave"))
START = datetime(2024, 3, 1, 12, tzinfo=UTC)
MS = int(START.timestamp() * 1000)
HOUR = 3_600_000
ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
DATA = Path(__file__).parents[2] / "data" / "bluesky"


def tid(ms):
    number = ms * 1000 << 10
    return "".join(ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))


def cid(block):
    return b"\x01\x71\x12\x20" + hashlib.sha256(block).digest()


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def car(records, rev=MS + 1000 * HOUR, dead=(), lost=(), version=3):
    """Build a repository: `records` in a tree of two levels, `dead` in blocks that nothing reaches."""
    blocks = {}

    def put(value):
        block = libipld.encode_dag_cbor(value)
        blocks[cid(block)] = block
        return cid(block)

    def node(entries, left=None, after=None):
        rows, last = [], b""
        for i, (key, value) in enumerate(entries):
            shared = next(
                (n for n, (a, b) in enumerate(zip(last, key, strict=False)) if a != b),
                min(len(last), len(key)),
            )
            rows.append({"p": shared, "k": key[shared:], "v": value, "t": after if i == len(entries) - 1 else None})
            last = key
        return put({"l": left, "e": rows})

    for value in dead:
        put(value)
    entries = [(key.encode(), put(value)) for key, value in sorted(records.items())]
    third = max(len(entries) // 3, 1)
    first, middle, last = entries[:third], entries[third : 2 * third], entries[2 * third :]
    root = node(middle, node(first), node(last)) if middle else node(entries)
    for key in lost:
        blocks.pop(dict(entries)[key.encode()])
    commit = {"did": EGO, "version": version, "data": root, "prev": None, "sig": b"s" * 64}
    head = put(commit | ({"rev": tid(rev)} if version == 3 else {}))
    header = libipld.encode_dag_cbor({"roots": [head], "version": 1})
    body = b"".join(varint(len(key) + len(block)) + key + block for key, block in blocks.items())
    return varint(len(header)) + header + body


def made(hours, collection, said=None, **fields):
    """Return (key, record) of a record made `hours` after the start, dated `said` hours after it."""
    said = hours if said is None else said
    created = (START + timedelta(hours=said)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return f"{collection}/{tid(MS + int(hours * HOUR))}", {
        "$type": collection,
        "createdAt": created,
        **fields,
    }


def at_uri(did, collection="app.bsky.feed.post", hours=0):
    return f"at://{did}/{collection}/{tid(MS - HOUR + int(hours * HOUR))}"


def post(hours, said=None, reply=None, mentions=(), embed=None, **fields):
    if reply:
        fields["reply"] = {"parent": {"uri": reply, "cid": "b"}, "root": {"uri": at_uri(DAVE), "cid": "b"}}
    if mentions:
        features = [[{"$type": "app.bsky.richtext.facet#mention", "did": did}] for did in mentions]
        fields["facets"] = [{"index": {"byteStart": 0, "byteEnd": 4}, "features": each} for each in features]
    if embed:
        fields["embed"] = embed
    return made(hours, "app.bsky.feed.post", said, text=fields.pop("text", "héllo"), **fields)


def signal(hours, kind, uri):
    return made(hours, f"app.bsky.feed.{kind}", subject={"uri": uri, "cid": "b"})


def quote(uri, media=False):
    record = {"$type": "app.bsky.embed.record", "record": {"uri": uri, "cid": "b"}}
    images = {"$type": "app.bsky.embed.images", "images": [{}, {}]}
    return {"$type": "app.bsky.embed.recordWithMedia", "record": record, "media": images} if media else record


SAMPLE = dict(
    [
        ("app.bsky.actor.profile/self", {
            "$type": "app.bsky.actor.profile", "displayName": "Ego Example", "description": "Invented",
            "labels": {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "bot"}]},
            "createdAt": "2024-02-01T00:00:00.000Z",
        }),
        post(1, reply=at_uri(BOB)),
        post(2, reply=at_uri(CAROL), mentions=[BOB, CAROL, DAVE]),
        post(3, embed=quote(at_uri(BOB)), langs=["en"]),
        post(4, embed=quote(at_uri(DAVE), media=True)),
        post(5, reply=at_uri(EGO)),
        post(6, said=30, mentions=[BOB]),
        post(7, said=-5000, mentions=[CAROL]),
        signal(8, "like", at_uri(BOB)),
        signal(9, "like", at_uri(BOB)),
        signal(10, "like", at_uri(BOB, "app.bsky.feed.generator")),
        signal(11, "repost", at_uri(CAROL)),
        made(12, "app.bsky.graph.follow", subject=BOB),
        made(13, "app.bsky.graph.block", subject=DAVE),
        made(14, "app.bsky.graph.listblock", subject=at_uri(DAVE, "app.bsky.graph.list")),
        made(15, "app.bsky.feed.threadgate", post=at_uri(EGO)),
    ]
)  # fmt: skip


def load(tmp_path, data, name="x"):
    (tmp_path / name).write_bytes(data)
    return read(tmp_path / name)


def rows(tmp_path, *records, columns=("target", "kind")):
    return load(tmp_path, car(dict(records))).rows(*columns)


def test_the_kept_fixture_is_what_its_builder_makes():
    assert (DATA / "ego.car").read_bytes() == car(SAMPLE)


def test_every_rule_on_the_fixture(tmp_path):
    got = read(DATA / "ego.car")
    assert got.manifest.source == "bluesky"
    assert got.rows("target", "kind", "at", "directness", "audience", "flags") == [
        (CAROL, "mention", MS - 5000 * HOUR, "deliberate", 1, "backdated"),
        (BOB, "reply", MS + HOUR, "target", 1, ""),
        (BOB, "mention", MS + 2 * HOUR, "deliberate", 3, ""),
        (CAROL, "reply", MS + 2 * HOUR, "target", 3, ""),
        (DAVE, "mention", MS + 2 * HOUR, "deliberate", 3, ""),
        (BOB, "quote", MS + 3 * HOUR, "target", 1, ""),
        (DAVE, "quote", MS + 4 * HOUR, "target", 1, ""),
        (BOB, "mention", MS + 6 * HOUR, "deliberate", 1, "postdated"),
        (BOB, "like", MS + 8 * HOUR, "target", None, ""),
        (CAROL, "repost", MS + 11 * HOUR, "target", None, ""),
    ]
    assert got.manifest.rows["self"] == 1
    assert sorted(got.declared.select("target", "kind", "at").rows()) == [
        (BOB, "follow", MS + 12 * HOUR),
        (DAVE, "block", MS + 13 * HOUR),
    ]
    assert got.skips == {
        "repeated like": 1, "like of something that is no post": 1, "record of a kind that makes no tie": 2,
    }  # fmt: skip


def test_ids_parents_and_posts(tmp_path):
    key, record = post(1, reply=at_uri(BOB), langs=["en", "de"], embed=quote(at_uri(DAVE), media=True))
    got = load(tmp_path, car({key: record}))
    assert got.rows("event_id", "target", "parent_id") == [
        (f"at://{EGO}/{key}", BOB, at_uri(BOB)),
        (f"at://{EGO}/{key}", DAVE, at_uri(DAVE)),
    ]
    [written] = got.posts.to_dicts()
    assert (written["text"], written["lang"], written["media"], written["links"]) == ("héllo", "en", 2, 0)


def test_the_owner_is_known_by_id_and_labels_itself(tmp_path):
    got = read(DATA / "ego.car")
    ego = got.account(EGO)
    assert (ego["handle"], ego["name"], ego["automated"], ego["owner"]) == (None, "Ego Example", True, True)
    assert (ego["posts"], ego["following"], ego["followers"]) == (7, 1, None)
    assert ego["seen_at"] == ego["last_active_at"] == MS + 1000 * HOUR
    other = {"$type": "app.bsky.actor.profile", "labels": {"values": [{"val": "!no-unauthenticated"}]}}
    assert load(tmp_path, car({"app.bsky.actor.profile/self": other})).account(EGO)["automated"] is False


def test_coverage_is_the_owners_own_side_up_to_the_last_write():
    rows = {row.kind: (row, account) for row, account in read(DATA / "ego.car").manifest.coverage}
    assert set(rows) == {"reply", "mention", "quote", "repost", "like", "follow"}
    assert {row.direction for row, _ in rows.values()} == {"out"}
    assert (rows["reply"][0].completeness, rows["reply"][0].until) == ("surviving", MS + 1000 * HOUR)
    assert rows["follow"][0].completeness == "snapshot"


def test_c53_a_reply_to_a_blocked_or_missing_post_keeps_its_author(tmp_path):
    gone = f"at://{BOB}/app.bsky.feed.post/nowhere"
    assert rows(tmp_path, post(1, reply=gone)) == [(BOB, "reply")]


@pytest.mark.parametrize(
    ("did", "target"),
    [
        (BOB, BOB),
        ("bob.example.com", "@bob.example.com"),
        ("@Bob.example.com", "@bob.example.com"),
        (None, None),
        ("handle.invalid", None),
    ],
)
def test_c55_the_id_of_a_mention_rules_and_a_name_stays_unresolved(tmp_path, did, target):
    got = load(tmp_path, car(dict([post(1, mentions=[did], text="@carol.example.com"), post(2, reply=at_uri(BOB))])))
    found = got.interactions.filter(kind="mention")["target"].to_list()
    assert found == ([target] if target else [])
    assert got.skips == ({} if target else {"mention of an unknown account": 1})


def test_c55_legacy_mentions(tmp_path):
    entities = [
        {"type": "mention", "value": BOB, "index": {}},
        {"type": "link", "value": "https://x.example"},
    ]
    assert rows(tmp_path, post(1, entities=entities)) == [(BOB, "mention")]


@pytest.mark.parametrize(
    ("written", "said", "at", "flags"),
    [
        (1, 1, 1, ""),
        (1, 1.1, 1.1, ""),
        (1, 2, 1, "postdated"),
        (1, 50_000, 1, "postdated"),
        (100, 99.5, 99.5, ""),
        (100, -20_000, -20_000, "backdated"),
    ],
)
def test_c56_dates_that_clients_set_are_held_against_the_key(tmp_path, written, said, at, flags):
    got = rows(tmp_path, post(written, said=said, mentions=[BOB]), columns=("at", "flags"))
    assert got == [(MS + round(at * HOUR), flags)]


def test_c56_dates_without_zone_or_absent_take_the_key(tmp_path):
    key, record = post(1, mentions=[BOB])
    for said in ("2024-03-01T09:00:00", "yesterday", None, 7):
        assert rows(tmp_path, (key, record | {"createdAt": said}), columns=("at",)) == [(MS + HOUR,)]
    zoned = record | {"createdAt": "2024-03-01T06:00:00-07:00"}
    assert rows(tmp_path, (key, zoned), columns=("at",)) == [(MS + HOUR,)]


def test_c56_without_a_dated_key_the_last_write_is_the_bound(tmp_path):
    _, record = post(1, said=9000, mentions=[BOB])
    got = rows(tmp_path, ("app.bsky.feed.post/self", record), columns=("at", "flags", "time_quality"))
    assert got == [(MS + 1000 * HOUR, "postdated", "bound")]
    undated = {name: value for name, value in record.items() if name != "createdAt"}
    assert rows(tmp_path, ("app.bsky.feed.post/self", undated), columns=("at",)) == [(None,)]


def test_only_live_records_count(tmp_path):
    dead = [post(n, mentions=[CAROL])[1] | {"text": str(n)} for n in range(20)]
    got = load(tmp_path, car(dict([post(1, mentions=[BOB])]), dead=dead))
    assert got.rows("target", "kind") == [(BOB, "mention")]


def test_a_lost_block_costs_one_record(tmp_path):
    records = dict([post(1, mentions=[BOB]), post(2, mentions=[CAROL])])
    got = load(tmp_path, car(records, lost=[min(records)]))
    assert got.rows("target", "kind") == [(CAROL, "mention")]
    assert got.skips == {"record that the file lacks": 1}


def test_an_older_repository_is_dated_by_its_newest_key(tmp_path):
    got = load(tmp_path, car(dict([post(1, mentions=[BOB])]), version=2))
    assert got.manifest.seen_at == MS + HOUR


def test_odd_values_cost_one_record(tmp_path):
    odd = [
        made(1, "app.bsky.feed.like", subject="text"),
        made(2, "app.bsky.graph.follow", subject={"did": BOB}),
        made(3, "app.bsky.feed.post", text=7, reply="x", embed=[1], facets={"a": 1}, langs="en"),
        post(4, reply="at://"),
        post(5, mentions=[BOB]),
    ]
    got = load(tmp_path, car(dict(odd)))
    assert got.rows("target", "kind") == [(BOB, "mention")]
    assert sum(got.skips.values()) == 3


def test_a_zip_with_a_repository_and_its_media(tmp_path):
    with zipfile.ZipFile(tmp_path / "export", "w") as out:
        out.writestr("repo.car", car(SAMPLE))
        out.writestr("blobs/bafk", b"\x89PNG")
        out.writestr("preferences.json", b"{}")
    got = read(tmp_path / "export")
    assert len(got.interactions) == 10
    assert "preferences.json" in got.manifest.unknown_files


def test_shared_samples(shared_data):
    folder = shared_data / "formats" / "bluesky"
    alice = read(folder / "alice.car")
    kinds = {"reply": 8, "mention": 2, "quote": 2, "like": 13, "repost": 2}
    assert dict(alice.interactions["kind"].value_counts().iter_rows()) == kinds
    assert (alice.manifest.rows["self"], len(alice.posts), len(alice.declared)) == (1, 13, 4)
    legacy = read(folder / "legacy-v2.car")
    assert (len(legacy.posts), len(legacy.declared), legacy.skips) == (26, 78, {})
    assert legacy.interactions.filter(kind="like").height == 22
    assert (legacy.interactions["flags"] == "").all()


WHOLE = car(SAMPLE)


@given(st.one_of(
    st.integers(0, len(WHOLE)).map(lambda n: WHOLE[:n]),
    st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(max_size=40)).map(
        lambda cut: WHOLE[: cut[0]] + cut[1] + WHOLE[cut[0] + len(cut[1]) :]
    ),
    st.binary(max_size=100),
))  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_any_prefix_and_damage_read_or_are_refused(tmp_path_factory, data):
    file = tmp_path_factory.mktemp("car") / "x"
    file.write_bytes(data)
    with contextlib.suppress(InputError):
        read(file, "bluesky")
