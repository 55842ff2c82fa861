"""Bluesky's servers as they are asked: the AppView for what is public, the account's own PDS for its repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from relnet.errors import NetworkError, Refused
from relnet.live import credentials
from relnet.live.client import Client, decoded, place
from relnet.settings import Live

PAGE: Final = 100
PROFILES: Final = 25
"""Accounts that `getProfiles` takes at once."""
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_EXPIRED: Final = frozenset({"ExpiredToken", "InvalidToken"})


class Identity(NamedTuple):
    """An account: its permanent id, its name where both sides confirm it, and where it lives."""

    did: str
    handle: str | None
    pds: str


class Page(NamedTuple):
    """Items as received, and where the next page begins."""

    items: list[bytes]
    cursor: str | None


class _Named(msgspec.Struct):
    did: str


class _Service(msgspec.Struct):
    id: str = ""
    service_endpoint: Any = msgspec.field(default=None, name="serviceEndpoint")


class _Document(msgspec.Struct):
    id: str
    also_known_as: list[str] = msgspec.field(default=[], name="alsoKnownAs")
    service: list[_Service] = []


class _Session(msgspec.Struct):
    did: str
    access: str = msgspec.field(name="accessJwt")
    refresh: str = msgspec.field(name="refreshJwt")


class Bluesky:
    """Reads of one run."""

    def __init__(self, client: Client, live: Live) -> None:
        self._client, self._live = client, live
        self._session: _Session | None = None

    def resolve(self, who: str) -> Identity:
        """Return the account behind a handle or DID: the directory says where it lives and what it is called.

        Raises
        ------
        NetworkError
            Nobody answers to it, or what is said of it cannot be trusted.
        """
        who = who.removeprefix("@")
        if who.startswith("did:"):
            did = who
        else:
            answer = self._client.get(self._appview("com.atproto.identity.resolveHandle"), {"handle": who.lower()})
            did = decoded(answer, _Named).did
        document = decoded(self._client.get(self._document(did)), _Document)
        if document.id != did:
            raise NetworkError("The directory tells of another account.", "Try again later.", did)
        handle = next((name.removeprefix("at://") for name in document.also_known_as if name.startswith("at://")), None)
        if handle and who != did and handle.lower() != who.lower():
            raise NetworkError(f"{who} is no longer the name of {did}.", f"It calls itself {handle} now.", who)
        return Identity(did, handle, self._live.bluesky_pds or self._home(document))

    def profile(self, did: str) -> dict[str, Any]:
        """Return the detailed profile of one account."""
        profile: dict[str, Any] = decoded(
            self._client.get(self._appview("app.bsky.actor.getProfile"), {"actor": did}), dict
        )
        return profile

    def profiles(self, dids: Sequence[str]) -> dict[str, bytes]:
        """Return the detailed profiles of up to 25 accounts by DID; those that are gone are left out."""
        answer = self._client.get(self._appview("app.bsky.actor.getProfiles"), {"actors": list(dids)})
        found = _page(answer.content, "profiles", place(answer.url)).items
        return {msgspec.json.decode(item, type=_Named).did: item for item in found}

    def page(self, method: str, key: str, cursor: str | None, params: Mapping[str, Any]) -> Page:
        """Return one page of a public list."""
        answer = self._client.get(self._appview(method), {**params, "limit": PAGE, **_after(cursor)})
        return _page(answer.content, key, place(answer.url))

    def newest(self, did: str) -> bytes | None:
        """Return the newest item of an account's feed; `None` where there is none to see."""
        params = {"actor": did, "filter": "posts_with_replies", "limit": 1}
        answer = self._client.get(self._appview("app.bsky.feed.getAuthorFeed"), params)
        items = _page(answer.content, "feed", place(answer.url)).items
        return items[0] if items else None

    def thread(self, uri: str) -> dict[str, Any]:
        """Return a post with its direct replies."""
        params = {"uri": uri, "depth": 1, "parentHeight": 0}
        answer = self._client.get(self._appview("app.bsky.feed.getPostThread"), params)
        found: dict[str, Any] = decoded(answer, dict)
        return found

    def revision(self, account: Identity) -> str | None:
        """Return the revision that a repository is at."""
        url = f"{account.pds}/xrpc/com.atproto.sync.getLatestCommit"
        found = decoded(self._client.get(url, {"did": account.did}), dict).get("rev")
        return found if isinstance(found, str) else None

    def repository(self, account: Identity, since: str | None, into: IO[bytes]) -> int:
        """Write a repository, or what is new in it since a revision, into a file and return its size."""
        params = {"did": account.did} | ({"since": since} if since else {})
        return self._client.download(f"{account.pds}/xrpc/com.atproto.sync.getRepo", params, into)

    def sign_in(self, account: Identity, password: str) -> None:
        """Begin a session at the account's own server, with a kept one if it still holds.

        Raises
        ------
        Refused
            The password is wrong.
        NetworkError
            The session is somebody else's.
        """
        name = f"bluesky:{account.did}"
        url = f"{account.pds}/xrpc/com.atproto.server."
        session = self._resumed(account, name, url)
        if session is None:
            answer = self._client.sign_in(f"{url}createSession", {"identifier": account.did, "password": password})
            session = decoded(answer, _Session)
        if session.did != account.did:
            raise NetworkError("The password is of another account.", f"Give the app password of {account.did}.")
        credentials.save_session(name, session.refresh)
        self._session = session

    def _resumed(self, account: Identity, name: str, url: str) -> _Session | None:
        saved = credentials.saved_session(name)
        if saved is None:
            return None
        try:
            session: _Session = decoded(self._client.sign_in(f"{url}refreshSession", None, saved), _Session)
        except Refused:
            return None
        return session if session.did == account.did else None

    def notifications(self, account: Identity, password: str, cursor: str | None) -> Page:
        """Return one page of what others did towards the signed-in account, newest first."""
        url = f"{account.pds}/xrpc/app.bsky.notification.listNotifications"
        params = {"limit": PAGE, **_after(cursor)}
        if self._session is None:
            self.sign_in(account, password)
        assert self._session is not None
        try:
            answer = self._client.get(url, params, self._session.access)
        except Refused as error:
            if error.name not in _EXPIRED:
                raise
            self.sign_in(account, password)
            answer = self._client.get(url, params, self._session.access)
        return _page(answer.content, "notifications", place(answer.url))

    def _appview(self, method: str) -> str:
        return f"{self._live.bluesky_appview.rstrip('/')}/xrpc/{method}"

    def _document(self, did: str) -> str:
        if did.startswith("did:web:"):
            host = did.removeprefix("did:web:")
            if "/" in host or ":" in host or not host:
                raise NetworkError("This id names no host.", "Check it.", did)
            return f"https://{host}/.well-known/did.json"
        if not did.startswith("did:plc:"):
            raise NetworkError("relnet does not know this kind of id.", "Give a handle, did:plc:… or did:web:….", did)
        return f"{self._live.bluesky_plc.rstrip('/')}/{did}"

    def _home(self, document: _Document) -> str:
        """Return the base URL of the account's server; a document may not point us at this machine."""
        for service in document.service:
            if service.id.endswith("#atproto_pds") and isinstance(service.service_endpoint, str):
                url = service.service_endpoint.rstrip("/")
                parts = urlsplit(url)
                testing = urlsplit(self._live.bluesky_plc).hostname in _LOOPBACK
                if testing if parts.hostname in _LOOPBACK else parts.scheme == "https":
                    return url
                raise NetworkError("The account's server has no safe address.", "Set live.bluesky_pds.", place(url))
        raise NetworkError("The account names no server.", "It may be deleted.", document.id)


def flattened(thread: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the replies in a thread as they are, not the post itself: seen, blocked or gone."""
    for reply in thread.get("replies") or ():
        if isinstance(reply, dict):
            post = reply.get("post")
            yield (
                post
                if isinstance(post, dict)
                else {key: reply[key] for key in ("uri", "blocked", "notFound") if key in reply}
            )


def _after(cursor: str | None) -> dict[str, str]:
    return {"cursor": cursor} if cursor else {}


def _page(content: bytes, key: str, where: str) -> Page:
    try:
        found = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        items = msgspec.json.decode(found.get(key, b"[]"), type=list[msgspec.Raw])
        cursor = msgspec.json.decode(found.get("cursor", b"null"), type=str | None)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NetworkError(
            f"The answer has not the expected shape ({error}).", "Check that this is the server meant.", where
        ) from None
    return Page([bytes(item) for item in items], cursor or None)
