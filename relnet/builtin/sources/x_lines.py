"""JSON lines, a few hundred at a time, or a JSON document that is one object or one list of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import IO, Final, TypeVar

import msgspec

from relnet.plugin import Reader, UnsafeInput

T = TypeVar("T")
W = TypeVar("W")

SLICE: Final = 256 << 10
"""Bytes decoded at once; a longer line makes a longer slice."""
LONGEST: Final = 64 << 20
"""Bytes of the longest line."""


def batches(
    reader: Reader, name: str, type: type[T], wide: type[W], enough: Callable[[list[T]], bool]
) -> Iterator[tuple[Sequence[int], Sequence[T | W]]]:
    """Yield items with the numbers of their lines, from 1 (in a document: of the items, from 0).

    Items are of `type` as long as that is `enough` for all that stand together, else of the type that is `wide`
    and slower. Bad lines are skipped and counted, the last one too if it is cut off.

    Raises
    ------
    UnsafeInput
        A line is longer than any post or page can be.
    """
    narrow, full = msgspec.json.Decoder(type), msgspec.json.Decoder(wide)
    with reader.stream(name) as stream:
        first = stream.read(SLICE).removeprefix(b"\xef\xbb\xbf")
        if first.lstrip().startswith(b"["):
            found = reader.json_items(name, first + stream.read(), wide)
            yield [number for number, _ in found], [item for _, item in found]
            return
        if _begins_document(first):
            first += stream.read()
            document = _decoded(full, first)
            if document is not None:
                yield range(len(document)), document
                return
        number = 1
        for block in _blocks(reader, stream, first):
            lines = block.count(b"\n")
            few = _decoded(narrow, block)
            if few is not None and enough(few):
                yield _numbers(block, lines, number, len(few)), few
            elif (whole := _decoded(full, block)) is not None:
                yield _numbers(block, lines, number, len(whole)), whole
            else:
                yield _one_by_one(reader, name, block, number, full)  # type: ignore[arg-type]
            number += lines


def _blocks(reader: Reader, stream: IO[bytes], held: bytes) -> Iterator[bytes]:
    """Yield whole lines, and in the end what is left."""
    more = held
    while more:
        end = held.rfind(b"\n") + 1
        if end:
            block, held = held[:end], held[end:]
            yield block
        elif len(held) > LONGEST:
            raise UnsafeInput(
                f"A line is longer than {LONGEST >> 20} MiB.",
                "It is not a file of lines; check what it is.",
                reader.path,
            )
        more = stream.read(SLICE)
        held += more
    if held.strip():
        yield held


def _numbers(block: bytes, lines: int, first: int, count: int) -> Sequence[int]:
    if count in (lines, lines + 1):
        return range(first, first + count)
    written = [number for number, line in enumerate(block.split(b"\n"), first) if line.strip()]
    return written if len(written) == count else range(first, first + count)


def _begins_document(head: bytes) -> bool:
    """Tell whether the first line is the beginning of an object that goes on, and not a line cut off."""
    line, newline, rest = head.lstrip().partition(b"\n")
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        goes_on = line.rstrip().endswith((b"{", b"[", b",", b":")) or not rest.startswith(b"{")
        return bool(newline) and "truncated" in str(error) and goes_on
    except (UnicodeError, RecursionError):
        return False
    return False


def _decoded(decoder: msgspec.json.Decoder[T], data: bytes) -> list[T] | None:
    try:
        return decoder.decode_lines(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _one_by_one(
    reader: Reader, name: str, block: bytes, first: int, decoder: msgspec.json.Decoder[T]
) -> tuple[Sequence[int], list[T]]:
    numbers, items = [], []
    for number, line in enumerate(block.split(b"\n"), first):
        if line.strip():
            with reader.record(number, name):
                items.append(decoder.decode(line))
                numbers.append(number)
    return numbers, items
