"""Checks of sections of the report."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from relnet.plugin import Block, Chart, Section, Table, Text
from relnet.testing.checks import basis
from relnet.testing.checks.basis import Check, Fault, Given
from relnet.testing.networks import findings


def checks(section: Section, given: Given) -> Iterator[Check]:
    """Yield the checks of a section."""
    yield from basis.base(section)
    yield Check(
        2, "answers", lambda: basis.answers(section, "render", findings()),
        "Run render() on relnet.testing.networks.findings() and look; print nothing.",
    )  # fmt: skip
    yield Check(3, "blocks only", lambda: _blocks(section), "Return Text, Table and Chart objects.")
    yield Check(
        4, "tables fit", lambda: _tables(section), "Give each row as many cells as `head`, and a unit a column or none."
    )  # fmt: skip
    yield Check(4, "no markup", lambda: _plain(section), "Return plain text; the report does the markup.")
    yield Check(5, "the same again", lambda: _again(section), "Depend on the findings only; keep no state.")
    yield Check(
        5, "stands hidden names", lambda: _hidden(section), "Cope with findings in which names are hidden."
    )  # fmt: skip


def _rendered(section: Section, *, redact: bool = False) -> list[Block]:
    return list(section.render(findings(redact)))


def _hidden(section: Section) -> None:
    _rendered(section, redact=True)


def _blocks(section: Section) -> None:
    for block in _rendered(section):
        if not isinstance(block, Block):
            raise Fault(f"It gives {type(block).__name__}, not Text, Table or Chart.")


def _tables(section: Section) -> None:
    for block in _rendered(section):
        if not isinstance(block, (Table, Chart)):
            continue
        widths = {len(row) for row in block.rows} | ({len(block.units)} if block.units else set())
        if widths - {len(block.head)}:
            raise Fault(f"A block has {len(block.head)} heads, but rows or units of {sorted(widths)}.")


def _plain(section: Section) -> None:
    for block in _rendered(section):
        said = block.text if isinstance(block, Text) else ""
        if "</" in said or "<br" in said or "[/" in said:
            raise Fault(f"A paragraph holds markup: {said[:60]!r}.")


def _again(section: Section) -> None:
    first, second = (msgspec.json.encode([repr(block) for block in _rendered(section)]) for _ in range(2))
    if first != second:
        raise Fault("The same findings give other blocks the second time.")
