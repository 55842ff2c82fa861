"""mastodon-archive files: both sides of the conversations, joined to archives by the actors' ids."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnet.builtin.sources.mastodon_json import MastodonJson
from relnet.errors import InputError
from relnet.ingest.archive import Archive
from relnet.ingest.importer import ArchivePeek
from relnet.ingest.reader import ArchiveReader
from relnet.plugin import Account, Declared, Interaction, ReadOptions

EGO, ANN, BOB = "https://home.example/users/ego", "https://far.example/ap/users/115", "@bob@far.example"
MS = 1619870400000


def person(number, acct, uri=None, **fields):
    return {"id": number, "acct": acct, "uri": uri, "created_at": "2020-01-01T00:00:00.000Z", **fields}


EGO_ACCOUNT = person(1, "ego", EGO, url="https://home.example/@ego", followers_count=-1, note="<p>Hi</p>", bot=False)
ANN_ACCOUNT = person(2, "ann@far.example", ANN, followers_count=5, statuses_count=7, last_status_at="2021-04-01")
ANN_MENTION = {"id": "2", "acct": "ann@far.example", "url": "https://far.example/@ann"}
BOB_MENTION = {"id": 3, "acct": "bob@far.example"}


def status(number, account=EGO_ACCOUNT, mentions=(), **fields):
    return {
        "id": number, "uri": f"https://home.example/s/{number}", "account": account, "mentions": list(mentions),
        "created_at": "2021-05-01T12:00:00.000Z", "visibility": "public", "content": "", **fields,
    }  # fmt: skip


def kept(**parts):
    return {"account": EGO_ACCOUNT, **parts}


def facts(tmp_path, document, kind=Interaction):
    file = tmp_path / "x"
    file.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    with Archive.open(file) as archive:
        reader = ArchiveReader(archive, ReadOptions())
        records = list(MastodonJson().read(reader))
        return [record for record in records if isinstance(record, kind)], reader


def rows(tmp_path, **parts):
    found, _ = facts(tmp_path, kept(**parts))
    return [(each.source, each.target, each.kind, each.at) for each in found]


def test_the_owners_posts(tmp_path):
    posts = [
        status(10, mentions=[ANN_MENTION, BOB_MENTION], in_reply_to_account_id="2", in_reply_to_id=5),
        status(11, mentions=[ANN_MENTION], visibility="direct"),
        status(12, reblog=status(6, ANN_ACCOUNT)),
        status(13, in_reply_to_account_id=1, in_reply_to_id=10),
        status(14, in_reply_to_account_id=99, in_reply_to_id=7),
        status(15, quote={"state": "accepted", "quoted_status": status(8, ANN_ACCOUNT)}),
        status(16, quote={"state": "deleted", "quoted_status": None}),
        None,
    ]
    found, reader = facts(tmp_path, kept(statuses=posts))
    assert [(each.target, each.kind, each.event[-2:], each.visibility) for each in found] == [
        (ANN, "reply", "10", "public"),
        (BOB, "mention", "10", "public"),
        (ANN, "message", "11", "direct"),
        (ANN, "repost", "12", "public"),
        (EGO, "reply", "13", "public"),
        (ANN, "quote", "15", "public"),
    ]
    assert set(reader.skips) == {
        "empty entry of statuses", "reply to an unknown author", "quote of an unknown author"
    }  # fmt: skip
    assert found[4].parent == "https://home.example/s/10"


def test_mentions_are_the_incoming_side(tmp_path):
    mentions = [
        status(20, ANN_ACCOUNT, [BOB_MENTION], in_reply_to_account_id="1", in_reply_to_id=10),
        status(21, ANN_ACCOUNT, visibility="private"),
        None,
    ]
    assert rows(tmp_path, mentions=mentions) == [(ANN, EGO, "reply", MS), (ANN, EGO, "mention", MS)]


def test_likes_have_an_author_and_no_time(tmp_path):
    assert rows(tmp_path, favourites=[status(30, ANN_ACCOUNT)]) == [(EGO, ANN, "like", None)]


def test_lists_are_states_and_empty_ones_grant_nothing(tmp_path):
    found, reader = facts(tmp_path, kept(followers=[ANN_ACCOUNT], following=[], blocks=[person(3, "bob@far.example")]))
    assert not found
    states, reader = facts(tmp_path, kept(followers=[ANN_ACCOUNT], following=[], mutes=[BOB_MENTION]), Declared)
    assert [(each.source, each.target, each.kind) for each in states] == [(ANN, EGO, "follow"), (EGO, BOB, "mute")]
    assert [(row.kind, row.direction) for row in MastodonJson().coverage(reader)] == [("follow", "in")]


def test_accounts_keep_what_the_server_says(tmp_path):
    found, _ = facts(tmp_path, kept(followers=[ANN_ACCOUNT]), Account)
    ego, ann = found
    assert (ego.native_id, ego.handle, ego.followers, ego.bio, ego.owner) == (EGO, "ego@home.example", None, "Hi", True)
    assert (ann.handle, ann.followers, ann.posts, ann.last_active_at) == ("ann@far.example", 5, 7, 1617235200000)


def test_c42_a_moved_account_is_moved_and_not_inactive(tmp_path):
    moved = ANN_ACCOUNT | {"moved": ANN_ACCOUNT}
    found, _ = facts(tmp_path, kept(followers=[moved]), Account)
    assert found[1].state == "moved"


@pytest.mark.parametrize(("document", "sure"), [(kept(statuses=[]), 0.9), ({"statuses": [1]}, 0.0), ({"a": 1}, 0.0)])
def test_it_is_known_by_its_content(tmp_path, document, sure):
    (tmp_path / "x").write_text(json.dumps(document, indent=2))
    with Archive.open(tmp_path / "x") as archive:
        assert MastodonJson().sniff(ArchivePeek(archive)) == sure


WHOLE = json.dumps(kept(statuses=[status(10, mentions=[ANN_MENTION])], followers=[ANN_ACCOUNT])).encode()


@given(st.one_of(st.integers(1, len(WHOLE)).map(lambda n: WHOLE[:n]), st.binary(min_size=1, max_size=100)))
@settings(max_examples=50, deadline=None)
def test_any_prefix_reads_or_is_refused(tmp_path_factory, data):
    with contextlib.suppress(InputError):
        facts(tmp_path_factory.mktemp("kept"), data)
