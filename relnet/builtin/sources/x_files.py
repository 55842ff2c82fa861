"""The files of an X archive: which there are, and their items a few thousand at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, Final, TypeVar

import msgspec

from relnet.plugin import Reader

T = TypeVar("T")

SLICE: Final = 192 << 10
"""Bytes decoded at once: few enough to stay in the processor's cache, which doubles the speed of decoding."""
WHOLE: Final = 64 << 20
"""Without a place to cut in so many bytes, the rest is decoded at once."""

POSTS: Final = ("tweet", "tweets", "community-tweet", "twitter-circle-tweet", "deleted-tweet", "deleted-tweets")
HEADERS: Final = ("tweet-headers", "deleted-tweet-headers")
NOTES: Final = ("note-tweet", "deleted-note-tweet")
MESSAGES: Final = ("direct-messages", "direct-messages-group")
MESSAGE_HEADERS: Final = ("direct-message-headers", "direct-message-group-headers")
DECLARED: Final = ("follower", "following", "block", "mute")
OWNER: Final = (
    "manifest", "account", "profile", "screen-name-change", "account-suspension", "protected-history", "verified",
)  # fmt: skip
KNOWN: Final = frozenset((*POSTS, *HEADERS, *NOTES, *MESSAGES, *MESSAGE_HEADERS, *DECLARED, *OWNER, "like"))
"""Files that may be opened, by stem; all others stay closed."""

_PRIVATE: Final = re.compile(r"^(ads?-|contact|device|email|grok|ip-|key-registry|personalization|phone)")
_GLOBAL: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*window\s*\.\s*(?:__THAR_CONFIG|YTD\s*\.\s*(\w{1,64})\s*\.\s*part\d+)\s*="
)
_PART: Final = re.compile(r"-part(\d+)$")
_KEY: Final = re.compile(rb'\s*\{\s*"[^"\\]*"')
_ENDINGS: Final = ("js", "json", "txt", "")


def global_name(head: bytes) -> str | None:
    """Return what a file says it holds, as a file's stem (`tweets`); none if it is no archive's."""
    found = _GLOBAL.match(head)
    if not found:
        return None
    return found[1].decode().replace("_", "-") if found[1] else "manifest"


class Files:
    """The members of an archive by stem, parts in order.

    Parameters
    ----------
    names
        All members.
    only
        Stem of the sole member, where the input is a single file.
    """

    def __init__(self, names: Sequence[str], only: str | None = None) -> None:
        self._members: dict[str, list[tuple[int, str]]] = {}
        self.only = only
        self.unknown: list[str] = []
        if only is not None:
            self._members[only] = [(0, names[0])]
            return
        placed = [(folder, *_parts(file), name) for name in names for folder, _, file in [name.rpartition("/")]]
        folders = [folder for folder, stem, _, ending, _ in placed if stem in KNOWN and ending in _ENDINGS]
        self.folder = max(sorted(set(folders)), key=folders.count, default=None)
        for folder, stem, part, ending, name in placed:
            if folder != self.folder or ending not in _ENDINGS:
                continue
            if stem in KNOWN:
                self._members.setdefault(stem, []).append((part, name))
            elif ending == "js" and not _PRIVATE.match(stem):
                self.unknown.append(name)

    def of(self, *stems: str) -> list[str]:
        """Return the members of some stems, parts in order."""
        return [name for stem in stems for _, name in sorted(self._members.get(stem, []))]

    def __contains__(self, stem: str) -> bool:
        return stem in self._members


def stem(name: str) -> str:
    """Return what a member holds, by its name."""
    return _parts(name.rpartition("/")[2])[0]


def _parts(file: str) -> tuple[str, int, str]:
    stem, _, ending = file.rpartition(".") if "." in file else (file, "", "")
    part = _PART.search(stem)
    return _PART.sub("", stem), int(part[1]) if part else 0, ending.lower()


class Lean(msgspec.Struct):
    """A type with fewer fields, for archives that prove to need no others; decoding it takes half the time."""

    type: Any
    enough: Callable[[Any, Any], bool]
    """Told an item of the full type and one of this, says whether they agree."""
    proven: bool = False
    """They did, over the first slice of a member: those that follow are written alike."""


def items(
    reader: Reader, name: str, type: type[T], lean: Lean | None = None
) -> Iterator[tuple[Sequence[int], list[T]]]:
    """Yield the items of a member in slices, with their numbers.

    Whoever takes the items should clear the list before the next: their memory is then used again.
    A slice that cannot be decoded at once is read item by item: bad items are skipped and counted, and of a
    member that is cut off the complete items are read.
    """
    decoders = [msgspec.json.Decoder(list[type], strict=False)]  # type: ignore[valid-type]
    short = msgspec.json.Decoder(list[lean.type]) if lean is not None else None  # type: ignore[name-defined]
    if short is not None and lean is not None and lean.proven:
        decoders.insert(0, short)
    number = 0
    with reader.stream(name) as stream:
        window = _Window(stream)
        if not window.open():
            reader.skip("no list of items", 0, name)
            return
        for part in window.parts():
            found = _decoded(decoders, part)
            if found is None:
                raws = _raws(part)
                if raws is None:
                    window.keep()
                    break
                yield _one_by_one(reader, name, list(enumerate(raws, number)), type)
                number += len(raws)
                continue
            if short is not None and lean is not None and not lean.proven and not number:
                few = _decoded([short], part)
                lean.proven = few is not None and all(map(lean.enough, found, few))
                decoders[:0] = [short] * lean.proven
            count = len(found)
            yield range(number, number + count), found
            number += count
        rest = window.rest()
    found = _decoded(decoders, rest)
    if found is None:
        raw_items = reader.json_items(name, rest, msgspec.Raw)
        yield _one_by_one(reader, name, [(number + i, raw) for i, raw in raw_items], type)
    else:
        yield range(number, number + len(found)), found


def _decoded(decoders: list[msgspec.json.Decoder[list[T]]], data: bytes | memoryview) -> list[T] | None:
    for decoder in decoders:
        try:
            return decoder.decode(data)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            continue
    return None


class _Window:
    """A buffer that moves over a JSON list and is cut between items.

    The buffer is filled again and again, never made anew: fresh memory would cost more than the decoding.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._buffer = bytearray(2 * SLICE)
        self._start = self._end = self._cut = 0
        self._split = b""

    def _fill(self) -> bool:
        more = self._stream.read(SLICE)
        end = self._end + len(more)
        if end > len(self._buffer):
            self._buffer = self._buffer[: self._end] + bytearray(len(self._buffer))
        self._buffer[self._end : end] = more
        self._end = end
        return bool(more)

    def open(self) -> bool:
        """Find the list and, from its first item, what stands between two items."""
        self._fill()
        head = _GLOBAL.match(self._buffer)
        self._start = self._buffer.find(b"[", head.end() if head else 0, self._end)
        opening = _KEY.match(self._buffer, self._start + 1)
        # a quote within text is escaped, so this cannot occur there
        self._split = b"}," + opening[0] if opening else b""
        return self._start >= 0

    def parts(self) -> Iterator[memoryview]:
        """Yield lists of whole items until the input or the places to cut end."""
        searched = self._start
        while self._end - self._start < WHOLE and self._fill():
            cut = self._buffer.rfind(self._split, searched, self._end) if self._split else -1
            if cut < 0:
                searched = max(self._start, self._end - len(self._split))
                continue
            self._cut = cut + 1
            self._buffer[self._cut] = ord("]")
            with memoryview(self._buffer) as view:
                yield view[self._start : self._cut + 1]
            self._buffer[self._cut] = ord("[")
            left = self._end - self._cut
            self._buffer[:left] = self._buffer[self._cut : self._end]
            self._start, self._end, searched = 0, left, 0

    def keep(self) -> None:
        """Take back the last cut: what was yielded is no list of whole items."""
        self._buffer[self._cut] = ord(",")

    def rest(self) -> bytes:
        """Return all that is left, as a list."""
        rest = bytes(self._buffer[self._start : self._end])
        return (rest + self._stream.read()).rstrip(b" \t\r\n;\0")


def _raws(data: memoryview) -> list[msgspec.Raw] | None:
    try:
        return msgspec.json.decode(bytes(data), type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _one_by_one(
    reader: Reader, name: str, raws: list[tuple[int, msgspec.Raw]], type: type[T]
) -> tuple[Sequence[int], list[T]]:
    numbers, found = [], []
    for number, raw in raws:
        with reader.record(number, name):
            try:
                item = msgspec.json.decode(raw, type=type, strict=False)
            except msgspec.ValidationError:
                item = msgspec.convert(_texts(msgspec.json.decode(raw)), type, strict=False)
            found.append(item)
            numbers.append(number)
    return numbers, found


def _texts(value: Any) -> Any:
    """Write numbers as text, as the archive itself does; tools that rewrite archives don't."""
    if isinstance(value, dict):
        return {key: _texts(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_texts(each) for each in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
