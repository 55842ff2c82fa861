"""What a source may use to look at an input and to read it: protocols, implemented by the importer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

if TYPE_CHECKING:
    import polars as pl

T = TypeVar("T")


class ReadOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the user says of an input that the input itself does not.

    Attributes
    ----------
    me
        Handles, ids or addresses of the owner.
    tz
        IANA zone of times that carry none.
    epoch
        ISO moment from which small numbers count, or `relative`; `excel`: they are the days of a spreadsheet.
    columns
        Column map of a table: our name → theirs, as in `source=from`.
    kinds
        Class of a kind that relnet does not know, as in `answer=act`.
    complete
        The user vouches that nothing is missing: absence in it means zero.
    """

    me: tuple[str, ...] = ()
    tz: str | None = None
    epoch: str | None = None
    columns: dict[str, str] = {}
    kinds: dict[str, str] = {}
    complete: bool = False


class Batch(msgspec.Struct):
    """Columns instead of records, for sources that read many.

    Each is a Polars frame with the field names of the record type (`Interaction`, `Account`, `Post`,
    `Declared`); a column left out takes the field's default.
    """

    interactions: pl.DataFrame | None = None
    accounts: pl.DataFrame | None = None
    posts: pl.DataFrame | None = None
    declared: pl.DataFrame | None = None


class Peek(Protocol):
    """A look at an input without reading it.

    `names` lists the members below the single top folder, if there is one, with `/` between folders; a
    single file has one member, its own name without `.gz`/`.zst`. Nothing is decompressed beyond `head`.
    """

    @property
    def path(self) -> str: ...
    @property
    def names(self) -> Sequence[str]: ...
    @property
    def is_file(self) -> bool: ...
    @property
    def head(self) -> bytes:
        """The first 64 KiB of a single file, decompressed; empty for a container."""
        ...

    def start(self, name: str, size: int = 65536) -> bytes:
        """Return the first bytes of a member; empty if there is no such member."""
        ...


class Reader(Protocol):
    """One input being read. Counts what was read, kept and skipped, and reports progress by bytes."""

    @property
    def path(self) -> str: ...
    @property
    def names(self) -> Sequence[str]: ...
    @property
    def is_file(self) -> bool: ...
    @property
    def options(self) -> ReadOptions: ...
    @property
    def modified_at(self) -> int:
        """When the input was last written, ms UTC: the last resort for `seen_at`."""
        ...

    def expect(self, names: Iterable[str]) -> None:
        """Say which members will be read, so that progress has a total."""
        ...

    def size(self, name: str) -> int:
        """Return the uncompressed size of a member in bytes."""
        ...

    def content(self, name: str) -> bytes:
        """Return a whole member (within the size limit)."""
        ...

    def stream(self, name: str) -> IO[bytes]:
        """Open a member for reading in pieces."""
        ...

    def lines(self, name: str | None = None, skip: int = 0, *, blank: bool = False) -> Iterator[tuple[int, bytes]]:
        """Yield (number from 1, line without its line end), split on `\\n` only; `blank` keeps empty lines."""
        ...

    def json_items(self, name: str, data: bytes, type: type[T]) -> list[tuple[int, T]]:
        """Decode a JSON array into typed items with their index, skipping and counting the bad ones.

        An array that is cut off yields its complete items and one counted skip.
        """
        ...

    def record(self, number: int, name: str | None = None) -> AbstractContextManager[None]:
        """Guard the reading of one record: an exception skips it and counts why."""
        ...

    def skip(self, reason: str, number: int = -1, name: str | None = None, count: int = 1) -> None:
        """Count records that are left out, and why; the first ten of a reason are named."""
        ...

    def note(self, message: str) -> None:
        """Say something of the input once, in the load report."""
        ...

    def unread(self, name: str) -> None:
        """List a member that this source does not know."""
        ...

    def remember(self, key: str, value: Any) -> None:
        """Keep a finding of `read` for `coverage`, which is asked after it."""
        ...

    @property
    def found(self) -> Mapping[str, Any]:
        """What `read` remembered."""
        ...

    def span(self) -> tuple[int | None, int | None]:
        """Return the first and last `at` among the interactions and posts read so far, ms UTC."""
        ...
