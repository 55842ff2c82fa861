"""The X archive: what each file becomes, and what odd archives must not do."""

import contextlib
import json
import os
import time
import zipfile
from pathlib import Path

import pytest
from builders import Read, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relnet import registry
from relnet.errors import InputError, UnknownFormat
from relnet.ingest.importer import load
from relnet.plugin import Coverage, Source
from relnet.store.workspace import Workspace

ME, ANN, BOB, CAT = "1201234567890123456", "2002", "3003", "4004"
HANDLES = {ANN: "ann", BOB: "bob", CAT: "cat_"}
GENERATED = "2023-05-17T00:20:54.036Z"
AT = "Tue May 16 00:21:51 +0000 2023"
AT_MS = 1_684_196_511_000
EPOCH = 1_288_834_974_657


def tweet(number: int, text: str, to: str | None = None, parent: str | None = None, **more: object) -> dict:
    """A post as the archive writes it; handles in the text that are known get a mention."""
    mentions = [
        {"name": handle.title(), "screen_name": handle, "id_str": account, "id": account,
         "indices": [str(text.index(f"@{handle}")), str(text.index(f"@{handle}") + len(handle) + 1)]}
        for account, handle in HANDLES.items() if f"@{handle}" in text
    ]  # fmt: skip
    mentions.sort(key=lambda each: int(each["indices"][0]))
    item = {"id_str": str(number), "id": str(number), "created_at": AT, "full_text": text, "lang": "en",
            "retweeted": False, "entities": {"user_mentions": mentions, "urls": []}}  # fmt: skip
    if to:
        item |= {"in_reply_to_user_id_str": to, "in_reply_to_user_id": to}
        item |= {"in_reply_to_screen_name": HANDLES[to]} if to in HANDLES else {}
    if parent:
        item |= {"in_reply_to_status_id_str": parent, "in_reply_to_status_id": parent}
    return {"tweet": item | more}


def linked(item: dict, *urls: str | None) -> dict:
    item["tweet"]["entities"]["urls"] = [
        {"url": "https://t.co/x"} | ({"expanded_url": url} if url else {}) for url in urls
    ]
    return item


def script(name: str, items: object, part: int = 0) -> str:
    return f"window.YTD.{name.replace('-', '_')}.part{part} = " + json.dumps(items, indent=2)


ACCOUNT = [
    {
        "account": {
            "accountId": ME,
            "username": "me_",
            "accountDisplayName": "Me",
            "createdAt": "2014-07-24T19:56:34.100Z",
        }
    }
]


def archive(folder: Path, **files: object) -> Path:
    """Write an archive; keys are file names with _ for -, values their items or their whole text."""
    data = folder / "data"
    data.mkdir(parents=True)
    for key, items in ({"account": ACCOUNT} | files).items():
        stem, _, part = key.replace("_", "-").partition("-part")
        name = f"{stem}-part{part}.js" if part else f"{stem}.js"
        (data / name).write_text(items if isinstance(items, str) else script(stem, items, int(part or 0)), "utf-8")
    return folder


def zipped(folder: Path, target: Path, top: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                out.write(file, top + file.relative_to(folder).as_posix())
    return target


def posts(tmp_path: Path, *items: dict, **files: object) -> Read:
    return read(archive(tmp_path / "x", tweets=list(items), **files))


def rows(found: Read) -> list[tuple]:
    return found.rows("event_id", "target", "kind")


# posts


def test_reply_names_its_target_by_the_field_and_not_by_the_first_mention(tmp_path):
    found = posts(tmp_path, tweet(1, "@ann @bob hello", to=BOB, parent="77"))
    assert found.rows("target", "kind", "directness", "parent_id", "audience") == [
        (ANN, "mention", "carried", None, 2),
        (BOB, "reply", "target", "77", 2),
    ]


def test_reply_without_a_parent_is_kept_and_flagged(tmp_path):
    found = posts(tmp_path, tweet(1, "@ann hello", to=ANN))
    assert found.rows("target", "kind", "flags") == [(ANN, "reply", "parent_unknown")]


def test_c10_repost_is_one_row_and_nothing_else(tmp_path):
    found = posts(tmp_path, linked(tweet(1, "RT @ann: look at @bob"), "https://x.com/cat_/status/9"))
    assert rows(found) == [("1", ANN, "repost")]


def test_c10_repost_without_an_entity_knows_the_name_only(tmp_path):
    found = posts(tmp_path, tweet(1, "RT @Stranger: gone"))
    assert rows(found) == [("1", "@stranger", "repost")]


def test_c12_cut_repost_is_marked_and_nothing_invented(tmp_path):
    found = posts(tmp_path, tweet(1, "RT @ann: a long text that ends before @someb…"))
    assert found.rows("target", "kind", "flags") == [(ANN, "repost", "truncated")]


@pytest.mark.parametrize("missing", [{}, {"in_reply_to_user_id_str": None}, {"in_reply_to_user_id_str": "-1"},
                                     {"in_reply_to_user_id_str": ""}, {"in_reply_to_user_id_str": "0"},
                                     {"in_reply_to_user_id": -1}])  # fmt: skip
def test_c14_reply_without_a_user_id_is_known_by_name(tmp_path, missing):
    first, second = (
        tweet(n, "hello", parent="7", in_reply_to_screen_name=name, **missing) for n, name in ((1, "Dora"), (2, "Emil"))
    )
    found = posts(tmp_path, first, second)
    assert rows(found) == [("1", "@dora", "reply"), ("2", "@emil", "reply")]


def test_c14_reply_to_nobody_is_counted(tmp_path):
    found = posts(tmp_path, tweet(1, "hello", parent="7"), tweet(2, "@ann hello", to=ANN, parent="8"))
    assert rows(found) == [("2", ANN, "reply")]
    assert found.skips == {"reply to an account that is not named": 1}


def test_c16_self_thread_is_no_tie(tmp_path):
    found = posts(tmp_path, tweet(1, "one"), tweet(2, "two", to=ME, parent="1", in_reply_to_screen_name="me_"),
                  linked(tweet(3, "see"), "https://twitter.com/Me_/status/1"))  # fmt: skip
    assert found.rows() == []
    assert found.manifest.rows["self"] == 2


def test_c17_thirty_carried_accounts_are_no_ties(tmp_path):
    people = {str(9000 + i): f"person{i}" for i in range(30)}
    HANDLES.update(people)
    try:
        text = " ".join(f"@{handle}" for handle in people.values()) + " yes, and ask @ann"
        found = posts(tmp_path, tweet(1, text, to="9000", parent="7"))
    finally:
        for each in people:
            del HANDLES[each]
    kinds = found.interactions.group_by("kind", "directness").len().sort("kind", "directness").rows()
    assert kinds == [("mention", "carried", 29), ("mention", "deliberate", 1), ("reply", "target", 1)]
    assert set(found.interactions["audience"]) == {31}


def test_opening_handles_were_typed_before_spring_2017(tmp_path):
    old = tweet(1, "@ann @bob hello", to=ANN, parent="7", created_at="Wed Mar 29 12:00:00 +0000 2017")
    found = posts(tmp_path, old, tweet(2, "@ann @bob hello", to=ANN, parent="7"))
    assert found.rows("event_id", "target", "directness", "flags") == [
        ("1", ANN, "target", ""), ("1", BOB, "carried", "carried_maybe"),
        ("2", ANN, "target", ""), ("2", BOB, "carried", ""),
    ]  # fmt: skip


def test_mentions_of_an_own_post_are_deliberate_and_counted_once(tmp_path):
    item = tweet(1, "@ann and @bob")
    item["tweet"]["entities"]["user_mentions"] *= 2
    found = posts(tmp_path, item)
    assert found.rows("target", "kind", "directness", "audience") == [
        (ANN, "mention", "deliberate", 2), (BOB, "mention", "deliberate", 2),
    ]  # fmt: skip


def test_mention_is_not_carried_for_opening_with_another_handle(tmp_path):
    """`@annabel` opens the reply; the `@ann` after the text is another account."""
    HANDLES["5005"] = "annabel"
    try:
        item = tweet(1, "@annabel yes, as @ann says", to="5005", parent="7")
        item["tweet"]["entities"]["user_mentions"][0] |= {"indices": ["17", "21"], "id_str": ANN, "screen_name": "ann"}
        found = posts(tmp_path, item)
    finally:
        del HANDLES["5005"]
    assert found.rows("target", "directness") == [(ANN, "deliberate"), ("5005", "target")]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://twitter.com/ann/status/9", ANN),
        ("https://mobile.twitter.com/Ann/status/9?s=20", ANN),
        ("http://www.x.com/ann/status/9#m", ANN),
        ("https://x.com/nobody/status/9", "@nobody"),
        ("https://x.com/ann/status/9/photo/1", None),
        ("https://x.com/ann/status/9/video/1", None),
        ("https://x.com/ann", None),
        ("https://notx.com/ann/status/9", None),
        ("https://example.com/?u=https://x.com/ann/status/9", None),
    ],
)
def test_quote_is_a_link_to_a_post(tmp_path, url, target):
    found = posts(tmp_path, linked(tweet(1, "see"), url), tweet(2, "@ann hi", to=ANN, parent="3"))
    expected = [("1", target, "quote")] if target else []
    assert [row for row in rows(found) if row[0] == "1"] == expected
    if target:
        assert found.interactions.filter(event_id="1")["parent_id"].to_list() == ["9"]


def test_quote_is_the_last_link_and_links_without_an_author_are_counted(tmp_path):
    item = linked(
        tweet(1, "see"), "https://x.com/one/status/8", "https://x.com/two/status/9", "https://x.com/i/web/status/7"
    )
    found = posts(tmp_path, item, linked(tweet(2, "see"), "https://twitter.com/i/status/5"))
    assert rows(found) == [("1", "@two", "quote")]
    assert found.skips == {"link to a post without its author": 2}


def test_reply_wins_over_quote_and_quote_over_mention(tmp_path):
    found = posts(
        tmp_path,
        linked(tweet(1, "@ann see", to=ANN, parent="7"), "https://x.com/ann/status/9"),
        linked(tweet(2, "as @bob says"), "https://x.com/bob/status/9"),
    )
    assert rows(found) == [("1", ANN, "reply"), ("2", BOB, "quote")]


def test_handle_stands_for_the_id_that_bore_it_nearest_in_time(tmp_path):
    def at(number: int, year: int, account: str) -> dict:
        item = tweet(number, "hi @ann", created_at=f"Tue May 16 00:00:00 +0000 {year}")
        item["tweet"]["entities"]["user_mentions"][0]["id_str"] = account
        return item

    quote = linked(tweet(3, "see", created_at="Tue May 16 00:00:00 +0000 2021"), "https://x.com/ANN/status/9")
    found = posts(tmp_path, at(1, 2015, BOB), quote, at(2, 2020, ANN))
    assert [row for row in rows(found) if row[0] == "3"] == [("3", ANN, "quote")]


def test_edited_post_is_one_post(tmp_path):
    ids = [str(((AT_MS + shift) - EPOCH) << 22) for shift in (120, 60_000)]
    editing = {"initial": {"editTweetIds": ids}}
    first = tweet(int(ids[0]), "hello @ann", edit_info=editing)
    later = tweet(int(ids[1]), "hello @bob", edit_info={"edit": {"initialTweetId": ids[0], "editControlInitial": {"editTweetIds": ids}}},
                  created_at="Tue May 16 00:22:51 +0000 2023")  # fmt: skip
    found = posts(tmp_path, later, first)
    assert found.rows("event_id", "target", "at", "flags") == [(ids[1], BOB, AT_MS + 120, "edited")]
    assert found.posts.select("post_id", "text").rows() == [(ids[1], "hello @bob")]


def test_deleted_posts_happened(tmp_path):
    gone = tweet(1, "hi @ann", deleted_at="Sat May 20 15:27:00 +0000 2023")
    found = posts(tmp_path, tweet(2, "hi @ann"), deleted_tweets=[gone])
    assert found.rows("event_id", "flags") == [("1", "deleted"), ("2", "")]


def test_headers_are_activity_and_no_interaction(tmp_path):
    headers = [{"tweet": {"tweet_id": n, "user_id": ME, "created_at": AT}} for n in ("1", "2")]
    found = posts(tmp_path, tweet(2, "hi @ann"), tweet_headers=headers)
    assert rows(found) == [("2", ANN, "mention")]
    assert sorted(found.posts.select("post_id", "at", "text").rows()) == [("1", AT_MS, ""), ("2", AT_MS, "hi @ann")]


def test_circle_posts_are_limited_and_community_posts_are_posts(tmp_path):
    found = posts(
        tmp_path, twitter_circle_tweet=[tweet(1, "hi @ann")], community_tweet=[tweet(2, "hi @ann", community_id="5")]
    )
    assert found.rows("event_id", "visibility") == [("1", "limited"), ("2", "public")]


def test_c18_long_post_has_the_text_and_mentions_of_its_note(tmp_path):
    note = {"noteTweetId": "999", "createdAt": "2023-05-16T00:21:51.000Z", "lifecycle": {"value": "Created"},
            "core": {"text": "@ann this goes on, and in the end it is for @bob", "urls": [],
                     "mentions": [{"id": ANN, "screenName": "ann"}, {"id": BOB, "screenName": "Bob"}]}}  # fmt: skip
    found = posts(
        tmp_path,
        tweet(1, "@ann this goes on, and… https://t.co/x"),
        tweet(2, "@ann other"),
        note_tweet=[{"noteTweet": note}],
    )
    assert rows(found) == [("1", ANN, "mention"), ("1", BOB, "mention"), ("2", ANN, "mention")]
    assert found.posts.filter(post_id="1")["text"].item() == note["core"]["text"]


def test_c18_note_is_joined_by_id(tmp_path):
    note = {"noteTweetId": "1", "createdAt": "2001-01-01T00:00:00.000Z",
            "core": {"text": "other words for @bob", "mentions": [{"id": BOB, "screenName": "bob"}]}}  # fmt: skip
    found = posts(tmp_path, tweet(1, "hi @ann"), note_tweet=[{"noteTweet": note}])
    assert rows(found) == [("1", ANN, "mention"), ("1", BOB, "mention")]


def test_c23_times_are_utc_and_english_in_any_zone_and_language(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    time.tzset()
    try:
        found = posts(tmp_path, tweet(1, "hi @ann", created_at="Thu Feb 29 23:59:59 +0000 2024"))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found.rows("at") == [(1_709_251_199_000,)]


def test_time_takes_its_milliseconds_from_the_id_only_within_the_second(tmp_path):
    close, far = ((AT_MS + shift - EPOCH) << 22 for shift in (456, 5_000))
    found = posts(tmp_path, tweet(close, "hi @ann"), tweet(far, "hi @ann"), tweet(12345, "hi @ann"),
                  tweet(close + 1, "hi @ann", created_at="unreadable"))  # fmt: skip
    at = dict(found.rows("event_id", "at"))
    assert at == {str(close): AT_MS + 456, str(far): AT_MS, "12345": AT_MS, str(close + 1): AT_MS + 456}


def test_links_to_posts_that_name_no_author_are_counted(tmp_path):
    found = posts(tmp_path, linked(tweet(1, "look"), "https://x.com/foo/web/status/7", "https://x.com/i/status/8"))
    assert rows(found) == [] and found.skips == {"link to a post without its author": 2}


def test_text_is_shown_without_the_three_escapes_of_the_file_once(tmp_path):
    found = posts(
        tmp_path, tweet(1, "@ann &lt;3 R&amp;D &gt; &amp;lt; &quot;", to=ANN), tweet(2, "RT @bob: a &amp;amp; b"),
        tweet(3, "&lt;@ann &lt;@bob", to=BOB, parent="1"),
    )  # fmt: skip
    assert found.posts.sort("post_id")["text"].to_list() == [
        "@ann <3 R&D > &lt; &quot;", "RT @bob: a &amp; b", "<@ann <@bob"
    ]  # fmt: skip
    assert ("3", ANN, "mention") in rows(found) and ("2", BOB, "repost") in rows(found)


# likes, follows, messages


def test_like_needs_an_author_from_elsewhere(tmp_path):
    likes = [
        {"like": {"tweetId": n, "fullText": "@cat_ thanks", "expandedUrl": f"https://twitter.com/i/web/status/{n}"}}
        for n in ("7", "8")
    ]
    found = posts(tmp_path, tweet(1, "@ann yes", to=ANN, parent="7"), like=likes)
    assert found.rows("event_id", "target", "kind", "at", "time_quality") == [
        (f"like:{ME}:7", ANN, "like", None, "bound"), ("1", ANN, "reply", AT_MS, "act"),
    ]  # fmt: skip
    assert found.account(ME)["likes"] == 2


def test_follows_blocks_and_mutes_are_states_at_the_date_of_the_archive(tmp_path):
    def listed(key: str, *ids: str) -> list:
        return [
            {key: {"accountId": each, "userLink": f"https://twitter.com/intent/user?user_id={each}"}} for each in ids
        ]

    found = posts(
        tmp_path, follower=listed("follower", ANN, ME[:-1] + "7"), following=listed("following", BOB), block=listed("blocking", CAT),
        mute=listed("muting", CAT), manifest=manifest(),
    )  # fmt: skip
    at = 1_684_282_854_036
    assert found.declared.select("source", "target", "kind", "at", "seen_at").rows() == [
        (ANN, ME, "follow", None, at), (ME[:-1] + "7", ME, "follow", None, at),
        (ME, BOB, "follow", None, at), (ME, CAT, "block", None, at), (ME, CAT, "mute", None, at),
    ]  # fmt: skip
    assert found.account(ANN)["created_at"] is None
    assert found.account(ME[:-1] + "7")["created_at"] == (int(ME[:-1] + "7") >> 22) + EPOCH


def message(number: int, sender: str, to: str | None = None, minute: int = 0, **more: object) -> dict:
    item = {
        "id": str(number),
        "senderId": sender,
        "text": "…",
        "createdAt": f"2023-05-16T00:{minute:02d}:00.000Z",
        "reactions": [],
    }
    return {"messageCreate": item | ({"recipientId": to} if to else {}) | more}


def test_messages_between_two_and_their_reactions_are_private(tmp_path):
    reaction = {"senderId": ME, "reactionKey": "like", "eventId": "91", "createdAt": "2023-05-16T00:09:00.000Z"}
    talk = {
        "conversationId": f"{ANN}-{ME}",
        "messages": [message(2, ANN, ME, 2, reactions=[reaction]), message(1, ME, ANN, 1)],
    }
    found = posts(tmp_path, direct_messages=[{"dmConversation": talk}])
    assert found.rows("event_id", "source", "target", "kind", "parent_id", "visibility") == [
        ("1", ME, ANN, "message", None, "private"), ("2", ANN, ME, "message", None, "private"),
        ("91", ME, ANN, "reaction", "2", "private"),
    ]  # fmt: skip


def test_messages_keep_their_text_and_stay_out_of_what_is_shared(tmp_path):
    talk = {"conversationId": f"{ANN}-{ME}", "messages": [
        message(1, ME, ANN, text="<b>lunch?"), message(2, ANN, ME, text="", mediaUrls=["https://x.example/1"])
    ]}  # fmt: skip
    group = {"conversationId": "5", "messages": [message(3, ANN, text="all of you"), message(4, ME, text=None)]}
    files = {"direct_messages": [{"dmConversation": talk}], "direct_messages_group": [{"dmConversation": group}]}
    found = read(archive(tmp_path / "x", **files))
    assert found.posts.sort("post_id").select("post_id", "text", "media").rows() == [
        ("1", "<b>lunch?", 0), ("2", "", 1), ("3", "all of you", 0)
    ]  # fmt: skip
    assert found.interactions.height == 4 and set(found.interactions["visibility"]) == {"private"}
    assert set(found.interactions["post"]) >= set(found.posts["post"])


def test_group_messages_go_to_the_members_of_that_time(tmp_path):
    def event(minute: int, **more: object) -> dict:
        return {"createdAt": f"2023-05-16T00:{minute:02d}:00.000Z"} | more

    talk = {
        "conversationId": "55",
        "messages": [
            message(3, ANN, minute=5),
            {"participantsLeave": event(4, userIds=[BOB])},
            message(2, ME, minute=3),
            {"participantsJoin": event(2, initiatingUserId=ANN, userIds=[CAT])},
            message(1, ANN, minute=1),
            {"joinConversation": event(0, initiatingUserId=ANN, participantsSnapshot=[ME, ANN, BOB])},
        ],
    }
    found = posts(tmp_path, direct_messages_group=[{"dmConversation": talk}])
    assert found.rows("event_id", "source", "target", "audience", "directness") == [
        ("1", ANN, ME, 2, "list"), ("1", ANN, BOB, 2, "list"),
        ("2", ME, ANN, 3, "list"), ("2", ME, BOB, 3, "list"), ("2", ME, CAT, 3, "list"),
        ("3", ANN, ME, 2, "list"), ("3", ANN, CAT, 2, "list"),
    ]  # fmt: skip


def test_message_headers_are_read_only_without_the_messages(tmp_path):
    talk = [{"dmConversation": {"conversationId": f"{ANN}-{ME}", "messages": [message(1, ME, ANN)]}}]
    other = [
        {"dmConversation": {"conversationId": f"{ANN}-{ME}", "messages": [message(1, ME, ANN), message(2, ANN, ME)]}}
    ]
    assert len(posts(tmp_path / "1", direct_message_headers=other).interactions) == 2
    assert len(posts(tmp_path / "2", direct_messages=talk, direct_message_headers=other).interactions) == 1


# accounts, coverage


def test_owner_is_known_with_profile_and_earlier_handles(tmp_path):
    profile = {
        "description": {"bio": "Hi", "website": "", "location": "Here"},
        "avatarMediaUrl": "https://pbs.twimg.com/profile_images/1/x.jpg",
    }
    change = {
        "accountId": ME,
        "screenNameChange": {"changedAt": "2020-01-01T00:00:00.000Z", "changedFrom": "old_me", "changedTo": "me_"},
    }
    found = posts(
        tmp_path, linked(tweet(1, "see"), "https://twitter.com/OLD_me/status/9"), tweet(2, "hi @ann"),
        profile=[{"profile": profile}], screen_name_change=[{"screenNameChange": change}],
    )  # fmt: skip
    assert rows(found) == [("2", ANN, "mention")]
    me = found.account(ME)
    assert (me["handle"], me["owner"], me["has_bio"], me["has_url"], me["has_location"], me["default_avatar"]) == (
        "me_", True, True, False, True, False,
    )  # fmt: skip
    assert me["created_at"] == 1_406_231_794_100
    assert found.accounts.filter(native_id=ME, handle="old_me")["seen_at"].to_list() == [1_577_836_799_999]
    assert [native for _, _, native in found.manifest.owners] == [ME]


def test_c36_one_account_keeps_its_handles_and_one_handle_its_accounts(tmp_path):
    def mention(number: int, account: str, handle: str, year: int) -> dict:
        item = tweet(number, f"hi @{handle}", created_at=f"Tue May 16 00:00:00 +0000 {year}")
        item["tweet"]["entities"]["user_mentions"] = [
            {"id_str": account, "screen_name": handle, "name": "N", "indices": ["3", "9"]}
        ]
        return item

    found = posts(
        tmp_path, mention(1, ANN, "first", 2015), mention(2, ANN, "later", 2019), mention(3, BOB, "first", 2020)
    )
    seen = found.accounts.filter(owner=False).sort("seen_at").select("native_id", "handle").rows()
    assert seen == [(ANN, "first"), (ANN, "later"), (BOB, "first")]
    assert rows(found) == [("1", ANN, "mention"), ("2", ANN, "mention"), ("3", BOB, "mention")]


def manifest(partial: bool = False, **counts: int) -> str:
    types = {name: {"files": [{"fileName": f"data/{name}.js", "count": str(n)}]} for name, n in counts.items()}
    return "window.__THAR_CONFIG = " + json.dumps(
        {"userInfo": {"accountId": ME, "userName": "me_", "displayName": "Me"},
         "archiveInfo": {"generationDate": GENERATED, "isPartialArchive": partial}, "dataTypes": types}, indent=2
    )  # fmt: skip


def test_c13_nothing_is_known_of_what_others_did(tmp_path):
    found = posts(tmp_path, tweet(1, "hi @ann"), manifest=manifest(), direct_messages=[], follower=[])
    since, until = 1_406_231_794_100, 1_684_282_854_036
    assert [coverage for coverage, _ in found.manifest.coverage] == [
        *(
            Coverage(kind, "out", ME, since, until, "surviving", "x")
            for kind in ("reply", "mention", "quote", "repost")
        ),
        *(Coverage("message", way, ME, since, until, "surviving", "x") for way in ("out", "in")),
        Coverage("follow", "in", ME, until, until, "snapshot", "x"),
    ]


def test_partial_archive_covers_nothing_for_certain(tmp_path):
    found = posts(tmp_path, tweet(1, "hi @ann"), manifest=manifest(partial=True))
    assert {coverage.completeness for coverage, _ in found.manifest.coverage} == {"partial"}
    assert "X calls this archive partial." in found.manifest.notes


def test_counts_of_the_manifest_are_compared(tmp_path):
    counted = manifest(tweets=3)
    found = posts(tmp_path, tweet(1, "hi @ann"), manifest=counted)
    assert found.manifest.notes == ["tweets.js: the manifest states 3 items, 1 were read."]


def test_c02_part_that_the_manifest_names_and_is_not_there_is_said(tmp_path):
    text = manifest(tweets=1).replace(
        '"count": "1"\n        }', '"count": "1"\n        }, {"fileName": "data/tweets-part1.js", "count": "9"}'
    )
    found = posts(tmp_path, tweet(1, "hi @ann"), manifest=text)
    assert found.manifest.notes == ["The manifest names tweets-part1.js with 9 items, which is not here."]
    assert {coverage.completeness for coverage, _ in found.manifest.coverage} == {"partial"}


# layouts


def test_c01_both_names_of_the_file_are_read(tmp_path):
    found = read(archive(tmp_path / "x", tweet=[tweet(1, "hi @ann")], tweets=[tweet(2, "hi @bob")]))
    assert rows(found) == [("1", ANN, "mention"), ("2", BOB, "mention")]


def test_c02_all_parts_are_read(tmp_path):
    found = read(archive(tmp_path / "x", tweets=[tweet(1, "hi @ann")], tweets_part1=[tweet(2, "hi @ann")],
                         tweets_part10=[tweet(3, "hi @ann")], tweet_part2=[tweet(4, "hi @ann")]))  # fmt: skip
    assert [row[0] for row in rows(found)] == ["1", "2", "3", "4"]
    assert {"tweets.js", "tweets-part1.js", "tweets-part10.js", "tweet-part2.js"} <= set(found.manifest.members)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_c04_items_may_be_bare_or_wrapped_or_both(tmp_path, order):
    items = [tweet(1, "hi @ann"), tweet(2, "hi @bob")["tweet"], tweet(3, "@ann hi", to=ANN, parent="4")["tweet"]]
    found = read(archive(tmp_path / "x", tweets=[items[i] for i in order]))
    assert rows(found) == [("1", ANN, "mention"), ("2", BOB, "mention"), ("3", ANN, "reply")]


@pytest.mark.parametrize("head", ["window.YTD.tweets.part0 = ", "window.YTD.tweets.part0=", "window . YTD . tweets . part0  =\n\n ",
                                  "\ufeffwindow.YTD.tweets.part0 = "])  # fmt: skip
@pytest.mark.parametrize("end", ["", "\n", ";", " ;\r\n"])
def test_c05_assignment_is_stripped_at_any_spacing(tmp_path, head, end):
    for layout in ({"indent": 2}, {"separators": (",", ":")}, {"indent": None}):
        name = f"{layout}".encode().hex()[:40]
        text = head + json.dumps([tweet(1, "hi @ann"), tweet(2, "[{ @bob }]")], **layout) + end
        found = read(archive(tmp_path / name, tweets=text))
        assert rows(found) == [("1", ANN, "mention"), ("2", BOB, "mention")]


def test_c07_monthly_files_are_refused_by_name(tmp_path):
    folder = tmp_path / "data" / "js" / "tweets"
    folder.mkdir(parents=True)
    (folder / "2014_05.js").write_text("Grailbird.data.tweets_2014_05 = [ ]")
    (tmp_path / "tweets.csv").write_text('"tweet_id","in_reply_to_status_id"\n')
    with pytest.raises(UnknownFormat, match="data/js/tweets"):
        read(tmp_path)
    (tmp_path / "tweets.csv").unlink()
    (folder.parent / "user_details.js").write_text("var user_details = {}")
    with pytest.raises(UnknownFormat, match="data/js/tweets"):
        read(tmp_path)


def test_c07_table_of_posts_is_refused_by_name(tmp_path):
    (tmp_path / "tweets.csv").write_text(
        '"tweet_id","in_reply_to_status_id","in_reply_to_user_id","timestamp","text"\n"1","","","2014-05-01 10:00:00 +0000","x"\n'
    )
    for path in (tmp_path / "tweets.csv", tmp_path):
        with pytest.raises(UnknownFormat, match=r"tweets\.csv"):
            read(path)


def test_c07_archive_without_posts_is_not_an_empty_result(tmp_path):
    folder = tmp_path / "x"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "tweetdeck.js").write_text(script("tweetdeck", []))
    with pytest.raises(InputError):
        read(folder)


def test_c08_media_and_private_files_are_never_opened(tmp_path):
    source = archive(tmp_path / "x", tweets=[tweet(1, "hi @ann")], contact=[{"contact": {}}], ip_audit=[{"ipAudit": {}}],
                     ad_impressions=[], moment=[])  # fmt: skip
    media = source / "data" / "tweets_media"
    media.mkdir()
    (media / "film.mp4").write_bytes(os.urandom(1 << 16))
    path = zipped(source, tmp_path / "x.zip")
    damaged = path.read_bytes()
    with zipfile.ZipFile(path) as file:
        closed = [
            info for info in file.infolist() if any(word in info.filename for word in ("film", "contact", "ip-audit"))
        ]
    for info in closed:
        start = info.header_offset + 30 + len(info.filename)
        damaged = damaged[:start] + b"\xff" * info.compress_size + damaged[start + info.compress_size :]
    path.write_bytes(damaged)
    found = read(path)
    assert rows(found) == [("1", ANN, "mention")]
    assert found.manifest.unknown_files == ["moment.js"]


@pytest.mark.parametrize("shape", ["folder", "data", "zip", "top", "deep", "extension"])
def test_c09_c50_every_container_reads_alike(tmp_path, shape):
    source = archive(tmp_path / "x", tweets=[tweet(1, "hi @ann")])
    (source / "Your archive.html").write_text("<html>")
    path = {
        "folder": lambda: source,
        "data": lambda: source / "data",
        "zip": lambda: zipped(source, tmp_path / "x.zip"),
        "top": lambda: zipped(source, tmp_path / "x.zip", "twitter-2023-05-17/"),
        "deep": lambda: zipped(source, tmp_path / "x.zip", "backup/twitter/"),
        "extension": lambda: zipped(source, tmp_path / "x.bin"),
    }[shape]()
    assert rows(read(path)) == [("1", ANN, "mention")]


@pytest.mark.parametrize("name", ["tweets.js", "tweets", "posts.txt", "tweets.json"])
def test_c09_bare_file_is_read_whatever_its_name(tmp_path, name):
    path = tmp_path / name
    path.write_text(script("tweets", [tweet(1, "one"), tweet(2, "two", to=ME, parent="1"), tweet(3, "hi @ann")]))
    found = read(path)
    assert found.rows() == [(ME, ANN, "mention")]
    assert {coverage.completeness for coverage, _ in found.manifest.coverage} == {"partial"}


def test_c09_bare_file_takes_its_owner_from_the_user(tmp_path):
    path = tmp_path / "tweets.js"
    path.write_text(script("tweets", [tweet(3, "hi @ann")]))
    assert read(path, me=("@Somebody",)).rows() == [("@somebody", ANN, "mention")]
    assert read(path, me=(ME,)).rows() == [(ME, ANN, "mention")]
    assert "name the account with --me" in read(path).manifest.notes[0]


def test_archive_beside_other_exports_does_not_swallow_them(tmp_path):
    archive(tmp_path / "both" / "archive", tweets=[tweet(1, "hi @ann")])
    other = {"id": "2", "author_id": ANN, "text": "hi", "in_reply_to_user_id": ME, "created_at": "2023-05-16T00:00:00Z"}
    (tmp_path / "both" / "incoming.jsonl").write_text(json.dumps(other))
    report = load([tmp_path / "both"], Workspace(tmp_path / "workspace"), registry.find().usable(Source)[0])
    assert [loaded.manifest.source for loaded in report.loaded] == ["x_archive", "x_api"]


# oddities


def test_c20_unknown_files_are_listed_and_unknown_keys_ignored(tmp_path):
    found = posts(
        tmp_path,
        tweet(1, "hi @ann", withheld_in_countries=["XY"], novelty={"deep": [1, {"a": None}]}),
        new_thing=[{"newThing": {}}],
    )
    assert rows(found) == [("1", ANN, "mention")]
    assert found.manifest.unknown_files == ["new-thing.js"]


def test_c21_odd_records_are_counted_and_spare_the_rest(tmp_path):
    found = posts(
        tmp_path, linked(tweet(1, "hi @ann"), None), {"tweet": {"created_at": AT}}, tweet(2, "hi @ann", entities="none"),
        {"tweet": None}, 7, tweet(3, "hi @ann", entities={}), {"tweet": tweet(4, "hi @ann")["tweet"] | {"full_text": None}},
    )  # fmt: skip
    assert {row[0] for row in rows(found)} == {"1", "4"}
    assert found.skips["post without an id"] == 2
    assert sum(found.skips.values()) == 4


def test_c31_ids_are_text_and_numbers_are_read_as_such(tmp_path):
    item = tweet(1, "@ann hi", to=ANN, parent="1658266224546612385")
    numbered = json.loads(
        json.dumps(item).replace('"1658266224546612385"', "1658266224546612385").replace(f'"{ANN}"', ANN)
    )
    found = posts(tmp_path, numbered)
    assert found.rows("target", "kind", "parent_id") == [(ANN, "reply", "1658266224546612385")]


def test_c31_ids_that_a_spreadsheet_spoiled_are_counted_or_noted(tmp_path):
    spoiled = [tweet(1, "hi @ann", id_str="1.29E+18"), tweet(2, "hi @ann", id_str="1.29E+18"), tweet(3, "hi @bob")]
    found = posts(tmp_path / "1", *spoiled)
    assert rows(found) == [("3", BOB, "mention")]
    assert found.skips == {"post whose id is no number": 2}
    found = posts(tmp_path / "2", *(tweet(1_290_000_000_000_000_000 + 1000 * n, "hi @ann") for n in range(30)))
    assert found.manifest.notes[0].startswith("Many ids end in 000")


def test_long_member_is_read_in_slices_as_at_once(tmp_path):
    items = [tweet(i, f"@ann number {i} " + "x" * 200, to=ANN, parent=str(i)) for i in range(1, 1500)]
    items[700] = {"tweet": {"id_str": "9999", "created_at": 5}}
    for name, layout in (("pretty", {"indent": 2}), ("minified", {"separators": (",", ":")}), ("bare", {})):
        listed = [each["tweet"] for each in items] if name == "bare" else items
        found = read(archive(tmp_path / name, tweets="window.YTD.tweets.part0 = " + json.dumps(listed, **layout)))
        assert sorted(int(each) for each in found.interactions["event_id"]) == [i for i in range(1, 1500) if i != 701]
        assert sorted(found.interactions["record"]) == [i for i in range(1499) if i != 700]


def test_member_cut_off_gives_its_complete_items(tmp_path):
    text = script("tweets", [tweet(i, "hi @ann") for i in range(1, 800)])
    found = read(archive(tmp_path / "x", tweets=text[: len(text) * 2 // 3]))
    assert 500 < len(found.interactions) < 540
    assert sum(found.skips.values()) == 1


# samples


def test_sample_of_2025(shared_data):
    found = read(shared_data / "formats" / "x-archive-2025")
    kinds = dict(found.interactions.group_by("kind").len().rows())
    assert kinds == {"reply": 22, "repost": 14, "quote": 11, "mention": 13}
    assert found.manifest.rows["self"] == 4
    assert found.interactions["flags"].value_counts().sort("flags").rows() == [
        ("", 48), ("deleted", 1), ("parent_unknown", 6), ("truncated", 5),
    ]  # fmt: skip
    assert found.declared["kind"].value_counts().sort("kind").rows() == [("block", 5), ("follow", 80), ("mute", 4)]
    assert found.manifest.skips == {}
    assert [note for note in found.manifest.notes if "manifest" in note] == []


def test_sample_of_2020(shared_data):
    found = read(shared_data / "formats" / "x-archive-2020")
    kinds = dict(found.interactions.group_by("kind", "directness").len().select("kind", "len").rows())
    assert found.interactions.filter(kind="reply").height == 9
    assert found.interactions.filter(kind="mention")["directness"].value_counts().sort("directness").rows() == [
        ("carried", 23), ("deliberate", 1),
    ]  # fmt: skip
    assert kinds["like"] == 1
    assert found.account("3271223129176964466")["followers"] == 20


# damage

_TEXT = script("tweets", [tweet(1, "hi @ann 🥺"), tweet(2, "@bob yes", to=BOB, parent="9")]).encode()


def _reads_or_refuses(path: Path) -> None:
    with contextlib.suppress(InputError):
        read(path, "x_archive")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(_TEXT)))
def test_any_prefix_reads_or_is_refused(tmp_path, cut):
    path = tmp_path / "tweets.js"
    path.write_bytes(_TEXT[:cut])
    _reads_or_refuses(path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=400), place=st.integers(0, len(_TEXT)))
def test_random_bytes_read_or_are_refused(tmp_path, noise, place):
    path = tmp_path / "tweets.js"
    path.write_bytes(b"window.YTD.tweets.part0 = [" + noise)
    _reads_or_refuses(path)
    path.write_bytes(_TEXT[:place] + noise + _TEXT[place:])
    _reads_or_refuses(path)


@pytest.mark.parametrize(
    "text", ["[" * 200_000, '[{"tweet":' * 100_000, "[" + '{"tweet":{"entities":' * 50_000, ""], ids=range(4)
)
def test_deep_nesting_is_refused(tmp_path, text):
    path = tmp_path / "tweets.js"
    path.write_text("window.YTD.tweets.part0 = " + text)
    _reads_or_refuses(path)
