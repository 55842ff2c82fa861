"""Provenance: what it takes to make the same report again."""

from __future__ import annotations

from collections.abc import Iterable

from relnet.plugin import Block, Findings, Section, Table, Text


class Provenance(Section):
    """Inputs with their digests, version, seed and moment of judging."""

    name, version, title, order = "provenance", "1", "Provenance", 110

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return the inputs and the run."""
        yield Text("The same inputs, judgements, versions and options make the same report, byte for byte.")
        yield Table(
            "This assessment",
            ["what", "value"],
            [[name, value] for name, value in findings.provenance.items()],
        )
        yield Table(
            "Inputs",
            ["read by", "file", "digest (BLAKE2b)"],
            [list(row) for row in findings.inputs],
            units=["text"] * 3,
        )
