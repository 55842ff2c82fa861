"""The demo's files look like the real ones, and say what the simulated world holds."""

import html
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

from relnet.demo.api_writer import write_api_jsonl
from relnet.demo.archive_writer import write_x_archive
from relnet.demo.simulator import simulate
from relnet.demo.world import OWNER, World, snowflake_times
from relnet.errors import SettingsError

Read = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(seed=3, people=300, years=3)


@pytest.fixture(scope="module")
def archive(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_x_archive(world, tmp_path_factory.mktemp("archive") / "x") / "data"


@pytest.fixture(scope="module")
def read(archive: Path) -> Read:
    def items(name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = parse(archive / f"{name}.js")
        return found

    return items


@pytest.fixture(scope="module")
def tweets(read: Read) -> list[dict[str, Any]]:
    return [item["tweet"] for item in read("tweets")]


@pytest.fixture(scope="module")
def api(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_api_jsonl(world, tmp_path_factory.mktemp("api"))


@pytest.fixture(scope="module")
def incoming(api: tuple[Path, Path]) -> list[dict[str, Any]]:
    return lines(api[0])


def parse(script: Path) -> Any:
    return json.loads(script.read_text("utf-8").partition("=")[2])


def lines(path: Path) -> list[dict[str, Any]]:
    # Not splitlines(): a text may hold U+2028.
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def when(created_at: str) -> datetime:
    return datetime.strptime(created_at, "%a %b %d %H:%M:%S %z %Y")


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    world, again = (simulate(seed=9, people=100, years=1) for _ in range(2))
    for name in ("a", "a.zip"):
        write_x_archive(world, tmp_path / name)
        write_x_archive(again, tmp_path / f"again-{name}")
    write_api_jsonl(world, tmp_path / "b")
    write_api_jsonl(again, tmp_path / "again-b")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "again-a.zip").read_bytes()
    for folder in ("a/data", "b"):
        for file in (tmp_path / folder).iterdir():
            assert file.read_bytes() == (tmp_path / f"again-{folder}" / file.name).read_bytes(), file.name


def test_the_zip_holds_what_the_folder_holds(world: World, archive: Path, tmp_path: Path) -> None:
    with ZipFile(write_x_archive(world, tmp_path / "deep" / "x.zip")) as opened:
        assert {Path(name).name for name in opened.namelist()} == {file.name for file in archive.iterdir()}
        for name in opened.namelist():
            assert opened.read(name) == (archive.parent / name).read_bytes()


def test_nothing_is_overwritten(world: World, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("mine")
    with pytest.raises(SettingsError, match="overwrite"):
        write_x_archive(world, tmp_path / "x.zip")
    with pytest.raises(SettingsError, match="overwrite"):
        write_x_archive(world, tmp_path)


def test_the_manifest_counts_every_file(archive: Path, world: World) -> None:
    manifest = parse(archive / "manifest.js")
    listed = {f["fileName"]: f for kind in manifest["dataTypes"].values() for f in kind["files"]}
    assert set(listed) == {f"data/{file.name}" for file in archive.iterdir()} - {"data/manifest.js"}
    for name, entry in listed.items():
        script = archive.parent / name
        assert script.read_text("utf-8").startswith(f"window.{entry['globalName']} = [")
        assert entry["count"] == str(len(parse(script)))
    assert manifest["userInfo"]["accountId"] == str(world.accounts.id[OWNER])
    assert manifest["archiveInfo"]["generationDate"] == "2025-06-01T12:00:00.000Z"


def test_a_large_archive_comes_in_parts(tmp_path: Path) -> None:
    world = simulate()
    data = write_x_archive(world, tmp_path / "x") / "data"
    first, second = parse(data / "tweets.js"), parse(data / "tweets-part1.js")
    assert (data / "tweets-part1.js").read_bytes().startswith(b"window.YTD.tweets.part1 = [")
    ids = {item["tweet"]["id_str"] for item in first + second}
    assert len(ids) == len(first) + len(second)


def shape(value: Any) -> Any:
    """Keys and types of one item, without its values."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return type(value).__name__


def test_the_layout_is_that_of_a_real_archive(archive: Path, shared_data: Path) -> None:
    real = shared_data / "formats" / "x-archive-2025" / "data"
    assert {file.name for file in real.iterdir()} - {"tweets-part1.js"} <= {f.name for f in archive.iterdir()}
    for name in ("account", "block", "mute", "follower", "following", "like", "tweet-headers"):
        assert shape(parse(archive / f"{name}.js")[0]) == shape(parse(real / f"{name}.js")[0]), name
    for name in ("community-tweet", "expanded-profile"):
        assert (archive / f"{name}.js").read_bytes() == (real / f"{name}.js").read_bytes()
    ours, theirs = parse(archive / "manifest.js"), parse(real / "manifest.js")
    assert shape(ours["userInfo"]) == shape(theirs["userInfo"])
    assert shape(ours["archiveInfo"]) == shape(theirs["archiveInfo"])
    assert set(theirs["dataTypes"]) <= set(ours["dataTypes"])


def test_tweets_have_the_keys_and_types_of_real_ones(tweets: list[dict[str, Any]], shared_data: Path) -> None:
    real = [item["tweet"] for item in parse(shared_data / "formats/x-archive-2025/data/tweets.js")]
    always = set.intersection(*({*tweet} for tweet in real))
    ever = set.union(*({*tweet} for tweet in real))
    types = {(key, type(value)) for tweet in real for key, value in tweet.items()}
    for tweet in tweets:
        assert always <= set(tweet) <= ever
        assert {(key, type(value)) for key, value in tweet.items()} <= types
    mention = next(m for tweet in tweets for m in tweet["entities"]["user_mentions"])
    assert shape(mention) == shape(next(m for tweet in real for m in tweet["entities"]["user_mentions"]))


def test_the_text_is_laid_out_as_x_does(archive: Path) -> None:
    text = (archive / "tweets.js").read_text("utf-8")
    assert text.startswith('window.YTD.tweets.part0 = [\n  {\n    "tweet" : {\n      "edit_info" : {')
    assert '"symbols" : [ ],' in text
    assert text.endswith("\n  }\n]")


def test_every_mention_and_link_stands_where_its_indices_say(tweets: list[dict[str, Any]]) -> None:
    seen = 0
    for tweet in tweets:
        text, entities = tweet["full_text"], tweet["entities"]
        for mention in entities["user_mentions"]:
            start, end = map(int, mention["indices"])
            assert text[start:end] == "@" + mention["screen_name"]
            seen += "&" in text[:start]
        for link in entities["urls"]:
            start, end = map(int, link["indices"])
            assert text[start:end] == link["url"]
        assert tweet["display_text_range"] == ["0", str(len(text))]
    assert seen  # behind an escaped sign too, where counting the plain text would go wrong


def test_texts_are_escaped_once(tweets: list[dict[str, Any]], world: World) -> None:
    plain = dict(zip(world.posts.id.astype(str).tolist(), world.posts.text.tolist(), strict=True))
    whole = (tweet for tweet in tweets if tweet["id_str"] in plain and tweet["full_text"][-1] != "…")
    escaped = [tweet for tweet in whole if "&amp;" in tweet["full_text"]]
    assert escaped
    assert all(html.unescape(tweet["full_text"]) == plain[tweet["id_str"]] for tweet in escaped)
    assert not any(re.search("[<>]", tweet["full_text"]) for tweet in tweets)


def test_replies_begin_with_the_run_that_x_carries_along(tweets: list[dict[str, Any]]) -> None:
    replies = [t for t in tweets if "in_reply_to_user_id_str" in t and t["entities"]["user_mentions"]]
    for tweet in replies:
        first = tweet["entities"]["user_mentions"][0]
        assert first["indices"][0] == "0"
        assert first["id_str"] == tweet["in_reply_to_user_id_str"]
        assert first["screen_name"] == tweet["in_reply_to_screen_name"]
    carried = [t for t in replies if re.match(r"@\w+ @\w+ ", t["full_text"])]
    assert 0.03 < len(carried) / len(replies) < 0.4
    assert any("in_reply_to_status_id_str" not in t for t in replies)  # the post is gone, the person known


def test_threads_answer_oneself_without_a_handle(tweets: list[dict[str, Any]], world: World) -> None:
    owner = str(world.accounts.id[OWNER])
    thread = [t for t in tweets if t.get("in_reply_to_user_id_str") == owner]
    own = {t["id_str"] for t in tweets}
    assert thread
    assert all(t["in_reply_to_status_id_str"] in own and t["full_text"][0] != "@" for t in thread)


def test_reposts_show_only_by_their_text(tweets: list[dict[str, Any]]) -> None:
    reposts = [t for t in tweets if t["full_text"].startswith("RT @")]
    assert reposts
    for tweet in reposts:
        mention = tweet["entities"]["user_mentions"][0]
        assert tweet["full_text"].startswith(f"RT @{mention['screen_name']}: ")
        assert tweet["retweeted"] is False
        assert len(html.unescape(tweet["full_text"])) <= 140


def test_quotes_show_only_by_their_link(tweets: list[dict[str, Any]], world: World) -> None:
    link = re.compile(r"https://x\.com/(\w+)/status/(\d+)")
    quotes = [m for t in tweets for u in t["entities"]["urls"] if (m := link.fullmatch(u["expanded_url"]))]
    assert len(quotes) == ((world.posts.author == OWNER) & (world.posts.kind == "quote")).sum()
    assert {m[1] for m in quotes} <= set(world.accounts.handle.tolist())


def test_an_edited_post_comes_in_both_versions(tweets: list[dict[str, Any]]) -> None:
    edited = [t for t in tweets if "edit" in t["edit_info"]]
    by_id = {t["id_str"]: t for t in tweets}
    assert len(edited) == 3
    for tweet in edited:
        ids = tweet["edit_info"]["edit"]["editControlInitial"]["editTweetIds"]
        earlier = by_id[tweet["edit_info"]["edit"]["initialTweetId"]]
        assert ids == [earlier["id_str"], tweet["id_str"]] == earlier["edit_info"]["initial"]["editTweetIds"]
        assert when(earlier["created_at"]) < when(tweet["created_at"])
        assert earlier["full_text"] != tweet["full_text"]


def test_a_long_post_is_cut_and_whole_in_its_note(read: Read, tweets: list[dict[str, Any]]) -> None:
    notes = [item["noteTweet"] for item in read("note-tweet")]
    cut = [t for t in tweets if t["full_text"].endswith("…") and not t["full_text"].startswith("RT @")]
    assert len(notes) == len(cut) == 4
    for note, tweet in zip(notes, cut, strict=True):
        assert note["core"]["text"].startswith(html.unescape(tweet["full_text"])[:-1])
        created = datetime.fromisoformat(note["createdAt"])
        assert abs((created - when(tweet["created_at"])).total_seconds()) < 1


def test_deleted_posts_are_in_their_own_file_only(read: Read, tweets: list[dict[str, Any]]) -> None:
    deleted = [item["tweet"] for item in read("deleted-tweets")]
    assert deleted
    assert not {t["id_str"] for t in deleted} & {t["id_str"] for t in tweets}
    assert all(when(t["deleted_at"]) > when(t["created_at"]) for t in deleted)
    headers = [item["tweet"]["tweet_id"] for item in read("deleted-tweet-headers")]
    assert headers == [t["id_str"] for t in deleted]


def test_messages_name_both_sides_and_the_group_its_members(read: Read, world: World) -> None:
    owner = str(world.accounts.id[OWNER])
    hearts = 0
    for item in read("direct-messages"):
        conversation = item["dmConversation"]
        both = set(conversation["conversationId"].split("-"))
        assert owner in both
        for message in (m["messageCreate"] for m in conversation["messages"]):
            assert {message["senderId"], message["recipientId"]} == both
            hearts += len(message["reactions"])
    assert hearts
    [group] = read("direct-messages-group")
    *said, begun = group["dmConversation"]["messages"]
    members = begun["joinConversation"]["participantsSnapshot"]
    assert owner in members
    assert {m["messageCreate"]["senderId"] for m in said} <= set(members)
    assert not any("recipientId" in m["messageCreate"] for m in said)


def test_the_archive_holds_nothing_that_others_wrote(tweets: list[dict[str, Any]], world: World) -> None:
    theirs = set(world.posts.id[world.posts.author != OWNER].astype(str).tolist())
    assert not theirs & {t["id_str"] for t in tweets}


def test_follow_lists_are_those_of_the_world(read: Read, world: World) -> None:
    for name, rows in (("follower", world.followers), ("following", world.following)):
        assert [item[name]["accountId"] for item in read(name)] == world.accounts.id[rows].astype(str).tolist()


def test_incoming_posts_are_all_that_others_wrote(incoming: list[dict[str, Any]], world: World) -> None:
    theirs = world.posts.id[world.posts.author != OWNER].astype(str).tolist()
    assert [post["id"] for post in incoming] == theirs
    to_owner = [p for p in incoming if p.get("in_reply_to_user_id") == str(world.accounts.id[OWNER])]
    assert len(to_owner) > 500
    assert sum("in_reply_to_user_id" in post for post in incoming) > 1.2 * len(to_owner)  # friends among them


def test_api_entities_stand_where_they_say(incoming: list[dict[str, Any]]) -> None:
    for post in incoming:
        text, entities = post["text"], post.get("entities", {})
        for mention in entities.get("mentions", []):
            assert text[mention["start"] : mention["end"]] == "@" + mention["username"]
        for link in entities.get("urls", []):
            assert text[link["start"] : link["end"]] == link["url"]


def test_api_posts_carry_author_time_and_origin(incoming: list[dict[str, Any]]) -> None:
    for post in incoming:
        assert post["author"]["id"] == post["author_id"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", post["created_at"])
        made = snowflake_times(np.array([int(post["id"])]))[0]
        assert 0 <= made - datetime.fromisoformat(post["created_at"]).timestamp() * 1000 < 1000
        assert post["edit_history_tweet_ids"] == [post["id"]]
        assert set(post["__twarc"]) == {"url", "version", "retrieved_at"}


def test_references_are_inlined_like_twarc_does(incoming: list[dict[str, Any]]) -> None:
    replied = []
    for post in incoming:
        for reference in post.get("referenced_tweets", []):
            if reference["type"] != "replied_to":
                assert "author_id" in reference and "text" in reference
            else:
                replied.append("author_id" in reference)
                assert not replied[-1] or reference["author_id"] == post["in_reply_to_user_id"]
    assert 0.4 < np.mean(replied) < 0.8  # over a third of the posts answered are missing from real files


def test_api_lines_look_like_real_ones(
    incoming: list[dict[str, Any]], api: tuple[Path, Path], shared_data: Path
) -> None:
    samples = shared_data / "formats" / "twarc"
    real = lines(samples / "v2-flat.jsonl")
    ever = {key for post in real for key in post} | {"edit_history_tweet_ids"}
    assert {key for post in incoming for key in post} <= ever
    # X stopped sending the source in 2022, and leaves out entities where there are none.
    always = set.intersection(*(set(post) for post in real)) - {"source", "entities"}
    assert all(always <= set(post) for post in incoming)
    users = json.loads((samples / "v2-users.jsonl").read_text("utf-8"))["data"]
    always = set.intersection(*(set(user) for user in users))
    for user in lines(api[1]):
        assert always <= set(user)
        assert {(key, type(user[key])) for key in always} <= {(k, type(v)) for u in users for k, v in u.items()}


def test_follower_profiles_are_one_a_line(api: tuple[Path, Path], world: World) -> None:
    accounts, users = world.accounts, lines(api[1])
    assert [user["id"] for user in users] == accounts.id[world.followers].astype(str).tolist()
    for user, row in zip(users, world.followers.tolist(), strict=True):
        assert user["public_metrics"]["followers_count"] == accounts.followers[row]
        assert ("default_profile" in user["profile_image_url"]) != accounts.has_avatar[row]
        assert user.get("most_recent_tweet_id", "0") == str(accounts.last_post[row])
        assert user["__twarc"]["retrieved_at"] == "2025-06-01T12:00:00+00:00"


def test_hostile_names_and_texts_are_among_those_seen(incoming: list[dict[str, Any]]) -> None:
    names = " ".join({post["author"]["name"] for post in incoming})
    assert "[bold red]" in names and "=HYPERLINK(" in names and "\u202e" in names
    assert any("\u2028" in post["text"] for post in incoming)
