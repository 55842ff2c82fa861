"""The log of facts: one immutable folder of Parquet files an import, its manifest written last."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import polars as pl

from relnet.errors import WorkspaceError, WorkspaceTooNew
from relnet.facts.coverage import Coverage
from relnet.facts.records import SCHEMA_VERSION

SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "interactions": {
        "event": pl.Int64, "source": pl.Int64, "target": pl.Int64, "kind": pl.String, "at": pl.Int64,
        "seen_at": pl.Int64, "post": pl.Int64, "parent": pl.Int64, "thread": pl.Int64, "audience": pl.Int32,
        "directness": pl.String, "visibility": pl.String, "flags": pl.String, "time_quality": pl.String,
        "network": pl.String, "event_id": pl.String, "parent_id": pl.String,
        "origin": pl.Int32, "record": pl.Int64,
    },
    "accounts": {
        "account": pl.Int64, "network": pl.String, "native_id": pl.String, "handle": pl.String,
        "name": pl.String, "bio": pl.String, "location": pl.String, "url": pl.String, "seen_at": pl.Int64,
        "created_at": pl.Int64, "followers": pl.Int64, "following": pl.Int64, "posts": pl.Int64,
        "likes": pl.Int64, "listed": pl.Int64, "last_active_at": pl.Int64, "has_bio": pl.Boolean,
        "has_url": pl.Boolean, "has_location": pl.Boolean, "has_banner": pl.Boolean, "default_avatar": pl.Boolean,
        "default_profile": pl.Boolean, "verified": pl.Boolean, "protected": pl.Boolean,
        "automated": pl.Boolean, "state": pl.String, "alias_of": pl.Int64, "also_known_as": pl.String,
        "owner": pl.Boolean, "origin": pl.Int32, "record": pl.Int64,
    },
    "posts": {
        "post": pl.Int64, "post_id": pl.String, "author": pl.Int64, "at": pl.Int64, "text": pl.String,
        "lang": pl.String, "links": pl.Int16, "media": pl.Int16, "url": pl.String,
        "network": pl.String, "origin": pl.Int32, "record": pl.Int64,
    },
    "declared": {
        "source": pl.Int64, "target": pl.Int64, "kind": pl.String, "at": pl.Int64, "seen_at": pl.Int64,
        "network": pl.String, "origin": pl.Int32, "record": pl.Int64,
    },
}  # fmt: skip
"""Columns of the four kinds of facts; a column that an older file lacks reads as null."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What one import holds: enough to rebuild its row in the catalog."""

    import_id: str
    schema_version: int = SCHEMA_VERSION
    source: str
    source_version: str
    network: str
    path: str
    digest: str
    files: list[list[Any]]
    members: list[str]
    options: dict[str, Any]
    owners: list[tuple[int, str, str]]
    """(key, network, native id) of the accounts whose record this is."""
    coverage: list[tuple[Coverage, int | None]]
    """Each with the key of its account."""
    rows: dict[str, int]
    read: dict[str, int]
    skips: dict[str, tuple[int, list[str]]]
    notes: list[str]
    unknown_files: list[str]
    new_kinds: list[str]
    kinds: dict[str, str]
    first_at: int | None = None
    last_at: int | None = None
    seen_at: int | None = None
    met: list[tuple[str, str, int | None]] | None = None
    """Networks and kinds of its interactions, with the first moment of each; `None` if that was not noted."""
    overlap: int = 0
    """Interactions that other imports (or this one twice) already hold."""
    started: int = 0
    finished: int = 0


class PartImport:
    """An import being written: a `.part-` folder that becomes visible only by `commit`."""

    def __init__(self, log: Path) -> None:
        self.folder = log / f".part-{secrets.token_hex(8)}"
        self.folder.mkdir(parents=True)
        self._log = log
        self._pieces = dict.fromkeys(SCHEMAS, 0)
        self._met: list[pl.DataFrame] = []

    def write(self, kind: str, frame: pl.DataFrame) -> None:
        """Write one piece of one kind, already keyed and in schema order."""
        if frame.is_empty():
            return
        path = self.folder / f"{kind}-{self._pieces[kind]:05d}.parquet"
        frame.write_parquet(path, compression="zstd", compression_level=1, statistics=True)
        self._pieces[kind] += 1
        if kind == "interactions":
            self._met.append(_met(frame.lazy()))

    @property
    def met(self) -> list[tuple[str, str, int | None]]:
        """Networks and kinds of the interactions written so far, with the first moment of each."""
        return _met(pl.concat(self._met).lazy()).rows() if self._met else []

    def files(self, kind: str) -> list[str]:
        """Return the pieces written so far."""
        return [str(self.folder / f"{kind}-{i:05d}.parquet") for i in range(self._pieces[kind])]

    def commit(self, manifest: Manifest) -> Path:
        """Make the import visible: manifest last, every file and folder on disk before the rename."""
        (self.folder / "manifest.json").write_bytes(msgspec.json.encode(manifest))
        for file in self.folder.iterdir():
            _sync(file)
        _sync(self.folder)
        final = self._log / manifest.import_id
        os.rename(self.folder, final)
        _sync(self._log)
        return final

    def drop(self) -> None:
        """Remove what was written."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def manifests(log: Path) -> Iterator[Manifest]:
    """Yield the manifests of all finished imports, oldest first.

    Raises
    ------
    WorkspaceTooNew
        An import was written by a newer relnet.
    WorkspaceError
        A manifest cannot be read.
    """
    found = []
    for path in log.glob("[!.]*/manifest.json"):
        try:
            version = msgspec.json.decode(path.read_bytes(), type=_Versioned).schema_version
            if version > SCHEMA_VERSION:
                raise WorkspaceTooNew("The import was written by a newer relnet.", "Update relnet.", str(path.parent))
            found.append(msgspec.json.decode(path.read_bytes(), type=Manifest))
        except msgspec.DecodeError as error:
            raise WorkspaceError(
                f"The manifest cannot be read ({error}).",
                "Remove this import's folder and load it again.",
                str(path),
            ) from error
    yield from sorted(found, key=lambda manifest: (manifest.finished, manifest.import_id))


class _Versioned(msgspec.Struct):
    schema_version: int = 0


def pieces(log: Path, imports: Mapping[str, Manifest] | list[str], kind: str) -> list[str]:
    """Return the Parquet files of one kind in some imports, in the order of the imports."""
    return [str(path) for name in imports for path in sorted((log / name).glob(f"{kind}-*.parquet"))]


def met(files: list[str]) -> list[tuple[str, str, int | None]]:
    """Return the networks and kinds of interactions, with the first moment of each."""
    if not files:
        return []
    return _met(pl.scan_parquet(files, schema=SCHEMAS["interactions"], missing_columns="insert")).rows()


def _met(interactions: pl.LazyFrame) -> pl.DataFrame:
    found = interactions.group_by("network", "kind").agg(pl.col("at").min())
    return found.sort("network", "kind").collect(engine="streaming")


def damaged(log: Path, manifest: Manifest) -> list[str]:
    """Return the kinds of facts of which an import holds other than its manifest says."""
    found = []
    for kind in SCHEMAS:
        try:
            files = pieces(log, [manifest.import_id], kind)
            held = pl.scan_parquet(files).select(pl.len()).collect().item() if files else 0
        except (OSError, pl.exceptions.PolarsError):
            held = None
        if held != manifest.rows.get(kind, 0):
            found.append(kind)
    return found


def sweep(log: Path) -> None:
    """Remove what killed imports left; the caller holds the import lock."""
    for folder in log.glob(".part-*"):
        shutil.rmtree(folder, ignore_errors=True)


def remove(log: Path, import_id: str) -> None:
    """Remove an import's files: renamed out of sight first, so that a kill leaves no half."""
    folder = log / import_id
    doomed = log / f".part-{import_id}-removed"
    os.rename(folder, doomed)
    _sync(log)
    shutil.rmtree(doomed, ignore_errors=True)
