"""JSON documents as exporters really leave them: broken off, or with escapes that JSON does not know."""

from __future__ import annotations

import re
from typing import Final, TypeVar

import msgspec

from relnet.plugin import Reader, UnreadableInput, UnsafeInput

T = TypeVar("T")

_BOM: Final = b"\xef\xbb\xbf"
_DEPTH: Final = 200
_HEX = re.compile(rb"(?<!\\)((?:\\\\)*)\\x([0-9A-Fa-f]{2})")
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


def document(reader: Reader, name: str, type: type[T]) -> T:
    """Decode a member whose long array is called `messages`; of a broken-off one, its whole messages.

    Raises
    ------
    UnreadableInput
        It is no JSON, not of this shape, or breaks off before its first message.
    UnsafeInput
        It is nested too deep.
    """
    data = reader.content(name).removeprefix(_BOM)
    try:
        return msgspec.json.decode(data, type=type)
    except msgspec.ValidationError as error:
        raise _unexpected(reader, name, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    except RecursionError as error:
        raise _too_deep(reader, name) from error
    data = _HEX.sub(rb"\1\\u00\2", data)
    whole = _whole(data)
    try:
        found = msgspec.json.decode(whole or data, type=type)
    except msgspec.ValidationError as error:
        raise _unexpected(reader, name, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableInput(
            f"{name} is cut off or damaged ({error}).", "Export or download it again.", reader.path
        ) from error
    except RecursionError as error:
        raise _too_deep(reader, name) from error
    if whole:
        reader.skip("cut off from here on", name=name)
        reader.note(f"{name} breaks off before its end: what it holds whole was read.")
    return found


def _whole(data: bytes) -> bytes | None:
    """Return a broken-off document up to its last whole message, closed; `None` where it has its end."""
    open_, last, before = bytearray(), (0, b""), b""
    for match in _TOKEN.finditer(data):
        token = match[0]
        if token in (b"[", b"{"):
            open_ += b"m" if token == b"[" and before == b'"messages"' else token
            if len(open_) > _DEPTH:
                return None
        elif token in (b"]", b"}"):
            if len(open_) <= 1:
                return None
            open_.pop()
            if open_[-1:] == b"m":
                last = match.end(), bytes(open_)
        before = token
    end, still_open = last
    return data[:end] + still_open.translate(bytes.maketrans(b"[m{", b"]]}"))[::-1] if end else None


def _unexpected(reader: Reader, name: str, error: Exception) -> UnreadableInput:
    return UnreadableInput(f"{name} has not the expected shape ({error}).", "Check what it is.", reader.path)


def _too_deep(reader: Reader, name: str) -> UnsafeInput:
    return UnsafeInput(f"{name} is nested too deep.", "Do not trust this file.", reader.path)
