"""Where the messages of an mbox begin and end; only their headers are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

_ENVELOPE = re.compile(
    rb"From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .*\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b"
    rb"(?=.*\b\d{1,2}:\d{2}\b)(?=.*\b(?:19|20)\d{2}\b)"
)
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|>From .*\b\d{1,2}:\d{2}\b.*\d{4}")
_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*$", re.IGNORECASE)

_USUAL: Final = frozenset(
    (b"from", b"to", b"date", b"subject", b"message-id", b"received", b"return-path", b"delivered-to")
)

_BOM: Final = b"\xef\xbb\xbf"
MAX_HEADERS: Final = 1 << 20
"""Bytes of headers kept of one message; real ones stay below 100 kB."""
_MOST_HELD: Final = 1000
"""Messages inside a body of stated length, before that length is no longer believed."""


def begins(head: bytes) -> bool:
    """Tell whether a file begins as an mbox does: an envelope line, then a header."""
    lines = head.removeprefix(_BOM).lstrip(b"\r\n").split(b"\n", 2)
    return len(lines) > 1 and bool(_ENVELOPE.match(lines[0])) and bool(_FIELD.match(lines[1]))


def is_message(head: bytes) -> bool:
    """Tell whether a file begins as a single message does, with fields that every mail has."""
    block = header_block(head)
    if not _FIELD.match(block):
        return False
    names = {name.lower() for name in re.findall(rb"(?m)^([A-Za-z-]+)[ \t]*:", block)}
    return len(names & _USUAL) > 1 and bool(names & {b"from", b"received", b"return-path", b"delivered-to"})


def header_block(data: bytes) -> bytes:
    """Return what stands before the first blank line of a message."""
    return re.split(rb"\r?\n\r?\n", data.removeprefix(_BOM).lstrip(b"\r\n"), maxsplit=1)[0]


def headers(lines: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, list[bytes]]]:
    """Yield (line of its envelope, lines of its headers) of each message.

    A message begins at an envelope line at the start or after a blank line, if a header follows. Such
    lines stand in bodies, too, where a mail was attached or pasted unescaped. `Content-Length` tells them
    apart, but is often wrong: so messages inside the stated length are held back until its end. If an
    envelope (or the end of the file) stands exactly there, the length was right and they are dropped.
    """
    message: _Message | None = None
    envelope: tuple[int, bytes] | None = None
    blank = True
    for number, line in lines:
        line = line.removeprefix(_BOM) if message is None else line
        if envelope is not None:
            if not _FIELD.match(line):
                if message:
                    message.take(envelope[1])
            elif message is None or not message.may_hold:
                yield from message.ended() if message else ()
                message = _Message(envelope[0])
            else:
                message.hold(*envelope)
            envelope = None
        if blank and line[:5] == b"From " and _ENVELOPE.match(line):
            envelope = number, line
        elif message:
            message.take(line)
            if message.claim is not None and message.is_disproved:
                yield from message.let_go()
        blank = not line
    if message:
        yield from message.ended()


class _Message:
    """A message being read, and those found where its body should be."""

    def __init__(self, number: int) -> None:
        self.claim: int | None = None
        self._found: list[tuple[int, list[bytes]]] = [(number, [])]
        self._kept = 0
        self._in_headers = True
        self._size = self._lines = 0

    def take(self, line: bytes) -> None:
        """Take one line of headers or body."""
        if self.claim is not None and not (self._in_headers and len(self._found) == 1):
            self._size += len(line) + 1
            self._lines += 1
        if not self._in_headers:
            return
        if not line:
            self._in_headers = False
            return
        self._kept += len(line)
        if self._kept <= MAX_HEADERS:
            self._found[-1][1].append(line)
        if line[:1] in b"Cc" and len(self._found) == 1 and (length := _LENGTH.match(line)):
            self.claim = int(length[1])

    def hold(self, number: int, envelope: bytes) -> None:
        """Hold back a message that may be a part of this body."""
        self._found.append((number, []))
        self._kept, self._in_headers = 0, True
        self._size += len(envelope) + 1
        self._lines += 1

    @property
    def may_hold(self) -> bool:
        """Whether the stated length reaches beyond this place."""
        return self.claim is not None and not self._is_proven and self._size < self.claim

    @property
    def _is_proven(self) -> bool:
        """Whether the stated length ends here, counted with either line end, with or without a blank line."""
        size, lines = self._size, self._lines
        return self.claim in (size, size - 1, size + lines, size + lines - 2)

    @property
    def is_disproved(self) -> bool:
        """Whether the body is longer than stated, or holds more messages than can be."""
        return self.claim is not None and (self._size > self.claim + 2 or len(self._found) > _MOST_HELD)

    def let_go(self) -> Iterator[tuple[int, list[bytes]]]:
        """Give up the stated length: what was held are messages, the last of them this one."""
        yield from self._found[:-1]
        self._found, self.claim = self._found[-1:], None

    def ended(self) -> Iterator[tuple[int, list[bytes]]]:
        """Yield this message, and those held back unless they were a part of it."""
        yield from self._found[:1] if self.claim is not None and self._is_proven else self._found
