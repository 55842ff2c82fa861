"""A repository of the AT Protocol: its blocks, the tree of its live records, and the times in its keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import libipld

from relnet.plugin import Reader, UnreadableInput

_ALPHABET: Final = "234567abcdefghijklmnopqrstuvwxyz"
_BEGINNING: Final = int(datetime(2022, 1, 1, tzinfo=UTC).timestamp() * 1000)
"""Before the network began, ms UTC: an earlier moment in a key is none."""
_END: Final = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp() * 1000)


def is_car(start: bytes) -> bool:
    """Tell whether a file begins as a CAR of version 1."""
    return b"eroots" in start[:16] and b"gversion\x01" in start[:200]


def tid(key: str) -> int | None:
    """Return the moment in a record key, ms UTC; None if the key holds none."""
    if len(key) != 13:
        return None
    number = 0
    for letter in key:
        place = _ALPHABET.find(letter)
        if place < 0:
            return None
        number = number << 5 | place
    at = (number >> 10) // 1000
    return at if _BEGINNING <= at < _END else None


class Repository:
    """The newest state of one repository; blocks that it no longer reaches are never looked at.

    Parameters
    ----------
    partial
        The file holds only what is new since some revision: what it lacks is no damage.
    """

    def __init__(self, reader: Reader, name: str, *, partial: bool = False) -> None:
        self._reader, self._name, self._partial = reader, name, partial
        self._data = reader.content(name)
        header, start = self._header()
        self._blocks = self._index(start)
        roots = header.get("roots")
        commit = self._block(roots[0]) if isinstance(roots, list) and roots else None
        if not isinstance(commit, dict) or not str(commit.get("did", "")).startswith("did:"):
            raise UnreadableInput(
                "It holds no repository of an account.", "It may be cut off: download it again.", reader.path
            )
        self.did = str(commit["did"])
        self.records = list(self._walk(commit.get("data")))
        """Key and block id of every live record, in key order."""
        written = [tid(str(commit.get("rev", "")))] + [tid(key.rpartition("/")[2]) for key, _ in self.records]
        self.at = written[0] or max(filter(None, written), default=None)
        """When it was last written, ms UTC: as the commit says, else its newest key."""

    def record(self, block: bytes) -> Any:
        """Return a record, None if the file lacks its block."""
        return self._block(block)

    def _header(self) -> tuple[dict[str, Any], int]:
        length, start = _varint(self._data, 0)
        header = None
        if 0 < length < len(self._data):
            header = _decoded(self._data[start : start + length])
        if not isinstance(header, dict):
            raise UnreadableInput("It is no repository, or it is damaged.", "Download it again.", self._reader.path)
        return header, start + length

    def _index(self, position: int) -> dict[bytes, tuple[int, int]]:
        """Return where each block begins and ends; of a file that is cut off, the whole blocks."""
        blocks: dict[bytes, tuple[int, int]] = {}
        data = self._data
        while position < len(data):
            length, start = _varint(data, position)
            position = start + length
            content = _after_cid(data, start)
            if length <= 0 or position > len(data) or content > position:
                self._reader.skip("cut off or damaged from here on", len(blocks), self._name)
                break
            blocks[data[start:content]] = content, position
        return blocks

    def _block(self, block: Any) -> Any:
        place = self._blocks.get(block) if isinstance(block, bytes) else None
        return None if place is None else _decoded(self._data[place[0] : place[1]])

    def _walk(self, root: Any) -> Iterator[tuple[str, bytes]]:
        """Yield the entries of the search tree in key order, without recursion and each node once."""
        seen = set()
        todo: list[Any] = [root]
        while todo:
            step = todo.pop()
            if isinstance(step, tuple):
                yield step
                continue
            if not isinstance(step, bytes) or step in seen:
                continue
            seen.add(step)
            node = self._block(step)
            if not isinstance(node, dict):
                if self._partial:
                    continue
                self._reader.skip("part of the tree that the file lacks", len(seen), self._name)
                continue
            todo += reversed(self._entries(node))

    def _entries(self, node: dict[str, Any]) -> list[Any]:
        steps: list[Any] = [node.get("l")]
        key = b""
        entries = node.get("e")
        for entry in entries if isinstance(entries, list) else ():
            if not isinstance(entry, dict) or not isinstance(entry.get("k"), bytes):
                self._reader.skip("damaged entry of the tree", name=self._name)
                continue
            shared = entry.get("p")
            key = key[: shared if isinstance(shared, int) and shared >= 0 else 0] + entry["k"]
            if isinstance(entry.get("v"), bytes):
                steps.append((key.decode("utf-8", "replace"), entry["v"]))
            steps.append(entry.get("t"))
        return steps


def _decoded(data: bytes) -> Any:
    try:
        return libipld.decode_dag_cbor(data)
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return None


def _varint(data: bytes, position: int) -> tuple[int, int]:
    """Return a number and where it ends; -1 if there is none."""
    number = shift = 0
    while position < len(data) and shift < 63:
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
        shift += 7
    return -1, position


def _after_cid(data: bytes, position: int) -> int:
    """Return where the block id at a position ends."""
    if data[position : position + 2] == b"\x12\x20":
        return position + 34
    for _ in range(3):  # version, codec, hash function
        _, position = _varint(data, position)
    length, position = _varint(data, position)
    return position + max(length, 0)
