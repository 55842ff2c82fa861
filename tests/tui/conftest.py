"""The dashboard over the network of `made`."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from relnet.settings import Settings
from relnet.store.workspace import Workspace
from relnet.tui.app import Dashboard
from relnet.tui.job import Job
from relnet.tui.model import Model
from tests.tui.made import Network, loaded, network, plugins, write

Open = Callable[..., AbstractAsyncContextManager[Pilot[int]]]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture(scope="session")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the usual network, read and assessed once."""
    folder = tmp_path_factory.mktemp("usual")
    Model(Workspace(folder / "workspace"), plugins()).load([write(network(), folder)], Job())
    return folder / "workspace"


@pytest.fixture
def open_dashboard(tmp_path: Path, workspace: Workspace, usual: Path) -> Open:
    """Open the dashboard over a network, by default the usual one, and wait until it is loaded."""

    @asynccontextmanager
    async def opened(
        made: Network | None = None, size: tuple[int, int] = (120, 31), **settings: Any
    ) -> AsyncIterator[Pilot[int]]:
        paths = [write(made, tmp_path)] if made else []
        if not made and not workspace.imports():
            shutil.copytree(usual, workspace.path, dirs_exist_ok=True)
        app = Dashboard(Model(workspace, plugins()), paths, Settings(**settings))
        async with app.run_test(size=size, notifications=True) as pilot:
            await loaded(pilot)
            yield pilot

    return opened
