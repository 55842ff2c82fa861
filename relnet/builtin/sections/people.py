"""People: the strongest ties, and those that ask for attention."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

import numpy as np

from relnet.builtin.sections.lists import tie_table
from relnet.builtin.sections.standing import whole
from relnet.plugin import Block, Findings, Param, Section, Text

LISTED: Final = {
    "fading": "days last vitality out in label",
    "rising": "out in days last label",
    "unanswered": "in out last engagement label",
    "dormant": "days last out in label",
}
"""Lists, and the columns shown of each."""


class People(Section):
    """The strongest ties by the leading score, and the lists of those that ask for attention."""

    name, version, title, order = "people", "1", "People", 60
    top: Annotated[int, Param(ge=1, le=200, description="rows of each list")] = 15

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return the lists."""
        total = len(findings.ties["who"])
        if not total:
            yield Text("There is no connection.")
            return
        leading = findings.headline
        if leading:
            about = {method.name: method.about for method in findings.methods if method.kind == "scorer"}
            yield Text(f"{leading.capitalize()}: {about.get(leading) or 'a score from 0 to 1.'}")
            if leading == "engagement" and not whole(findings):
                yield Text("Where a direction is not covered, engagement is a lower bound: read it as “at least”.")
            known = np.flatnonzero(np.isfinite(findings.ties[leading]))
            columns = f"{leading} out in days last label"
            yield tie_table(findings, f"Strongest by {leading}", known, columns, self.top)
        if not whole(findings):
            yield Text("Contact that was not imported cannot be seen, so look before you conclude.")
        for name, columns in LISTED.items():
            found = findings.lists[name]
            yield Text(
                f"{name.capitalize()}: {found.meaning}" + (f" Unknown in part: {found.unknown}." * bool(found.unknown))
            )
            if len(found.rows):
                yield tie_table(findings, name.capitalize(), found.rows, columns, self.top)
            elif not found.unknown:
                yield Text(f"Nobody is {name} by this measure.")
