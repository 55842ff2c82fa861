"""Takes the entry points of the core and registers each under another name."""

import tomllib
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Loopback(MetadataHookInterface):
    def update(self, metadata: dict) -> None:
        core = tomllib.loads((Path(self.root).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
        metadata["entry-points"] = {
            group: {f"loop_{name}": f"relnet_loopback:{group.removeprefix('relnet.')}__{name}" for name in points}
            for group, points in core["project"]["entry-points"].items()
        }
