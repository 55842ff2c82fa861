"""The report as JSON: figures with their definitions, and every section's blocks; of a stated, published form."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from relnet import __version__
from relnet.plugin import Chart, Findings, Table, Text
from relnet.report.build import Chapter, Report, left_out
from relnet.text import clean

SCHEMA_VERSION: Final = 1
"""Grows by one when a reader of the document would have to change."""

Number = float | None
"""`null` is unknown."""


Said = Text | Table | Chart


class FigureEntry(msgspec.Struct, frozen=True):
    """One figure, with its 95 % interval where it has one and the number of cases behind it."""

    title: str
    group: str
    value: Number
    low: Number
    high: Number
    n: int
    unit: str
    meaning: str
    source: str
    unknown: str
    at_least: bool


class ChangeEntry(msgspec.Struct, frozen=True):
    """What changed since an earlier assessment: figures (name, then, now), lists (list, who, new or gone), circles."""

    since: str
    figures: list[tuple[str, Number, Number]]
    lists: list[tuple[str, str, str]]
    circles: list[tuple[str, int, int]]


class SectionEntry(msgspec.Struct, frozen=True):
    """One section with its blocks."""

    name: str
    title: str
    blocks: list[Said]


class Document(msgspec.Struct, frozen=True):
    """A relationship report. Dates are ISO days, months where redacted; unknown is null."""

    schema_version: int
    relnet: str
    redacted: bool
    as_of: str
    since: str | None
    first: str | None
    last: str | None
    owner: list[str]
    interactions: int
    undated: int
    figures: dict[str, FigureEntry]
    change: ChangeEntry | None
    sections: list[SectionEntry]


def document(report: Report) -> Document:
    """Return the report as the structure that is written."""
    found = report.findings
    figures = {name: _figure(found, name) for name in found.measures}
    change = None
    if found.change is not None:
        moved = [(name, _number(then), _number(now)) for name, then, now in found.change.figures]
        change = ChangeEntry(found.change.since, moved, [*found.change.lists], [*found.change.circles])
    sections = [SectionEntry(each.name, clean(each.title), _blocks(each, found)) for each in report.chapters]
    return Document(
        SCHEMA_VERSION, __version__, found.redacted, found.as_of, found.since, found.first, found.last,
        [*found.owner], found.interactions, found.undated, figures, change, sections,
    )  # fmt: skip


def json(report: Report) -> bytes:
    """Return the report as one JSON document in UTF-8."""
    return msgspec.json.format(msgspec.json.encode(document(report))) + b"\n"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the document."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | msgspec.json.schema(Document)


def _figure(found: Findings, name: str) -> FigureEntry:
    figure, each = found.figures[name], found.measures[name]
    low, high = _number(figure.low), _number(figure.high)
    return FigureEntry(
        each.title, each.group, _number(figure.value), low, high, figure.n, each.unit, each.meaning, each.source,
        each.unknown,
        each.at_least,
    )  # fmt: skip


def _blocks(chapter: Chapter, found: Findings) -> list[Said]:
    try:
        return msgspec.convert(_plain(msgspec.to_builtins(chapter.blocks, enc_hook=_numpy)), list[Said])
    except Exception as error:  # a plugin's block may hold anything
        return [Text(clean(left_out(error, found).text))]


def _number(value: float) -> Number:
    return None if value != value else float(value)


def _numpy(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)


def _plain(value: Any) -> Any:
    """Return what a section gave with its texts cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {clean(str(name)): _plain(each) for name, each in value.items()}
    return value
