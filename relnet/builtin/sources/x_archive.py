"""Archives that X (Twitter) gives its members: `window.YTD` files in a zip or folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from relnet.builtin.sources import x_files
from relnet.builtin.sources.x_files import Files
from relnet.builtin.sources.x_owner import owner_of
from relnet.builtin.sources.x_reading import Reading
from relnet.plugin import Batch, Coverage, Peek, Reader, Record, Source, UnknownFormat


class XArchive(Source):
    """Own posts, messages, follows and likes of one account; nothing that others did, messages apart."""

    name, version, network = "x_archive", "1", "x"

    def sniff(self, peek: Peek) -> float:
        """Know an archive by the assignments its files begin with, or by its old layouts."""
        if _old_layout(peek.names, peek.start):
            return 0.9
        if peek.is_file:
            return 0.95 if x_files.global_name(peek.head[:512]) in x_files.KNOWN else 0.0
        files = Files(peek.names)
        if files.folder not in ("", "data") and Path(peek.path).is_dir():
            return 0.0  # a folder of exports: each is looked at by itself
        known = files.of(*x_files.KNOWN)[:8]
        return 0.95 if any(x_files.global_name(peek.start(name, 512)) for name in known) else 0.0

    def read(self, reader: Reader) -> Iterator[Record | Batch]:
        """Yield the archive's facts, member by member.

        Raises
        ------
        UnknownFormat
            The archive is of a layout from before 2019, or no archive.
        """
        files = _files(reader)
        owner = owner_of(reader, files)
        if owner.generated is not None:
            reader.remember("seen_at", owner.generated)
        reading = Reading(reader, files, owner)
        reader.remember("coverage", reading.coverage)
        yield from reading.facts()

    def coverage(self, reader: Reader) -> list[Coverage]:
        """State the owner's own surviving acts, messages both ways, and follows at one date."""
        covered: list[Coverage] = reader.found["coverage"]()
        return covered


_MONTHLY = re.compile(r"(?:^|/)tweets/\d{4}_\d{2}\.js$")


def _old_layout(names: Any, start: Any) -> str | None:
    """Name the layout of an archive from before 2019, which is none of `window.YTD` files."""
    if any(_MONTHLY.search(name) for name in names):
        return "monthly files in data/js/tweets (2012 to 2018)"
    for name in names:
        if name.rpartition("/")[2].lower() == "tweets.csv" or len(names) == 1:
            head = start(name, 512)
            if b"tweet_id" in head[:64] and b"in_reply_to_status_id" in head:
                return "tweets.csv (2012 to 2018)"
            if head.lstrip().startswith(b"Grailbird.data.tweets"):
                return "monthly files (2012 to 2018)"
    return None


def _files(reader: Reader) -> Files:
    def start(name: str, size: int) -> bytes:
        with reader.stream(name) as stream:
            return stream.read(size)

    layout = _old_layout(reader.names, start)
    if layout:
        raise UnknownFormat(
            f"This is an old Twitter archive: {layout}. Its reposts and replies lack what relnet needs.",
            "Request a new archive from X; it holds the old posts too.",
            reader.path,
        )
    if not reader.is_file:
        return Files(reader.names)
    stem = x_files.global_name(start(reader.names[0], 512))
    if stem not in x_files.KNOWN:
        raise UnknownFormat(
            "This is no file of an X archive that relnet reads.", "Give the whole archive.", reader.path
        )
    return Files(reader.names, stem)
