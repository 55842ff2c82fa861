"""The six public records that engagement is fitted and judged on, and how they are read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from relnet.assess.history import History, prepared
from relnet.facts.records import KIND_CLASSES
from relnet.ingest.importer import load
from relnet.network.view import NetworkView
from relnet.plugin import ReadOptions, Source
from relnet.registry import Registry
from relnet.store.workspace import Workspace

SETS: Final[dict[str, tuple[float, tuple[float, ...]]]] = {
    "collegemsg": (30, (0.7, 0.5, 0.6, 0.8)),
    "mathoverflow": (180, (0.6, 0.4, 0.5, 0.7)),
    "dnc-email": (14, (0.6, 0.4, 0.5, 0.55)),
    "enron-email": (60, (0.6, 0.4, 0.5, 0.7, 0.8)),
    "copenhagen": (7, (0.6, 0.4, 0.5, 0.7)),
    "higgs-twitter": (2, (0.5, 0.4, 0.6, 0.7)),
}
"""Window in days, and the cuts: the headline one first, each with a whole window after it."""
_ACTS: Final = {kind: "act" for kind, word in KIND_CLASSES.items() if word == "signal"}


def folder(given: str | None) -> Path:
    """Return the folder of the records: as given, or `interactions` of the shared samples."""
    return Path(given) if given else Path(os.environ["RELNET_SHARED"]) / "data" / "interactions"


@contextmanager
def history(path: Path, registry: Registry) -> Iterator[History]:
    """Read one record through the table source; every kind counts, nothing is missing, small times are relative."""
    options = ReadOptions(complete=True, kinds=_ACTS, epoch="relative")
    with tempfile.TemporaryDirectory() as place:
        workspace = Workspace(Path(place) / "workspace")
        load([path], workspace, [], options, named=registry.make(Source, "table"))
        with prepared(NetworkView(workspace.log, workspace.imports())) as found:
            yield found
