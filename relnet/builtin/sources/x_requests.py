"""What requests to the X API could see: told from their addresses, as twarc notes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import polars as pl

from relnet.plugin import Coverage

_KNOWN: Final = re.compile(r"/2/users/([1-9][0-9]*)/(mentions|tweets|followers|following)$")
FOLLOWS: Final = ("followers", "following")
_KINDS: Final = {"mentions": ("in", ("reply", "mention")), "tweets": ("out", ("reply", "mention", "quote", "repost"))}


class Request(msgspec.Struct):
    """One request over all its pages: whose, for what, the span of its posts, and the accounts it listed."""

    account: str
    what: str
    first: int | None = None
    last: int | None = None
    retrieved: int | None = None
    listed: int = 0
    more: bool = False
    """The last page read names a next one."""


class Requests:
    """The requests that a file's lines came from."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._all: list[Request | None] = []

    def number(self, url: str | None) -> int:
        """Return the number of a request, −1 where no line says what was asked for."""
        if not url:
            return -1
        address = url.partition("?")[0].rstrip("/")
        number = self._numbers.get(address)
        if number is None:
            number = self._numbers[address] = len(self._all)
            found = _KNOWN.search(address)
            self._all.append(Request(found[1], found[2]) if found else None)
        return number

    def __getitem__(self, number: int) -> Request | None:
        return self._all[number] if number >= 0 else None

    def span(self, posts: pl.DataFrame) -> None:
        """Take the times of posts: columns request and at."""
        asked = posts.filter(pl.col("request") >= 0)
        for number, first, last in (
            asked.group_by("request").agg(first=pl.col("at").min(), last=pl.col("at").max()).iter_rows()
        ):
            request = self._all[number]
            if request is not None and first is not None:
                request.first = first if request.first is None else min(request.first, first)
                request.last = last if request.last is None else max(request.last, last)

    def coverage(self) -> Iterator[Coverage]:
        """Yield what the requests covered; a list that came back empty covers nothing."""
        for request in self._all:
            if request is None:
                continue
            if request.what in _KINDS and request.first is not None:
                way: Any = _KINDS[request.what][0]
                for kind in _KINDS[request.what][1]:
                    yield Coverage(kind, way, request.account, request.first, request.last, "surviving")
            elif request.listed:
                way = "in" if request.what == "followers" else "out"
                how: Any = "partial" if request.more else "snapshot"
                yield Coverage("follow", way, request.account, request.retrieved, request.retrieved, how)
