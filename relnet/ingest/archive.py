"""One view of a folder, zip, tar or single file: named members, opened as streams, never extracted to disk."""

from __future__ import annotations

import io
import os
import re
import stat
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Final, Self, cast

import zstandard

from relnet.errors import InputError, UnreadableInput, UnsafeInput

MAX_RATIO: Final = 400
"""A member may unpack to this many times its packed size; real text archives stay below 60."""
SMALL: Final = 64 << 20
"""Members up to this size are never called bombs."""
HEAD: Final = 65536

_CLUTTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_IN_MAILDIR = re.compile(r"(?:cur|new|tmp)/(?:\d+\.[^/]+|[^/]+[:;!]2,[A-Za-z]*)")
"""Where a message lies says what became of it, so that a lone folder of these is no top folder."""
_PACKED = re.compile(r"\.(?:gz|gzip|zst|zstd)$", re.IGNORECASE)
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, zstandard.ZstdError, EOFError)
"""What the unpackers raise on a damaged or cut input."""


class Archive:
    """Members of one input by name, below the single top folder if there is one."""

    def __init__(
        self,
        path: Path,
        sizes: Mapping[str, int],
        opener: Callable[[str], IO[bytes]],
        *,
        is_file: bool = False,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.path, self.is_file = path, is_file
        self._open, self._close = opener, close
        names = {_safe(name, path): name for name in sizes if not _is_clutter(name)}
        top = "" if is_file else _single_top(names)
        self._raw = _bare_names({name.removeprefix(top): raw for name, raw in names.items()})
        self.sizes = {name: sizes[raw] for name, raw in self._raw.items()}

    @classmethod
    def open(cls, path: Path) -> Archive:
        """Open any input.

        Raises
        ------
        UnreadableInput
            There is no such path, it may not be read, or its container is damaged.
        UnsafeInput
            A member's name leaves the archive or it would unpack without end.
        """
        try:
            if path.is_dir():
                return _folder(path)
            if not path.exists():
                raise UnreadableInput("There is no such file or folder.", "Check the path.", str(path))
            with path.open("rb") as file:
                magic = file.read(512)
            if not magic:
                raise UnreadableInput("The file is empty.", "Download or export it again.", str(path))
            if magic[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
                return _zip(path)
            if magic.startswith((_GZIP, _ZSTD)):
                return _packed(path, is_gzip=magic.startswith(_GZIP))
            if magic[257:262] == b"ustar":
                return _tar(path)
            return Archive(path, {path.name: path.stat().st_size}, lambda _: path.open("rb"), is_file=True)
        except PermissionError as error:
            raise UnreadableInput("The file may not be read.", "Check its permissions.", str(path)) from error
        except DAMAGE as error:
            raise _damaged(path, error) from error

    @property
    def names(self) -> list[str]:
        """Member names, sorted."""
        return sorted(self.sizes)

    def stream(self, name: str) -> IO[bytes]:
        """Open a member.

        Raises
        ------
        UnreadableInput
            The member is missing, encrypted or damaged.
        """
        if name not in self._raw:
            raise UnreadableInput(f"It has no member {name}.", "", str(self.path))
        try:
            stream = self._open(self._raw[name])
            packed = not self.is_file and _PACKED.search(self._raw[name])
            return _unpacked(stream, self.sizes[name], self.path) if packed else stream
        except (RuntimeError, NotImplementedError) as error:
            raise UnreadableInput(
                f"The member {name} cannot be unpacked ({error}).",
                "Unpack the archive with another program and give relnet the folder.",
                str(self.path),
            ) from error
        except (*DAMAGE, OSError) as error:
            raise _damaged(self.path, error) from error

    def start(self, name: str, size: int = HEAD) -> bytes:
        """Return the first bytes of a member, as far as they can be read; empty where it is missing."""
        start = b""
        if name not in self._raw:
            return start
        try:
            with self.stream(name) as stream:
                while len(start) < size and (piece := stream.read(size - len(start))):
                    start += piece
        except (*DAMAGE, OSError, InputError):
            pass
        return start

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()


def _damaged(path: Path, error: Exception) -> UnreadableInput:
    return UnreadableInput(
        f"The archive is cut off or damaged ({error or type(error).__name__}).",
        "Download it again, or unpack it and give relnet the folder.",
        str(path),
    )


def _is_clutter(name: str) -> bool:
    return name.startswith(_CLUTTER[0]) or name.rpartition("/")[2] in _CLUTTER[1:] or "/._" in f"/{name}"


def as_text(name: str) -> str:
    """Return a file's name as text that can be stored: bytes that are no UTF-8 as escapes."""
    return name.encode("utf-8", "backslashreplace").decode()


def _safe(name: str, path: Path) -> str:
    posix = PurePosixPath(name.replace("\\", "/"))
    if posix.is_absolute() or ".." in posix.parts or (posix.parts and posix.parts[0].endswith(":")):
        raise UnsafeInput(f"A member's name leaves the archive: {name!r}.", "Do not trust this file.", str(path))
    return as_text(str(posix))


def _single_top(names: Iterable[str]) -> str:
    """Return the one folder that holds everything, with its slash, or nothing."""
    tops = {name.partition("/")[0] for name in names}
    if len(tops) != 1 or any("/" not in name for name in names) or all(map(_IN_MAILDIR.fullmatch, names)):
        return ""
    top = f"{tops.pop()}/"
    return top + _single_top([name.removeprefix(top) for name in names])


def _folder(path: Path) -> Archive:
    sizes = {}
    for root, _, files in os.walk(path, followlinks=False):
        for file in files:
            full = Path(root, file)
            status = full.lstat()
            if stat.S_ISREG(status.st_mode):
                sizes[full.relative_to(path).as_posix()] = status.st_size
    if not sizes:
        raise UnreadableInput("The folder is empty.", "Give the folder that holds the export.", str(path))
    return Archive(path, sizes, lambda name: (path / name).open("rb"))


def _zip(path: Path) -> Archive:
    file = zipfile.ZipFile(path)
    infos = {info.filename: info for info in file.infolist() if not info.is_dir()}
    for info in infos.values():
        if info.file_size > max(SMALL, MAX_RATIO * info.compress_size):
            raise _bomb(path, info.filename)
    if sum(info.file_size for info in infos.values()) > max(SMALL, MAX_RATIO * path.stat().st_size):
        raise _bomb(path, path.name)
    return Archive(
        path,
        {name: info.file_size for name, info in infos.items()},
        lambda name: file.open(infos[name]),
        close=file.close,
    )


def _tar(path: Path) -> Archive:
    file = tarfile.open(path)  # noqa: SIM115 - closed with the archive
    members, left = {}, max(SMALL, MAX_RATIO * path.stat().st_size)
    for member in file:  # a header tells the size before what it speaks of is unpacked
        left -= member.size
        if left < 0:
            raise _bomb(path, member.name)
        if member.isfile():
            members[member.name] = member

    def opener(name: str) -> IO[bytes]:
        stream = file.extractfile(members[name])
        if stream is None:
            raise UnreadableInput(f"The member {name} holds no data.", "", str(path))
        return stream

    return Archive(path, {name: member.size for name, member in members.items()}, opener, close=file.close)


def _packed(path: Path, *, is_gzip: bool) -> Archive:
    """A gzip or zstd file: a tar inside, or a single file."""
    packed = path.stat().st_size

    def opener() -> IO[bytes]:
        return _unpacked(path.open("rb"), packed, path)

    with opener() as stream:
        head = stream.read(512)
    if head[257:262] == b"ustar":
        if not is_gzip:
            raise UnreadableInput("A tar packed by zstd.", "Unpack it and give relnet the folder.", str(path))
        return _tar(path)
    return Archive(path, {_PACKED.sub("", path.name): packed}, lambda _: opener(), is_file=True)


def _bare_names(names: Mapping[str, str]) -> dict[str, str]:
    """Take the ending of its packing off a member's name, unless two would be called alike."""
    often = Counter(_PACKED.sub("", name) for name in names)
    return {bare if often[bare := _PACKED.sub("", name)] == 1 else name: raw for name, raw in names.items()}


def _unpacked(raw: IO[bytes], packed: int, path: Path) -> IO[bytes]:
    """Return the content of a gzip or zstd stream as it is read; any other stream as it is."""
    magic = cast(io.BufferedReader, raw).peek(4)
    if magic.startswith(_GZIP):
        inner = cast(IO[bytes], _Gunzip(raw))
    elif magic.startswith(_ZSTD):
        inner = cast(IO[bytes], zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True))
    else:
        return raw
    return cast(IO[bytes], _Bounded(inner, raw, max(SMALL, MAX_RATIO * packed), path))


def _bomb(path: Path, name: str) -> UnsafeInput:
    return UnsafeInput(
        f"{name} would unpack to more than {MAX_RATIO} times its size.",
        "Do not trust this file; if you made it, unpack it yourself and give relnet the folder.",
        str(path),
    )


class _Gunzip:
    """A gzip stream that gives all it can before it says that it is cut (the library's own gives nothing)."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self._inflate = raw, zlib.decompressobj(31)

    def read(self, size: int = -1) -> bytes:
        while True:
            if self._inflate.eof:
                rest = self._inflate.unused_data.lstrip(b"\0") or self._raw.read(HEAD).lstrip(b"\0")
                if not rest:
                    return b""
                self._inflate = zlib.decompressobj(31)
            else:
                rest = self._inflate.unconsumed_tail or self._raw.read(HEAD)
                if not rest:
                    raise EOFError("the compressed data ends too early")
            if data := self._inflate.decompress(rest, max(size, 0)):
                return data

    def close(self) -> None:
        """The raw file is closed by its owner."""


class _Bounded:
    """A decompressed stream that refuses to grow beyond a bound."""

    def __init__(self, inner: IO[bytes], raw: IO[bytes], limit: int, path: Path) -> None:
        self._inner, self._raw, self._left, self._path = inner, raw, limit, path

    def read(self, size: int = -1) -> bytes:
        data = self._inner.read(size if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise _bomb(self._path, self._path.name)
        return data

    def close(self) -> None:
        self._inner.close()
        self._raw.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __enter__(self) -> Self:
        return self
