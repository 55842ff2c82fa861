"""How it was computed: the plugins with versions, parameters and formulas, and the coverage in words."""

from __future__ import annotations

from collections.abc import Iterable

from relnet.plugin import Block, Findings, Section, Table, Text


class How(Section):
    """Every plugin that took part, in its own words, and what the inputs could see."""

    name, version, title, order = "method", "1", "How it was computed", 90

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return what the figures mean, one table a kind of plugin, then the coverage."""
        if findings.measures:
            yield Table(
                "What the figures mean", ["figure", "definition"],
                [
                    [f"{each.title} ({name})", each.meaning + (f" Source: {each.source}." if each.source else "")]
                    for name, each in findings.measures.items()
                ],
                units=["text", "text"],
            )  # fmt: skip
        for kind, caption in (("scorer", "Scorers"), ("labeler", "Labelers"), ("feature", "Features")):
            methods = [method for method in findings.methods if method.kind == kind]
            if methods:
                yield Table(
                    f"{caption} that took part", ["name", "version", "what it says", "formula", "parameters"],
                    [[m.name, m.version, m.about, m.formula or "–", m.parameters or "–"] for m in methods],
                    units=["text"] * 5,
                )  # fmt: skip
            elif kind != "feature":
                yield Text(f"No {kind} took part.")
        if findings.coverage:
            yield Text("Outside of what the inputs cover, absence is unknown and not zero.")
            yield Table(
                "What the inputs cover",
                ["kind, direction, completeness"],
                [[line] for line in findings.coverage],
            )
        else:
            yield Text("The inputs state no coverage, so absence is unknown and not zero everywhere.")
