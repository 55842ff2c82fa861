"""The report as PDF, made from the HTML page by WeasyPrint (the extra `pdf`)."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Final, NoReturn

from relnet.errors import SettingsError
from relnet.report.build import Report
from relnet.report.page import html

_VARIABLE: Final = re.compile(r"var\((--[\w-]+)\)")
_SHAPES: Final = re.compile(r"^(svg[^{]*|pattern path|\.[\w-]+(?:, \.[\w-]+)*) \{[^}]*\}$", re.MULTILINE)
_HALO: Final = re.compile(r"svg \.halo \{[^}]*\}")
_DEFS: Final = re.compile(r"<defs>.*?</defs>", re.DOTALL)
_DRAWING: Final = re.compile(r'(<svg [^>]*role="img"[^>]*>)')


def pdf(report: Report) -> bytes:
    """Return the report as PDF; the same report is the same bytes.

    Raises
    ------
    SettingsError
        WeasyPrint is not installed.
    """
    try:
        import weasyprint
    except (ImportError, OSError) as error:  # OSError: its system libraries are missing
        raise SettingsError(
            "A report as PDF needs WeasyPrint, which cannot be loaded here.",
            "Install relnet[pdf], or print the HTML report from a browser.", str(error).partition("\n")[0],
        ) from None  # fmt: skip
    page = self_contained(html(report))
    made: bytes = weasyprint.HTML(string=page, url_fetcher=_no_request).write_pdf(
        pdf_identifier=hashlib.blake2b(page.encode(), digest_size=16).digest()
    )
    return made


def self_contained(page: str) -> str:
    """Return the page with its patterns and the styles of its shapes in every drawing, where WeasyPrint looks."""
    patterns = _DEFS.search(page)
    inside = f"<style>{_styles()}</style>{patterns.group() if patterns else ''}"
    return _DRAWING.sub(lambda found: found.group(1) + inside, page)


@cache
def _styles() -> str:
    """Return the rules of shapes with the colours of paper in place of variables."""
    sheet = (Path(__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")
    paper = sheet[sheet.index("@media print") :]
    colours = dict(re.findall(r"(--[\w-]+): ([^;]+);", paper))
    rules = "".join(found.group() for found in _SHAPES.finditer(sheet[: sheet.index("@media print")]))
    rules = _HALO.sub("", rules)  # WeasyPrint would paint it over the words
    return _VARIABLE.sub(lambda found: colours[found.group(1)], rules).replace("svg ", "")


def _no_request(url: str, *_: object) -> NoReturn:
    raise ValueError(f"a report asks for nothing, not even for {url}")
