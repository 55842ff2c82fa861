"""A real Bluesky network on loopback (`.ci/live` starts it): a known graph comes back edge by edge."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from relnet.cli.main import main
from relnet.errors import NetworkError
from relnet.live.client import Client
from relnet.live.jobs import check_job, sync_job
from relnet.settings import Live
from tests.live.fetching import _imported, facts, observed

VARIABLE = "RELNET_TEST_BLUESKY"
POST = "app.bsky.feed.post"
BULK = 250
"""Replies by one account: more than two pages."""
_names = itertools.count()


class Person:
    """An account of the network that writes."""

    def __init__(self, network: Network, name: str) -> None:
        self.network, self.handle = network, f"{name}{next(_names)}-{os.getpid()}.test"
        self.password = f"pw-{name}"
        made = network.call("com.atproto.server.createAccount", {
            "handle": self.handle, "email": f"{self.handle}@mail.test", "password": self.password,
        })  # fmt: skip
        self.did, self.token = made["did"], made["accessJwt"]

    def write(self, collection: str, **record: object) -> dict:
        body = {"$type": collection, "createdAt": _now(), **record}
        return self.network.call(
            "com.atproto.repo.createRecord", {"repo": self.did, "collection": collection, "record": body}, self.token
        )

    def post(
        self,
        text: str = "x",
        reply: dict | None = None,
        root: dict | None = None,
        mention: Person | None = None,
        quote: dict | None = None,
    ) -> dict:
        more: dict = {}
        if reply:
            more["reply"] = {"root": _ref(root or reply), "parent": _ref(reply)}
        if mention:
            feature = {"$type": "app.bsky.richtext.facet#mention", "did": mention.did}
            more["facets"] = [{"index": {"byteStart": 0, "byteEnd": 1}, "features": [feature]}]
        if quote:
            more["embed"] = {"$type": "app.bsky.embed.record", "record": _ref(quote)}
        return self.write(POST, text=text, **more)

    def follow(self, other: Person) -> dict:
        return self.write("app.bsky.graph.follow", subject=other.did)

    def delete(self, record: dict) -> None:
        _, _, did, collection, key = record["uri"].split("/")
        self.network.call(
            "com.atproto.repo.deleteRecord", {"repo": did, "collection": collection, "rkey": key}, self.token
        )


class Network:
    def __init__(self, appview: str, plc: str, pds: str) -> None:
        self.appview, self.pds = appview, pds
        self.live = Live(bluesky_appview=appview, bluesky_plc=plc)

    def call(self, method: str, body: dict | None = None, token: str | None = None) -> dict:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = httpx.post(f"{self.pds}/xrpc/{method}", json=body, headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.content else {}

    def read(self, method: str, base: str = "", **params: object) -> dict:
        answer = httpx.get(f"{base or self.appview}/xrpc/{method}", params=params, timeout=60)
        return answer.json() if answer.status_code == 200 else {}

    def indexed(self, *records: dict) -> None:
        """Wait until the AppView knows posts: of an answer that it meets before what is answered, it tells nobody."""
        uris = [record["uri"] for record in records]
        until(lambda: len(self.read("app.bsky.feed.getPosts", uris=uris).get("posts", ())) == len(uris))

    def told(self, person: Person) -> int:
        """How many notifications (of one page) an account has."""
        headers = {"authorization": f"Bearer {person.token}"}
        answer = httpx.get(
            f"{self.pds}/xrpc/app.bsky.notification.listNotifications",
            params={"limit": 100},
            headers=headers,
            timeout=60,
        )
        return len(answer.json()["notifications"])

    def sync(self, person: Person, folder, signed_in: bool = True, now: float | None = None):
        with pytest.MonkeyPatch.context() as patch, Client(self.live) as client:
            if signed_in:
                patch.setenv("RELNET_BLUESKY_PASSWORD", person.password)
            job = sync_job("bluesky", person.did, client, self.live)
            return _imported(job, folder, now or time.time())


def _now(seconds: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ref(record: dict) -> dict:
    return {"uri": record["uri"], "cid": record["cid"]}


def until(said, seconds: float = 90) -> None:
    """Wait until something is so: the AppView indexes after a while."""
    end = time.monotonic() + seconds
    while not said():
        assert time.monotonic() < end, "the AppView did not index in time"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def network() -> Network:
    if VARIABLE not in os.environ:
        pytest.skip(f"no Bluesky network runs here: {VARIABLE} is not set (see .ci/live)")
    return Network(*os.environ[VARIABLE].split())


@pytest.fixture(scope="module")
def graph(network):
    """Five people around one, every kind of act, and what each act is as an edge."""
    ana, bob, cat, dan, eve = (Person(network, name) for name in ("ana", "bob", "cat", "dan", "eve"))
    edges: set[tuple[str, str, str, str]] = set()

    def edge(by: Person, to: Person, kind: str, record: dict) -> dict:
        edges.add((by.did, to.did, kind, record["uri"]))
        return record

    root = ana.post("hello")
    other = bob.post("other")
    network.indexed(root, other)
    answer = edge(bob, ana, "reply", bob.post(reply=root))
    network.indexed(answer)
    edge(cat, bob, "reply", cat.post(reply=answer, root=root))
    edge(ana, bob, "reply", ana.post(reply=answer, root=root))
    edge(ana, bob, "reply", ana.post(reply=other))
    edge(ana, cat, "mention", ana.post(mention=cat))
    edge(dan, ana, "mention", dan.post(mention=ana))
    edge(ana, bob, "quote", ana.post(quote=other))
    edge(eve, ana, "quote", eve.post(quote=root))
    for by, to, record in ((ana, bob, other), (eve, ana, root)):
        subject = _ref(record)
        edge(by, to, "like", by.write("app.bsky.feed.like", subject=subject))
        edge(by, to, "repost", by.write("app.bsky.feed.repost", subject=subject))
    ana.post(reply=root)
    follows = {(each.did, ana.did) for each in (bob, cat, dan, eve)} | {(ana.did, bob.did)}
    for each in (bob, cat, dan, eve):
        each.follow(ana)
    ana.follow(bob)
    gone = bob.post("gone soon")
    edge(ana, bob, "reply", ana.post("to a post that is gone", reply=gone))
    bob.delete(gone)
    unsaid = eve.post("said and taken back", reply=root)
    eve.delete(unsaid)
    people = (ana, bob, cat, dan, eve)
    until(lambda: network.read("app.bsky.actor.getProfile", actor=ana.did).get("followersCount") == 4)
    until(lambda: network.read("app.bsky.actor.getProfile", actor=ana.did).get("postsCount") == 7)
    until(lambda: network.told(ana) == 10)
    return people, edges, follows, root


def test_a_known_graph_comes_back_edge_by_edge(network, graph, tmp_path) -> None:
    (ana, *_), edges, follows, _ = graph
    manifest = network.sync(ana, tmp_path)
    assert set(facts(tmp_path)) == edges
    assert {row[:2] for row in facts(tmp_path, "declared")} == follows
    assert manifest.rows["self"] == 1
    people = observed(tmp_path)
    assert {people[each.did]["handle"] for each in graph[0]} == {each.handle for each in graph[0]}
    assert people[ana.did]["followers"] == 4 and people[ana.did]["owner"]


def test_signed_out_only_answers_and_quotes_are_known(network, graph, tmp_path) -> None:
    (ana, *_), edges, _, _ = graph
    network.sync(ana, tmp_path, signed_in=False)
    expected = {edge for edge in edges if edge[0] == ana.did or (edge[1] == ana.did and edge[2] in ("reply", "quote"))}
    assert set(facts(tmp_path)) == expected


def test_three_ways_to_ones_own_records_agree(network, graph, tmp_path) -> None:
    (ana, *_), _, _, _ = graph
    network.sync(ana, tmp_path)
    by_car = {row for row in facts(tmp_path) if row[0] == ana.did}
    listed = {
        (ana.did, *edge, record["uri"])
        for collection in (POST, "app.bsky.feed.like", "app.bsky.feed.repost")
        for record in network.read(
            "com.atproto.repo.listRecords", network.pds, repo=ana.did, collection=collection, limit=100
        )["records"]
        for edge in _edges(record["value"])
        if edge[0] != ana.did
    }
    assert by_car == listed
    feed = network.read("app.bsky.feed.getAuthorFeed", actor=ana.did, filter="posts_with_replies", limit=100)["feed"]
    by_feed = {
        (ana.did, *edge, item["post"]["uri"])
        for item in feed
        if "reason" not in item
        for edge in _edges(item["post"]["record"])
        if edge[0] != ana.did
    }
    assert by_feed == {row for row in by_car if row[2] in ("reply", "mention", "quote")}
    reposted = {item["post"]["author"]["did"] for item in feed if "reason" in item}
    assert reposted == {row[1] for row in by_car if row[2] == "repost"}


def _edges(record: dict) -> list[tuple[str, str]]:
    def author(subject: dict) -> str:
        return subject["uri"].split("/")[2]

    if "subject" in record:
        return [(author(record["subject"]), record["$type"].rpartition(".")[2])]
    found = [(author(record["reply"]["parent"]), "reply")] if "reply" in record else []
    found += [(author(record["embed"]["record"]), "quote")] if "embed" in record else []
    return found + [(each["did"], "mention") for facet in record.get("facets", ()) for each in facet["features"]]


CHILD = """
import os, signal, sys
from relnet.live.client import Client
from relnet.cli.main import main
send, left = Client._send, [int(sys.argv[1])]
def counted(*args, **more):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return send(*args, **more)
Client._send = counted
main(sys.argv[2:])
"""


def test_a_kill_in_the_middle_loses_and_doubles_nothing(network, graph, tmp_path) -> None:
    (_, bob, *_), _, _, _ = graph
    fan = Person(network, "fan")
    star = Person(network, "star")
    start = star.post("start")
    network.indexed(start)
    made = []
    for first in range(0, BULK, 125):
        writes = [
            {"$type": "com.atproto.repo.applyWrites#create", "collection": POST, "value": {
                "$type": POST, "text": f"{i}", "createdAt": _now(i - BULK), "reply": {"root": _ref(start), "parent": _ref(start)},
            }}
            for i in range(first, first + 125)
        ]  # fmt: skip
        made += network.call("com.atproto.repo.applyWrites", {"repo": fan.did, "writes": writes}, fan.token)["results"]
    bob.follow(star)
    until(lambda: network.read("app.bsky.actor.getProfile", actor=fan.did).get("postsCount") == BULK)
    until(
        lambda: (
            network.read("app.bsky.feed.getPostThread", uri=start["uri"], depth=0)
            .get("thread", {})
            .get("post", {})
            .get("replyCount")
            == BULK
        )
    )
    expected = {(fan.did, star.did, "reply", each["uri"]) for each in made}
    environment = os.environ | {
        "RELNET_BLUESKY_PASSWORD": star.password, "RELNET_LIVE__BLUESKY_APPVIEW": network.live.bluesky_appview,
        "RELNET_LIVE__BLUESKY_PLC": network.live.bluesky_plc, "RELNET_CONFIG": str(tmp_path / "none.toml"),
    }  # fmt: skip
    for kill in (5, 7, 8, 9):
        folder = tmp_path / str(kill)
        command = ["sync", f"bluesky:{star.did}", "-w", str(folder / "workspace"), "-q"]
        torn = subprocess.run([sys.executable, "-c", CHILD, str(kill), *command], env=environment, capture_output=True)
        assert torn.returncode == -signal.SIGKILL, torn.stderr
        assert facts(folder) == []
        done = subprocess.run([sys.executable, "-m", "relnet", *command], env=environment, capture_output=True)
        assert done.returncode == 0, done.stderr
        rows = facts(folder)
        assert set(rows) == expected and len(rows) == BULK


def test_the_next_sync_brings_what_is_new(network, tmp_path) -> None:
    ana, bob = Person(network, "ana"), Person(network, "bob")
    root = ana.post("one")
    network.indexed(root)
    first = bob.post(reply=root)
    until(lambda: network.told(ana) == 1)
    network.sync(ana, tmp_path)
    assert {row[3] for row in facts(tmp_path)} == {first["uri"]}
    more = ana.post(reply=first, root=root)
    network.indexed(more)
    again = bob.post(reply=more, root=root)
    until(lambda: network.told(ana) == 2)
    until(lambda: network.read("app.bsky.actor.getProfile", actor=ana.did).get("postsCount") == 2)
    manifest = network.sync(ana, tmp_path)
    assert {row[3] for row in facts(tmp_path)} == {first["uri"], more["uri"], again["uri"]}
    assert not manifest.skips
    [own] = [each for each, _ in manifest.coverage if (each.kind, each.direction) == ("reply", "out")]
    assert own.since is not None and manifest.read["repo.car"] > 0


def test_blocks_names_and_accounts_that_are_gone(network, tmp_path) -> None:
    ana, bob, cat = (Person(network, name) for name in ("ana", "bob", "cat"))
    theirs = bob.post("theirs")
    mine = ana.post("mine")
    network.indexed(theirs, mine)
    to_bob = ana.post(reply=theirs)
    cat_said = cat.post(reply=mine)
    for each in (bob, cat):
        each.follow(ana)
    until(lambda: network.read("app.bsky.actor.getProfile", actor=ana.did).get("followersCount") == 2)
    until(lambda: network.read("app.bsky.actor.getProfile", actor=cat.did).get("postsCount") == 1)
    network.sync(ana, tmp_path / "before")
    assert {row[:3] for row in facts(tmp_path / "before")} == {(ana.did, bob.did, "reply"), (cat.did, ana.did, "reply")}

    bob.write("app.bsky.graph.block", subject=ana.did)
    network.call("com.atproto.server.deactivateAccount", {}, cat.token)
    named = f"new-{ana.handle}"
    network.call("com.atproto.identity.updateHandle", {"handle": named}, ana.token)
    until(lambda: network.read("app.bsky.actor.getProfile", actor=ana.did).get("handle") == named)
    until(lambda: not network.read("app.bsky.actor.getProfile", actor=cat.did))

    network.sync(ana, tmp_path / "before", now=time.time() + 5)
    people = observed(tmp_path / "before")
    assert people[ana.did]["handle"] == named and people[cat.did]["handle"] == cat.handle
    assert {row[3] for row in facts(tmp_path / "before")} == {to_bob["uri"], cat_said["uri"]}
    network.sync(ana, tmp_path / "after")
    assert (ana.did, bob.did, "reply", to_bob["uri"]) in set(facts(tmp_path / "after"))
    with Client(network.live) as client:
        with pytest.raises(NetworkError, match="deactivated"):
            check_job("bluesky", cat.did, client, network.live, None, 0)
        with pytest.raises(NetworkError):
            sync_job("bluesky", ana.handle, client, network.live)
        assert sync_job("bluesky", named, client, network.live).account.did == ana.did
        job = check_job("bluesky", named, client, network.live, None, 0)
    with Client(network.live) as client:
        job = check_job("bluesky", named, client, network.live, None, 0)
        manifest = _imported(job, tmp_path / "check", time.time())
    stated, seen = job.profile["followersCount"], manifest.rows["declared"]
    assert any("states" in note for note in manifest.notes) is (stated != seen)


def test_a_real_rate_limit_is_waited_out(network, tmp_path) -> None:
    ana = Person(network, "ana")
    url = f"{network.pds}/xrpc/com.atproto.server.createSession"
    body = {"identifier": ana.did, "password": ana.password}
    answers = [httpx.post(url, json=body, timeout=60).status_code for _ in range(31)]
    assert answers[-1] == 429
    notices: list[str] = []
    with pytest.MonkeyPatch.context() as patch, Client(network.live, notice=notices.append) as client:
        patch.setenv("RELNET_BLUESKY_PASSWORD", ana.password)
        _imported(sync_job("bluesky", ana.did, client, network.live), tmp_path, time.time())
    assert any("createSession" in notice and "waiting" in notice for notice in notices)


def test_a_check_of_a_stranger_by_command(network, graph, monkeypatch, capsys, tmp_path) -> None:
    ana = graph[0][0]
    monkeypatch.setenv("RELNET_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("RELNET_LIVE__BLUESKY_APPVIEW", network.live.bluesky_appview)
    monkeypatch.setenv("RELNET_LIVE__BLUESKY_PLC", network.live.bluesky_plc)
    with pytest.raises(SystemExit) as stop:
        main(["check", f"bluesky:{ana.handle}"])
    assert not stop.value.code and "4 seen of 4" in capsys.readouterr().out
