"""What failed: in words for the screen, with all details in a file."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from pathlib import Path

from relnet.errors import RelnetError


def in_words(error: BaseException) -> str:
    """Return what happened, where, and what to do next, a line each."""
    if isinstance(error, RelnetError):
        return "\n".join(part for part in (error.message, error.where, error.hint) if part)
    return f"{type(error).__name__}: {error}\nThis is a fault of relnet or of a plugin."


def write_down(error: BaseException, path: Path) -> Path:
    """Append an error with its traceback to a file, and return the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", errors="replace") as log:
        when = datetime.now(UTC).isoformat(timespec="seconds")
        log.write(f"{when}\n{''.join(traceback.format_exception(error))}\n")
    return path
