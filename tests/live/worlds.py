"""Small invented networks that answer like the real servers: through a transport, or on loopback.

They are fakes, made after answers of real servers: they test relnet's side, not the servers'.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tests.unit.sources.test_bluesky import BOB, CAROL, DAVE, EGO, HOUR, MS, SAMPLE, at_uri, car, made, post, quote, tid

NOW = MS / 1000 + 2000 * 3600
"""The present of these worlds, seconds since 1970."""
NAMES = {EGO: "ego.test", BOB: "bob.test", CAROL: "carol.test", DAVE: "dave.test"}


def iso(ms: float) -> str:
    return httpx_date(ms / 1000)


def httpx_date(seconds: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Server:
    """Answers requests, keeps a list of them, and fails where it is told to.

    `faults` maps the number of a request to what is answered in place of the truth.
    """

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.faults: dict[int, Callable[[], httpx.Response]] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        fault = self.faults.pop(len(self.requests) - 1, None)
        return fault() if fault else self.answer(request)

    def answer(self, request: httpx.Request) -> httpx.Response:
        raise NotImplementedError

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)


def refused(status: int, name: str, message: str = "") -> httpx.Response:
    return httpx.Response(status, json={"error": name, "message": message or name})


def view(did: str, **more: object) -> dict:
    return {"did": did, "handle": NAMES.get(did, "handle.invalid"), "indexedAt": iso(MS), **more}


def notice(author: str, key: str, record: dict, reason: str, hours: float) -> dict:
    return {
        "uri": f"at://{author}/{key}", "cid": "c", "author": view(author), "reason": reason, "record": record,
        "isRead": False, "indexedAt": iso(MS + hours * HOUR), "labels": [],
    }  # fmt: skip


class BlueskyWorld(Server):
    """One account with a repository, notifications, threads and lists, on every server at once."""

    def __init__(self, followers: int = 3, page: int = 100) -> None:
        super().__init__()
        self.page = page
        self.did, self.handle = EGO, "ego.test"
        self.records, self.rev = dict(SAMPLE), MS + 1000 * HOUR
        self.pds = "https://pds.test"
        self.people = [BOB, CAROL, DAVE, *(f"did:plc:{i:0>24}" for i in range(followers - 3))][:followers]
        self.gone: dict[str, str] = {}
        self.password = "app-password"
        self.own = sorted((key for key in self.records if "feed.post" in key), reverse=True)
        root = f"at://{EGO}/{self.own[-1]}"
        reply = post(100, reply=root)
        deeper = post(101, reply=f"at://{BOB}/{reply[0]}")
        mention, quoted = post(102, mentions=[EGO]), post(103, embed=quote(root))
        like, follow = (
            made(104, "app.bsky.feed.like", subject={"uri": root, "cid": "b"}),
            made(105, "app.bsky.graph.follow", subject=EGO),
        )
        self.incoming = [
            (BOB, reply, "reply", 100), (CAROL, deeper, "reply", 101), (DAVE, mention, "mention", 102),
            (CAROL, quoted, "quote", 103), (DAVE, like, "like", 104), (BOB, follow, "follow", 105),
        ]  # fmt: skip
        self.threads: dict[str, list[dict]] = {root: [self.post_view(BOB, reply, 100)]}
        self.quotes: dict[str, list[dict]] = {root: [self.post_view(CAROL, quoted, 103)]}

    def post_view(self, author: str, record: tuple[str, dict], hours: float) -> dict:
        key, value = record
        return {
            "uri": f"at://{author}/{key}",
            "cid": "c",
            "author": view(author),
            "record": value,
            "indexedAt": iso(MS + hours * HOUR),
        }

    @property
    def notifications(self) -> list[dict]:
        newest_first = sorted(self.incoming, key=lambda each: -each[3])
        return [notice(author, *record, reason, hours) for author, record, reason, hours in newest_first]

    def profile(self, did: str) -> dict:
        more = {
            "displayName": f"Name of {did[-3:]}",
            "followersCount": 5,
            "followsCount": 7,
            "postsCount": 9,
            "createdAt": iso(MS),
        }
        if did == EGO:
            more |= {
                "handle": self.handle,
                "followersCount": len(self.people),
                "followsCount": 1,
                "postsCount": len(self.own),
            }
        return view(did, **more)

    def answer(self, request: httpx.Request) -> httpx.Response:
        url, params = request.url, request.url.params
        method = url.path.rpartition("/")[2]
        cursor = int(params["cursor"]) if params.get("cursor", "").isdecimal() else 0
        if method.startswith("did:plc:"):
            return httpx.Response(200, json={
                "id": self.did, "alsoKnownAs": [f"at://{self.handle}"],
                "service": [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.pds}],
            })  # fmt: skip
        found = getattr(self, "_" + method.rpartition(".")[2], None)
        if found is None:
            return refused(501, "MethodNotImplemented")
        return found(request, params, cursor)

    def _listed(self, key: str, items: list, cursor: int) -> httpx.Response:
        end = cursor + self.page
        body: dict = {key: items[cursor:end]}
        if end < len(items):
            body["cursor"] = str(end)
        return httpx.Response(200, json=body)

    def _resolveHandle(self, request, params, cursor):
        known = params["handle"] == self.handle
        return (
            httpx.Response(200, json={"did": self.did})
            if known
            else refused(400, "InvalidRequest", "Unable to resolve handle")
        )

    def _getProfile(self, request, params, cursor):
        did = params["actor"]
        return refused(400, self.gone[did]) if did in self.gone else httpx.Response(200, json=self.profile(did))

    def _getProfiles(self, request, params, cursor):
        dids = params.get_list("actors")
        if len(dids) > 25:
            return refused(400, "InvalidRequest")
        return httpx.Response(200, json={"profiles": [self.profile(did) for did in dids if did not in self.gone]})

    def _getFollowers(self, request, params, cursor):
        return self._listed("followers", [view(did) for did in self.people if did not in self.gone], cursor)

    def _getFollows(self, request, params, cursor):
        return self._listed("follows", [view(BOB)], cursor)

    def _getAuthorFeed(self, request, params, cursor):
        assert params["filter"] == "posts_with_replies"
        if params["actor"] != EGO:
            return self._listed(
                "feed",
                [{"post": {"uri": at_uri(params["actor"]), "author": view(params["actor"]), "indexedAt": iso(MS)}}],
                0,
            )
        posts = [
            {"post": {
                "uri": uri, "author": view(EGO), "indexedAt": iso(MS), "replyCount": len(self.threads.get(uri, ())),
                "quoteCount": len(self.quotes.get(uri, ())),
            }}
            for uri in (f"at://{EGO}/{key}" for key in self.own)
        ]  # fmt: skip
        repost = {
            "post": {"uri": at_uri(BOB), "author": view(BOB), "indexedAt": iso(MS), "replyCount": 9},
            "reason": {"indexedAt": iso(MS)},
        }
        return self._listed("feed", [repost, *posts], cursor)

    def _getPostThread(self, request, params, cursor):
        if params["uri"] not in self.threads:
            return refused(400, "NotFound", "Post not found")
        replies = [
            each if "notFound" in each or "blocked" in each else {"post": each} for each in self.threads[params["uri"]]
        ]
        return httpx.Response(200, json={"thread": {"post": {"uri": params["uri"]}, "replies": replies}})

    def _getQuotes(self, request, params, cursor):
        return self._listed("posts", self.quotes.get(params["uri"], []), cursor)

    def _getLatestCommit(self, request, params, cursor):
        return httpx.Response(200, json={"cid": "c", "rev": tid(self.rev)})

    def _getRepo(self, request, params, cursor):
        lost = ()
        if "since" in params:
            lost = [
                key for key in self.records if key.rpartition("/")[2] <= params["since"] and not key.endswith("self")
            ]
        return httpx.Response(200, content=car(self.records, rev=self.rev, lost=lost))

    def _createSession(self, request, params, cursor):
        said = json.loads(request.content)
        if said["password"] != self.password:
            return refused(401, "AuthenticationRequired", "Invalid identifier or password")
        return httpx.Response(
            200, json={"did": EGO, "handle": self.handle, "accessJwt": "ACCESS", "refreshJwt": "REFRESH"}
        )

    def _refreshSession(self, request, params, cursor):
        return httpx.Response(200, json={"did": EGO, "accessJwt": "ACCESS", "refreshJwt": "REFRESH-2"})

    def _listNotifications(self, request, params, cursor):
        if request.headers.get("authorization") != "Bearer ACCESS":
            return refused(400, "InvalidToken")
        return self._listed("notifications", self.notifications, cursor)


HOST = "home.example"


def person(number: int, acct: str, **more: object) -> dict:
    user, _, host = acct.partition("@")
    return {
        "id": str(number), "username": user, "acct": acct, "uri": f"https://{host or HOST}/users/{user}",
        "url": f"https://{host or HOST}/@{user}", "display_name": user.title(), "note": "<p>Hi</p>", "bot": False,
        "created_at": "2020-01-01T00:00:00.000Z", "last_status_at": "2024-03-01", "followers_count": 5,
        "following_count": 6, "statuses_count": 7, "avatar": "https://x/a.png", **more,
    }  # fmt: skip


class MastodonWorld(Server):
    """One server with one owner: pages by `Link` with ids of its own, limits clamped without a word."""

    def __init__(self, followers: int = 3, clamp: int = 40) -> None:
        super().__init__()
        self.clamp, self.base, self.token = clamp, f"https://{HOST}", "TOKEN"
        self.ann, self.ben = person(2, "ann@far.example"), person(3, "ben")
        self.people = [self.ann, self.ben, *(person(100 + i, f"p{i}@far.example") for i in range(followers - 2))][
            :followers
        ]
        self.hidden = False
        self.owner = person(1, "ego", followers_count=followers, following_count=1, statuses_count=4)
        said = "<p>x</p>"
        self.statuses = [
            self.status(13, self.owner, reblog=self.status(50, self.ann)),
            self.status(12, self.owner, [self.ann], visibility="direct", content=said),
            self.status(11, self.owner, [self.ann], in_reply_to_id="51", in_reply_to_account_id="2"),
            self.status(10, self.owner, content=said, replies_count=2),
        ]
        self.contexts = {
            "10": {"ancestors": [], "descendants": [
                self.status(60, self.ben, [self.owner], in_reply_to_id="10", in_reply_to_account_id="1"),
                self.status(61, self.ann, [self.ben], in_reply_to_id="60", in_reply_to_account_id="3"),
            ]}
        }  # fmt: skip
        ann_status = self.status(62, self.ann, [self.owner])
        self.notifications = [
            self.notice(9, "follow", self.ben), self.notice(8, "favourite", self.ann, self.statuses[3]),
            self.notice(7, "reblog", self.ben, self.statuses[3]), self.notice(6, "mention", self.ann, ann_status),
            self.notice(5, "mention", self.ben, self.contexts["10"]["descendants"][0]),
            self.notice(4, "poll", self.owner, self.statuses[3]),
        ]  # fmt: skip

    def status(self, number: int, account: dict, mentions: list | tuple = (), **more: object) -> dict:
        said = [{key: each[key] for key in ("id", "username", "acct", "url")} for each in mentions]
        host = account["uri"].split("/")[2]
        return {
            "id": str(number), "uri": f"https://{host}/s/{number}", "url": f"https://{host}/@x/{number}",
            "account": account, "mentions": said, "created_at": iso(MS + number * HOUR), "visibility": "public",
            "content": "", "replies_count": 0, "reblog": None, "in_reply_to_id": None, "in_reply_to_account_id": None,
            **more,
        }  # fmt: skip

    def notice(self, number: int, kind: str, account: dict, status: dict | None = None) -> dict:
        found = {"id": str(number), "type": kind, "created_at": iso(MS + (100 + number) * HOUR), "account": account}
        return found | ({"status": status} if status else {})

    def answer(self, request: httpx.Request) -> httpx.Response:
        path, params = request.url.path, request.url.params
        signed_in = request.headers.get("authorization") == f"Bearer {self.token}"
        if "authorization" in request.headers and not signed_in:
            return httpx.Response(401, json={"error": "The access token is invalid"})
        if path == "/api/v1/accounts/lookup":
            known = params["acct"] == "ego"
            return (
                httpx.Response(200, json=self.owner)
                if known
                else httpx.Response(404, json={"error": "Record not found"})
            )
        if path == "/api/v1/accounts/verify_credentials":
            return httpx.Response(200, json=self.owner) if signed_in else httpx.Response(401, json={"error": "no"})
        if path.endswith("/context"):
            return httpx.Response(200, json=self.contexts.get(path.split("/")[4], {"ancestors": [], "descendants": []}))
        lists = {
            "/api/v1/accounts/1/statuses": [
                each for each in self.statuses if signed_in or each["visibility"] == "public"
            ],
            "/api/v1/accounts/1/followers": [] if self.hidden else self.people,
            "/api/v1/accounts/1/following": [self.ann],
        }
        if signed_in:
            lists["/api/v1/notifications"] = self.notifications
        if path not in lists:
            return httpx.Response(401, json={"error": "The access token is invalid"})
        return self._page(path, lists[path], int(params.get("limit") or 20), int(params.get("max_id") or 0))

    def _page(self, path: str, items: list, limit: int, at: int) -> httpx.Response:
        # `max_id` is a place in the list here, an internal id as on real servers: no account's or status's.
        end = at + min(limit, self.clamp)
        link = (
            f'<{self.base}{path}?limit={limit}&max_id={end}>; rel="next", <{self.base}{path}?min_id={at}>; rel="prev"'
        )
        headers = {
            "link": link,
            "x-ratelimit-limit": "300",
            "x-ratelimit-remaining": "299",
            "x-ratelimit-reset": httpx_date(NOW),
        }
        return httpx.Response(200, json=items[at:end], headers=headers if items[at:end] else {})


@contextmanager
def served(world: Server) -> Iterator[str]:
    """Serve a world on loopback and yield its base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            request = httpx.Request(
                self.command,
                f"http://{self.headers['host']}{self.path}",
                headers=dict(self.headers),
                content=self.rfile.read(size),
            )
            answer = world(request)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
