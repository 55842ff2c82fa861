"""The circles: how many are in touch how often, and who is in the inner ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import numpy as np

from relnet.builtin.sections.lists import tie_table
from relnet.builtin.sections.standing import whole
from relnet.plugin import Block, Chart, Findings, Param, Section, Table, Text

FREQUENCIES = {5: "weekly", 15: "monthly", 50: "half-yearly", 150: "yearly"}


class Circles(Section):
    """Ties by contact days a year, as rings."""

    name, version, title, order = "circles", "1", "Circles", 30
    drawn: Annotated[int, Param(ge=1, description="most marks on the map")] = 300

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return the map, the sizes and the inner circle."""
        circle = findings.ties["circle"]
        yield Text(
            "A connection belongs to a circle by its days with contact a year since the first contact, over "
            "one year at least; without contact in the last year it belongs to none. Typical are cumulative sizes of "
            "5, 15, 50 and 150 (Dunbar, Arnaboldi, Conti and Passarella 2015); fewer or more is not better or worse."
        )
        if not whole(findings):
            yield Text("What was imported does not cover every direction, so these are lower bounds.")
        inside = np.flatnonzero(circle > 0)
        if findings.owner and len(inside):
            # stable: within a circle the strongest stay first, and the inner circles get the room
            inside = inside[np.argsort(circle[inside], kind="stable")][: self.drawn]
            names, sizes, labels = (findings.ties[name][inside].tolist() for name in ("who", "circle", "label"))
            note = (
                f"{len(inside):,} of {int((circle > 0).sum()):,} connections in a circle; the most "
                "frequent stand nearest. The angle means nothing."
            )
            marks = [list(row) for row in zip(names, map(int, sizes), labels, strict=True)]
            yield Chart("rings", "Your circles", ["who", "circle", "label"], marks, note)
        yield Table(
            "How many in each circle", ["circle", "in touch", "connections", "cumulative", "typical"],
            [
                [str(size), word, int((circle == size).sum()), int(findings.figures[f"circle_{size}"].value), size]
                for size, word in FREQUENCIES.items()
            ],
            units=["text", "text", "count", "count", "count"],
        )  # fmt: skip
        inner = np.flatnonzero((circle > 0) & (circle <= 15))
        if len(inner):
            inner = inner[np.argsort(circle[inner], kind="stable")]
            caption = "Inner circles: in touch monthly or more often"
            yield tie_table(findings, caption, inner, "circle days last label")
