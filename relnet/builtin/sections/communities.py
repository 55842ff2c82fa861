"""Communities: who among the people met belongs together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

import numpy as np

from relnet.plugin import Block, Chart, Findings, Param, Section, Table, Text
from relnet.text import counted

FOUND = (
    "A community is a group of three people or more who are in touch with one another more than with the others: found "
    "by the Leiden method (Traag, Waltman and van Eck 2019) among the ties with acts, weighted by days of contact"
)
WITHOUT_YOU = ", without you, who are in touch with all of them"


class Communities(Section):
    """The groups that the ties among the others form."""

    name, version, title, order = "communities", "1", "Communities", 65
    shown: Annotated[int, Param(ge=1, le=100, description="most communities listed")] = 15
    named: Annotated[int, Param(ge=1, le=50, description="members named of each")] = 8

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return how they are found, their sizes and members, and what is unknown."""
        yield Text(f"{FOUND}{WITHOUT_YOU if findings.owner else ''}.")
        community = findings.accounts["community"]
        inside = int((community >= 0).sum())
        if not inside:
            yield Text(
                "None is found: what was imported shows no group of three who are in touch with one another. In a "
                "record of one person alone, contact among the others is not covered, so this is unknown and not none."
            )
            return
        sizes = np.bincount(community[community >= 0])
        order = [int(each) for each in np.argsort(-sizes, kind="stable") if sizes[each]][: self.shown]
        rows = [
            [f"community {i}", int(sizes[each]), ", ".join(self._members(findings, each, int(sizes[each])))]
            for i, each in enumerate(order, 1)
        ]
        note = "Accounts in each, the largest first."
        yield Chart("bars", "Members", ["community", "members"], [row[:2] for row in rows], note, ["text", "count"])
        yield Table(
            "Members, those with most interactions first", ["community", "accounts", "who"], rows,
            int((sizes > 0).sum()), ["text", "count", "text"],
        )  # fmt: skip
        outside = len(community) - inside
        if outside:
            yield Text(
                f"{counted(outside, 'account')} in no community: no contact with any of the others is in what was "
                "imported, which does not say that there is none."
            )

    def _members(self, findings: Findings, community: int, size: int) -> Iterator[str]:
        rows = np.flatnonzero(findings.accounts["community"] == community)[: self.named]
        yield from findings.accounts["who"][rows].tolist()
        if size > len(rows):
            yield f"and {size - len(rows):,} more"
