"""The report as one HTML page without script or request."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2

from relnet import __version__
from relnet.plugin import Block, Chart, Findings, Table, Text
from relnet.report.build import Chapter, Report, left_out
from relnet.report.cells import cells, is_number
from relnet.report.charts import MOST_DRAWN, draw
from relnet.text import clean, count

TEMPLATE: Final = "report.html.jinja"


def html(report: Report) -> str:
    """Return the report as one HTML page; the same report is the same text."""
    found = report.findings
    pages = [_page(chapter, f"s{i}", found) for i, chapter in enumerate(report.chapters, 1)]
    return _template().render(findings=found, pages=pages, version=__version__, count=count)


def _page(chapter: Chapter, key: str, found: Findings) -> dict[str, Any]:
    """Return what the template needs of a chapter."""
    try:
        blocks = [_block(block, f"{key}-{i}") for i, block in enumerate(chapter.blocks, 1)]
    except Exception as error:  # a plugin's block may hold anything
        blocks = [_block(left_out(error, found), f"{key}-1")]
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
