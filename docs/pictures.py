"""Makes the pictures of the documentation from the program itself: `python docs/pictures.py`."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from relnet.demo.files import write_demo
from relnet.registry import find
from relnet.settings import Settings
from relnet.store.workspace import Workspace
from relnet.tui.app import Dashboard
from relnet.tui.model import Model

SIZE = (124, 38)


async def dashboard(folder: Path) -> str:
    """Return the overview of the demo network as SVG."""
    app = Dashboard(Model(Workspace(folder / "workspace"), find()), write_demo(folder / "files"), Settings())
    async with app.run_test(size=SIZE) as pilot:
        while not (app.overview and app.overview.query("ConnectionTable")):
            await pilot.pause(0.2)
        await app.workers.wait_for_complete()
        await pilot.press("down", "down")
        await pilot.pause(0.5)
        return app.export_screenshot(title="relnet")


def main() -> None:
    """Write the pictures beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        picture = asyncio.run(dashboard(Path(folder)))
    (Path(__file__).parent / "dashboard.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
