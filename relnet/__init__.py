"""relnet: which of your connections are real relationships, and why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relnet.notebook import Network, load

# Read when Polars is loaded: its memory then comes in pages of 2 MB instead of 4 KB, each of which costs at first touch.
os.environ.setdefault("_RJEM_MALLOC_CONF", "thp:always")

__version__ = "0.1.0"
__all__ = ["Network", "__version__", "load"]


def __getattr__(name: str) -> Any:
    # What a notebook uses is imported when it is used, so that `relnet --help` does not pay for it.
    if name in ("load", "Network"):
        from importlib import import_module

        return getattr(import_module("relnet.notebook"), name)
    raise AttributeError(f"module 'relnet' has no attribute {name!r}")
