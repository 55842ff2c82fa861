"""A workspace: the folder that holds a user's facts, judgements, results and cache."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from relnet.errors import WorkspaceBusy, WorkspaceError
from relnet.store import log as facts
from relnet.store.log import Manifest

if TYPE_CHECKING:
    from relnet.store.catalog import Catalog

LOCK_WAIT_SECONDS: Final = 5.0


class Workspace:
    """One workspace folder.

    Parameters
    ----------
    path
        The folder; made if `create`.
    catalog_url
        SQLAlchemy URL of the catalog; by default `catalog.db` in the folder (SQLite).

    Raises
    ------
    WorkspaceError
        The folder is missing or is no workspace.
    """

    def __init__(self, path: Path, *, create: bool = True, catalog_url: str | None = None) -> None:
        self.path = path
        self._catalog_url = catalog_url
        marker = path / "log"
        if path.exists() and not path.is_dir():
            raise WorkspaceError("This is a file, no workspace.", "Choose another with -w.", str(path))
        if path.exists() and not marker.exists() and any(path.iterdir()):
            raise WorkspaceError("The folder is not empty and is no workspace.", "Choose another with -w.", str(path))
        if not marker.exists():
            if not create:
                raise WorkspaceError("There is no workspace here.", "Load something into it first.", str(path))
            marker.mkdir(parents=True, exist_ok=True)
            path.chmod(0o700)

    @property
    def log(self) -> Path:
        """Folder of the facts."""
        return self.path / "log"

    @property
    def runs(self) -> Path:
        """Folder of the results."""
        return self.path / "runs"

    @property
    def cache(self) -> Path:
        """Folder whose content may be deleted at any time."""
        return self.path / "cache"

    def imports(self) -> dict[str, Manifest]:
        """Return the finished imports by id, oldest first; a reader takes this once."""
        return {manifest.import_id: manifest for manifest in facts.manifests(self.log)}

    @cached_property
    def catalog(self) -> Catalog:
        """The SQL database of judgements and runs, migrated on first use."""
        from relnet.store.catalog import Catalog

        return Catalog.open(self._catalog_url or f"sqlite:///{self.path / 'catalog.db'}", self)

    @property
    def has_judgements(self) -> bool:
        """Whether there is a catalog at all: without one there are no judgements to read."""
        return self._catalog_url is not None or (self.path / "catalog.db").exists()

    @contextmanager
    def importing(self) -> Iterator[None]:
        """Hold the import lock; sweep what a killed import left.

        Raises
        ------
        WorkspaceBusy
            Another process is importing.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self.path / "import.lock", timeout=LOCK_WAIT_SECONDS)
        try:
            lock.acquire()
        except Timeout as error:
            raise WorkspaceBusy(
                "Another relnet is importing into this workspace.", "Wait for it to end.", str(self.path)
            ) from error
        try:
            facts.sweep(self.log)
            yield
        finally:
            lock.release()


def workspace_name(text: str) -> str:
    """Return a safe folder name for a workspace."""
    return re.sub(r"[^\w.@+-]+", "-", text).strip(".-")[:80] or "workspace"
