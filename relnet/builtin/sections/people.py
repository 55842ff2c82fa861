"""People: the strongest ties, and those that are fading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import numpy as np

from relnet.builtin.sections.lists import tie_table
from relnet.builtin.sections.standing import LEAST_DAYS, QUIET, fading, whole
from relnet.plugin import Block, Findings, Param, Section, Text


class People(Section):
    """The strongest ties by the leading score, and the strongest of those that went quiet."""

    name, version, title, order = "people", "1", "People", 60
    top: Annotated[int, Param(ge=1, le=200, description="rows of each list")] = 15

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return the two lists."""
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
        if "vitality" not in findings.ties:
            return
        quiet = np.flatnonzero(fading(findings))
        yield Text(
            f"Fading: at least {LEAST_DAYS} days of contact, and a silence that the tie's own rhythm "
            f"explains with a chance below {QUIET:.0%}. Those with most days of contact stand first."
        )
        if not whole(findings):
            yield Text("Contact that was not imported cannot be seen, so look before you conclude.")
        if len(quiet):
            order = quiet[np.argsort(-findings.ties["days"][quiet], kind="stable")]
            yield tie_table(findings, "Fading", order, "days last vitality out in label", self.top)
        else:
            yield Text("Nobody is fading by this measure.")
