"""Mastodon, synced and checked against an invented server (a fake, made after answers of real ones)."""

import json
import sys

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnet.errors import NetworkError, Refused, SettingsError
from relnet.ingest.importer import load
from relnet.live import credentials
from relnet.live.jobs import check_job
from relnet.live.mastodon import address
from relnet.plugin import Source
from relnet.registry import find
from relnet.settings import Live
from relnet.store.workspace import Workspace
from tests.live.fetching import check, client, facts, observed, sync
from tests.live.worlds import HOST, MS, NOW, MastodonWorld, httpx_date, iso
from tests.unit.sources.test_bluesky import HOUR

EGO, BEN, ANN = f"https://{HOST}/users/ego", f"https://{HOST}/users/ben", "https://far.example/users/ann"
WHO = {"network": "mastodon", "who": f"ego@{HOST}"}
OWN = {(EGO, ANN, "reply"), (EGO, ANN, "repost")}
THREAD = {(BEN, EGO, "reply"), (ANN, BEN, "reply")}
SIGNED = OWN | THREAD | {(EGO, ANN, "message"), (ANN, EGO, "mention"), (ANN, EGO, "like"), (BEN, EGO, "repost")}


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.delenv(credentials.MASTODON, raising=False)


@pytest.fixture
def token(monkeypatch):
    monkeypatch.setenv(credentials.MASTODON, "TOKEN")


def ties(folder):
    return {row[:3] for row in facts(folder)}


@pytest.mark.parametrize(("signed_in", "expected"), [(True, SIGNED), (False, OWN | THREAD)])
def test_what_is_known_signed_in_and_not(signed_in, expected, tmp_path, request) -> None:
    if signed_in:
        request.getfixturevalue("token")
    manifest = sync(MastodonWorld(), tmp_path, **WHO)
    assert ties(tmp_path) == expected
    covered = {(each.kind, each.direction): (each.completeness, each.until) for each, _ in manifest.coverage}
    assert (
        covered["reply", "in"]
        == covered["reply", "out"]
        == ("surviving" if signed_in else "partial", round(NOW * 1000))
    )
    assert covered["follow", "in"] == ("snapshot", round(NOW * 1000))
    follows = set(facts(tmp_path, "declared"))
    assert {(ANN, EGO, "follow"), (BEN, EGO, "follow"), (EGO, ANN, "follow")} <= follows and len(follows) == 4
    if signed_in:
        assert manifest.skips == {
            "notification of the kind poll, which makes no tie": (1, ["notifications.jsonl record 6"])
        }


def test_accounts_posts_and_times(tmp_path, token) -> None:
    world = MastodonWorld()
    world.statuses[3]["content"] = "<p>one<br>two &amp; <b>three</b></p>"
    world.statuses[2] |= {"edited_at": iso(MS), "visibility": "private"}
    sync(world, tmp_path, **WHO)
    people = observed(tmp_path)
    assert (people[BEN]["handle"], people[BEN]["followers"], people[BEN]["bio"]) == (f"ben@{HOST}", 5, "Hi")
    assert people[EGO]["owner"] and people[EGO]["handle"] == f"ego@{HOST}"
    rows = facts(tmp_path, "interactions", "kind", "at", "visibility", "flags", "event_id")
    assert ("message", MS + 12 * HOUR, "direct", "", f"https://{HOST}/s/12") in rows
    assert ("reply", MS + 11 * HOUR, "followers", "edited", f"https://{HOST}/s/11") in rows
    assert ("like", MS + 108 * HOUR, "public", "", f"like:{ANN}:https://{HOST}/s/10") in rows


def test_live_and_archive_are_one_record(tmp_path, token) -> None:
    world = MastodonWorld()
    sync(world, tmp_path, **WHO)
    before = facts(tmp_path)
    document = {"account": world.owner, "statuses": world.statuses, "mentions": [world.notifications[3]["status"]]}
    (tmp_path / "home.user.ego.json").write_text(json.dumps(document))
    load([tmp_path / "home.user.ego.json"], Workspace(tmp_path / "workspace"), find().usable(Source)[0])
    assert facts(tmp_path) == before


def test_the_next_sync_stops_at_what_is_known(tmp_path, token) -> None:
    world = MastodonWorld(clamp=1)
    sync(world, tmp_path, **WHO)
    before = set(facts(tmp_path))
    later = NOW + 20 * 86_400
    world.statuses.insert(
        0, world.status(2100, world.owner, [world.ben], in_reply_to_id="60", in_reply_to_account_id="3")
    )
    world.requests.clear()
    manifest = sync(world, tmp_path, now=later, **WHO)
    asked = [each.url.path.rpartition("/")[2] for each in world.requests]
    assert (asked.count("statuses"), asked.count("notifications"), asked.count("context")) == (2, 1, 0)
    assert {row[:3] for row in set(facts(tmp_path)) - before} == {(EGO, BEN, "reply")}
    assert {each.since for each, _ in manifest.coverage if each.kind == "reply"} == {round(NOW * 1000)}


def test_pages_are_followed_as_given_and_a_short_page_is_not_the_last(tmp_path) -> None:
    world = MastodonWorld(followers=95, clamp=7)
    sync(world, tmp_path, **WHO)
    assert len([row for row in facts(tmp_path, "declared") if row[1] == EGO]) == 95
    asked = [each for each in world.requests if each.url.path.endswith("followers")]
    assert len(asked) == 15 and asked[1].url.params["max_id"] == "7"


def test_a_link_to_another_server_is_not_followed(tmp_path, token) -> None:
    world = MastodonWorld()
    world.base = "https://evil.example"
    with pytest.raises(NetworkError, match="another server"):
        sync(world, tmp_path, **WHO)
    assert {each.url.host for each in world.requests} == {HOST}


def test_rate_limits_are_waited_out(tmp_path) -> None:
    world = MastodonWorld()
    reset = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": httpx_date(NOW + 200)}
    world.faults = {2: lambda: httpx.Response(429, json={"error": "Too many requests"}, headers=reset)}
    sync(world, tmp_path, **WHO)
    assert ties(tmp_path) == OWN | THREAD


def test_hidden_lists_say_nothing(tmp_path) -> None:
    world = MastodonWorld()
    world.hidden = True
    manifest = sync(world, tmp_path, **WHO)
    assert ("follow", "in") not in {(each.kind, each.direction) for each, _ in manifest.coverage}
    assert any("shows nobody in the list of followers" in note for note in manifest.notes)
    with pytest.raises(NetworkError, match="shows none of them"):
        check(world, tmp_path, **WHO)


@pytest.mark.parametrize(
    ("secret", "who", "says"),
    [("WRONG", f"ego@{HOST}", "401"), ("TOKEN", f"eve@{HOST}", "404"), (None, f"eve@{HOST}", "404")],
)
def test_refusals(secret, who, says, tmp_path, monkeypatch) -> None:
    if secret:
        monkeypatch.setenv(credentials.MASTODON, secret)
    with pytest.raises((Refused, NetworkError), match=says) as stop:
        sync(MastodonWorld(), tmp_path, "mastodon", who)
    assert stop.value.hint and "TOKEN" not in str(stop.value)


def test_a_token_of_somebody_else_is_refused(tmp_path, token) -> None:
    world = MastodonWorld()
    answer = world.answer
    world.answer = lambda request: (
        httpx.Response(200, json=world.ben) if "verify" in request.url.path else answer(request)
    )
    with pytest.raises(NetworkError, match="not of ego@"):
        sync(world, tmp_path, **WHO)


def test_a_name_may_be_on_another_server(tmp_path) -> None:
    world = MastodonWorld()
    answer = world.answer

    def moved(request: httpx.Request) -> httpx.Response:
        if request.url.host == HOST:
            return answer(request)
        if request.url.path == "/.well-known/webfinger":
            return httpx.Response(200, json={"links": [{"rel": "self", "href": f"https://{HOST}/users/ego"}]})
        return httpx.Response(301, headers={"location": f"https://{HOST}/"})

    world.answer = moved
    sync(world, tmp_path, "mastodon", "ego@name.example")
    assert ties(tmp_path) == OWN | THREAD and observed(tmp_path)[EGO]["handle"] == "ego@name.example"


def test_a_stranger_never_gets_the_token(tmp_path, token) -> None:
    world = MastodonWorld()
    check(world, tmp_path, **WHO)
    assert not [each for each in world.requests if "authorization" in each.headers]
    assert {each.method for each in world.requests} == {"GET"}


def test_a_check_of_a_long_list(tmp_path) -> None:
    world = MastodonWorld(followers=1_500)
    with client(world) as http:
        [step] = check_job("mastodon", f"ego@{HOST}", http, Live(), None, 0).steps({})
    assert step.requests == 38
    manifest = check(world, tmp_path, **WHO)
    assert manifest.rows["declared"] == 306 and not manifest.owners
    [(coverage, _)] = manifest.coverage
    assert coverage.completeness == "sampled" and observed(tmp_path)[EGO]["followers"] == 1_500


@settings(max_examples=10)
@given(clamp=st.integers(1, 9), kills=st.lists(st.integers(2, 25), max_size=3), signed_in=st.booleans())
def test_pages_and_kills_do_not_change_the_facts(tmp_path_factory, clamp, kills, signed_in) -> None:
    folder = tmp_path_factory.mktemp("any")
    with pytest.MonkeyPatch.context() as patch:
        if signed_in:
            patch.setenv(credentials.MASTODON, "TOKEN")
        sync(MastodonWorld(followers=9), folder / "whole", **WHO)
        world = MastodonWorld(followers=9, clamp=clamp)
        for kill in kills:

            def die() -> httpx.Response:
                raise Killed

            world.faults = {len(world.requests) + kill: die}
            try:
                sync(world, folder / "torn", **WHO)
            except Killed:
                continue
            break
        world.faults = {}
        sync(world, folder / "torn", **WHO)
    for kind in ("interactions", "declared"):
        assert facts(folder / "torn", kind) == facts(folder / "whole", kind)


def test_addresses() -> None:
    assert address("@Ego@Home.Example") == ("ego", "home.example")
    for wrong in ("ego", "ego@", "a@b@c", "a@b/c"):
        with pytest.raises(SettingsError):
            address(wrong)
