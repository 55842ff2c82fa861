"""Which members of an input are of a format, told by how they begin."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from relnet.plugin import Peek, Reader

Looks = Callable[[bytes], bool]

HEAD: Final = 8192
_TRIED: Final = 40
_MEDIA = re.compile(
    r"\.(jpe?g|png|gif|webp|bmp|heic|svg|ico|mp4|mov|webm|mkv|3gp|avi|mp3|ogg|oga|opus|m4a|aac|wav|flac|"
    r"pdf|docx?|xlsx?|pptx?|vcf|tgs|css|js|woff2?|exe|apk|dmg)$",
    re.IGNORECASE,
)


def sniffed(peek: Peek, looks: Looks, usual: str) -> bool:
    """Tell whether the file, or one of the members tried, begins as it should.

    Only so many members are tried: those first whose names fit the pattern `usual`, then the outermost.
    """
    if peek.is_file:
        return looks(peek.head)
    pattern = re.compile(usual, re.IGNORECASE)
    names = sorted(texts(peek.names), key=lambda name: (not pattern.search(name), name.count("/")))
    return any(looks(peek.start(name, HEAD)) for name in names[:_TRIED])


def matching(reader: Reader, looks: Looks) -> list[str]:
    """Return the members to read, in natural order; the others, unless media, are listed as unread.

    A single file is what the user named: it is read however it begins.
    """
    if reader.is_file:
        return list(reader.names)
    found = []
    for name in texts(reader.names):
        with reader.stream(name) as stream:
            begins = looks(stream.read(HEAD))
        if begins:
            found.append(name)
        else:
            reader.unread(name)
    reader.expect(found)
    return found


def texts(names: Sequence[str]) -> list[str]:
    """Return the names that are not those of media, in natural order."""
    return sorted((name for name in names if not _MEDIA.search(name)), key=_natural)


def _natural(name: str) -> list[tuple[int, str]]:
    """Order `part 2` before `part 10`."""
    return [(int(piece) if piece.isdigit() else -1, piece) for piece in re.split(r"(\d{1,18})", name)]
