"""What a sync and a check of Bluesky fetch, list by list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from relnet.errors import Refused
from relnet.live.bluesky import PAGE, PROFILES, Bluesky, Identity, flattened
from relnet.live.job import FollowerCheck, Step, Tell, header, in_turn, paged, walked
from relnet.live.spool import Spool, Stream
from relnet.moments import DAY_MS, milliseconds
from relnet.settings import Live
from relnet.store.workspace import workspace_name

_LISTS: Final = {"followers": "app.bsky.graph.getFollowers", "follows": "app.bsky.graph.getFollows"}
_STATES: Final = {"AccountDeactivated": "deactivated", "AccountTakedown": "suspended", "AccountSuspended": "suspended"}
_ASKED_SINGLY: Final = 200
"""Accounts missing from `getProfiles` that are asked for one by one, to learn why."""
_encode = msgspec.json.encode


class _View(msgspec.Struct):
    """The part of an item that fetching itself looks at."""

    did: str | None = None
    uri: str | None = None
    indexed_at: str | None = msgspec.field(default=None, name="indexedAt")
    author: _View | None = None


class _FeedPost(msgspec.Struct, rename="camel"):
    uri: str
    author: _View
    reply_count: int = 0
    quote_count: int = 0
    indexed_at: str | None = None


class _FeedItem(msgspec.Struct):
    post: _FeedPost
    reason: _View | None = None


class _Target(NamedTuple):
    """An own post whose replies or quotes are asked for."""

    uri: str
    replies: int
    quotes: int


class _Asking:
    """What both jobs share."""

    source: ClassVar[str] = "bluesky_live"
    allowance: ClassVar[int] = 3_000

    def __init__(self, bluesky: Bluesky, live: Live, account: Identity) -> None:
        self.bluesky, self.account, self._live = bluesky, account, live
        self.profile = bluesky.profile(account.did)

    def _stated(self, name: str) -> int:
        count = self.profile.get(f"{name}Count")
        return count if isinstance(count, int) else 0

    def _header(self, spool: Spool, **more: Any) -> dict[str, Any]:
        return header("bluesky", self.account.did, self.account.handle, spool, **more)

    def _profiles(self, spool: Spool, dids: list[str], tell: Tell) -> None:
        """Fetch detailed profiles, 25 at a time; of those that are missing, the reason."""
        gone = spool.stream("profiles").findings

        def ask(asked: Sequence[str]) -> list[bytes]:
            found = self.bluesky.profiles(list(asked))
            missing = [did for did in asked if did not in found]
            gone["gone"] = before = gone.get("gone", 0) + len(missing)
            return [*found.values(), *(self._state(did, before <= _ASKED_SINGLY) for did in missing)]

        paged(spool, "profiles", in_turn(dids, ask, PROFILES), tell, len(dids))

    def _state(self, did: str, ask: bool) -> bytes:
        """Return the state of an account that has no profile to show."""
        state = "unavailable"
        if ask:
            try:
                return _encode(self.bluesky.profile(did))
            except Refused as error:
                state = _STATES.get(error.name, state)
        return _encode({"did": did, "state": state})


class BlueskySync(_Asking):
    """One's own record: the repository, what others did towards it, followers, follows and profiles.

    Parameters
    ----------
    password
        App password; without it incoming acts are looked for in the threads of own posts.
    lists
        Whether followers, follows and profiles are fetched as well.
    """

    def __init__(
        self, bluesky: Bluesky, live: Live, account: Identity, password: str | None, *, lists: bool = True
    ) -> None:
        super().__init__(bluesky, live, account)
        self._password, self._lists = password, lists

    @property
    def name(self) -> str:
        """Whose it is, as a file name."""
        return workspace_name(f"bluesky-{self.account.did.removeprefix('did:')}")

    @property
    def plan(self) -> dict[str, Any]:
        """What is asked for."""
        return {"mode": "sync", "signed_in": self._password is not None, "lists": self._lists}

    @property
    def hosts(self) -> list[str]:
        """The servers that are asked."""
        urls = (self._live.bluesky_appview, self._live.bluesky_plc, self.account.pds)
        return list(dict.fromkeys(urlsplit(url).netloc for url in urls))

    def steps(self, kept: dict[str, Any]) -> list[Step]:
        """Return what will be asked, given what earlier runs kept."""
        steps = [Step("own records", 2)]
        if self._password is not None:
            steps.append(Step("notifications, 100 a request", None))
        else:
            steps.append(Step("own feed", _pages(self._stated("posts"))))
            steps.append(Step("threads and quotes of own posts that have them, 1 or 2 each", None))
        if self._lists:
            people = self._stated("followers") + self._stated("follows")
            steps += [Step(name, _pages(self._stated(name))) for name in _LISTS]
            steps.append(Step("profiles, at most", -(-people // PROFILES)))
        return steps

    def fetch(self, spool: Spool, tell: Tell) -> dict[str, Any]:
        """Fetch what the spool lacks and return the header of the whole."""
        kept = spool.state.kept
        spool.once("owner", _encode(self.profile))
        self._repository(spool, kept, tell)
        if self._password is not None:
            self._notifications(spool, kept, self._password, tell)
        else:
            self._threads(spool, kept, tell)
        if self._lists:
            for name, method in _LISTS.items():
                self._list(spool, name, method, tell)
            self._profiles(spool, self._people(spool), tell)
        repository = spool.stream("repo.car").findings
        return self._header(
            spool,
            mode="sync",
            signed_in=self._password is not None,
            since=kept.get("fetched_at") if self._password is not None and kept.get("signed_in") else None,
            rev=repository.get("rev"),
            rev_since=repository.get("since"),
            lists=self._lists,
        )

    def keeps(self, spool: Spool) -> dict[str, Any]:
        """Return what the next run needs to know."""
        kept: dict[str, Any] = {"rev": spool.stream("repo.car").findings.get("rev"), "fetched_at": spool.run.started}
        kept["signed_in"] = self._password is not None
        if self._password is None:
            kept["threads"] = {_key(post.uri): post.replies + post.quotes for post in _answered(spool)}
        return kept

    def _repository(self, spool: Spool, kept: dict[str, Any], tell: Tell) -> None:
        name = "repo.car"
        if spool.stream(name).done:
            return
        tell("own records", 0, None)
        rev, since = self.bluesky.revision(self.account), kept.get("rev")
        size = 0
        with spool.path(name).open("wb") as file:
            if rev is None or rev != since:
                try:
                    size = self.bluesky.repository(self.account, since, file)
                except Refused:
                    if since is None:
                        raise
                    since = None  # a server that no longer knows the revision gives the whole
                    size = self.bluesky.repository(self.account, None, file)
        spool.finish(name, rev=rev, since=since)
        tell("bytes of own records", size, size)

    def _notifications(self, spool: Spool, kept: dict[str, Any], password: str, tell: Tell) -> None:
        # The server dates a notification by its record's own clock at the earliest, so the last day is asked again.
        back_to = kept["fetched_at"] - DAY_MS if kept.get("signed_in") else None

        def page(stream: Stream) -> tuple[list[bytes], str | None]:
            found = self.bluesky.notifications(self.account, password, stream.cursor)
            if back_to is None:
                return found.items, found.cursor
            dated = [
                (milliseconds(msgspec.json.decode(item, type=_View).indexed_at) or 0, item) for item in found.items
            ]
            fresh = [item for at, item in dated if at >= back_to]
            return fresh, found.cursor if len(fresh) == len(dated) else None

        paged(spool, "notifications", page, tell)

    def _threads(self, spool: Spool, kept: dict[str, Any], tell: Tell) -> None:
        def feed(stream: Stream) -> tuple[list[bytes], str | None]:
            params = {"actor": self.account.did, "filter": "posts_with_replies"}
            found = self.bluesky.page("app.bsky.feed.getAuthorFeed", "feed", stream.cursor, params)
            posts = [
                item.post for raw in found.items if (item := msgspec.json.decode(raw, type=_FeedItem)).reason is None
            ]
            own = [post for post in posts if post.author.did == self.account.did]
            return [_encode(_Target(post.uri, post.reply_count, post.quote_count)) for post in own], found.cursor

        paged(spool, "feed", feed, tell, self._stated("posts"))
        known = kept.get("threads") or {}
        targets = [post for post in _answered(spool) if known.get(_key(post.uri)) != post.replies + post.quotes]

        paged(spool, "threads", in_turn(targets, lambda post: self._answers(*post)), tell)

    def _answers(self, post: _Target) -> list[bytes]:
        lines: list[bytes] = []
        try:
            if post.replies:
                lines += [_encode(reply) for reply in flattened(self.bluesky.thread(post.uri).get("thread") or {})]
            if post.quotes:
                lines += self.bluesky.page("app.bsky.feed.getQuotes", "posts", None, {"uri": post.uri}).items
        except Refused as error:
            if error.status not in (400, 404):  # a post that was deleted meanwhile is refused, and others go on
                raise
        return lines

    def _list(self, spool: Spool, name: str, method: str, tell: Tell) -> None:
        def page(stream: Stream) -> tuple[list[bytes], str | None]:
            found = self.bluesky.page(method, name, stream.cursor, {"actor": self.account.did})
            return found.items, found.cursor

        paged(spool, name, page, tell, self._stated(name))

    def _people(self, spool: Spool) -> list[str]:
        """Return everybody met, each once, in the order met."""
        found: dict[str, None] = {}
        for name in ("followers", "follows", "notifications", "threads"):
            for line in spool.lines(name):
                view = msgspec.json.decode(line, type=_View)
                did = view.did or (view.author.did if view.author else None)
                if did:
                    found[did] = None
        found.pop(self.account.did, None)
        return list(found)


class BlueskyCheck(FollowerCheck, _Asking):
    """Anybody's followers, or a sample of them, with what is needed to judge them."""

    def __init__(self, bluesky: Bluesky, live: Live, account: Identity, limit: int | None, seed: int) -> None:
        _Asking.__init__(self, bluesky, live, account)
        FollowerCheck.__init__(self, self._stated("followers"), limit, seed)

    @property
    def name(self) -> str:
        """Whose it is, as a file name."""
        return workspace_name(f"check-bluesky-{self.account.did.removeprefix('did:')}")

    @property
    def hosts(self) -> list[str]:
        """The servers that are asked."""
        return list(dict.fromkeys(urlsplit(url).netloc for url in (self._live.bluesky_appview, self._live.bluesky_plc)))

    def steps(self, kept: dict[str, Any]) -> list[Step]:
        """Return what will be asked."""
        people = self._stated("followers")
        size = min(people, self._size or people)
        return [
            Step("the list of followers", _pages(people)),
            Step("profiles", -(-size // PROFILES)),
            Step("newest posts, one request each", size),
        ]

    def fetch(self, spool: Spool, tell: Tell) -> dict[str, Any]:
        """Fetch what the spool lacks and return the header of the whole."""
        spool.once("owner", _encode(self.profile))

        def page(stream: Stream) -> tuple[list[bytes], str | None]:
            found = self.bluesky.page(_LISTS["followers"], "followers", stream.cursor, {"actor": self.account.did})
            return found.items, found.cursor

        stated = self._stated("followers")
        seen = walked(spool, "followers", page, _did, tell, self._size, self._seed, stated)
        dids = [did for line in spool.lines("followers") if (did := _did(line))]
        self._profiles(spool, dids, tell)

        paged(spool, "newest", in_turn(dids, lambda did: [self._newest(*did)]), tell, len(dids))
        return self._header(spool, mode="check", seen=seen, stated=stated, sampled=len(dids) < seen)

    def _newest(self, did: str) -> bytes:
        """Return when an account was last seen to post or repost."""
        at = None
        try:
            item = self.bluesky.newest(did)
        except Refused as error:
            if error.status != 400:
                raise
            item = None
        if item is not None:
            found = msgspec.json.decode(item, type=_FeedItem)
            at = (found.reason and found.reason.indexed_at) or found.post.indexed_at
        return _encode({"did": did, "at": at})


def _answered(spool: Spool) -> Iterator[_Target]:
    """Yield the own posts that somebody answered or quoted."""
    for line in spool.lines("feed"):
        post = _Target(*msgspec.json.decode(line, type=tuple[str, int, int]))
        if post.replies or post.quotes:
            yield post


def _did(line: bytes) -> str | None:
    return msgspec.json.decode(line, type=_View).did


def _key(uri: str) -> str:
    return uri.rpartition("/")[2]


def _pages(items: int) -> int:
    return max(1, -(-items // PAGE))
