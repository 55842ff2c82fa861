"""A copy of a workspace in one file: facts, judgements and settings; what can be made again stays out."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final
from zipfile import ZIP_STORED, ZipFile

from relnet.errors import WorkspaceError
from relnet.store import log
from relnet.store.workspace import Workspace
from relnet.whole_file import whole

_BESIDE: Final = ("relnet.toml", "plugins/*.py")


def backup(workspace: Workspace, target: Path) -> list[str]:
    """Write a zip file with the finished imports, the catalog and the settings; return the names in it.

    The catalog is copied as SQLite does it, so that a dashboard may go on writing. Unpacked, the file is a workspace.

    Raises
    ------
    WorkspaceError
        The target exists or cannot be written, or the catalog is not a file of the workspace.
    """
    if target.exists():
        raise WorkspaceError("There is a file of that name already.", "Choose another.", str(target))
    if workspace.has_judgements and not (workspace.path / "catalog.db").exists():
        raise WorkspaceError(
            "The catalog of this workspace is in a database of its own.", "Back it up with that database's tools."
        )
    files = [path for pattern in _BESIDE for path in sorted(workspace.path.glob(pattern))]
    for manifest in log.manifests(workspace.log):
        files += sorted(path for path in (workspace.log / manifest.import_id).rglob("*") if path.is_file())
    try:
        # Parquet is compressed already.
        with whole(target) as part, ZipFile(part, "x", ZIP_STORED) as into, tempfile.TemporaryDirectory() as folder:
            for path in files:
                into.write(path, path.relative_to(workspace.path).as_posix())
            if workspace.has_judgements:
                copy = Path(folder) / "catalog.db"
                with (
                    closing(sqlite3.connect(workspace.path / "catalog.db")) as source,
                    closing(sqlite3.connect(copy)) as to,
                ):
                    source.backup(to)
                into.write(copy, "catalog.db")
            names = into.namelist()
    except OSError as error:
        raise WorkspaceError(f"The copy cannot be written ({error}).", "Choose another place.", str(target)) from error
    return names
