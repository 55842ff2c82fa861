"""Files that the dashboard writes where it was started, never over another."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import numpy as np
import numpy.typing as npt

from relnet.assess.written import csv_text
from relnet.tui.seen import Seen

_LEFT_OUT = frozenset({"out_known", "in_known"})


def write_new(stem: str, suffix: str, text: str, folder: Path | None = None) -> Path:
    """Write a text to `stem.suffix`, or where that is taken to `stem-2.suffix` and so on; return the path."""
    where = folder or Path.cwd()
    for number in count(1):
        path = where / f"{stem}{'' if number == 1 else f'-{number}'}.{suffix}"
        try:
            with path.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
        except FileExistsError:
            continue
        return path
    raise AssertionError


def rows_as_csv(seen: Seen, rows: npt.NDArray[np.int32]) -> str:
    """Return connections as CSV in the order given, one row each; unknown is empty."""
    names = [name for name in seen.columns if name not in _LEFT_OUT]
    columns = [seen.columns[name] for name in names]
    return csv_text(["account", *names], [[str(seen.account(row)), *(_cell(c[row]) for c in columns)] for row in rows])


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    if isinstance(value, (float, np.floating)):
        return "" if value != value else f"{float(value):.6g}"
    return "" if value is None else str(value)
