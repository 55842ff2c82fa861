"""The report as Markdown (GitHub's tables): for a wiki, a mail, a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from relnet import __version__
from relnet.plugin import Block, Chart, Table, Text
from relnet.report.build import Report, left_out
from relnet.report.cells import MOST_ROWS, cells, is_number
from relnet.text import clean, count

_MARKS: Final = re.compile(r"([\\`*_\[\]<>|~&$])")
"""What Markdown or its dialects could take for more than a letter anywhere in a line."""
_FIRST: Final = re.compile(r"^(\s*(?:\d+(?=[.)]))?)([-#+=]|(?<=\d)[.)])")
"""What begins a list, a heading or a rule at the start of one."""
_LINKING: Final = {"@": "&#64;", "://": "&#58;//", "www.": "www&#46;"}
"""Mentions and addresses that some readers make links of, without any mark."""


def markdown(report: Report) -> str:
    """Return the report as Markdown in which no stranger's text is markup."""
    found = report.findings
    owner = "" if found.redacted or not found.owner else f" for {inline(', '.join(found.owner))}"
    span = f", {found.first} to {found.last}" if found.first else ""
    lines = [
        f"# Relationship report{owner}",
        "Names are hidden in this report: people are P001…, texts, ids and file names are left out, dates are months."
        if found.redacted
        else "This report names people. To share it with names hidden, make it with `relnet report --redact`.",
        f"{count(found.interactions)} dated interactions{span}; judged as of {found.as_of}.",
    ]
    for chapter in report.chapters:
        try:
            said = [line for block in chapter.blocks for line in _block(block)]
        except Exception as error:  # a plugin's block may hold anything
            said = [plain(left_out(error, found).text)]
        lines += [f"## {inline(chapter.title)}", *said]
    lines.append(f"Made by relnet {__version__} on the reader's own machine, from records that its owner holds.")
    return "\n\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Return a text as Markdown that shows it as it is, on a line of its own."""
    return _FIRST.sub(r"\1\\\2", inline(text))


def inline(text: str) -> str:
    """Return a text as Markdown that shows it as it is, inside a line."""
    escaped = _MARKS.sub(r"\\\1", clean(text))
    for sign, entity in _LINKING.items():
        escaped = escaped.replace(sign, entity)
    return escaped


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Text):
        yield plain(block.text)
    elif isinstance(block, Table):
        yield from _table(block.caption, block, block.total)
    elif isinstance(block, Chart):
        yield from _table(block.title, block, None)
        if block.note:
            yield plain(block.note)
    else:
        raise TypeError(f"{type(block).__name__} is no block")


def _table(caption: str, block: Table | Chart, total: int | None) -> Iterator[str]:
    total = max(total or 0, len(block.rows))
    shown = min(len(block.rows), MOST_ROWS)
    cut = f" ({shown:,} of {total:,})" if shown < total else ""
    yield f"**{inline(caption)}**{cut}"
    if block.rows:
        rows = [block.head, _rule(block), *cells(block.rows, block.units)]
        escaped = [rows[0], *rows[2:]]
        head, *body = ("| " + " | ".join(map(inline, row)) + " |" for row in escaped)
        yield "\n".join([head, "| " + " | ".join(rows[1]) + " |", *body])


def _rule(block: Table | Chart) -> Sequence[Any]:
    first = [*block.rows[0], *[None] * len(block.head)]
    units = [*block.units, *[None] * len(block.head)]
    return ["---:" if is_number(first[i], units[i]) else "---" for i in range(len(block.head))]
