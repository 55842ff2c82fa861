"""A Mastodon server as it is asked: pages by the `Link` header, followed as given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from relnet.errors import NetworkError, Refused, SettingsError
from relnet.live.client import Answer, Client, decoded, place
from relnet.settings import Live

_NEXT: Final = re.compile(r"<([^>]+)>\s*;\s*rel=\"?next\"?")
_ADDRESS: Final = re.compile(r"@?([^@\s/]+)@([^@\s/]+)")


class Address(NamedTuple):
    """An account as people write it."""

    user: str
    host: str

    def __str__(self) -> str:
        return f"{self.user}@{self.host}"


class Owner(msgspec.Struct):
    """The part of an account that fetching itself looks at."""

    id: str
    acct: str
    uri: str | None = None
    followers_count: int | None = None
    following_count: int | None = None
    statuses_count: int | None = None


class _Link(msgspec.Struct):
    rel: str | None = None
    href: str | None = None


class _Finger(msgspec.Struct):
    links: list[_Link] = []


def address(text: str) -> Address:
    """Return user and host of `USER@HOST`.

    Raises
    ------
    SettingsError
        It is not of that form.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise SettingsError(f"{text!r} is no account of a Mastodon server.", "Write mastodon:USER@HOST.")
    return Address(found[1].lower(), found[2].lower())


class Mastodon:
    """Reads of one run.

    Parameters
    ----------
    token
        Of the account itself; sent to its own server only.
    """

    def __init__(self, client: Client, live: Live, who: Address, token: str | None = None) -> None:
        self._client, self._token, self.who = client, token, who
        self._named = live.mastodon_url is not None
        self.base = (live.mastodon_url or f"https://{who.host}").rstrip("/")

    def account(self) -> tuple[Owner, bytes]:
        """Return the account, and what the server says of it.

        Raises
        ------
        Refused
            The server does not know it, or the token is wrong.
        NetworkError
            The token is somebody else's.
        """
        answer = self._lookup()
        owner = decoded(answer, Owner)
        if owner.acct.partition("@")[0].lower() != self.who.user:
            raise NetworkError(f"The server answers with another account than {self.who}.", "Check the name.")
        if self._token is not None:
            answer = self._client.get(f"{self.base}/api/v1/accounts/verify_credentials", None, self._token)
            if decoded(answer, Owner).id != owner.id:
                raise NetworkError(f"The token is not of {self.who}.", "Give the token of this account, or none.")
            owner = decoded(answer, Owner)
        return owner, answer.content

    def _lookup(self) -> Answer:
        try:
            return self._asked()
        except Refused as error:
            if self._named or not 300 <= error.status <= 404 or error.status == 401:
                raise
            elsewhere = self._server()
            if elsewhere is None or elsewhere == self.base:
                raise
            self.base = elsewhere
            return self._asked()

    def _asked(self) -> Answer:
        return self._client.get(f"{self.base}/api/v1/accounts/lookup", {"acct": self.who.user})

    def _server(self) -> str | None:
        """Return the server that keeps a host's accounts, by the host's own word: a name need not be the server's."""
        url = f"https://{self.who.host}/.well-known/webfinger"
        try:
            found = decoded(self._client.get(url, {"resource": f"acct:{self.who}"}), _Finger)
        except Refused:
            return None
        for link in found.links:
            parts = urlsplit(link.href or "")
            if link.rel == "self" and parts.scheme == "https" and parts.netloc:
                return f"https://{parts.netloc}"
        return None

    def page(self, path: str, cursor: str | None, params: Mapping[str, Any]) -> tuple[list[bytes], str | None]:
        """Return the items of one page and the link to the next; an empty page is the end, a short one is not.

        Parameters
        ----------
        cursor
            The link that an earlier page gave.
        """
        if cursor is None:
            answer = self._client.get(f"{self.base}{path}", params, self._token)
        else:
            answer = self._client.get(cursor, None, self._token)
        items = [bytes(item) for item in decoded(answer, list[msgspec.Raw])]
        return items, self._next(answer) if items else None

    def context(self, status: str) -> list[bytes]:
        """Return the posts before and after one in its thread."""
        answer = self._client.get(f"{self.base}/api/v1/statuses/{status}/context", None, self._token)
        found = decoded(answer, dict[str, list[msgspec.Raw]])
        return [bytes(item) for part in ("ancestors", "descendants") for item in found.get(part, ())]

    def _next(self, answer: Answer) -> str | None:
        found = _NEXT.search(answer.headers.get("link", ""))
        if found is None:
            return None
        link, base = urlsplit(found[1]), urlsplit(self.base)
        if (link.scheme, link.netloc) != (base.scheme, base.netloc):
            raise NetworkError("The next page is on another server.", "relnet does not go there.", place(answer.url))
        return found[1]
