"""Bluesky, synced and checked: what is fetched becomes the same facts as archives give, whatever happens on the way."""

import json
import logging
import sys

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnet.errors import NetworkError, Paused, Refused
from relnet.ingest.importer import load
from relnet.live import credentials
from relnet.live.job import check_budget, total
from relnet.live.jobs import check_job, sync_job
from relnet.plugin import Source
from relnet.registry import find
from relnet.settings import Live
from relnet.store.workspace import Workspace
from tests.live.fetching import check, client, facts, observed, sync
from tests.live.worlds import NOW, BlueskyWorld, refused
from tests.unit.sources.test_bluesky import BOB, CAROL, DATA, DAVE, EGO, HOUR, MS, at_uri, post

IN_SIGNED = {
    (BOB, EGO, "reply"),
    (CAROL, BOB, "reply"),
    (DAVE, EGO, "mention"),
    (CAROL, EGO, "quote"),
    (DAVE, EGO, "like"),
}
IN_UNSIGNED = {(BOB, EGO, "reply"), (CAROL, EGO, "quote")}


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


@pytest.fixture
def password(monkeypatch):
    monkeypatch.setenv(credentials.BLUESKY, "app-password")


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.delenv(credentials.BLUESKY, raising=False)


def incoming(folder):
    return {row[:3] for row in facts(folder) if row[0] != EGO}


def test_own_records_are_those_of_the_archive(tmp_path) -> None:
    sync(BlueskyWorld(), tmp_path / "live")
    archive = Workspace(tmp_path / "archive" / "workspace")
    load([DATA / "ego.car"], archive, find().usable(Source)[0])
    own = [row for row in facts(tmp_path / "live") if row[0] == EGO]
    assert own == facts(tmp_path / "archive")
    load([DATA / "ego.car"], Workspace(tmp_path / "live" / "workspace"), find().usable(Source)[0])
    assert [row for row in facts(tmp_path / "live") if row[0] == EGO] == own


@pytest.mark.parametrize(("signed_in", "expected"), [(True, IN_SIGNED), (False, IN_UNSIGNED)])
def test_what_others_did(signed_in, expected, tmp_path, request) -> None:
    if signed_in:
        request.getfixturevalue("password")
    manifest = sync(BlueskyWorld(), tmp_path)
    assert incoming(tmp_path) == expected
    covered = {(each.kind, each.direction): each.completeness for each, _ in manifest.coverage}
    assert covered["reply", "out"] == "surviving" and covered["follow", "in"] == "snapshot"
    assert covered["reply", "in"] == ("surviving" if signed_in else "partial")
    assert any("without signing in" in note for note in manifest.notes) is not signed_in
    assert manifest.owners[0][2] == EGO
    for each, _ in manifest.coverage:
        assert each.until == round(NOW * 1000)


def test_accounts_and_follows(tmp_path) -> None:
    world = BlueskyWorld()
    world.gone = {CAROL: "AccountDeactivated"}
    sync(world, tmp_path)
    people = observed(tmp_path)
    assert (people[BOB]["handle"], people[BOB]["followers"], people[BOB]["posts"]) == ("bob.test", 5, 9)
    assert people[BOB]["seen_at"] == round(NOW * 1000)
    assert people[CAROL]["state"] == "deactivated"
    follows = set(facts(tmp_path, "declared"))
    assert {(BOB, EGO, "follow"), (DAVE, EGO, "follow"), (EGO, BOB, "follow"), (EGO, DAVE, "block")} == follows


def test_what_is_blocked_gone_or_no_tie_is_counted(tmp_path, password) -> None:
    world = BlueskyWorld()
    odd = post(110)
    world.incoming += [(BOB, odd, "subscribed-post", 110), (BOB, ("app.bsky.feed.post/x", None), "reply", 111)]
    manifest = sync(world, tmp_path)
    assert manifest.skips["notification of the kind subscribed-post, which makes no tie"][0] == 1
    assert manifest.skips["record without its author or content"][0] == 1


def test_threads_with_missing_parents_and_deleted_posts(tmp_path) -> None:
    world = BlueskyWorld()
    [root] = world.threads
    world.threads[root] += [{"uri": at_uri(DAVE), "blocked": True}, {"uri": at_uri(DAVE), "notFound": True}]
    gone = f"at://{EGO}/{world.own[0]}"
    world.threads[gone] = [world.post_view(BOB, post(120, reply=gone), 120)]
    world._getPostThread = lambda request, params, cursor: (
        refused(400, "NotFound")
        if params["uri"] == gone
        else BlueskyWorld._getPostThread(world, request, params, cursor)
    )
    manifest = sync(world, tmp_path)
    assert incoming(tmp_path) == IN_UNSIGNED
    assert (manifest.skips["reply that is blocked"][0], manifest.skips["reply that is gone"][0]) == (1, 1)


def test_the_next_sync_asks_for_new_things_only(tmp_path, password) -> None:
    world = BlueskyWorld(page=2)
    sync(world, tmp_path)
    before = facts(tmp_path)
    first = len(world.requests)
    key, record = post(1500, reply=at_uri(CAROL))
    world.records[key], world.rev = record, MS + 1501 * HOUR
    world.incoming.append((CAROL, post(2100, reply=f"at://{EGO}/{key}"), "reply", 2100))
    world.requests.clear()
    manifest = sync(world, tmp_path, now=NOW + 200 * 3600)
    paths = [request.url.path.rpartition(".")[2] for request in world.requests]
    assert paths.count("listNotifications") == 1 < first
    assert "since=" in next(str(each.url) for each in world.requests if "getRepo" in each.url.path)
    new = set(facts(tmp_path)) - set(before)
    assert {row[:3] for row in new} == {(EGO, CAROL, "reply"), (CAROL, EGO, "reply")}
    assert manifest.overlap == 0 and manifest.skips.keys() <= {"record of a kind that makes no tie"}
    [since] = {each.since for each, _ in manifest.coverage if (each.kind, each.direction) == ("reply", "in")}
    assert since == round(NOW * 1000)


def test_a_changed_name_is_the_same_account(tmp_path) -> None:
    world = BlueskyWorld()
    sync(world, tmp_path)
    world.handle = "new.test"
    sync(world, tmp_path, who="new.test", now=NOW + 60)
    assert observed(tmp_path)[EGO]["handle"] == "new.test"
    assert len(list((tmp_path / "workspace" / "sync").glob("*.json"))) == 1
    world._resolveHandle = lambda *_: httpx.Response(200, json={"did": EGO})
    with pytest.raises(NetworkError, match=r"no longer the name.*new\.test"):
        sync(world, tmp_path, who="ego.test")


@pytest.mark.parametrize(
    ("method", "answer", "says"),
    [
        ("_getProfile", refused(400, "AccountDeactivated", "Account is deactivated"), "deactivated"),
        ("_getRepo", refused(400, "RepoDeactivated"), "deactivated"),
        ("_getProfile", refused(400, "InvalidRequest", "Profile not found"), "Profile not found"),
        ("_resolveHandle", refused(400, "InvalidRequest", "Unable to resolve handle"), "Unable to resolve"),
        ("_getFollowers", httpx.Response(500, json={"error": "InternalServerError"}), "times in a row"),
        ("_getFollowers", httpx.Response(200, json={"followers": [], "cursor": "same"}), "no end"),
        ("_getFollowers", httpx.Response(200, text="<html>"), "expected shape"),
        ("_getFollowers", httpx.Response(200, json={"followers": [{"did": 5}]}), "holds what it should not"),
    ],
)
def test_refusals_leave_nothing_behind_and_say_why(method, answer, says, tmp_path) -> None:
    world = BlueskyWorld()
    setattr(world, method, lambda *_: answer)
    with pytest.raises(NetworkError, match=says):
        sync(world, tmp_path)
    assert not Workspace(tmp_path / "workspace").imports()


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "https://127.0.0.1:8080", "https://localhost"])
def test_a_document_cannot_point_at_this_machine(url, tmp_path) -> None:
    world = BlueskyWorld()
    world.pds = url
    with pytest.raises(NetworkError, match="no safe address"):
        sync(world, tmp_path)


def test_secrets_go_to_the_own_server_only_and_are_written_nowhere(tmp_path, password, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    world = BlueskyWorld()
    sync(world, tmp_path)
    for request in world.requests:
        secret = "authorization" in request.headers or b"app-password" in request.content
        assert not secret or request.url.host == "pds.test"
    posted = [request.url.path.rpartition("/")[2] for request in world.requests if request.method != "GET"]
    assert posted == ["com.atproto.server.createSession"]
    assert {request.method for request in world.requests} == {"GET", "POST"}
    everything = caplog.text.encode() + b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert not [word for word in (b"app-password", b"ACCESS", b"REFRESH") if word in everything]


def test_a_kept_session_is_taken_up_again(tmp_path, password, monkeypatch) -> None:
    kept: dict = {}

    class Keyring:
        get_password = staticmethod(lambda service, name: kept.get((service, name)))
        set_password = staticmethod(lambda service, name, value: kept.update({(service, name): value}))

    monkeypatch.setitem(sys.modules, "keyring", Keyring)
    world = BlueskyWorld()
    sync(world, tmp_path)
    sync(world, tmp_path, now=NOW + 60)
    posted = [request.url.path.rpartition(".")[2] for request in world.requests if request.method == "POST"]
    assert posted == ["createSession", "refreshSession"] and kept == {("relnet session", f"bluesky:{EGO}"): "REFRESH-2"}


def test_a_wrong_password_is_said(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(credentials.BLUESKY, "another")
    with pytest.raises(Refused, match="Invalid identifier") as stop:
        sync(BlueskyWorld(), tmp_path)
    assert "another" not in str(stop.value) and "app password" in stop.value.hint


@settings(max_examples=12)
@given(
    page=st.integers(1, 7), kills=st.lists(st.integers(3, 30), max_size=3), signed_in=st.booleans(), order=st.randoms()
)
def test_pages_order_and_kills_do_not_change_the_facts(tmp_path_factory, page, kills, signed_in, order) -> None:
    folder = tmp_path_factory.mktemp("any")
    with pytest.MonkeyPatch.context() as patch:
        if signed_in:
            patch.setenv(credentials.BLUESKY, "app-password")
        whole = BlueskyWorld(followers=9)
        sync(whole, folder / "whole")
        world = BlueskyWorld(followers=9, page=page)
        order.shuffle(world.people)
        for kill in kills:
            at = len(world.requests) + kill

            def die() -> httpx.Response:
                raise Killed

            world.faults = {at: die}
            try:
                sync(world, folder / "torn")
            except Killed:
                continue
            break
        world.faults = {}
        sync(world, folder / "torn")
    for kind in ("interactions", "declared"):
        assert facts(folder / "torn", kind) == facts(folder / "whole", kind)
    assert observed(folder / "torn").keys() == observed(folder / "whole").keys()


def test_a_kill_between_the_log_and_the_state_adds_nothing_twice(tmp_path, password, monkeypatch) -> None:
    from relnet.live.spool import Spool

    def die(*_):
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Spool, "imported", die)
        sync(BlueskyWorld(), tmp_path)
    world = BlueskyWorld()
    sync(world, tmp_path)
    assert len(Workspace(tmp_path / "workspace").imports()) == 1
    assert {each.url.path.rpartition(".")[2] for each in world.requests} <= {"resolveHandle", "getProfile", f"/{EGO}"}


def test_a_check_judges_a_sample_of_a_long_list(tmp_path) -> None:
    world = BlueskyWorld(followers=2_000)
    with client(world) as http:
        job = check_job("bluesky", "ego.test", http, Live(), None, 0)
        steps = job.steps({})
    assert total(steps) == 20 + 13 + 323
    with pytest.raises(Paused, match="356 requests"):
        check_budget(steps, Live(requests=300))
    world.requests.clear()
    manifest = check(world, tmp_path)
    assert len(world.requests) == 3 + 356
    assert [(each.completeness, each.direction) for each, _ in manifest.coverage] == [("sampled", "in")]
    assert not manifest.owners and manifest.rows["declared"] == 323
    assert "authorization" not in {name for each in world.requests for name in each.headers}
    header = observed(tmp_path)
    assert header[EGO]["followers"] == 2_000
    assert sum(row["last_active_at"] == MS for row in header.values()) == 323


@pytest.mark.parametrize(("limit", "judged"), [(None, 60), (0, 60), (10, 10)])
def test_how_many_are_judged(limit, judged, tmp_path) -> None:
    assert check(BlueskyWorld(followers=60), tmp_path, limit=limit).rows["declared"] == judged


@settings(max_examples=6)
@given(kill=st.integers(3, 60), page=st.integers(3, 40))
def test_a_torn_check_draws_the_same_sample(tmp_path_factory, kill, page) -> None:
    folder = tmp_path_factory.mktemp("check")
    check(BlueskyWorld(followers=100), folder / "whole", limit=10)
    world = BlueskyWorld(followers=100, page=page)

    def die() -> httpx.Response:
        raise Killed

    world.faults = {kill: die}
    try:
        check(world, folder / "torn", limit=10)
    except Killed:
        check(world, folder / "torn", limit=10)
    assert facts(folder / "torn", "declared") == facts(folder / "whole", "declared")


def test_without_lists_nobody_is_listed(tmp_path) -> None:
    world = BlueskyWorld()
    manifest = sync(world, tmp_path, lists=False)
    asked = {each.url.path.rpartition(".")[2] for each in world.requests}
    assert not asked & {"getFollowers", "getFollows", "getProfiles"}
    assert ("follow", "in") not in {(each.kind, each.direction) for each, _ in manifest.coverage}


def test_a_wish_changed_in_the_middle_begins_anew(tmp_path, monkeypatch) -> None:
    world = BlueskyWorld(page=1)

    def die() -> httpx.Response:
        raise Killed

    world.faults = {9: die}
    with pytest.raises(Killed):
        sync(world, tmp_path)
    monkeypatch.setenv(credentials.BLUESKY, "app-password")
    sync(world, tmp_path)
    assert incoming(tmp_path) == IN_SIGNED


def test_a_state_that_cannot_be_read_is_named(tmp_path) -> None:
    sync(BlueskyWorld(), tmp_path)
    [file] = (tmp_path / "workspace" / "sync").glob("*.json")
    assert json.loads(file.read_bytes())["run"] is None
    file.write_text("{")
    with pytest.raises(Exception, match="cannot be read") as stop:
        sync(BlueskyWorld(), tmp_path)
    assert str(file) in str(stop.value)


def test_hosts_are_named(tmp_path) -> None:
    with client(BlueskyWorld()) as http:
        assert sync_job("bluesky", "ego.test", http, Live()).hosts == [
            "public.api.bsky.app",
            "plc.directory",
            "pds.test",
        ]
        assert check_job("bluesky", EGO, http, Live(), 0, 0).hosts == ["public.api.bsky.app", "plc.directory"]
