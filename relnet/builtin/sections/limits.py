"""Quality and limits: what was skipped, what is not covered, what is too thin to say much."""

from __future__ import annotations

from collections.abc import Iterable

from relnet.builtin.sections.standing import acts
from relnet.plugin import Block, Findings, Section, Table, Text
from relnet.text import counted

OPEN = ("public", "unlisted", "unknown")
"""Visibilities that were not kept to a circle of people."""


class Limits(Section):
    """What this report cannot say."""

    name, version, title, order = "limits", "1", "Quality and limits", 100

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return coverage by direction, thin ties, skipped records and warnings."""
        ties = findings.ties
        total = len(ties["who"])
        if total:
            ways = [("you to them", "out_known"), ("them to you", "in_known")]
            if not findings.owner:
                ways = [("one way", "out_known"), ("the other way", "in_known")]
            yield Table(
                "Connections for which absence means zero", ["direction", "covered", "not covered"],
                [[way, int(ties[column].sum()), int((~ties[column]).sum())] for way, column in ways],
                units=["text", "count", "count"],
            )  # fmt: skip
            least = findings.thresholds["thin"]
            thin = int((acts(findings) < least).sum())
            yield Text(
                f"{thin:,} of {counted(total, 'connection')} {'is' if thin == 1 else 'are'} thin: fewer than "
                f"{least:g} acts seen, so scores say little."
            )
        if findings.undated:
            yield Text(f"{counted(findings.undated, 'interaction')} without a date: in no figure over time.")
        kept = sum(n for word, n in findings.visibility.items() if word not in OPEN)
        if kept:
            yield Text(
                f"{counted(kept, 'interaction')} not public (messages, followers only): they count in every "
                "figure; this report quotes no text."
            )
        if findings.skipped:
            yield Table(
                "Records that were skipped", ["reason", "records"], [*map(list, findings.skipped.items())],
                units=["text", "count"],
            )  # fmt: skip
        else:
            yield Text("No record was skipped while reading.")
        if findings.warnings:
            yield Table("Warnings", ["warning"], [[warning] for warning in findings.warnings])
