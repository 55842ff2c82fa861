"""Copying out of a terminal: beside its escape code, by the desktop's own tool or into a file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_WAIT_SECONDS = 2.0


def copy_beside(text: str, folder: Path) -> str:
    """Copy by what the desktop offers, else write a file; return in words where the text is.

    Terminals do not say whether they obeyed the escape code, so this happens as well.

    Parameters
    ----------
    text
        What to copy.
    folder
        Where the file goes.
    """
    for command in _tools():
        try:
            subprocess.run(command, input=text.encode("utf-8", "replace"), timeout=_WAIT_SECONDS, check=True)
        except (OSError, subprocess.SubprocessError):
            continue
        return "Copied."
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "copied.txt"
    path.write_text(text, encoding="utf-8", errors="replace")
    return f"Copied through the terminal, and in case it ignores that, into {path}"


def _tools() -> list[list[str]]:
    offered = [(sys.platform == "darwin", ["pbcopy"])]
    offered += [(bool(os.environ.get("WAYLAND_DISPLAY")), ["wl-copy"])]
    offered += [(bool(os.environ.get("DISPLAY")), ["xclip", "-selection", "clipboard"])]
    return [command for there, command in offered if there and shutil.which(command[0])]
