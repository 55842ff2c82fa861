"""Addresses in mail headers, told from names, comments, groups and what broken programs write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from functools import lru_cache
from typing import Final

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)|<[^<>]*>|[,;:]|[^",;:<(]+|.', re.DOTALL)
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:@\"]+@(?:\[[0-9A-Fa-f.:]+\]|[^\s<>()\[\]\\,;:@\"']+)")
_LONGEST: Final = 320
_LONGEST_HEADER: Final = 100_000


@lru_cache(maxsize=65536)
def addresses(header: str) -> tuple[tuple[str, str], ...]:
    """Return the (address, name) pairs of a header, addresses in lower case, each once.

    Examples
    --------
    >>> addresses('Friends: "Roe, Ann" <Ann@roe.example>, bo@roe.example;')
    (('ann@roe.example', 'Roe, Ann'), ('bo@roe.example', ''))
    """
    header = header[:_LONGEST_HEADER]
    found: dict[str, str] = {}
    for angle, words, comment in _mailboxes(header):
        address = _valid(angle.rpartition(":")[2] if angle else words)
        if address:
            found.setdefault(address, decoded(words if angle else comment))
    if not found:
        # Unbalanced quotes, or a program that encoded the address along with the name.
        for text in _ADDRESS.findall(decoded(header)):
            if address := _valid(text):
                found.setdefault(address, "")
    return tuple((address, _shown(name, address)) for address, name in found.items())


def _mailboxes(header: str) -> Iterator[tuple[str, str, str]]:
    """Yield what stands in angle brackets, the other words and the comment of each mailbox."""
    angle, words, comment = "", "", ""
    for match in _TOKEN.finditer(header):
        token = match[0]
        if token in ",;":
            yield angle, words, comment
            angle, words, comment = "", "", ""
        elif token == ":":
            words = ""  # the name of a group
        elif token[0] == "<" and len(token) > 1:
            angle = token[1:-1].strip()
        elif token[0] == "(" and len(token) > 1:
            comment = token[1:-1]
        elif token[0] == '"' and len(token) > 1:
            words += re.sub(r"\\(.)", r"\1", token[1:-1])
        else:
            words += token
    yield angle, words, comment


def _valid(text: str) -> str | None:
    text = text.strip().strip("'").rstrip(".")
    usable = len(text) <= _LONGEST and not text.startswith("=?") and _ADDRESS.fullmatch(text)
    return text.lower() if usable else None


def _shown(name: str, address: str) -> str:
    name = " ".join(name.split()).strip("'\" ")
    return "" if name.lower() == address else name


def decoded(text: str) -> str:
    """Return a header's text with its RFC 2047 words decoded; as it stands where that fails."""
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text))).encode("utf-8", "replace").decode()
    except (LookupError, ValueError, HeaderParseError):
        return text
