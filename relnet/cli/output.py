"""The one place that prints: data on stdout, everything else on stderr."""

from __future__ import annotations

import json
import math
import os
import re
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from relnet.errors import RelnetError
from relnet.text import UNSAFE, clean, fit, to_ascii

SCHEMA_VERSION: Final = 1
_UNSAFE: Final = re.compile(f"(?!\n)[{UNSAFE}\ud800-\udfff]")


def emit(text: str, *, ascii: bool = False) -> None:
    """Write lines of data to stdout, without anything that a terminal could obey."""
    safe = to_ascii if ascii else clean
    sys.stdout.write("\n".join(map(safe, text.split("\n"))) + "\n")


def emit_json(command: str, data: Any, warnings: Sequence[str] = ()) -> None:
    """Write one JSON document; unknown numbers are null."""
    document = {
        "schema_version": SCHEMA_VERSION, "command": command, "data": plain(data), "warnings": list(warnings)
    }  # fmt: skip
    sys.stdout.write(_written(document, 2) + "\n")


def _written(document: dict[str, Any], indent: int | None = None) -> str:
    """Return a document with what a terminal could obey as the escapes of JSON."""
    text = json.dumps(document, ensure_ascii=False, indent=indent, allow_nan=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(value: Any) -> Any:
    """Return a value as JSON can say it: NumPy numbers as Python's, NaN as null, keys as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(each) for each in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return None if not math.isfinite(value) else value
    if hasattr(value, "__struct_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    return value


def say(text: str) -> None:
    """Write a notice to stderr."""
    sys.stderr.write(text + "\n")


def say_error(error: RelnetError, *, as_json: bool = False) -> None:
    """Write one of relnet's errors to stderr: what, where, what to do."""
    if as_json:
        document = {
            "code": error.exit_code, "error": type(error).__name__, "message": error.message,
            "hint": error.hint, "where": error.where,
        }  # fmt: skip
        say(_written(document))
        return
    where = f"{clean(error.where)}: " if error.where else ""
    say(f"relnet: {where}{clean(error.message)}")
    if error.hint:
        say(f"  {clean(error.hint)}")


def say_unexpected(error: Exception, *, as_json: bool = False) -> int:
    """Write an error nobody foresaw; the traceback goes to a file. Usage errors are the parser's own.

    Returns
    -------
    int
        The exit code.
    """
    show = getattr(error, "show", None)
    if show is not None:
        show()
        return int(getattr(error, "exit_code", 2))
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="relnet-", suffix=".log", delete=False, encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    say_error(
        RelnetError(
            f"Something unexpected happened ({type(error).__name__}: {error}).",
            f"Please report it; the details are in {file.name}. Your workspace is as it was.",
        ),
        as_json=as_json,
    )
    return 1


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = (), width: int = 0) -> str:
    """Return columns of text, aligned by terminal cells; `right` names the columns of numbers.

    Parameters
    ----------
    width
        Cells to keep to; the first column gives way. 0: as wide as needed.
    """
    from rich.cells import cell_len

    body = [[clean(str(cell)) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(head, *body, strict=True)]
    over = sum(widths) + 2 * (len(widths) - 1) - width
    if width and over > 0:
        widths[0] = max(8, widths[0] - over)

    def line(cells: Sequence[str]) -> str:
        placed = (
            fit(cell, size, "right" if i in right else "left")
            for i, (cell, size) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join(placed).rstrip()

    return "\n".join([line(head), line(["-" * size for size in widths]), *map(line, body)])


def is_terminal() -> bool:
    """Tell whether a person sees stdout."""
    return sys.stdout.isatty()


def terminal_width() -> int:
    """Return the width of the terminal in cells; 0 where the output is no terminal."""
    return os.get_terminal_size().columns if is_terminal() else 0


class Progress:
    """Progress on stderr: a line redrawn on a terminal, else one line every ten seconds."""

    def __init__(self, quiet: bool) -> None:
        self._quiet, self._live = quiet, sys.stderr.isatty()
        self.started = self._last = time.monotonic()
        self._shown = False

    def is_due(self) -> bool:
        """Tell whether the line is to be written again."""
        now = time.monotonic()
        if self._quiet or now - self._last < (0.1 if self._live else 10):
            return False
        self._last = now
        return True

    def show(self, text: str) -> None:
        """Write the line."""
        if self._live:
            sys.stderr.write("\r" + fit(text, 79))
            self._shown = True
        else:
            say(clean(text))

    def close(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r" + " " * 79 + "\r")
            self._shown = False


class ReadProgress(Progress):
    """Progress by bytes."""

    def __call__(self, member: str, done: int, total: int) -> None:
        """Show how far the reading is."""
        if self.is_due():
            share = f"{min(done / total, 1):4.0%}" if total else "   ?"
            rate = done / 1e6 / max(time.monotonic() - self.started, 1e-6)
            self.show(f"Reading {share}  {done / 1e6:,.0f} MB, {rate:,.0f} MB/s  {member}")
