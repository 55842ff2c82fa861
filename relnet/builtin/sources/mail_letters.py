"""One message as its headers tell it: who to whom, when, answering what, and whether a machine sent it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import Any, Final

import msgspec

from relnet.builtin.sources.local_times import millis
from relnet.builtin.sources.mail_addresses import addresses, decoded
from relnet.moments import DAY_MS

_WANTED: Final = {
    name.encode(): name
    for name in (
        "from", "to", "cc", "bcc", "date", "subject", "message-id", "in-reply-to", "references", "received",
        "return-path", "auto-submitted", "precedence", "list-id", "list-unsubscribe", "list-post",
        "x-original-sender", "reply-to", "x-gmail-labels", "delivered-to", "x-original-to",
    )
}  # fmt: skip
_ID = re.compile(r"<([^<>]+)>")
_MACHINE = re.compile(r"(?:no|do[-_.]?not)[-_.]?reply", re.IGNORECASE)
_FIRST: Final = millis(datetime(1980, 1, 1, tzinfo=UTC))

Addressed = tuple[tuple[str, str], ...]
"""(address, name) pairs."""


class Letter(msgspec.Struct, array_like=True):
    """What is kept of one message.

    `machine` names the header that speaks of a machine or a list, empty where none does; `own_post` is a
    post to a list that a person seems to have written.
    """

    member: str
    number: int
    event: str
    sender: str
    at: int | None
    quality: Any
    flags: str
    to: list[str]
    cc: list[str]
    bcc: list[str]
    answers: list[str]
    thread: str | None
    machine: str
    listed: bool
    own_post: bool


class Headers:
    """The wanted headers of one message, unfolded, by name in lower case."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        found: list[tuple[str, list[bytes]]] = []
        open_ = False
        for line in lines:
            if line[:1] in (b" ", b"\t"):
                if open_:
                    found[-1][1].append(line.strip())
                continue
            name, colon, value = line.partition(b":")
            known = _WANTED.get(name.strip().lower()) if colon else None
            open_ = known is not None
            if known is not None:
                found.append((known, [value.strip()]))
        self._fields: dict[str, list[str]] = {}
        for known, parts in found:
            self._fields.setdefault(known, []).append(_text(b" ".join(parts)))

    def all(self, name: str) -> list[str]:
        """Return every value of a header."""
        return self._fields.get(name, [])

    def get(self, name: str) -> str:
        """Return the first value of a header, empty where there is none."""
        values = self._fields.get(name)
        return values[0] if values else ""

    def has(self, name: str) -> bool:
        """Tell whether a header is there, be it empty."""
        return name in self._fields

    def people(self, name: str) -> Addressed:
        """Return those whom a header names; it may stand several times."""
        values = self._fields.get(name)
        if not values:
            return ()
        return addresses(values[0] if len(values) == 1 else ", ".join(values))

    @property
    def labels(self) -> frozenset[str]:
        """Gmail's labels, in lower case."""
        return frozenset(each.strip().strip('"').casefold() for each in decoded(self.get("x-gmail-labels")).split(","))


def letter(headers: Headers, member: str, number: int, now: int) -> tuple[Letter, Addressed] | None:
    """Return one message and everyone it names, the author first; `None` where it names no author."""
    author = _author(headers)
    if author is None:
        return None
    at, quality, flags = moment(headers, now)
    to, cc, bcc = (headers.people(way) for way in ("to", "cc", "bcc"))
    parents, thread = _answered(headers)
    event = _message_id(headers)
    made = Letter(
        member=member, number=number, event=event, sender=author[0], at=at, quality=quality, flags=flags,
        to=list(dict(to)), cc=list(dict(cc)), bcc=list(dict(bcc)), answers=parents, thread=thread or event,
        machine=_machine(headers, author[0]), listed=headers.has("list-id") or headers.has("list-post"),
        own_post=headers.has("list-post") or bool(parents),
    )  # fmt: skip
    return made, (author, *to, *cc, *bcc)


def list_addresses(headers: Headers) -> list[str]:
    """Return the addresses of the list that a message came by."""
    return [address for post in headers.all("list-post") for address, _ in addresses(post.replace("mailto:", ""))]


def _author(headers: Headers) -> tuple[str, str] | None:
    """Return who wrote: lists may have put themselves into From and the author elsewhere."""
    sender = next(iter(headers.people("from")), None)
    lists = list_addresses(headers)
    if sender is None or sender[0] not in lists:
        return sender
    original = [each for each in headers.people("x-original-sender") if each[0] not in lists]
    moved = [each for way in ("reply-to", "cc") for each in headers.people(way) if each[0] not in lists]
    return next(iter(original or moved), sender)


def moment(headers: Headers, now: int) -> tuple[int | None, Any, str]:
    """Return when a message was sent, ms UTC, how well that is known, and a flag.

    Dates before 1980, a day after the newest `Received` or in the future are absurd; the newest `Received`
    then serves.
    """
    arrivals = [_date(value.rpartition(";")[2]) for value in headers.all("received")]
    received = max((at for at, _ in filter(None, arrivals) if _FIRST <= at <= now + DAY_MS), default=None)
    dated = _date(headers.get("date"))
    if dated and _FIRST <= dated[0] <= (now if received is None else received) + DAY_MS:
        return (dated[0], "act", "") if dated[1] else (dated[0], "local", "no_zone")
    return (None, "act", "") if received is None else (received, "receipt", "")


def _date(text: str) -> tuple[int, bool] | None:
    """Return ms UTC and whether the zone is stated; without one it is read as UTC."""
    try:
        read = parsedate_to_datetime(text)
        return millis(read if read.tzinfo else read.replace(tzinfo=UTC)), read.tzinfo is not None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _message_id(headers: Headers) -> str:
    text = headers.get("message-id")
    match = _ID.search(text)
    known = "".join((match[1] if match else text).split()).strip("<>")
    if known:
        return known
    parts = "\0".join(headers.get(name) for name in ("from", "date", "subject"))
    return f"built:{blake2b(parts.encode(), digest_size=16).hexdigest()}"


def _answered(headers: Headers) -> tuple[list[str], str | None]:
    """Return the messages that this one may answer, likeliest first, and the first of its thread."""
    direct = ["".join(each.split()) for each in _ID.findall(headers.get("in-reply-to"))]
    line = ["".join(each.split()) for each in _ID.findall(headers.get("references"))]
    return direct or line[-1:], next(iter(line or direct), None)


def _machine(headers: Headers, sender: str) -> str:
    """Return the header by which a machine or a list gives itself away, empty where none does."""
    if headers.get("auto-submitted").split(";")[0].strip().lower() not in ("", "no"):
        return "Auto-Submitted"
    if headers.get("precedence").strip().lower() in ("bulk", "list", "junk"):
        return "Precedence"
    for name in ("List-Id", "List-Unsubscribe"):
        if headers.has(name.lower()):
            return name
    if headers.get("return-path").replace(" ", "") == "<>":
        return "empty Return-Path"
    return "no-reply address" if _MACHINE.search(sender.partition("@")[0]) else ""


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
