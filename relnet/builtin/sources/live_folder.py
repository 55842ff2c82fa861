"""What `relnet sync` and `relnet check` fetched: a header and a file of lines per list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeVar

import msgspec

from relnet.plugin import Peek, Reader, Record, UnreadableInput

HEADER: Final = "sync.json"
T = TypeVar("T")


class Header(msgspec.Struct):
    """What was fetched, of whom and when.

    Attributes
    ----------
    mode
        `sync`: one's own record; `check`: somebody's followers.
    fetched_at
        When fetching began, ms UTC: nothing later is claimed.
    since
        Up to when an earlier run had fetched what others did; `None` for all.
    hidden
        Lists that the server does not show.
    seen, stated
        Followers in the list, and followers that the profile states.
    """

    network: str
    mode: str
    account: str
    fetched_at: int
    handle: str | None = None
    signed_in: bool = False
    since: int | None = None
    rev_since: str | None = None
    lists: bool = True
    seen: int = 0
    stated: int = 0
    sampled: bool = False
    hidden: list[str] = []

    @property
    def own(self) -> bool:
        """Whether it is the user's own record."""
        return self.mode == "sync"


def sure(peek: Peek, network: str) -> float:
    """Return how surely an input is a fetched folder of a network."""
    if peek.is_file or HEADER not in peek.names:
        return 0.0
    start = peek.start(HEADER, 4096)
    return 0.99 if b'"relnet_sync"' in start and f'"{network}"'.encode() in start else 0.0


def header(reader: Reader) -> Header:
    """Return the header; its moment dates all observations.

    Raises
    ------
    UnreadableInput
        There is none: the run did not end.
    """
    try:
        found = msgspec.json.decode(reader.content(HEADER), type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"Its header cannot be read ({error}).", "Fetch it again.", reader.path) from error
    reader.remember("seen_at", found.fetched_at)
    reader.remember("header", found)
    return found


def items(reader: Reader, name: str, type: type[T]) -> Iterator[tuple[int, T]]:
    """Yield the lines of a list as typed items with their numbers; bad ones are skipped and counted."""
    member = f"{name}.jsonl"
    if member not in reader.names or not reader.size(member):
        return
    for number, line in reader.lines(member):
        found: Any = None
        with reader.record(number, member):
            found = msgspec.json.decode(line, type=type)
        if found is not None:
            yield number, found


def placed(records: Iterable[Record], member: str, number: int) -> Iterator[Record]:
    """Yield records with the place that they come from."""
    for record in records:
        record.member, record.record = member, number
        yield record
