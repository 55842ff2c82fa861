"""A polite client: it only reads, keeps to the server's limits and its own, and can stop at any moment."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import IO, Any, Final, NamedTuple, NoReturn, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from relnet import __version__
from relnet.errors import Cancelled, NetworkError, Paused, Refused
from relnet.live.limits import exhausted_until, patience
from relnet.settings import Live

TRIES: Final = 6
"""Attempts at one request that a server puts off or fails at."""
MAX_ANSWER: Final = 128 << 20
MAX_REPOSITORY: Final = 4 << 30
SESSIONS: Final = ("com.atproto.server.createSession", "com.atproto.server.refreshSession")
"""The only requests that are not reads: signing in."""
_FIRST_DELAY: Final = 1.0
_LONGEST_DELAY: Final = 32.0
_SECONDS: Final = 60.0

Notice = Callable[[str], None]
T = TypeVar("T")


class Answer(NamedTuple):
    """What a server answered; its headers go by names in any case."""

    url: str
    headers: Mapping[str, str]
    content: bytes


class Client:
    """HTTP for one run.

    Parameters
    ----------
    limits
        Requests and minutes of this run, and the longest wait.
    transport
        How requests travel; by default over the network.
    notice
        Told when and why the client waits.
    cancelled
        Asked before each request and every second of a wait.
    now, sleep
        The clock, in seconds since 1970.
    """

    def __init__(
        self,
        limits: Live,
        *,
        transport: httpx.BaseTransport | None = None,
        notice: Notice = lambda text: None,
        cancelled: Callable[[], bool] = lambda: False,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx.Client(
            transport=transport,
            timeout=_SECONDS,
            follow_redirects=False,
            headers={"user-agent": f"relnet/{__version__} (reads only)"},
        )
        self._limits, self._notice, self._cancelled = limits, notice, cancelled
        self.now, self._sleep = now, sleep
        self._end = now() + 60 * limits.minutes
        self._blocked: dict[str, float] = {}
        self.sent = 0
        """Requests sent so far."""

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, url: str, params: Mapping[str, Any] | None = None, token: str | None = None) -> Answer:
        """Return the answer to a read.

        Raises
        ------
        Refused
            The server says no for good.
        Paused
            A limit of this run is reached.
        NetworkError
            The server cannot be reached or keeps failing.
        Cancelled
            The user cancelled.
        """
        return self._send("GET", url, self._whole, params=params, headers=_bearer(token))

    def download(self, url: str, params: Mapping[str, Any], into: IO[bytes]) -> int:
        """Write the answer to a read into a file and return its size; errors as in `get`."""

        def written(response: httpx.Response) -> int:
            into.seek(0)
            into.truncate()
            for piece in response.iter_bytes(1 << 20):
                self._stop_if_due(url)
                into.write(piece)
                if into.tell() > MAX_REPOSITORY:
                    raise NetworkError(f"The answer is larger than {MAX_REPOSITORY >> 30} GiB.", "", place(url))
            return into.tell()

        return self._send("GET", url, written, params=params)

    def sign_in(self, url: str, body: Mapping[str, str] | None, token: str | None = None) -> Answer:
        """Return the answer to a request for a session, the only kind of request that is not a read."""
        if url.rpartition("/")[2] not in SESSIONS:
            raise ValueError(f"relnet never sends {url}")
        return self._send("POST", url, self._whole, json=body, headers=_bearer(token))

    def _send(self, method: str, url: str, read: Callable[[httpx.Response], T], **options: Any) -> T:
        """Return what is read of the final answer; a request put off or failed is sent again after a while."""
        bucket = _bucket(url)
        reason = ""
        for attempt in range(TRIES):
            self._wait(self._blocked.pop(bucket, 0.0) - self.now(), f"{place(url)} allows no more for now")
            self._spend(url)
            try:
                with closing(
                    self._http.send(self._http.build_request(method, url, **options), stream=True)
                ) as response:
                    if not _puts_off(response):
                        self._keep_limit(bucket, response)
                        if response.status_code >= 300:
                            _refuse(response.status_code, self._whole(response))
                        return read(response)
                    reason = "asks for patience" if response.status_code == 429 else f"fails ({response.status_code})"
                    pause = patience(response.status_code, response.headers, self.now()) or _delay(attempt)
            except httpx.RequestError as error:
                reason = f"cannot be reached ({type(error).__name__})"
                pause = _delay(attempt)
            if attempt < TRIES - 1:
                self._wait(pause, f"{place(url)} {reason}")
        raise NetworkError(
            f"The server {reason}, {TRIES} times in a row.",
            "Run the same again later; a sync goes on where it stopped.",
            place(url),
        )

    def _whole(self, response: httpx.Response) -> Answer:
        url = str(response.request.url)
        held = bytearray()
        for piece in response.iter_bytes(1 << 16):
            self._stop_if_due(url)
            held += piece
            if len(held) > MAX_ANSWER:
                raise NetworkError(f"The answer is larger than {MAX_ANSWER >> 20} MiB.", "", place(url))
        return Answer(url, response.headers, bytes(held))

    def _keep_limit(self, bucket: str, response: httpx.Response) -> None:
        until = exhausted_until(response.headers, self.now())
        if until is not None:
            self._blocked[bucket] = until

    def _spend(self, url: str) -> None:
        self._stop_if_due(url)
        if self.sent >= self._limits.requests:
            raise Paused(
                f"The {self._limits.requests:,} requests of one run are spent.",
                "What was fetched is kept: run the same again, or raise live.requests.",
                place(url),
            )
        self.sent += 1

    def _stop_if_due(self, url: str) -> None:
        self._stop_if_cancelled()
        if self.now() > self._end:
            raise Paused(
                f"The {self._limits.minutes:g} minutes of one run are over.",
                "What was fetched is kept: run the same again, or raise live.minutes.",
                place(url),
            )

    def _wait(self, seconds: float, why: str) -> None:
        if seconds <= 0:
            return
        if seconds > self._limits.longest_wait or self.now() + seconds > self._end:
            at = time.strftime("%H:%M", time.localtime(self.now() + seconds))
            raise Paused(
                f"{why}; it would take {seconds:,.0f} seconds.",
                f"What was fetched is kept: run the same again after {at}, or raise live.longest_wait.",
            )
        end = self.now() + seconds
        if seconds >= 2:
            self._notice(f"{why}: waiting {seconds:,.0f} s")
        while (left := end - self.now()) > 0:
            self._stop_if_cancelled()
            self._sleep(min(left, 1.0))

    def _stop_if_cancelled(self) -> None:
        if self._cancelled():
            raise Cancelled("Fetching was cancelled.", "What was fetched is kept: run the same again to go on.")


def decoded(answer: Answer, type: Any) -> Any:
    """Return the body of an answer as a typed value.

    Raises
    ------
    NetworkError
        It is no such JSON.
    """
    try:
        return msgspec.json.decode(answer.content, type=type)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NetworkError(
            f"The answer has not the expected shape ({error}).",
            "Check that this is the server meant.",
            place(answer.url),
        ) from None


def place(url: str) -> str:
    """Return host and path of a URL, for messages: no query, no secrets."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"


def _bucket(url: str) -> str:
    """Return what a rate limit counts together: a host's endpoint, whichever record it is asked for."""
    parts = urlsplit(url)
    return parts.netloc + re.sub(r"/\d+", "/*", parts.path)


def _bearer(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def _delay(attempt: int) -> float:
    """Return the seconds before the next attempt: twice as long each time, less up to a quarter by chance."""
    return min(_LONGEST_DELAY, _FIRST_DELAY * 2.0**attempt) * random.uniform(0.75, 1.0)


def _puts_off(response: httpx.Response) -> bool:
    return response.status_code == 429 or response.status_code >= 500


class _Said(msgspec.Struct):
    """How servers word a refusal."""

    error: Any = None
    message: Any = None


def _refuse(status: int, answer: Answer) -> NoReturn:
    try:
        said = msgspec.json.decode(answer.content, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        said = _Said()
    name = said.error if isinstance(said.error, str) else ""
    text = said.message if isinstance(said.message, str) and said.message else name
    moved = " It points elsewhere, where relnet does not follow." if status < 400 else ""
    raise Refused(
        f"The server refuses ({status}{f': {text[:200]}' if text else ''}).{moved}",
        _HINTS.get(name) or _HINTS_BY_STATUS.get(status, ""),
        place(answer.url),
        status,
        name,
    )


_HINTS: Final = {
    "AccountDeactivated": "The account is deactivated: nothing of it can be read until its owner takes it up again.",
    "RepoDeactivated": "The account is deactivated: nothing of it can be read until its owner takes it up again.",
    "RepoTakendown": "The account was taken down.",
    "AuthenticationRequired": "Check RELNET_BLUESKY_PASSWORD: it is an app password, not the account's own.",
}
_HINTS_BY_STATUS: Final = {
    401: "Check the token or app password.",
    403: "The server shows this to others only.",
    404: "Check the name and the server.",
}
