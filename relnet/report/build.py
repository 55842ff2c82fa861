"""The page: sections asked for their blocks, and the blocks laid out as one HTML file."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2
import msgspec

from relnet import __version__
from relnet.assess.assessment import Assessment
from relnet.errors import RelnetError
from relnet.network.view import NetworkView
from relnet.plugin import Block, Chart, Findings, Section, Table, Text
from relnet.registry import Registry
from relnet.report.cells import cells, is_number
from relnet.report.charts import MOST_DRAWN, draw
from relnet.report.findings import findings
from relnet.text import clean, count

TEMPLATE: Final = "report.html.jinja"


class Chapter(msgspec.Struct):
    """A section with what it has to say, whatever format it will be written in."""

    name: str
    title: str
    blocks: list[Block]


def html(
    assessment: Assessment,
    view: NetworkView,
    registry: Registry,
    *,
    redact: bool = False,
    sections: Sequence[str] | None = None,
) -> str:
    """Return the report as one HTML page without script or request; same inputs, same bytes.

    Parameters
    ----------
    redact
        Hide names, handles, ids, texts and file names, and give dates as months.
    sections
        Names of sections to show; by default all.

    Raises
    ------
    PluginLoadError
        A section that was named cannot be found.
    """
    found = findings(assessment, view, registry, redact=redact)
    chapters = compose(found, registry, sections)
    pages = [_page(chapter, f"s{i}", found) for i, chapter in enumerate(chapters, 1)]
    return _template().render(findings=found, pages=pages, version=__version__, count=count)


def compose(found: Findings, registry: Registry, names: Iterable[str] | None = None) -> list[Chapter]:
    """Return the chapters in order; a section that fails says so in its place, and the others stand.

    Raises
    ------
    PluginLoadError
        A section that was named cannot be found.
    """
    if names is None:
        usable, broken = registry.usable(Section)
    else:
        usable, broken = [registry.make(Section, name) for name in dict.fromkeys(names)], []
    chapters = [_chapter(section, found) for section in sorted(usable, key=lambda each: (each.order, each.name))]
    if broken:
        chapters.append(Chapter("left-out", "Sections left out", [_left_out(error, found) for error in broken]))
    return chapters


def _chapter(section: Section, found: Findings) -> Chapter:
    title = section.title or section.name.replace("_", " ").capitalize()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            blocks = list(section.render(found))
    except Exception as error:  # whatever a plugin does, the report goes on
        blocks = [_left_out(error, found)]
    return Chapter(section.name, title, blocks)


def _left_out(error: Exception, found: Findings) -> Text:
    if found.redacted:
        words = type(error).__name__
    else:
        words = str(error) if isinstance(error, RelnetError) else f"{type(error).__name__}: {error}"
    return Text(f"This section failed and is left out: {words}")


def _page(chapter: Chapter, key: str, found: Findings) -> dict[str, Any]:
    """Return what the template needs of a chapter."""
    try:
        blocks = [_block(block, f"{key}-{i}") for i, block in enumerate(chapter.blocks, 1)]
    except Exception as error:  # a plugin's block may hold anything
        blocks = [_block(_left_out(error, found), f"{key}-1")]
    return {"key": key, "title": clean(chapter.title), "blocks": blocks}


def _block(block: Block, key: str) -> dict[str, Any]:
    if isinstance(block, Text):
        return {"kind": "text", "text": clean(block.text)}
    if isinstance(block, Table):
        return {"kind": "table"} | _table(block.caption, block, block.total)
    if isinstance(block, Chart):
        drawn = len(block.rows) if len(block.rows) <= MOST_DRAWN else MOST_DRAWN
        part = f" {drawn:,} of {len(block.rows):,} are drawn." if drawn < len(block.rows) else ""
        return {
            "kind": "chart",
            "drawing": draw(block, key),
            "title": clean(block.title),
            "note": clean(block.note) + part,
            "table": _table(f"Data: {block.title}", block, None),
        }
    raise TypeError(f"{type(block).__name__} is no block")


def _table(caption: str, block: Table | Chart, total: int | None) -> dict[str, Any]:
    first = [*(block.rows[0] if block.rows else []), *[None] * len(block.head)]
    units = [*block.units, *[None] * len(block.head)]
    return {
        "caption": clean(caption),
        "head": [clean(word) for word in block.head],
        "rows": cells(block.rows, block.units),
        "right": [is_number(first[i], units[i]) for i in range(len(block.head))],
        "total": max(total or 0, len(block.rows)),
    }


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE)
