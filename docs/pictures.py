"""Makes the pictures of the documentation from the program itself: `python docs/pictures.py`."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from relnet.demo.files import write_demo
from relnet.registry import find
from relnet.settings import Settings
from relnet.store.workspace import Workspace
from relnet.tui.app import Dashboard
from relnet.tui.model import Model
from relnet.tui.screens.overview import OverviewPage

HERE = Path(__file__).parent
PICTURES: tuple[tuple[str, tuple[int, int], tuple[str, ...]], ...] = (
    ("dashboard", (124, 38), ("down", "down")),
    ("tutorial-1-overview", (100, 30), ()),
    ("tutorial-2-time", (100, 30), ("3",)),
    ("tutorial-3-why", (100, 30), ("tab", "enter")),
    ("tutorial-4-list", (100, 30), ("escape", "space", "down", "space", "down", "space", "t")),
    ("tutorial-5-actions", (100, 30), ("r", "4")),
)
"""Name, size, and the keys that lead there from the picture before."""


async def settled(app: Dashboard, pilot: Pilot[Any]) -> None:
    """Wait until nothing is computed and everything is drawn."""
    await pilot.pause(0.2)
    idle = 0
    while idle < 3:
        idle = 0 if any(worker.is_running for worker in app.workers) else idle + 1
        await pilot.pause(0.05)


async def shoot(folder: Path) -> dict[str, str]:
    """Return the pictures of the demo network as SVG, by name."""
    app = Dashboard(Model(Workspace(folder / "workspace"), find()), write_demo(folder / "files"), Settings())
    shots = {}
    async with app.run_test(size=PICTURES[0][1]) as pilot:
        while not isinstance(app.screen, OverviewPage):
            await pilot.pause(0.2)
        await settled(app, pilot)
        for name, size, keys in PICTURES:
            if name == "tutorial-1-overview":
                await pilot.press("g")
            await pilot.resize_terminal(*size)
            for key in keys:
                await pilot.press(key)
                await settled(app, pilot)
            await settled(app, pilot)
            shots[name] = app.export_screenshot(title="relnet")
    return shots


def main() -> None:
    """Write the pictures beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        shots = asyncio.run(shoot(Path(folder)))
    for name, picture in shots.items():
        (HERE / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
