"""Health in figures: each with its value, or why it is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan

from relnet.builtin.sections.wording import valued
from relnet.plugin import Block, Findings, Section, Table, Text


class Health(Section):
    """Every figure of the report at a glance."""

    name, version, title, order = "health", "1", "Health in figures", 15

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return the figures that are known, by group, and why the others are not."""
        measures = findings.measures
        known = [name for name in measures if not isnan(findings.figures[name].value)]
        for group in dict.fromkeys(measures[name].group for name in known):
            rows = [[measures[name].title, valued(findings, name)] for name in known if measures[name].group == group]
            yield Table(group, ["figure", "value"], rows, units=["text", "text"])
        if any(measures[name].at_least for name in known):
            yield Text("“At least”: what was imported does not cover every direction, so there may be more.")
        unknown: dict[str, list[str]] = {}
        for name, each in measures.items():
            if name not in known:
                unknown.setdefault(each.unknown, []).append(each.title)
        if unknown:
            rows = [[", ".join(titles), why] for why, titles in unknown.items()]
            yield Table("Figures that are unknown", ["figures", "why"], rows, units=["text", "text"])
        yield Text("What each figure means, and whom its definition follows, is under “How it was computed”.")
