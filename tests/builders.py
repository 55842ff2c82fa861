"""Builders that several tests share: read an input through the public door and look at the facts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from relnet import registry
from relnet.assess.assessment import Assessment
from relnet.assess.run import assess
from relnet.ingest.importer import load
from relnet.plugin import Account, Coverage, Declared, Interaction, ReadOptions, Record, Source
from relnet.store import log
from relnet.store.log import Manifest
from relnet.store.workspace import Workspace

DAY = 86_400_000
START = 19_723 * DAY
"""2024-01-01."""


def acts(source: str, target: str, days: Iterable[int], kind: str = "message") -> list[tuple]:
    """Rows of one act a day, days counted from `START`."""
    return [(source, target, kind, START + day * DAY) for day in days]


@dataclass
class Read:
    """The facts of one input, with native ids joined back."""

    manifest: Manifest
    interactions: pl.DataFrame
    accounts: pl.DataFrame
    posts: pl.DataFrame
    declared: pl.DataFrame

    def rows(self, *columns: str) -> list[tuple]:
        """Interactions as tuples, in time order, of the columns named (default: source, target, kind)."""
        return self.interactions.select(columns or ("source", "target", "kind")).rows()

    def account(self, native_id: str) -> dict:
        """The newest observation of one account."""
        return self.accounts.filter(native_id=native_id).sort("seen_at").row(-1, named=True)

    @property
    def skips(self) -> dict[str, int]:
        return {reason: count for reason, (count, _) in self.manifest.skips.items()}


def read(path: Path, source: str | None = None, **options: object) -> Read:
    """Import one input into a workspace of its own and return its facts."""
    plugins = registry.find()
    sources = [plugins.make(Source, source)] if source else plugins.usable(Source)[0]
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "workspace")
        named = sources[0] if source else None
        report = load([path], workspace, sources, ReadOptions(**options), named=named)
        [loaded] = report.loaded
        frames = {kind: _frame(workspace, loaded.manifest, kind) for kind in log.SCHEMAS}
    native = dict(frames["accounts"].select("account", "native_id").iter_rows())
    for kind in ("interactions", "declared"):
        frames[kind] = frames[kind].with_columns(
            pl.col(side).replace_strict(native, return_dtype=pl.String) for side in ("source", "target")
        )
    frames["interactions"] = frames["interactions"].sort("at", "event_id", "target")
    return Read(loaded.manifest, **frames)


def _frame(workspace: Workspace, manifest: Manifest, kind: str) -> pl.DataFrame:
    files = log.pieces(workspace.log, [manifest.import_id], kind)
    return pl.read_parquet(files) if files else pl.DataFrame(schema=log.SCHEMAS[kind])


class Acts(Source):
    """Rows given in the test: a network without files."""

    name, version, network = "acts", "1", "test"
    rows: tuple[tuple, ...] = ()
    covered: tuple[tuple, ...] = (("*", "between"),)
    owner: str = ""
    profiles: tuple[dict, ...] = ()
    follows: tuple[tuple[str, str], ...] = ()

    def sniff(self, peek: object) -> float:
        return 0.0

    def read(self, reader: object) -> Iterable[Record]:
        reader.content(reader.names[0])
        if self.owner:
            yield Account(self.owner, handle=self.owner, owner=True)
        for profile in self.profiles:
            yield Account(**profile)
        for source, target in self.follows:
            yield Declared(source, target, "follow")
        for i, (source, target, kind, at, *more) in enumerate(self.rows):
            extra = more[0] if more else {}
            yield Interaction(source, target, kind, at=at, record=i, **extra)

    def coverage(self, reader: object) -> list[Coverage]:
        return [Coverage(kind, way, *who) for kind, way, *who in self.covered]


def workspace_of(folder: Path, *sources: Acts) -> Workspace:
    """A workspace that holds the acts given, each source as one import."""
    workspace = Workspace(folder / "workspace")
    for i, source in enumerate(sources):
        path = folder / f"acts-{i}.txt"
        path.write_text(f"{i}")
        load([path], workspace, [source], named=source)
    return workspace


def assessed(folder: Path, *sources: Acts, **options: object) -> Assessment:
    """The assessment of the acts given, by the built-in plugins."""
    return assess(workspace_of(folder, *sources), registry.find(), **options)
