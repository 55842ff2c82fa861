"""Tables of interactions (who, whom, when) and of profiles: CSV, TSV, JSON lines, Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from relnet.builtin.sources import table_profiles
from relnet.builtin.sources.table_columns import choose, likely, split
from relnet.builtin.sources.table_interactions import Interactions
from relnet.builtin.sources.table_rows import PARQUET, Delimited, JsonLines, Parquet, keys, utf16
from relnet.plugin import Batch, Coverage, Peek, Reader, Source


class Table(Source):
    """A table with a header that names the source and the target of each interaction, or accounts."""

    name, version, network = "table", "1", "table"

    def sniff(self, peek: Peek) -> float:
        """Return how surely this is a table with known columns; a container must hold just one."""
        if len(peek.names) != 1:
            return 0.0
        return likely_start(peek.head if peek.is_file else peek.start(peek.names[0]))

    def read(self, reader: Reader) -> Iterable[Batch]:
        """Yield one batch for every piece of the table."""
        for name in reader.names:
            with reader.stream(name) as stream:
                start = stream.read(len(PARQUET) + 64)
            if start.startswith(PARQUET):
                yield from self._rows(reader, name, Parquet(reader, name))
            elif start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
                yield from self._rows(reader, name, JsonLines(reader, name))
            else:
                with reader.stream(name) as stream:
                    yield from self._rows(reader, name, Delimited(reader, name, stream))

    def coverage(self, reader: Reader) -> list[Coverage]:
        """Return each kind met, between all; complete only if the user vouches for it."""
        since, until = reader.span()
        whole = reader.options.complete and not reader.found.get("undirected")
        return [
            Coverage(kind, "between", None, since, until, "complete" if whole else "partial", network)
            for network, kind in sorted(reader.found.get("kinds", ()), key=str)
        ]

    def _rows(self, reader: Reader, name: str, rows: Delimited | JsonLines | Parquet) -> Iterator[Batch]:
        columns = choose(rows.header, reader.options.columns, reader.path)
        if columns.profiles:
            times = table_profiles.times(reader)
            for frame in rows.frames(columns):
                yield Batch(accounts=table_profiles.accounts(frame, times, reader, name))
            return
        interactions = Interactions(reader, name, columns)
        for frame in rows.frames(columns):
            if len(frame):
                yield interactions.batch(frame)
        yield Batch(accounts=interactions.owners())
        interactions.report()


def likely_start(start: bytes) -> float:
    """Return how surely the first bytes of a file are those of a table."""
    if start.startswith(PARQUET):
        return 0.6
    if encoding := utf16(start):
        start = start[2:].decode(encoding, "replace").encode("utf-8", "replace")
    line = start.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    if line.startswith(b"{"):
        return likely(keys(line), profiles=False) * 0.9
    if not line or b"\0" in line:
        return 0.0
    return likely(split(line.decode("utf-8", "replace").rstrip("\r"))[1])
