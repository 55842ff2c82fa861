"""Reading one input: members, lines and typed JSON, with skips counted and named, and progress by bytes."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, Self, TypeVar

import msgspec

from relnet.errors import InputError, RelnetError, UnsafeInput
from relnet.ingest.archive import DAMAGE, Archive
from relnet.plugin import ReadOptions

T = TypeVar("T")

MAX_MEMBER: Final = 4 << 30
MAX_LINE: Final = 64 << 20
CHUNK: Final = 1 << 20
NAMED: Final = 10

Progress = Callable[[str, int, int], None]
"""Called with (member, bytes done, bytes in all); may raise `Cancelled`."""


class Skips(msgspec.Struct):
    """Records left out for one reason: how many, and the first ten by place."""

    count: int = 0
    named: list[str] = []


class ArchiveReader:
    """The importer's `Reader` over one archive."""

    def __init__(self, archive: Archive, options: ReadOptions, progress: Progress | None = None) -> None:
        self._archive, self.options, self._progress = archive, options, progress
        self.path, self.is_file = str(archive.path), archive.is_file
        self.names: Sequence[str] = archive.names
        self.modified_at = int(Path(archive.path).stat().st_mtime * 1000)
        self.skips: dict[str, Skips] = {}
        self.notes: list[str] = []
        self.unknown: list[str] = []
        self.read_bytes: dict[str, int] = {}
        self.first_at: int | None = None
        self.last_at: int | None = None
        self.current: tuple[str | None, int] = (None, -1)
        self._hashes: dict[str, str] = {}
        self._expected = 0
        self._done = 0
        self._found: dict[str, Any] = {}

    # members

    def expect(self, names: Iterable[str]) -> None:
        """Say which members will be read, so that progress has a total."""
        self._expected = sum(self.size(name) for name in names)

    def size(self, name: str) -> int:
        return self._archive.sizes.get(name, 0)

    def content(self, name: str) -> bytes:
        if self.size(name) > MAX_MEMBER:
            raise UnsafeInput(f"{name} is larger than {MAX_MEMBER >> 30} GiB.", "Split it.", self.path)
        with self.stream(name) as stream:
            return stream.read()

    def stream(self, name: str) -> IO[bytes]:
        return _Watched(self, name, self._archive.stream(name))  # type: ignore[return-value]

    def lines(self, name: str | None = None, skip: int = 0, *, blank: bool = False) -> Iterator[tuple[int, bytes]]:
        name = name or self.names[0]
        number, rest = 0, b""
        with self.stream(name) as stream:
            while chunk := stream.read(CHUNK):
                *whole, rest = (rest + chunk).split(b"\n")
                for line in whole:
                    number += 1
                    line = line.rstrip(b"\r")
                    if number > skip and (blank or line.strip()):
                        yield number, line
                if len(rest) > MAX_LINE:
                    raise UnsafeInput(
                        f"Line {number + 1} of {name} is longer than {MAX_LINE >> 20} MiB.",
                        "It is not a file of lines; check what it is.",
                        self.path,
                    )
        if rest.strip() and number + 1 > skip:
            yield number + 1, rest

    def json_items(self, name: str, data: bytes, type: type[T]) -> list[tuple[int, T]]:
        try:
            return list(enumerate(msgspec.json.decode(data, type=list[type])))  # type: ignore[valid-type]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        items = []
        for number, raw in enumerate(self._raw_items(name, data)):
            with self.record(number, name):
                items.append((number, msgspec.json.decode(raw, type=type)))
        return items

    def _raw_items(self, name: str, data: bytes) -> Iterable[bytes | msgspec.Raw]:
        try:
            return msgspec.json.decode(data, type=list[msgspec.Raw])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._salvaged(name, data)

    def _salvaged(self, name: str, data: bytes) -> Iterator[bytes]:
        """Take the complete items of a damaged array, one by one."""
        text = bytes(data).decode("utf-8", errors="replace")
        decoder, position, number = json.JSONDecoder(strict=False), text.find("[") + 1, 0
        while position:
            while position < len(text) and text[position] in " \t\r\n,":
                position += 1
            if position < len(text) and text[position] == "]":
                return
            try:
                item, position = decoder.raw_decode(text, position)
            except RecursionError:
                self.skip("nested too deep", number, name)
                return
            except ValueError:
                self.skip("cut off or damaged from here on", number, name)
                return
            yield json.dumps(item).encode()
            number += 1

    # accounts of the reading

    @contextmanager
    def record(self, number: int, name: str | None = None) -> Iterator[None]:
        self.current = (name, number)
        try:
            yield
        except (RelnetError, KeyboardInterrupt):
            raise
        except msgspec.ValidationError as error:
            self.skip(f"unexpected shape: {error}", number, name)
        except (msgspec.DecodeError, UnicodeError):
            self.skip("not valid JSON", number, name)
        except RecursionError:
            self.skip("nested too deep", number, name)
        except Exception as error:
            self.skip(f"unreadable: {type(error).__name__}: {error}"[:200], number, name)

    def skip(self, reason: str, number: int = -1, name: str | None = None, count: int = 1) -> None:
        skips = self.skips.setdefault(reason, Skips())
        skips.count += count
        if number >= 0 and len(skips.named) < NAMED:
            skips.named.append(f"{name or self.names[0]} record {number}")

    def note(self, message: str) -> None:
        if message not in self.notes:
            self.notes.append(message)

    def unread(self, name: str) -> None:
        self.unknown.append(name)

    def remember(self, key: str, value: Any) -> None:
        self._found[key] = value

    @property
    def found(self) -> Mapping[str, Any]:
        return self._found

    def span(self) -> tuple[int | None, int | None]:
        return self.first_at, self.last_at

    def widen(self, first: int | None, last: int | None) -> None:
        """Take the times of a written batch into the span."""
        if first is not None:
            self.first_at = first if self.first_at is None else min(self.first_at, first)
        if last is not None:
            self.last_at = last if self.last_at is None else max(self.last_at, last)

    def digest(self) -> str:
        """Return the hash of all bytes read, by member; a single file may be renamed."""
        if self.is_file:
            return "".join(self._hashes.values())
        total = hashlib.sha256()
        for name in sorted(self._hashes):
            total.update(f"{name}\0{self._hashes[name]}\n".encode())
        return total.hexdigest()

    def _advance(self, name: str, size: int) -> None:
        self._done += size
        self.read_bytes[name] = self.read_bytes.get(name, 0) + size
        if self._progress:
            self._progress(name, self._done, self._expected or sum(self._archive.sizes.values()))


class _Watched:
    """A stream that hashes and counts what passes; damage becomes relnet's own error."""

    def __init__(self, reader: ArchiveReader, name: str, inner: IO[bytes]) -> None:
        self._reader, self._name, self._inner = reader, name, inner
        self._hash = hashlib.sha256()  # twice as fast as BLAKE2b where the processor knows it

    def read(self, size: int = -1) -> bytes:
        first = self._piece(CHUNK * 8 if size < 0 else min(size, CHUNK * 8))
        if len(first) == size or not first:
            return first
        whole = io.BytesIO()  # joining a list of pieces would hold everything twice
        whole.write(first)
        while size < 0 or whole.tell() < size:
            piece = self._piece(CHUNK * 8 if size < 0 else min(size - whole.tell(), CHUNK * 8))
            if not piece:
                break
            whole.write(piece)
        return whole.getvalue()

    def _piece(self, size: int) -> bytes:
        try:
            piece = self._inner.read(size)
        except (*DAMAGE, OSError) as error:
            raise InputError(
                f"{self._name} is cut off or damaged ({error}).",
                "Download it again, or unpack it and give relnet the folder.",
                self._reader.path,
            ) from error
        self._hash.update(piece)
        self._reader._advance(self._name, len(piece))
        return piece

    def close(self) -> None:
        self._reader._hashes[self._name] = self._hash.hexdigest()
        self._inner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
