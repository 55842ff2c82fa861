"""The rows of a delimited text, of JSON lines and of a Parquet file, as frames with the columns asked for."""

from __future__ import annotations

import codecs
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
_BOM: Final = b"\xef\xbb\xbf"
_OTHER_WIDTH: Final = "another number of fields than the header"


class Delimited:
    """CSV, TSV and the like: the header first, then frames of text; a row of another width is skipped."""

    def __init__(self, reader: Reader, name: str, stream: IO[bytes]) -> None:
        self._reader, self._name = reader, name
        pieces = map(self._utf8, _pieces(stream, f"{reader.path}: {name}"))
        line, _, rest = next(pieces, b"").removeprefix(_BOM).partition(b"\n")
        self._pieces, self._line = chain([rest], pieces), 1
        self._delimiter, self.header = split(
            line.decode("utf-8", "replace").rstrip("\r"), reader.options.columns.values()
        )

    def _utf8(self, piece: bytes) -> bytes:
        """Return a piece as UTF-8: lines that are not are read as Latin-1, which keeps different names apart."""
        try:
            piece.decode()
            return piece
        except UnicodeDecodeError:
            self._reader.note(
                "Some of its lines are no UTF-8 and were read as Latin-1: save it as UTF-8 if names look odd."
            )
            return b"\n".join(map(_line_as_utf8, piece.split(b"\n")))

    def frames(self, columns: Columns) -> Iterator[pl.DataFrame]:
        """Yield text frames with our column names and `record`, the line number."""
        for piece in self._pieces:
            if b'"' in piece:  # only then can a field hold a delimiter or a line end
                whole = self._whole(piece, columns, quote='"')
                if whole is None:
                    self._pieces = chain([piece], self._pieces)
                    yield from self._quoted(columns)
                    return
                yield self._named(whole, columns, np.arange(self._line + 1, self._line + 1 + len(whole)))
                self._line += len(whole)
            elif piece:
                yield self._plain(piece, columns)

    def _plain(self, piece: bytes, columns: Columns) -> pl.DataFrame:
        first, lines = self._line + 1, piece.count(b"\n")
        frame = self._whole(piece, columns)
        numbers = np.arange(first, first + lines)
        if frame is None:
            fits = self._fitting(piece)
            numbers = numbers[fits]
            if not fits.all():
                split_up = piece.split(b"\n")
                piece = b"".join(split_up[i] + b"\n" for i in np.flatnonzero(fits))
            used = sorted(set(columns.at.values()))
            frame = self._parsed(piece, used) if piece else pl.DataFrame({str(i): [] for i in used})
        self._line += lines
        return self._named(frame, columns, numbers)

    def _named(self, frame: pl.DataFrame, columns: Columns, numbers: NDArray[np.int64]) -> pl.DataFrame:
        frame = frame.select(pl.col(str(i)).cast(pl.String).alias(ours) for ours, i in columns.at.items())
        return frame.with_columns(record=pl.Series(numbers, dtype=pl.Int64))

    def _whole(self, piece: bytes, columns: Columns, quote: str | None = None) -> pl.DataFrame | None:
        """Return a piece each of whose lines is a row of the header's width; None if that is not plain to see."""
        width = len(self.header)
        if quote is None and width > len(set(columns.at.values())) + 1:
            return None
        try:
            frame = self._parsed(piece, list(range(width)), quote)
        except pl.exceptions.PolarsError:  # a line is too long
            return None
        fits = len(frame) == piece.count(b"\n") and frame.width == width
        return frame if fits and not frame.to_series(-1).has_nulls() else None

    def _parsed(self, piece: bytes, used: list[int], quote: str | None = None) -> pl.DataFrame:
        frame = pl.read_csv(
            piece, has_header=False, separator=self._delimiter, quote_char=quote, infer_schema=False,
            columns=None if len(used) == len(self.header) else used,
        )  # fmt: skip
        frame.columns = [str(i) for i in (used if frame.width == len(used) else range(frame.width))]
        return frame

    def _fitting(self, piece: bytes) -> NDArray[np.bool_]:
        """Tell which lines have the header's width; the others are counted, unless they are blank."""
        data = np.frombuffer(piece, dtype=np.uint8)
        ends = np.flatnonzero(data == ord("\n"))
        before = np.searchsorted(np.flatnonzero(data == ord(self._delimiter)), ends)
        fits: NDArray[np.bool_] = np.diff(before, prepend=0) == len(self.header) - 1
        if not fits.all():
            lines = piece.split(b"\n")
            for number in np.flatnonzero(~fits):
                if lines[number].strip(b" \t\r"):
                    self._reader.skip(_OTHER_WIDTH, self._line + int(number) + 1, self._name)
        return fits

    def _quoted(self, columns: Columns) -> Iterator[pl.DataFrame]:
        open_at = 0

        def lines_of(pieces: Iterator[bytes]) -> Iterator[str]:
            nonlocal open_at
            number = self._line
            for piece in pieces:
                for line in piece.decode().split("\n")[:-1]:
                    number += 1
                    if line.count('"') % 2:
                        open_at = 0 if open_at else number
                    yield line + "\n"

        lines = lines_of(self._pieces)
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
        if open_at:
            self._reader.skip("a quote that is not closed: what follows it is lost", open_at, self._name)


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
            rename={ours: self.header[i] for ours, i in columns.at.items()}, gc=False,
        )  # fmt: skip
        decoder = msgspec.json.Decoder(row)
        lines = chain(self._first, self._lines)
        self._first = []
        while batch := list(islice(lines, ROWS)):
            numbers, rows = self._decoded(batch, decoder)
            values = {ours: _column([getattr(row, ours) for row in rows]) for ours in columns.at}
            yield pl.DataFrame(values).with_columns(record=pl.Series(numbers, dtype=pl.Int64))

    def _decoded(self, batch: list[tuple[int, bytes]], decoder: Any) -> tuple[list[int], list[msgspec.Struct]]:
        """Decode many lines at once; only where one is bad, line by line."""
        try:
            return [number for number, _ in batch], [decoder.decode(line) for _, line in batch]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        numbers, rows = [], []
        for number, line in batch:
            with self._reader.record(number, self._name):
                rows.append(decoder.decode(line.removeprefix(b"\xef\xbb\xbf")))
                numbers.append(number)
        return numbers, rows


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
            raise InputError(f"Its column {nested[0]!r} holds lists or structures.", "Flatten it.", self._where)
        frame = self._guarded(lambda: pl.read_parquet(io.BytesIO(self._data), columns=list(names)))
        plain = {pl.Categorical: pl.String, pl.Enum: pl.String, pl.Binary: pl.String}
        frame = self._guarded(lambda: frame.rename(names).cast(plain))
        yield from frame.with_row_index("record").cast({"record": pl.Int64}).iter_slices(10 * ROWS)

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


def _column(values: list[Any]) -> pl.Series:
    """Return a column of JSON values as text; whole numbers keep all their digits."""
    types = set(map(type, values)) - {type(None)}
    if types == {int} and all(-(2**63) <= value < 2**63 for value in values if value is not None):
        return pl.Series(values, dtype=pl.Int64).cast(pl.String)
    return pl.Series(values if types <= {str} else [_text(value) for value in values], dtype=pl.String)


def _text(value: str | float | bool | None) -> str | None:
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return value if value is None or isinstance(value, str) else str(value)


def utf16(start: bytes) -> str | None:
    """Return the name of the encoding of a text that begins with a mark of UTF-16."""
    return {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(start[:2])


def _line_as_utf8(line: bytes) -> bytes:
    try:
        line.decode()
        return line
    except UnicodeDecodeError:
        return line.decode("latin-1").encode()


class _Recoded:
    """A stream of UTF-16 that is read as UTF-8."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def read(self, size: int) -> bytes:
        """Return about `size` bytes, none at the end."""
        while data := self._stream.read(size):
            if text := self._decoder.decode(data):
                return text.encode("utf-8", "replace")
        return b""


def _pieces(stream: IO[bytes], where: str) -> Iterator[bytes]:
    """Yield whole lines, about `PIECE` bytes at a time; the last line gets its line end."""
    rest = stream.read(2)
    if encoding := utf16(rest):
        stream, rest = _Recoded(stream, encoding), b""  # type: ignore[assignment]
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
