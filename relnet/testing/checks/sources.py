"""Checks of sources. Without a sample of its format only what it does with strangers' bytes is known."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from relnet.errors import RelnetError
from relnet.ingest.archive import Archive
from relnet.ingest.importer import ArchivePeek
from relnet.ingest.reader import ArchiveReader
from relnet.plugin import Account, Batch, Coverage, Declared, Interaction, Post, ReadOptions, Source
from relnet.testing.checks import basis
from relnet.testing.checks.basis import Check, Fault, Given

_RECORDS: Final = (Account, Batch, Declared, Interaction, Post)
_IDS: Final = ("source", "target", "event", "parent", "thread", "post", "native_id", "author")
_SURE: Final = 0.5
_EARLIEST, _LATEST = 0, 4_102_444_800_000  # 1970 and 2100


def checks(source: Source, given: Given) -> Iterator[Check]:
    """Yield the checks of a source."""
    yield from basis.base(source)
    yield Check(1, "names its network", lambda: _network(source), 'Set network = "…": ids are unique within it.')
    yield Check(
        2, "sniffs", lambda: _strangers(source),
        "sniff() returns 0 … 1 from what `peek` shows, 0 for what it does not know, and never raises.",
    )  # fmt: skip
    yield Check(
        2, "survives noise", lambda: _noise(source),
        "Guard each record by `with reader.record(number):`; raise only relnet's own errors.",
    )  # fmt: skip
    for sample in given.samples:
        yield from _of_sample(source, sample)


def _of_sample(source: Source, sample: Path) -> Iterator[Check]:
    named = f" ({sample.name})"
    yield Check(3, f"knows its own{named}", lambda: _own(source, sample), "Return at least 0.5 for your own format.")
    yield Check(
        4, f"gives records{named}", lambda: _records(source, sample),
        "Yield Interaction, Account, Post, Declared or Batch; ids are text, times ms UTC, kinds words.",
    )  # fmt: skip
    yield Check(
        4, f"states coverage{named}", lambda: _coverage(source, sample),
        "Return what the input could have seen; without it all absence is unknown.",
    )  # fmt: skip
    yield Check(5, f"the same again{named}", lambda: _again(source, sample), "Keep no state between readings.")
    if sample.is_file():
        yield Check(
            5, f"survives a cut{named}", lambda: _cut(source, sample),
            "A file cut off gives the records before the cut, or one of relnet's own errors.",
        )  # fmt: skip


def _network(source: Source) -> None:
    if not source.network:
        raise Fault("It names no network.")


def _sniffed(source: Source, path: Path) -> float:
    with Archive.open(path) as archive:
        sure = source.sniff(ArchivePeek(archive))
    if not isinstance(sure, (int, float)) or not 0 <= sure <= 1:
        raise Fault(f"sniff() returned {sure!r}, not a number from 0 to 1.")
    return float(sure)


def _read(source: Source, path: Path) -> tuple[list[object], list[Coverage]]:
    with Archive.open(path) as archive:
        reader = ArchiveReader(archive, ReadOptions(tz="UTC"))
        found: list[object] = list(source.read(reader))
        return found, source.coverage(reader)


def _noises() -> Iterator[tuple[str, bytes]]:
    rng = np.random.default_rng(2)
    yield "nothing.txt", b""
    yield "noise.bin", rng.bytes(4096)
    yield "noise.json", b'[{"a": ' + rng.bytes(512) + b"}]"
    yield "cut.json", b'{"a": [1, 2, {"b"'
    yield "words.csv", b'a,b,"c\n1,2\n,,,,\n\x00\xff'


def _strangers(source: Source) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in _noises():
            path = Path(folder) / name
            path.write_bytes(content)
            try:
                sure = _sniffed(source, path)
            except Fault:
                raise
            except RelnetError:
                continue
            except Exception as error:
                raise Fault(f"sniff() raised {type(error).__name__} at {name}: {error}.") from error
            if sure >= _SURE:
                raise Fault(f"It takes {name}, which is noise, for its own ({sure:g}).")


def _noise(source: Source) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in _noises():
            path = Path(folder) / name
            path.write_bytes(content)
            _survives(source, path, name)


def _survives(source: Source, path: Path, name: str) -> None:
    try:
        _read(source, path)
    except RelnetError:
        return
    except Exception as error:
        raise Fault(f"It raised {type(error).__name__} at {name}: {error}.") from error


def _own(source: Source, sample: Path) -> None:
    if (sure := _sniffed(source, sample)) < _SURE:
        raise Fault(f"It is only {sure:g} sure of {sample.name}.")


def _records(source: Source, sample: Path) -> None:
    found, _ = _read(source, sample)
    if not found:
        raise Fault(f"It gives no record of {sample.name}.")
    for record in found:
        if not isinstance(record, _RECORDS):
            raise Fault(f"It yields {type(record).__name__}, which is no record.")
        for name in _IDS:
            value = getattr(record, name, None)
            if value is not None and not isinstance(value, str):
                raise Fault(f"{type(record).__name__}.{name} is {value!r}, not text.")
        at = getattr(record, "at", None)
        if at is not None and not (isinstance(at, int) and _EARLIEST < at < _LATEST):
            raise Fault(f"{type(record).__name__}.at is {at!r}, not milliseconds since 1970.")


def _coverage(source: Source, sample: Path) -> None:
    _, coverage = _read(source, sample)
    if not coverage or not all(isinstance(each, Coverage) for each in coverage):
        raise Fault(f"coverage() returned {coverage!r}, not a list of Coverage.")


def _again(source: Source, sample: Path) -> None:
    if repr(_read(source, sample)) != repr(_read(source, sample)):
        raise Fault("Reading it again gives other records.")


def _cut(source: Source, sample: Path) -> None:
    content = sample.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        for share in (3, 5, 8):
            path = Path(folder) / sample.name
            path.write_bytes(content[: len(content) * share // 10])
            _survives(source, path, f"{sample.name}, cut at {share * 10} %")
