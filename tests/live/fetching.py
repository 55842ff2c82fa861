"""Fetch an invented network into a workspace, with a clock that never waits."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import httpx
import polars as pl

from relnet import registry
from relnet.ingest.importer import load
from relnet.live.client import Client
from relnet.live.job import fetched
from relnet.live.jobs import check_job, sync_job
from relnet.plugin import Source
from relnet.settings import Live
from relnet.store import log
from relnet.store.log import Manifest
from relnet.store.workspace import Workspace
from tests.live.worlds import NOW


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now, self.slept = NOW, 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


def client(server: Callable[[httpx.Request], httpx.Response], clock: Clock | None = None, **limits: object) -> Client:
    clock = clock or Clock()
    return Client(Live(**limits), transport=httpx.MockTransport(server), now=clock, sleep=clock.sleep)


@cache
def _plugins() -> registry.Registry:
    return registry.find()


def sync(
    world,
    folder: Path,
    network: str = "bluesky",
    who: str = "ego.test",
    *,
    afresh: bool = False,
    now: float = NOW,
    lists: bool = True,
) -> Manifest:
    with client(world) as http:
        return _imported(sync_job(network, who, http, Live(), lists=lists), folder, now, afresh=afresh)


def check(world, folder: Path, network: str = "bluesky", who: str = "ego.test", limit: int | None = None) -> Manifest:
    with client(world) as http:
        return _imported(check_job(network, who, http, Live(), limit, 0), folder, NOW)


def _imported(job, folder: Path, now: float, *, afresh: bool = False) -> Manifest:
    workspace = Workspace(folder / "workspace")
    source = _plugins().make(Source, job.source)
    with fetched(job, workspace.path / "sync", now, lambda *_: None, afresh=afresh) as whole:
        [loaded] = load([whole.folder], workspace, [source], named=source).loaded
        whole.imported()
    return loaded.manifest


def facts(folder: Path, kind: str = "interactions", *columns: str) -> list[tuple]:
    """The facts of all imports, each once, with native ids."""
    workspace = Workspace(folder / "workspace")
    native = {}
    for row in _frame(workspace, "accounts").select("account", "native_id").iter_rows():
        native[row[0]] = row[1]
    frame = _frame(workspace, kind)
    names = (
        columns
        or {"interactions": ("source", "target", "kind", "event_id"), "declared": ("source", "target", "kind")}[kind]
    )
    ends = [pl.col(each).replace_strict(native, return_dtype=pl.String) for each in ("source", "target")]
    return sorted(set(frame.with_columns(ends).select(names).rows()))


def observed(folder: Path) -> dict[str, dict]:
    """The newest word on each account, column by column."""
    frame = _frame(Workspace(folder / "workspace"), "accounts").sort("seen_at")
    newest = [pl.col(each).drop_nulls().last() for each in frame.columns if each != "native_id"]
    return {row["native_id"]: row for row in frame.group_by("native_id").agg(newest).to_dicts()}


def _frame(workspace: Workspace, kind: str) -> pl.DataFrame:
    files = log.pieces(workspace.log, workspace.imports(), kind)
    return pl.read_parquet(files) if files else pl.DataFrame(schema=log.SCHEMAS[kind])
