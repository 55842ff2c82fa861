"""Lists of connections, alike in every section."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Findings, Table, Unit

MOST: Final = 25
"""Rows that are listed by default; the table states how many there are."""

_COLUMNS: Final[dict[str, tuple[str, Unit]]] = {
    "who": ("who", "text"),
    "from": ("with", "text"),
    "out": ("you to them", "count"),
    "in": ("them to you", "count"),
    "interactions": ("interactions", "count"),
    "days": ("days with contact", "count"),
    "last": ("last contact", "days"),
    "circle": ("circle", "count"),
    "label": ("label", "text"),
}
"""Heading and unit by column; any other column is a score."""


def tie_table(findings: Findings, caption: str, order: NDArray[np.intp], names: str, most: int = MOST) -> Table:
    """Return a table of some ties in the order given.

    Where nobody is the owner, the other side is named too, and columns by direction are left out: which of
    the two comes first has no meaning.

    Parameters
    ----------
    names
        Columns beside `who`, by space; scores that did not run are left out.
    """
    wanted = ["who", *(name for name in names.split() if name in findings.ties)]
    if not findings.owner:
        wanted = ["who", "from", *(name for name in wanted[1:] if name not in ("out", "in"))]
    shown = [findings.ties[name][order[:most]].tolist() for name in wanted]
    head, units = zip(*(_COLUMNS.get(name, (name, "score")) for name in wanted), strict=True)
    return Table(caption, [*head], [list(row) for row in zip(*shown, strict=True)], len(order), [*units])
