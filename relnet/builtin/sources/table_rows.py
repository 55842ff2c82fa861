"""The rows of a delimited text, of JSON lines and of a Parquet file, as frames with the columns asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain, islice
from typing import IO, Any, Final

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.builtin.sources.table_columns import Columns, split
from relnet.plugin import InputError, Reader, UnreadableInput, UnsafeInput

PIECE: Final = 16 << 20
"""Bytes of text turned into one frame."""
ROWS: Final = 100_000
MAX_LINE: Final = 64 << 20
PARQUET: Final = b"PAR1"
_OTHER_WIDTH: Final = "another number of fields than the header"


class Delimited:
    """CSV, TSV and the like: the header first, then frames of text; a row of another width is skipped."""

    def __init__(self, reader: Reader, name: str, stream: IO[bytes]) -> None:
        self._reader, self._name = reader, name
        pieces = _pieces(stream, f"{reader.path}: {name}")
        first = next(pieces, b"")
        if first.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise UnreadableInput("Its text is UTF-16.", "Save it as UTF-8.", reader.path)
        line, _, rest = first.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
        self._pieces, self._line = chain([rest], pieces), 1
        self._delimiter, self.header = split(
            line.decode("utf-8", "replace").rstrip("\r"), reader.options.columns.values()
        )

    def frames(self, columns: Columns) -> Iterator[pl.DataFrame]:
        """Yield text frames with our column names and `record`, the line number."""
        for piece in self._pieces:
            if b'"' in piece:  # only then can a field hold a delimiter or a line end
                self._pieces = chain([piece], self._pieces)
                yield from self._quoted(columns)
                return
            if piece:
                yield self._plain(piece, columns)

    def _plain(self, piece: bytes, columns: Columns) -> pl.DataFrame:
        lines, first = self._checked(piece), self._line
        self._line += piece.count(b"\n")
        if isinstance(lines, bytes):
            numbers = np.arange(first + 1, self._line + 1)
        else:
            split_up = piece.split(b"\n")
            numbers = lines + first + 1
            lines = b"".join(split_up[i] + b"\n" for i in lines)
        if not lines:
            return pl.DataFrame(schema=dict.fromkeys(columns.at, pl.String) | {"record": pl.Int64})
        positions = sorted(set(columns.at.values()))
        frame = pl.read_csv(
            lines, has_header=False, separator=self._delimiter, quote_char=None, infer_schema=False,
            encoding="utf8-lossy", columns=positions,
        )  # fmt: skip
        frame = frame.select(frame.to_series(positions.index(i)).alias(ours) for ours, i in columns.at.items())
        return frame.with_columns(record=pl.Series(numbers, dtype=pl.Int64))

    def _checked(self, piece: bytes) -> bytes | NDArray[np.int64]:
        """Return the piece if every line has the header's width, else the numbers of those that have it."""
        data = np.frombuffer(piece, dtype=np.uint8)
        ends = np.flatnonzero(data == ord("\n"))
        before = np.searchsorted(np.flatnonzero(data == ord(self._delimiter)), ends)
        fits = np.diff(before, prepend=0) == len(self.header) - 1
        if fits.all():
            return piece
        lines = piece.split(b"\n")
        for number in np.flatnonzero(~fits):
            if lines[number].strip(b" \t\r"):
                self._reader.skip(_OTHER_WIDTH, self._line + int(number) + 1, self._name)
        return np.flatnonzero(fits)

    def _quoted(self, columns: Columns) -> Iterator[pl.DataFrame]:
        lines = (
            line + "\n"
            for piece in self._pieces
            for line in piece.decode("utf-8", "replace").split("\n")[:-1]
        )
        rows = csv.reader(lines, delimiter=self._delimiter)
        held: list[list[str]] = []
        numbers: list[int] = []
        more = True
        while more:
            try:
                row = next(rows)
                if len(row) == len(self.header):
                    held.append(row)
                    numbers.append(self._line + rows.line_num)
                elif row and any(map(str.strip, row)):
                    self._reader.skip(_OTHER_WIDTH, self._line + rows.line_num, self._name)
            except csv.Error as error:
                self._reader.skip(f"unreadable: {error}", self._line + rows.line_num, self._name)
            except StopIteration:
                more = False
            if len(held) >= ROWS or (held and not more):
                values = {ours: [row[i] for row in held] for ours, i in columns.at.items()}
                yield pl.DataFrame(values, schema=dict.fromkeys(values, pl.String)).with_columns(
                    record=pl.Series(numbers, dtype=pl.Int64)
                )
                held, numbers = [], []


class JsonLines:
    """One JSON object a line."""

    def __init__(self, reader: Reader, name: str) -> None:
        self._reader, self._name = reader, name
        self._lines = reader.lines(name)
        self._first = list(islice(self._lines, 1000))
        self.header = list(dict.fromkeys(key for _, line in self._first for key in keys(line)))

    def frames(self, columns: Columns) -> Iterator[pl.DataFrame]:
        """Yield text frames with our column names and `record`, the line number."""
        value = str | int | float | bool | None
        row = msgspec.defstruct(
            "Row", [(ours, value, None) for ours in columns.at],
            rename={ours: self.header[i] for ours, i in columns.at.items()},
        )  # fmt: skip
        decoder = msgspec.json.Decoder(row)
        lines = chain(self._first, self._lines)
        self._first = []
        while batch := list(islice(lines, ROWS)):
            rows, numbers = [], []
            for number, line in batch:
                with self._reader.record(number, self._name):
                    rows.append(decoder.decode(line.removeprefix(b"\xef\xbb\xbf")))
                    numbers.append(number)
            values = {ours: [_text(getattr(row, ours)) for row in rows] for ours in columns.at}
            yield pl.DataFrame(values, schema=dict.fromkeys(values, pl.String)).with_columns(
                record=pl.Series(numbers, dtype=pl.Int64)
            )


class Parquet:
    """A Parquet file; its columns keep their types."""

    def __init__(self, reader: Reader, name: str) -> None:
        self._where = f"{reader.path}: {name}"
        self._data = reader.content(name)
        self._schema = self._guarded(lambda: pl.read_parquet_schema(io.BytesIO(self._data)))
        self.header = list(self._schema)

    def frames(self, columns: Columns) -> Iterator[pl.DataFrame]:
        """Yield frames with our column names and `record`, the row number from 0."""
        names = {self.header[i]: ours for ours, i in columns.at.items()}
        nested = [name for name in names if self._schema[name].is_nested()]
        if nested:
            raise InputError(
                f"Its column {nested[0]!r} holds lists or structures.", "Flatten it.", self._where
            )
        frame = self._guarded(lambda: pl.read_parquet(io.BytesIO(self._data), columns=list(names)))
        yield from (
            frame.rename(names).with_row_index("record").cast({"record": pl.Int64}).iter_slices(10 * ROWS)
        )

    def _guarded(self, read: Any) -> Any:
        try:
            return read()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
            raise UnreadableInput(
                "It is no Parquet file that can be read; it may be cut off.", "Export it again.", self._where
            ) from error


def keys(line: bytes) -> list[str]:
    """Return the keys of a JSON object that hold plain values; none if the line is no object."""
    try:
        found = msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    return [key for key, value in found.items() if not isinstance(value, (dict, list))]


def _text(value: str | float | bool | None) -> str | None:
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return value if value is None or isinstance(value, str) else str(value)


def _pieces(stream: IO[bytes], where: str) -> Iterator[bytes]:
    """Yield whole lines, about `PIECE` bytes at a time; the last line gets its line end."""
    rest = b""
    while chunk := stream.read(PIECE):
        cut = chunk.rfind(b"\n") + 1
        if cut:
            yield rest + chunk[:cut]
            rest = chunk[cut:]
        else:
            rest += chunk
        if len(rest) > MAX_LINE:
            raise UnsafeInput(
                f"A line is longer than {MAX_LINE >> 20} MiB.", "It is no table; check what it is.", where
            )
    if rest:
        yield rest + b"\n"
