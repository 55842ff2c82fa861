"""Mastodon archives and settings exports: who is addressed by each activity, and what is not known."""

import contextlib
import io
import json
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnet.builtin.sources.mastodon import Mastodon
from relnet.errors import InputError
from relnet.ingest.archive import Archive
from relnet.ingest.importer import ArchivePeek
from tests.builders import read

EGO = "https://home.example/users/ego"
ANN = "https://far.example/users/ann"
BOB = "https://home.example/users/bob"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
FOLLOWERS = f"{EGO}/followers"
ACTOR = {
    "id": EGO, "type": "Person", "preferredUsername": "ego", "name": "Ego",
    "summary": "<p>Hi &amp; hello</p>",
    "followers": FOLLOWERS, "url": "https://home.example/@ego", "icon": {"type": "Image"},
    "published": "2020-01-01T00:00:00Z",
}  # fmt: skip
AT = "2021-05-01T12:00:00Z"
MS = 1619870400000


def mention(href, name):
    return {"type": "Mention", "href": href, "name": name}


ANN_TAG, BOB_TAG = mention(ANN, "@ann@far.example"), mention(BOB, "@bob")


def anchor(name, host="far.example"):
    link = f'<a href="https://{host}/@{name}" class="u-url mention">@<span>{name}</span></a>'
    return f'<span class="h-card">{link}</span> '


def post(number, tag=(), content="<p>text</p>", to=(PUBLIC,), cc=(FOLLOWERS,), **fields):
    shared = {"published": AT, "to": list(to), "cc": list(cc)}
    note = {
        "id": f"{EGO}/statuses/{number}", "type": "Note", "inReplyTo": None, "tag": list(tag),
        "content": content,
        "attributedTo": EGO, **shared, **fields,
    }  # fmt: skip
    return {"id": f"{note['id']}/activity", "type": "Create", "actor": EGO, "object": note, **shared}


def boost(number, target, cc=(), to=(PUBLIC,)):
    return {"id": f"{EGO}/statuses/{number}/activity", "type": "Announce", "actor": EGO, "published": AT,
            "to": list(to), "cc": list(cc), "object": target}  # fmt: skip


def collection(items):
    return {
        "@context": "https://www.w3.org/ns/activitystreams", "id": "outbox.json", "type": "OrderedCollection",
        "totalItems": 7, "orderedItems": items,
    }  # fmt: skip


def archive(path, *items, actor=ACTOR, likes=None, **files):
    members = {"outbox.json": json.dumps(collection(list(items)))}
    if actor:
        members["actor.json"] = json.dumps(actor)
    if likes is not None:
        members["likes.json"] = json.dumps(collection(likes))
    members |= {name.replace("_csv", ".csv"): text for name, text in files.items()}
    path.mkdir(exist_ok=True, parents=True)
    for name, text in members.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def rows(path, *columns):
    return read(path).rows(*(columns or ("target", "kind")))


def test_owner_and_first_facts(tmp_path):
    got = read(archive(tmp_path / "a", post(1, [ANN_TAG], likes=None)))
    assert got.manifest.source == "mastodon"
    ego = got.account(EGO)
    assert (ego["handle"], ego["name"], ego["bio"], ego["owner"]) == (
        "ego@home.example",
        "Ego",
        "Hi & hello",
        True,
    )
    assert (ego["created_at"], ego["default_avatar"], ego["automated"]) == (1577836800000, False, False)
    assert got.rows("source", "target", "kind", "at", "event_id") == [(EGO, ANN, "mention", MS, f"{EGO}/statuses/1")]
    assert got.posts.select("post_id", "text").rows() == [(f"{EGO}/statuses/1", "text")]


@pytest.mark.parametrize(
    ("to", "cc", "visibility"),
    [
        ([PUBLIC], [FOLLOWERS], "public"),
        (["as:Public"], [], "public"),
        ([FOLLOWERS], [PUBLIC, ANN], "unlisted"),
        ([FOLLOWERS], ["Public"], "unlisted"),
        ([FOLLOWERS], [ANN], "followers"),
        ([ANN], [], "direct"),
        ([ANN, f"{ANN}/followers"], [], "direct"),
    ],
)
def test_c49_visibility_follows_from_the_addressees(tmp_path, to, cc, visibility):
    got = rows(archive(tmp_path / "a", post(1, [ANN_TAG], to=to, cc=cc)), "kind", "visibility")
    assert got == [("message" if visibility == "direct" else "mention", visibility)]


def test_direct_posts_are_messages_but_a_direct_reply_is_a_reply(tmp_path):
    items = [
        post(1, [ANN_TAG], to=[ANN], cc=[]),
        post(2, [ANN_TAG, BOB_TAG], to=[ANN, BOB], cc=[]),
        post(3, [ANN_TAG], to=[ANN], cc=[], inReplyTo=f"{ANN}/statuses/9"),
        post(4, [], to=[], cc=[]),
        post(5, [ANN_TAG], to=[], cc=[]),
    ]
    got = rows(archive(tmp_path / "a", *items), "event_id", "target", "kind", "directness", "audience")
    assert [(event[-1], *rest) for event, *rest in got] == [
        ("1", ANN, "message", "target", 1),
        ("2", ANN, "message", "deliberate", 2),
        ("2", BOB, "message", "deliberate", 2),
        ("3", ANN, "reply", "target", 1),
        ("5", ANN, "message", "target", 1),
    ]


@pytest.mark.parametrize(
    ("parent", "tags", "target", "flags"),
    [
        (f"{ANN}/statuses/9", [BOB_TAG, ANN_TAG], ANN, ""),
        ("https://far.example/users/zoe/statuses/9", [ANN_TAG], "https://far.example/users/zoe", ""),
        ("https://far.example/ap/users/115/statuses/9", [], "https://far.example/ap/users/115", ""),
        ("https://far.example/@zoe/9", [], "@zoe@far.example", ""),
        ("https://far.example/@ann/9", [BOB_TAG, ANN_TAG], ANN, ""),
        ("https://far.example/objects/1e81", [ANN_TAG], ANN, "inferred"),
        ("https://far.example/objects/1e81", [ANN_TAG, BOB_TAG], None, ""),
    ],
)
def test_reply_target_is_the_author_of_the_parent_never_the_first_mention(tmp_path, parent, tags, target, flags):
    got = read(archive(tmp_path / "a", post(1, tags, inReplyTo=parent), post(2, [ANN_TAG, BOB_TAG])))
    found = got.interactions.filter(kind="reply").select("target", "parent_id", "flags").rows()
    assert found == ([(target, parent, flags)] if target else [])
    assert got.skips == ({} if target else {"reply to an unknown author": 1})


def test_numeric_actors_have_no_invented_handle(tmp_path):
    actor = "https://far.example/ap/users/115"
    items = [post(1, [], inReplyTo=f"{actor}/statuses/9"), boost(2, f"{BOB}/statuses/1", cc=[BOB])]
    got = read(archive(tmp_path / "a", *items))
    assert (got.account(actor)["handle"], got.account(BOB)["handle"]) == (None, "bob@home.example")
    named = post(3, [mention(actor, "@zoe@far.example")])
    assert read(archive(tmp_path / "b", *items, named)).account(actor)["handle"] == "zoe@far.example"


def test_c16_self_thread_is_no_tie(tmp_path):
    items = [post(1, [], inReplyTo=f"{EGO}/statuses/0"), post(2, [ANN_TAG], inReplyTo=f"{EGO}/statuses/1")]
    got = read(archive(tmp_path / "a", *items))
    assert got.rows("target", "kind") == [(ANN, "mention")]
    assert got.manifest.rows["self"] == 2


def test_c17_mentions_opening_a_reply_are_carried(tmp_path):
    content = f"<p>{anchor('ann')}{anchor('bob', 'home.example')}hello {anchor('zoe')}</p>"
    zoe = mention("https://far.example/users/zoe", "@zoe@far.example")
    got = rows(
        archive(tmp_path / "a", post(1, [ANN_TAG, BOB_TAG, zoe], content, inReplyTo=f"{ANN}/statuses/9")),
        "target", "kind", "directness", "audience",
    )  # fmt: skip
    assert got == [
        (ANN, "reply", "target", 3),
        ("https://far.example/users/zoe", "mention", "deliberate", 3),
        (BOB, "mention", "carried", 3),
    ]


def test_a_mention_that_opens_a_post_may_be_a_reply_whose_parent_is_gone(tmp_path):
    content = f"<p>{anchor('ann')}hello {anchor('bob', 'home.example')}</p>"
    got = rows(archive(tmp_path / "a", post(1, [ANN_TAG, BOB_TAG], content)), "target", "kind", "flags")
    assert got == [(ANN, "mention", "maybe_reply"), (BOB, "mention", "")]


def test_c45_boosts_name_their_author_by_the_addressees(tmp_path):
    items = [
        boost(1, "https://far.example/objects/1e81", cc=[ANN, FOLLOWERS]),
        boost(2, "https://far.example/objects/1e82", to=[FOLLOWERS], cc=[PUBLIC, BOB]),
        boost(3, "https://far.example/users/zoe/statuses/7", cc=[FOLLOWERS]),
        boost(4, "https://far.example/objects/1e83", cc=[FOLLOWERS]),
        boost(5, f"{EGO}/statuses/1", cc=[EGO, FOLLOWERS]),
        boost(6, {"id": f"{EGO}/statuses/1", "type": "Note", "attributedTo": EGO}, to=[FOLLOWERS]),
    ]
    got = read(archive(tmp_path / "a", *items))
    assert [
        (event.rpartition("/activity")[0][-1], *rest) for event, *rest in got.rows("event_id", "target", "kind")
    ] == [
        ("1", ANN, "repost"),
        ("2", BOB, "repost"),
        ("3", "https://far.example/users/zoe", "repost"),
    ]
    assert got.skips == {"boost of an unknown author": 1}
    assert got.manifest.rows["self"] == 2


def test_c45_bare_notes_of_other_software_are_posts(tmp_path):
    note = post(1, [ANN_TAG])["object"]
    assert rows(archive(tmp_path / "a", note, {"type": "Create", "object": "bear:?t=1", "id": "x"})) == [
        (ANN, "mention")
    ]


def test_c46_the_key_is_the_actor_and_a_bare_name_is_local(tmp_path):
    page = mention("https://far.example/@ann", "@ann@far.example")
    got = read(archive(tmp_path / "a", post(1, [ANN_TAG]), post(2, [page]), post(3, [BOB_TAG])))
    assert got.rows("target", "kind") == [(ANN, "mention"), (ANN, "mention"), (BOB, "mention")]
    assert got.account(BOB)["handle"] == "bob@home.example"


def test_c36_a_name_that_passed_to_another_account_proves_nothing(tmp_path):
    other = mention("https://far.example/users/ann2", "@ann@far.example")
    items = [post(1, [ANN_TAG]), post(2, [other]), post(3, [], inReplyTo="https://far.example/@ann/9")]
    got = rows(archive(tmp_path / "a", *items))
    assert got == [(ANN, "mention"), ("https://far.example/users/ann2", "mention"), ("@ann@far.example", "reply")]


def test_odd_shapes_of_other_software_are_read(tmp_path):
    note = post(1)["object"] | {"tag": ANN_TAG, "to": PUBLIC, "cc": None, "attachment": ["x"], "content": None}
    del note["id"]
    assert rows(archive(tmp_path / "a", {"type": "Create", "published": AT, "object": note})) == [(ANN, "mention")]


@pytest.mark.parametrize(
    ("quote", "target"),
    [
        ({"quoteUri": f"{ANN}/statuses/5"}, [(ANN, "quote", f"{ANN}/statuses/5")]),
        ({"quote": {"type": "Tombstone"}}, []),
        ({"_misskey_quote": "https://far.example/notes/5"}, []),
        (
            {"quote": f"{ANN}/statuses/5", "inReplyTo": f"{ANN}/statuses/4"},
            [(ANN, "reply", f"{ANN}/statuses/4")],
        ),
    ],
)
def test_quotes(tmp_path, quote, target):
    got = read(archive(tmp_path / "a", post(1, [], **quote)))
    assert got.rows("target", "kind", "parent_id") == target


def test_edits_are_a_flag_and_no_second_event(tmp_path):
    got = read(archive(tmp_path / "a", post(1, [ANN_TAG], updated="2021-05-02T12:00:00Z")))
    assert got.rows("at", "flags") == [(MS, "edited")]
    assert got.manifest.seen_at == MS + 86_400_000


def test_likes_are_undated_and_known_by_some_links_only(tmp_path):
    likes = [f"{ANN}/statuses/1", "https://far.example/objects/1", "https://home.example/@bob/3"]
    got = read(archive(tmp_path / "a", post(1, [BOB_TAG]), likes=likes))
    found = got.interactions.filter(kind="like").select("target", "at", "event_id", "time_quality").rows()
    assert found == [
        (ANN, None, f"like:{EGO}:{likes[0]}", "snapshot"),
        (BOB, None, f"like:{EGO}:{likes[2]}", "snapshot"),
    ]
    assert got.skips == {"like of a post by an unknown author": 1}


def test_c52_a_move_and_an_alias_are_said_not_merged(tmp_path):
    actor = ACTOR | {
        "movedTo": "https://new.example/users/ego",
        "alsoKnownAs": ["https://old.example/users/ego"],
    }
    got = read(archive(tmp_path / "a", post(1, [ANN_TAG]), actor=actor))
    assert got.account(EGO)["state"] == "moved"
    assert got.manifest.notes[0].endswith("https://new.example/users/ego.")
    assert any("https://old.example/users/ego" in note for note in got.manifest.notes)
    assert set(got.accounts["native_id"]) == {EGO, ANN}
    robot = ACTOR | {"type": "Service", "alsoKnownAs": None, "icon": None}
    robot = read(archive(tmp_path / "b", post(1, [ANN_TAG]), actor=robot)).account(EGO)
    assert (robot["automated"], robot["default_avatar"]) == (True, True)


def packed(path, kind, top):
    files = [(f"{top}{file.name}", file.read_bytes()) for file in path.iterdir()]
    files.append((f"{top}media_attachments/files/1.png", b"\x89PNG"))
    made = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(made, "w") as out:
            for name, data in files:
                out.writestr(name, data)
    else:
        with tarfile.open(fileobj=made, mode="w:gz" if kind == "tar.gz" else "w") as out:
            for name, data in files:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                out.addfile(info, io.BytesIO(data))
    return made.getvalue()


@pytest.mark.parametrize("top", ["", "archive-2024/", "a/b/"])
@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_c50_every_container_reads_the_same(tmp_path, kind, top):
    folder = archive(tmp_path / "a", post(1, [ANN_TAG]), boost(2, f"{BOB}/statuses/1", cc=[BOB]))
    file = tmp_path / "wrong.ext"
    file.write_bytes(packed(folder, kind, top))
    got = read(file)
    assert got.rows() == read(folder).rows()
    assert got.manifest.unknown_files == []


def test_c50_an_archive_beside_other_files_is_found_one_folder_down(tmp_path):
    archive(tmp_path / "export", post(1, [ANN_TAG]))
    (tmp_path / "readme.txt").write_text("hello")
    assert read(tmp_path).rows() == [(EGO, ANN, "mention")]


def test_a_lone_outbox_knows_its_owner_from_the_activities(tmp_path):
    folder = archive(tmp_path / "a", post(1, [ANN_TAG]))
    got = read(folder / "outbox.json")
    assert got.rows() == [(EGO, ANN, "mention")]
    assert [native for _, _, native in got.manifest.owners] == [EGO]


def test_coverage_is_what_survives_of_the_owners_acts(tmp_path):
    later = post(2) | {"published": "2021-06-01T00:00:00Z", "signature": {"created": "2021-07-01T00:00:00Z"}}
    folder = archive(tmp_path / "a", post(1, [ANN_TAG]), later, likes=[], following_accounts_csv="ann@far.example\n")
    rows = {row.kind: (row, account) for row, account in read(folder).manifest.coverage}
    assert set(rows) == {"reply", "mention", "quote", "repost", "message", "like", "follow"}
    assert {row.direction for row, _ in rows.values()} == {"out"}
    reply = rows["reply"][0]
    assert (reply.since, reply.until, reply.completeness) == (MS, 1625097600000, "surviving")
    assert (rows["like"][0].completeness, rows["follow"][0].completeness) == ("partial", "snapshot")


def test_bad_items_and_a_cut_outbox_lose_only_themselves(tmp_path):
    odd = [post(1, [ANN_TAG]), {"type": "Create"}, 7, {"id": "x", "type": "Move"}, post(2, [BOB_TAG])]
    got = read(archive(tmp_path / "a", *odd))
    assert [target for _, target, _ in got.rows()] == [ANN, BOB]
    assert sum(got.skips.values()) == 3
    whole = (tmp_path / "a" / "outbox.json").read_bytes()
    (tmp_path / "a" / "outbox.json").write_bytes(whole[:-40])
    cut = read(tmp_path / "a")
    assert [target for _, target, _ in cut.rows()] == [ANN]
    assert cut.skips["cut off or damaged from here on"] == 1


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        (
            "any.txt",
            "Account address,Show boosts,Notify on new posts,Languages\nann@far.example,true,false,\n",
            "follow",
        ),
        ("any.txt", "Account address,Hide notifications\nann@far.example,true\n", "mute"),
        ("following_accounts.csv", "Account address\nann@far.example\n", "follow"),
        ("following_accounts.csv", "ann@far.example\n", "follow"),
        ("blocked_accounts.csv", "ann@far.example\nnobody\n", "block"),
    ],
)
def test_settings_exports_are_states_of_their_owner(tmp_path, name, text, kind):
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(InputError, match="--me"):
        read(file)
    got = read(file, me=("ego@home.example",))
    assert got.declared.select("source", "target", "kind", "at").rows() == [
        ("@ego@home.example", "@ann@far.example", kind, None)
    ]


def test_a_follow_list_beside_the_archive_is_linked_by_mentions(tmp_path):
    csv = "Account address,Show boosts\nAnn@far.example,true\nzoe@far.example,true\n"
    got = read(
        archive(tmp_path / "a", post(1, [ANN_TAG]), following_accounts_csv=csv, blocked_domains_csv="x.example\n")
    )
    assert got.declared.select("source", "target").rows() == [(EGO, ANN), (EGO, "@zoe@far.example")]
    assert got.manifest.unknown_files == ["blocked_domains.csv"]


def test_shared_samples(shared_data):
    counts = {
        "mastodon-2022": ({"reply": 4, "mention": 4, "message": 1, "repost": 3, "like": 20}, 9, 57),
        "mastodon-2024": ({"reply": 15, "mention": 5, "message": 8, "repost": 4, "like": 19}, 9, 56),
    }
    for name, (kinds, own, posts) in counts.items():
        got = read(shared_data / "formats" / name)
        assert dict(got.interactions["kind"].value_counts().iter_rows()) == kinds
        assert (got.manifest.rows["self"], len(got.posts)) == (own, posts)
        assert set(got.skips) <= {"like of a post by an unknown author"}


WHOLE = json.dumps(collection([post(1, [ANN_TAG], f"<p>{anchor('ann')}</p>"), boost(2, BOB, cc=[BOB])])).encode()


@given(
    st.one_of(st.integers(0, len(WHOLE)).map(lambda n: WHOLE[:n]), st.binary(max_size=200)),
    st.sampled_from(["outbox.json", "actor.json", "likes.json", "alone"]),
)
@settings(max_examples=30, deadline=None)
def test_any_prefix_and_random_bytes_read_or_are_refused(tmp_path_factory, data, name):
    folder = archive(tmp_path_factory.mktemp("a"), likes=[])
    (folder / name).write_bytes(data)
    with contextlib.suppress(InputError):
        read(folder / name if name == "alone" else folder, "mastodon")


def test_a_folder_of_several_exports_is_no_archive(tmp_path):
    archive(tmp_path / "all" / "mastodon", post(1, [ANN_TAG]))
    (tmp_path / "all" / "edges.csv").write_text("source,target\na,b\n")
    with Archive.open(tmp_path / "all") as opened:
        assert Mastodon().sniff(ArchivePeek(opened)) == 0
