"""JSON lines of the X API: every form that twarc writes, and what odd lines must not do."""

import contextlib
import gzip
import json
from pathlib import Path

import polars as pl
import pytest
import zstandard
from builders import Read, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relnet.errors import InputError
from relnet.plugin import Coverage

ANN, BOB, CAT, DAN = "1001", "2002", "3003", "4004"
AT, AT_MS = "2021-03-01T18:11:04.000Z", 1_614_622_264_000
RETRIEVED, RETRIEVED_MS = "2021-03-02T00:00:00+00:00", 1_614_643_200_000
EPOCH = 1_288_834_974_657


def user(account: str, handle: str, **more: object) -> dict:
    counts = {"followers_count": 5, "following_count": 6, "tweet_count": 7, "listed_count": 1}
    return {"id": account, "username": handle, "name": handle.title(), "created_at": "2012-12-01T05:17:14.000Z",
            "public_metrics": counts, "protected": False, "verified": False, "description": "Hi", "url": "",
            "profile_image_url": "https://pbs.twimg.com/profile_images/1/x_normal.jpg"} | more  # fmt: skip


USERS = {ANN: user(ANN, "ann"), BOB: user(BOB, "Bob"), CAT: user(CAT, "cat_")}


def post(number: int, by: str, text: str = "hello", at: str = AT, **more: object) -> dict:
    return {
        "id": str(number),
        "author_id": by,
        "created_at": at,
        "text": text,
        "conversation_id": "9",
        "lang": "en",
    } | more


def named(text: str, *people: tuple[str | None, str]) -> dict:
    mentions = [
        {"start": text.index(f"@{handle}"), "end": text.index(f"@{handle}") + len(handle) + 1, "username": handle}
        | ({"id": account} if account else {})
        for account, handle in people
    ]
    return {"text": text, "entities": {"mentions": mentions}}


def refers(kind: str, number: int, **inlined: object) -> dict:
    return {"type": kind, "id": str(number)} | inlined


def fetched(path: str = "tweets/search/all", retrieved: str = RETRIEVED) -> dict:
    return {
        "__twarc": {
            "url": f"https://api.twitter.com/2/{path}?max_results=100",
            "version": "2.14.0",
            "retrieved_at": retrieved,
        }
    }


def page(*data: dict, users: tuple = (), tweets: tuple = (), path: str = "tweets/search/all", **more: object) -> dict:
    return (
        {"data": list(data), "includes": {"users": list(users), "tweets": list(tweets)}, "meta": {}}
        | fetched(path)
        | more
    )


def load(tmp_path: Path, *lines: object, name: str = "posts.jsonl", **options: object) -> Read:
    path = tmp_path / name
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), "utf-8")
    return read(path, **options)


def rows(found: Read) -> list[tuple]:
    return found.rows("event_id", "source", "target", "kind", "parent_id")


# version 2


@pytest.mark.parametrize("form", ["flat", "page"])
def test_reply_goes_to_the_user_named_by_the_post(tmp_path, form):
    """C28: the answered post is gone, and with it its author; the reply itself still says whom it answers."""
    answer = post(1, ANN, in_reply_to_user_id=BOB, referenced_tweets=[refers("replied_to", 7)])
    found = load(tmp_path, answer if form == "flat" else page(answer))
    assert rows(found) == [("1", ANN, BOB, "reply", "7")]


def test_reply_without_a_reference_has_no_known_parent(tmp_path):
    found = load(tmp_path, post(1, ANN, in_reply_to_user_id=BOB))
    assert found.rows("target", "kind", "flags") == [(BOB, "reply", "parent_unknown")]


@pytest.mark.parametrize("nobody", [None, "-1", "0", "", -1])
def test_c14_reply_to_no_id_is_counted(tmp_path, nobody):
    lost = post(1, ANN, in_reply_to_user_id=nobody, referenced_tweets=[refers("replied_to", 7)])
    found = load(tmp_path, lost, post(2, ANN, in_reply_to_user_id=BOB))
    assert [row[0] for row in rows(found)] == ["2"]
    assert found.skips == {"reply to a post whose author is not in the data": 1}


@pytest.mark.parametrize("form", ["flat", "page"])
def test_author_of_what_is_referred_to(tmp_path, form):
    """Inlined in flat lines, by way of `includes.tweets` in pages."""
    original = post(7, BOB)
    for kind, name in (("retweeted", "repost"), ("quoted", "quote"), ("replied_to", "reply")):
        if form == "flat":
            line = post(1, ANN, referenced_tweets=[refers(kind, 7) | original])
        else:
            line = page(post(1, ANN, referenced_tweets=[refers(kind, 7)]), tweets=(original,))
        found = load(tmp_path, line, name=f"{form}-{kind}.jsonl")
        assert rows(found) == [("1", ANN, BOB, name, "7")]
        assert sorted(found.posts["post_id"]) == ["1", "7"]


@pytest.mark.parametrize("missing", [{}, {"author": {}, "in_reply_to_user": {}}])
def test_missing_post_and_person_are_not_a_person(tmp_path, missing):
    """Flattened files write `{}` for a person, and type and id alone for a post, that was not sent along."""
    repost = post(1, ANN, referenced_tweets=[refers("retweeted", 7)], **missing)
    found = load(tmp_path, repost, post(2, ANN, in_reply_to_user_id=BOB, **missing))
    assert rows(found) == [("2", ANN, BOB, "reply", None)]
    assert found.skips == {"repost of a post whose author is not in the data": 1}
    assert set(found.accounts["native_id"]) == {ANN, BOB}


def test_c24_repost_is_one_row_and_its_cut_entities_are_left(tmp_path):
    repost = post(
        1,
        ANN,
        referenced_tweets=[refers("retweeted", 7)],
        **named("RT @Bob: see @cat_ and…", (BOB, "Bob"), (CAT, "cat_")),
    )
    found = load(tmp_path, repost)
    assert found.rows("target", "kind", "flags") == [(BOB, "repost", "truncated")]


def test_c26_reply_is_not_a_mention_too(tmp_path):
    text = named("@Bob @cat_ yes, ask @dan", (BOB, "Bob"), (CAT, "cat_"), (DAN, "dan"))
    found = load(tmp_path, post(1, ANN, in_reply_to_user_id=BOB, referenced_tweets=[refers("replied_to", 7)], **text))
    assert found.rows("target", "kind", "directness", "audience") == [
        (BOB, "reply", "target", 3), (CAT, "mention", "carried", 3), (DAN, "mention", "deliberate", 3),
    ]  # fmt: skip


def test_reply_and_quote_at_once(tmp_path):
    both = [refers("replied_to", 7), refers("quoted", 8, author_id=CAT)]
    found = load(tmp_path, post(1, ANN, in_reply_to_user_id=BOB, referenced_tweets=both),
                 post(2, ANN, in_reply_to_user_id=CAT, referenced_tweets=both))  # fmt: skip
    assert rows(found) == [("1", ANN, BOB, "reply", "7"), ("1", ANN, CAT, "quote", "8"), ("2", ANN, CAT, "reply", "7")]


def test_mention_without_an_id_is_looked_up_in_its_own_page(tmp_path):
    """The handle changed hands between the two pages."""
    first = page(post(1, ANN, **named("hi @bob", (None, "bob"))), users=(USERS[ANN], USERS[BOB]))
    second = page(post(2, ANN, **named("hi @BOB", (None, "BOB"))), users=(user(CAT, "bob"),))
    third = page(post(3, ANN, **named("hi @nobody", (None, "nobody"))))
    assert [row[:4] for row in rows(load(tmp_path, first, second, third))] == [
        ("1", ANN, BOB, "mention"), ("2", ANN, CAT, "mention"), ("3", ANN, "@nobody", "mention"),
    ]  # fmt: skip


def test_quoted_post_that_is_missing_is_known_by_the_link(tmp_path):
    link = {"entities": {"urls": [{"start": 1, "end": 2, "expanded_url": "https://twitter.com/Bob/status/7"}]}}
    found = load(tmp_path, post(1, ANN, referenced_tweets=[refers("quoted", 7)], **link),
                 post(2, ANN, referenced_tweets=[refers("quoted", 8)], **link))  # fmt: skip
    assert rows(found) == [("1", ANN, "@bob", "quote", "7")]
    assert found.skips == {"quote of a post whose author is not in the data": 1}


def test_text_is_shown_without_its_escapes(tmp_path):
    found = load(tmp_path, post(1, ANN, "&lt;b&gt; R&amp;D &amp;gt;"))
    assert found.posts["text"].to_list() == ["<b> R&D &gt;"]


def test_edited_post_is_one_post(tmp_path):
    ids = [str((AT_MS + shift - EPOCH) << 22) for shift in (20, 60_000)]
    versions = [
        post(int(each), ANN, edit_history_tweet_ids=ids, **named(text, (BOB, "Bob")))
        for each, text in zip(ids, ("@Bob hi", "so @Bob"), strict=True)
    ]
    found = load(tmp_path, *versions)
    assert found.rows("event_id", "target", "at", "flags") == [(ids[1], BOB, AT_MS + 20, "edited")]
    assert found.posts["text"].to_list() == ["so @Bob"]


def test_c18_long_post_has_the_mentions_of_its_note(tmp_path):
    note = {
        "text": "it goes on, @Bob, and on, for @cat_",
        "entities": {"mentions": [{"start": 30, "username": "cat_", "id": CAT}]},
    }
    found = load(tmp_path, post(1, ANN, note_tweet=note, **named("it goes on, @Bob…", (BOB, "Bob"))))
    assert [row[2:4] for row in rows(found)] == [(BOB, "mention"), (CAT, "mention")]
    assert found.posts["text"].to_list() == [note["text"]]


def test_c27_posts_count_once_however_often_they_come(tmp_path):
    original = post(7, BOB, **named("hi @cat_", (CAT, "cat_")))
    pages = [page(post(i, ANN, referenced_tweets=[refers("retweeted", 7)]), tweets=(original,)) for i in range(10, 65)]
    found = load(tmp_path, *pages, pages[0])
    assert found.interactions["kind"].value_counts().sort("kind").rows() == [("mention", 1), ("repost", 55)]
    assert found.posts.height == 56


def test_data_may_be_an_object_or_absent(tmp_path):
    single = page() | {"data": post(1, ANN, in_reply_to_user_id=BOB), "matching_rules": [{"id": "1"}]}
    nothing = page(tweets=(post(2, BOB, in_reply_to_user_id=ANN),))
    del nothing["data"]
    assert [row[0] for row in rows(load(tmp_path, single, nothing))] == ["1", "2"]


# lines


def test_c30_odd_lines_are_counted_and_spare_the_rest(tmp_path):
    good = post(1, ANN, in_reply_to_user_id=BOB, at="2021-03-01T18:11:04Z")
    found = load(tmp_path, good, "", '{"broken": ', "   ", post(2, ANN, in_reply_to_user_id=BOB),
                 {"hello": "world"}, json.dumps(post(3, ANN))[:-20])  # fmt: skip
    assert found.rows("event_id", "at", "record") == [("1", AT_MS, 1), ("2", AT_MS, 5)]
    assert found.skips == {"not valid JSON": 2, "neither a post nor an account": 1}


def test_line_separators_within_a_text_end_no_line(tmp_path):
    path = tmp_path / "posts.jsonl"
    path.write_bytes(
        json.dumps(post(1, ANN, "a\u2028b\u2029c", in_reply_to_user_id=BOB), ensure_ascii=False).encode() + b"\r\n"
    )
    found = read(path)
    assert [row[0] for row in rows(found)] == ["1"]
    assert found.skips == {}


@pytest.mark.parametrize("name", ["posts.jsonl.gz", "posts.jsonl.zst", "posts.json", "posts", "posts.txt"])
@pytest.mark.parametrize("layout", ["lines", "document", "pretty", "list", "pretty list"])
def test_packed_files_and_documents_are_read_alike(tmp_path, name, layout):
    answer = page(post(1, ANN, in_reply_to_user_id=BOB), post(2, BOB, in_reply_to_user_id=ANN))
    indent = 1 if "pretty" in layout else None
    text = json.dumps([answer] if "list" in layout else answer, indent=indent).encode() + b"\n" * (layout == "lines")
    pack = {"gz": gzip.compress, "zst": zstandard.compress}.get(name.rpartition(".")[2], bytes)
    (tmp_path / name).write_bytes(pack(text))
    assert [row[0] for row in rows(read(tmp_path / name))] == ["1", "2"]


def test_long_file_is_read_in_slices_with_its_line_numbers(tmp_path):
    lines: list[object] = [post(i, ANN, "x" * 500, in_reply_to_user_id=BOB) for i in range(1, 3000)]
    lines[1000], lines[2000] = "{", ""
    found = load(tmp_path, *lines)
    assert found.interactions["record"].sort().to_list() == [i for i in range(1, 3000) if i not in (1001, 2001)]
    assert (found.interactions["record"] == found.interactions["event_id"].cast(pl.Int64)).all()


# version 1.1


def old_user(account: str, handle: str, **more: object) -> dict:
    return {"id": int(account), "id_str": account, "screen_name": handle, "name": handle.title(), "description": "",
            "url": None, "location": "Here", "created_at": "Fri Oct 27 10:51:03 +0000 2006", "followers_count": 3,
            "friends_count": 4, "statuses_count": 5, "favourites_count": 6, "listed_count": 0, "verified": False,
            "protected": True, "default_profile": True, "default_profile_image": False} | more  # fmt: skip


def old(number: int, by: str, text: str = "hello", **more: object) -> dict:
    return {"id": number, "id_str": str(number), "created_at": "Mon Mar 01 18:11:04 +0000 2021", "full_text": text,
            "user": old_user(by, f"h{by}"), "entities": {"user_mentions": []}, "lang": "en",
            "in_reply_to_status_id": None, "in_reply_to_status_id_str": None, "in_reply_to_user_id": None,
            "in_reply_to_user_id_str": None, "in_reply_to_screen_name": None, "is_quote_status": False} | more  # fmt: skip


def old_named(*people: tuple[str, str, int]) -> dict:
    return {"user_mentions": [
        {"id": int(account), "id_str": account, "screen_name": handle, "name": "N", "indices": [start, start + len(handle) + 1]}
        for account, handle, start in people
    ]}  # fmt: skip


def test_old_posts(tmp_path):
    found = load(
        tmp_path,
        old(1, ANN, in_reply_to_user_id=2002, in_reply_to_user_id_str=BOB, in_reply_to_status_id=7, in_reply_to_status_id_str="7"),
        old(2, ANN, "RT @h2002: hi @x", retweeted_status=old(8, BOB, "hi @x", entities=old_named((CAT, "x", 3))),
            entities=old_named((BOB, "h2002", 3), (CAT, "x", 14))),
        old(3, ANN, is_quote_status=True, quoted_status_id_str="8", quoted_status=old(8, BOB, "hi @x", entities=old_named((CAT, "x", 3)))),
        old(4, ANN, is_quote_status=True, quoted_status_id_str="6"),
    )  # fmt: skip
    assert rows(found) == [
        ("1", ANN, BOB, "reply", "7"), ("2", ANN, BOB, "repost", "8"), ("3", ANN, BOB, "quote", "8"),
        ("8", BOB, CAT, "mention", None),
    ]  # fmt: skip
    assert found.skips == {"quote of a post whose author is not in the data": 1}
    me = found.account(ANN)
    assert (me["handle"], me["followers"], me["following"], me["posts"], me["likes"]) == ("h1001", 3, 4, 5, 6)
    assert (me["has_bio"], me["has_url"], me["has_location"], me["protected"], me["default_avatar"]) == (
        False, False, True, True, False,
    )  # fmt: skip
    assert (me["created_at"], me["seen_at"], me["last_active_at"]) == (1_161_946_263_000, AT_MS, AT_MS)


def test_hidden_handles_of_an_old_reply_are_carried(tmp_path):
    text = "@Bob @cat_ @dan yes"
    reply = {"in_reply_to_user_id_str": BOB, "in_reply_to_status_id_str": "7"}
    entities = old_named((BOB, "Bob", 0), (CAT, "cat_", 5), (DAN, "dan", 11))
    found = load(tmp_path, old(1, ANN, text, entities=entities, display_text_range=[11, 19], **reply))
    assert found.rows("target", "directness") == [(BOB, "target"), (CAT, "carried"), (DAN, "carried")]


def test_extended_text_and_its_entities_win(tmp_path):
    whole = {"full_text": "a long text for @Bob", "entities": old_named((BOB, "Bob", 16))}
    cut = old(1, ANN, extended_tweet=whole, truncated=True)
    cut["text"] = cut.pop("full_text")[:3] + "…"
    found = load(tmp_path, cut)
    assert [row[2:4] for row in rows(found)] == [(BOB, "mention")]
    assert found.posts["text"].to_list() == ["a long text for @Bob"]


# accounts


def test_accounts_as_they_were_when_asked_for(tmp_path):
    newest = str((AT_MS - EPOCH) << 22)
    found = load(
        tmp_path,
        user(ANN, "ann", most_recent_tweet_id=newest, location="Here") | fetched("users/by"),
        user(BOB, "Bob", description="", profile_image_url="https://abs.twimg.com/sticky/default_profile_images/x.png",
             public_metrics={"followers_count": -1, "following_count": 2, "tweet_count": 0, "listed_count": 0}) | fetched("users/by"),
    )  # fmt: skip
    ann, bob = found.account(ANN), found.account(BOB)
    assert (ann["handle"], ann["name"], ann["followers"], ann["following"], ann["posts"], ann["listed"]) == (
        "ann",
        "Ann",
        5,
        6,
        7,
        1,
    )
    assert (ann["created_at"], ann["seen_at"], ann["last_active_at"]) == (1_354_339_034_000, RETRIEVED_MS, AT_MS)
    assert (ann["has_bio"], ann["has_url"], ann["has_location"], ann["default_avatar"], ann["automated"]) == (
        True, False, True, False, None,
    )  # fmt: skip
    assert (bob["followers"], bob["has_bio"], bob["has_location"], bob["default_avatar"]) == (None, False, None, True)
    assert found.manifest.coverage == []


def test_newest_state_of_an_account_stays_and_its_aliases(tmp_path):
    def seen(handle: str, followers: int, retrieved: str) -> dict:
        counts = {"followers_count": followers, "following_count": 0, "tweet_count": 0, "listed_count": 0}
        return user(ANN, handle, public_metrics=counts) | fetched(retrieved=retrieved)

    found = load(
        tmp_path,
        seen("new", 9, "2021-03-03T00:00:00Z"),
        seen("old", 7, "2021-03-01T00:00:00Z"),
        seen("new", 8, "2021-03-02T00:00:00Z"),
    )
    assert found.accounts.sort("seen_at").select("handle", "followers").rows() == [("old", 7), ("new", 9)]


def test_c36_one_handle_may_be_two_accounts(tmp_path):
    found = load(
        tmp_path,
        post(1, ANN, author=user(ANN, "same"), in_reply_to_user_id=BOB),
        post(2, CAT, author=user(CAT, "same")),
    )
    assert found.accounts.filter(handle="same")["native_id"].sort().to_list() == [ANN, CAT]


def test_c38_refusals_are_states_of_accounts_and_never_of_posts(tmp_path):
    def refusal(
        parameter: str, value: str, title: str = "Not Found Error", detail: str = "Could not find it.", of: str = "user"
    ) -> dict:
        return {"resource_type": of, "parameter": parameter, "value": value, "resource_id": value, "title": title,
                "detail": detail, "type": "https://api.twitter.com/2/problems/resource-not-found"}  # fmt: skip

    errors = [
        refusal("ids", BOB, "Forbidden", "User has been suspended: [2002]."),
        refusal("in_reply_to_user_id", CAT),
        refusal("entities.mentions.username", "2245"),
        refusal("referenced_tweets.id", "77", of="tweet"),
        refusal("pinned_tweet_id", "78", "Authorization Error", of="tweet"),
    ]
    found = load(tmp_path, page(post(1, ANN, in_reply_to_user_id=CAT), errors=errors))
    stated = found.accounts.filter(pl.col("state").is_not_null()).select("native_id", "state", "seen_at").rows()
    assert sorted(stated) == [
        ("2002", "suspended", RETRIEVED_MS), (CAT, "unavailable", RETRIEVED_MS), ("@2245", "unavailable", RETRIEVED_MS),
    ]  # fmt: skip


def test_owner_is_whom_the_user_names(tmp_path):
    line = post(1, ANN, author=USERS[ANN], in_reply_to_user_id=BOB)
    for me in ("@Ann", "ann", ANN):
        assert [native for *_, native in load(tmp_path, line, me=(me,)).manifest.owners] == [ANN]
    assert load(tmp_path, line).manifest.owners == []


# coverage

SAMPLE = Coverage("*", "between", None, AT_MS, AT_MS, "partial", "x")


def covered(found: Read) -> list[Coverage]:
    return [coverage for coverage, _ in found.manifest.coverage]


def test_query_is_a_sample(tmp_path):
    assert covered(load(tmp_path, page(post(1, ANN)))) == [SAMPLE]
    assert covered(load(tmp_path, post(1, ANN))) == [SAMPLE]


def test_timeline_of_mentions_covers_what_came_in(tmp_path):
    early = post(1, BOB, at="2021-02-01T00:00:00.000Z", in_reply_to_user_id=ANN)
    older = post(5, CAT, at="2001-01-01T00:00:00.000Z")
    found = load(tmp_path, page(post(2, CAT), path=f"users/{ANN}/mentions"), page(early, tweets=(older,), path=f"users/{ANN}/mentions"),
                 page(post(3, BOB, at="2022-01-01T00:00:00.000Z")))  # fmt: skip
    since = 1_612_137_600_000
    assert covered(found)[:-1] == [
        Coverage(kind, "in", ANN, since, AT_MS, "surviving", "x") for kind in ("reply", "mention")
    ]


def test_timeline_of_posts_covers_what_went_out(tmp_path):
    found = load(tmp_path, post(1, ANN, in_reply_to_user_id=BOB) | fetched(f"users/{ANN}/tweets"))
    assert covered(found) == [
        *(Coverage(kind, "out", ANN, AT_MS, AT_MS, "surviving", "x") for kind in ("reply", "mention", "quote", "repost")), SAMPLE,
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["flat", "page"])
def test_lists_of_followers_are_follows(tmp_path, form):
    people = [user(BOB, "Bob"), user(CAT, "cat_")]
    for what, way in (("followers", "in"), ("following", "out")):
        path = f"users/{ANN}/{what}"
        lines = [page(*people, path=path)] if form == "page" else [each | fetched(path) for each in people]
        found = load(tmp_path, *lines, name=f"{form}-{what}.jsonl")
        pairs = [(each, ANN) if what == "followers" else (ANN, each) for each in (BOB, CAT)]
        assert found.declared.select("source", "target", "kind", "seen_at").rows() == [
            (*pair, "follow", RETRIEVED_MS) for pair in pairs
        ]
        assert covered(found) == [Coverage("follow", way, ANN, RETRIEVED_MS, RETRIEVED_MS, "snapshot", "x")]


def test_list_that_goes_on_is_no_snapshot(tmp_path):
    found = load(tmp_path, page(USERS[BOB], path=f"users/{ANN}/followers") | {"meta": {"next_token": "abc"}})
    assert [coverage.completeness for coverage in covered(found)] == ["partial"]


def test_empty_list_covers_nothing(tmp_path):
    found = load(tmp_path, page(path=f"users/{ANN}/followers"), page(path=f"users/{ANN}/mentions"), USERS[ANN])
    assert covered(found) == []


# samples

COUNTS = {
    "v1-tweets": {"repost": 2, "mention": 1},
    "v2-edited": {},
    "v2-flat": {"reply": 15, "repost": 8, "quote": 9, "mention": 18},
    "v2-mentions-tweet": {"repost": 1, "mention": 8},
    "v2-pages": {"repost": 34, "mention": 18, "reply": 5, "quote": 5},
    "v2-quoted-edit": {"reply": 1},
    "v2-search-page": {"reply": 10, "repost": 8, "mention": 5, "quote": 3},
    "v2-stream": {"reply": 1, "quote": 1},
    "v2-two-tweets": {"repost": 1},
    "v2-verified-type": {},
}


@pytest.mark.parametrize("name", COUNTS)
def test_samples(shared_data, name):
    found = read(shared_data / "formats" / "twarc" / f"{name}.jsonl")
    assert dict(found.interactions.group_by("kind").len().rows()) == COUNTS[name]
    assert found.manifest.skips == (
        {"not valid JSON": (1, ["v2-stream.jsonl record 4"])} if name == "v2-stream" else {}
    )


# damage

_TEXT = b"".join(json.dumps(each).encode() + b"\n" for each in (
    page(post(1, ANN, in_reply_to_user_id=BOB), users=(USERS[ANN],)), post(2, ANN, "🥺", author=USERS[ANN]), old(3, ANN), USERS[BOB],
))  # fmt: skip


def _reads_or_refuses(path: Path) -> None:
    with contextlib.suppress(InputError):
        read(path, "x_api")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(_TEXT)))
def test_any_prefix_reads_or_is_refused(tmp_path, cut):
    (tmp_path / "posts").write_bytes(_TEXT[:cut])
    _reads_or_refuses(tmp_path / "posts")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=400), place=st.integers(0, len(_TEXT)))
def test_random_bytes_read_or_are_refused(tmp_path, noise, place):
    for data in (noise, _TEXT[:place] + noise + _TEXT[place:]):
        (tmp_path / "posts").write_bytes(data)
        _reads_or_refuses(tmp_path / "posts")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"data":' * 100_000,
        '{"referenced_tweets":[' * 100_000,
        '{"id":"1","author_id":"2","x":' + "[" * 100_000,
    ],
    ids=range(4),
)
def test_deep_nesting_is_refused(tmp_path, text):
    (tmp_path / "posts").write_text(text)
    _reads_or_refuses(tmp_path / "posts")
