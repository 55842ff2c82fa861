"""All that a plugin author imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Meta as Param

from relnet.errors import InputError, UnknownFormat, UnreadableInput, UnsafeInput
from relnet.facts.coverage import Coverage
from relnet.facts.records import Account, Declared, Interaction, Post, Record
from relnet.plugin.findings import Block, Change, Chart, Figure, Findings, Measure, Method, Table, Text, TieList, Unit
from relnet.plugin.kinds import Feature, Labeler, Plugin, Scorer, Section, Source
from relnet.plugin.parts import by_parts, each_part
from relnet.plugin.reading import Batch, Peek, Reader, ReadOptions
from relnet.plugin.tables import PERIODS, Days, Hours, Log, Ordered, Periods, Texts, Turns
from relnet.plugin.values import (
    REASONS,
    Column,
    Evidence,
    Inputs,
    Keys,
    LabelErrors,
    LabelResult,
    Reason,
    Structure,
    reasons,
    why_bit,
)

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = [
    "PERIODS",
    "REASONS",
    "Account",
    "Batch",
    "Block",
    "Change",
    "Chart",
    "Column",
    "Coverage",
    "Days",
    "Declared",
    "Evidence",
    "Feature",
    "Figure",
    "Findings",
    "Hours",
    "InputError",
    "Inputs",
    "Interaction",
    "Keys",
    "LabelErrors",
    "LabelResult",
    "Labeler",
    "Log",
    "Measure",
    "Method",
    "Ordered",
    "Param",
    "Peek",
    "Periods",
    "Plugin",
    "Post",
    "ReadOptions",
    "Reader",
    "Reason",
    "Record",
    "Scorer",
    "Section",
    "Source",
    "Structure",
    "Table",
    "Text",
    "Texts",
    "TieList",
    "Turns",
    "Unit",
    "UnknownFormat",
    "UnreadableInput",
    "UnsafeInput",
    "by_parts",
    "each_part",
    "nw",
    "reasons",
    "why_bit",
]


def __getattr__(name: str) -> Any:
    if name == "nw":
        import narwhals.stable.v2 as nw

        return nw
    raise AttributeError(name)
