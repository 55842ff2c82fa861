"""The settings exports of Mastodon: whom someone follows, mutes and blocks, as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal

from relnet.plugin import Declared, Reader

Kind = Literal["follow", "mute", "block"]

_ADDRESS: Final = re.compile(r"@?[^@\s,;\"<>]+@[^@\s,;\"<>]+\.[^@\s,;\"<>]+")
_HEADER: Final = "account address"
_NAMED: Final[dict[str, Kind]] = {"follow": "follow", "mute": "mute", "block": "block"}


def kind_of(name: str, start: bytes) -> Kind | None:
    """Return what a list of addresses states, by its header, else by its name; None if it is no such list."""
    lines = start.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").split("\n")
    first = [field.strip().lower() for field in _fields(lines[0])]
    if first[:1] == [_HEADER]:
        if "hide notifications" in first:
            return "mute"
        if "show boosts" in first:
            return "follow"
    elif not (first and _ADDRESS.fullmatch(first[0])):
        return None
    base = name.rpartition("/")[2].lower()
    named = next((kind for word, kind in _NAMED.items() if word in base), None)
    return named or ("follow" if first[0] == _HEADER else None)


def declared(reader: Reader, name: str, kind: Kind, ego: str, actor: Callable[[str], str]) -> Iterator[Declared]:
    """Yield one state for each address; `actor` gives the actor of `@name@host` where it is known."""
    for number, line in reader.lines(name):
        address = next(iter(_fields(line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace"))), "").strip()
        if address.lower() == _HEADER:
            continue
        if not _ADDRESS.fullmatch(address):
            reader.skip("no address of an account", number, name)
            continue
        yield Declared(ego, actor(f"@{address.removeprefix('@')}"), kind, member=name, record=number)


def _fields(line: str) -> Iterable[str]:
    try:
        return next(csv.reader([line.rstrip("\r")]), [])
    except csv.Error:
        return []
