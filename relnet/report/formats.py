"""The formats of a report, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from relnet.errors import SettingsError
from relnet.report.build import Report


def _html(report: Report) -> bytes:
    from relnet.report.page import html

    return html(report).encode()


def _markdown(report: Report) -> bytes:
    from relnet.report.markdown import markdown

    return markdown(report).encode()


def _json(report: Report) -> bytes:
    from relnet.report.document import json

    return json(report)


def _pdf(report: Report) -> bytes:
    from relnet.report.pdf import pdf

    return pdf(report)


FORMATS: Final[dict[str, Callable[[Report], bytes]]] = {"html": _html, "md": _markdown, "json": _json, "pdf": _pdf}


def write(report: Report, format: str) -> bytes:
    """Return the report as a file of a format.

    Raises
    ------
    SettingsError
        The format is unknown, or takes an extra that is not installed.
    """
    checked(format)
    return FORMATS[format](report)


def by_name(output: Path | None) -> str:
    """Return what the name of an output ends in, which need not be a format; html where it ends in nothing."""
    suffix = output.suffix.lower().removeprefix(".") if output else ""
    return {"htm": "html", "markdown": "md"}.get(suffix, suffix) or "html"


def checked(format: str) -> str:
    """Return the format if there is one of that name.

    Raises
    ------
    SettingsError
        There is none.
    """
    if format not in FORMATS:
        raise SettingsError(f"There is no format {format!r}.", f"Choose {', '.join(FORMATS)}.", "--format")
    return format
