"""What a sync and a check of Mastodon fetch, list by list."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import msgspec

from relnet.errors import NetworkError, Refused
from relnet.live.job import FollowerCheck, Step, Tell, header, in_turn, paged, walked
from relnet.live.mastodon import Mastodon
from relnet.live.spool import Spool, Stream
from relnet.moments import DAY_MS, milliseconds
from relnet.store.workspace import workspace_name

_STATUSES: Final = 40
_PEOPLE: Final = 80
_LISTS: Final = ("followers", "following")


class _Seen(msgspec.Struct):
    """The part of a status or notification that fetching itself looks at."""

    id: str
    created_at: str | None = None
    replies_count: int = 0
    reblog: Any = None


class _Person(msgspec.Struct):
    id: str
    uri: str | None = None


class _Asking:
    """What both jobs share."""

    source: ClassVar[str] = "mastodon_live"
    allowance: ClassVar[int] = 300

    def __init__(self, mastodon: Mastodon) -> None:
        self.mastodon = mastodon
        self.owner, self._said = mastodon.account()
        self.account = self.owner.uri or f"@{mastodon.who}"

    @property
    def hosts(self) -> list[str]:
        """The servers that are asked."""
        return [urlsplit(self.mastodon.base).netloc]

    def _stated(self, name: str) -> int:
        return max(0, getattr(self.owner, f"{name}_count") or 0)

    def _header(self, spool: Spool, **more: Any) -> dict[str, Any]:
        return header("mastodon", self.account, str(self.mastodon.who), spool, **more)

    def _people(self, name: str, stream: Stream) -> tuple[list[bytes], str | None]:
        return self.mastodon.page(f"/api/v1/accounts/{self.owner.id}/{name}", stream.cursor, {"limit": _PEOPLE})


class MastodonSync(_Asking):
    """One's own record: posts, what others did towards one, threads, followers and following.

    Parameters
    ----------
    signed_in
        Whether the server was given the account's own token.
    lists
        Whether followers and following are fetched as well.
    """

    def __init__(self, mastodon: Mastodon, signed_in: bool, *, lists: bool = True) -> None:
        super().__init__(mastodon)
        self._signed_in, self._lists = signed_in, lists

    @property
    def name(self) -> str:
        """Whose it is, as a file name."""
        return workspace_name(f"mastodon-{self.mastodon.who}")

    @property
    def plan(self) -> dict[str, Any]:
        """What is asked for."""
        return {"mode": "sync", "signed_in": self._signed_in, "lists": self._lists}

    def steps(self, kept: dict[str, Any]) -> list[Step]:
        """Return what will be asked, given what earlier runs kept."""
        known = self._signed_in and "fetched_at" in kept
        steps = [Step("own posts", None if known else _pages(self._stated("statuses"), _STATUSES))]
        if self._signed_in:
            steps.append(Step("notifications, 80 a request", None))
        steps.append(Step("threads of own posts that were answered, one request each", None))
        if self._lists:
            steps += [Step(f"{name}, at most", _pages(self._stated(name), _STATUSES)) for name in _LISTS]
        return steps

    def fetch(self, spool: Spool, tell: Tell) -> dict[str, Any]:
        """Fetch what the spool lacks and return the header of the whole."""
        kept = spool.state.kept
        since = kept.get("fetched_at") if self._signed_in and kept.get("signed_in") else None
        back_to = None if since is None else since - DAY_MS  # ids and dates of a server need not agree to the second
        spool.once("owner", self._said)
        self._listed(spool, "statuses", f"/api/v1/accounts/{self.owner.id}/statuses", _STATUSES, back_to, tell)
        if self._signed_in:
            self._listed(spool, "notifications", "/api/v1/notifications", _PEOPLE, back_to, tell)
        self._contexts(spool, kept.get("threads") or {}, tell)
        hidden = []
        if self._lists:
            for name in _LISTS:
                count = self._stated(name)
                stream = paged(spool, name, lambda stream, name=name: self._people(name, stream), tell, count)  # type: ignore[misc]
                if count and not stream.items:
                    hidden.append(name)
        return self._header(
            spool, mode="sync", signed_in=self._signed_in, since=since, lists=self._lists, hidden=hidden
        )

    def keeps(self, spool: Spool) -> dict[str, Any]:
        """Return what the next run needs to know."""
        threads = (spool.state.kept.get("threads") or {}) | _answered(spool)
        return {"fetched_at": spool.run.started, "signed_in": self._signed_in, "threads": threads}

    def _listed(self, spool: Spool, name: str, path: str, limit: int, back_to: int | None, tell: Tell) -> None:
        """Fetch a list that comes newest first, down to what an earlier run had."""

        def page(stream: Stream) -> tuple[list[bytes], str | None]:
            items, cursor = self.mastodon.page(path, stream.cursor, {"limit": limit})
            if back_to is None:
                return items, cursor
            fresh = [item for item in items if (_created(item) or back_to) >= back_to]
            return fresh, cursor if fresh else None

        total = self._stated("statuses") if name == "statuses" and back_to is None else None
        paged(spool, name, page, tell, total)

    def _contexts(self, spool: Spool, known: dict[str, int], tell: Tell) -> None:
        changed = [status for status, replies in _answered(spool).items() if known.get(status) != replies]

        ask = in_turn(changed, lambda status: self._context(*status))

        def page(stream: Stream) -> tuple[list[bytes], str | None]:
            tell("threads", int(stream.cursor or 0), len(changed))  # posts, where the stream counts their answers
            return ask(stream)

        paged(spool, "contexts", page, lambda *_: None)

    def _context(self, status: str) -> list[bytes]:
        try:
            return self.mastodon.context(status)
        except Refused as error:
            if error.status not in (401, 403, 404):  # deleted meanwhile, or for others only: the rest goes on
                raise
            return []


class MastodonCheck(FollowerCheck, _Asking):
    """Anybody's followers, or a sample of them; the list itself says what is needed to judge them."""

    def __init__(self, mastodon: Mastodon, limit: int | None, seed: int) -> None:
        _Asking.__init__(self, mastodon)
        FollowerCheck.__init__(self, self._stated("followers"), limit, seed)

    @property
    def name(self) -> str:
        """Whose it is, as a file name."""
        return workspace_name(f"check-mastodon-{self.mastodon.who}")

    def steps(self, kept: dict[str, Any]) -> list[Step]:
        """Return what will be asked."""
        return [Step("the list of followers, at most", _pages(self._stated("followers"), _STATUSES))]

    def fetch(self, spool: Spool, tell: Tell) -> dict[str, Any]:
        """Fetch what the spool lacks and return the header of the whole.

        Raises
        ------
        NetworkError
            The account hides its followers.
        """
        spool.once("owner", self._said)
        stated = self._stated("followers")

        def page(stream: Stream) -> tuple[list[bytes], str | None]:
            return self._people("followers", stream)

        seen = walked(spool, "followers", page, _identity, tell, self._size, self._seed, stated)
        if stated and not seen:
            raise NetworkError(
                f"{self.mastodon.who} has {stated:,} followers and shows none of them.",
                "The account hides its lists; nobody but its owner can check it.",
            )
        kept = spool.stream("followers").items
        return self._header(spool, mode="check", seen=seen, stated=stated, sampled=kept < seen)


def _answered(spool: Spool) -> dict[str, int]:
    """Return the number of replies to own posts that were answered, by their id."""
    found = {}
    for line in spool.lines("statuses"):
        status = msgspec.json.decode(line, type=_Seen)
        if status.replies_count and status.reblog is None:
            found[status.id] = status.replies_count
    return found


def _created(item: bytes) -> int | None:
    return milliseconds(msgspec.json.decode(item, type=_Seen).created_at)


def _identity(line: bytes) -> str | None:
    person = msgspec.json.decode(line, type=_Person)
    return person.uri or person.id


def _pages(items: int, size: int) -> int:
    return max(1, -(-items // size))
