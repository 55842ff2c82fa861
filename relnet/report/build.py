"""A report: what the sections, asked one by one, say of an assessment; whatever format it will be written in."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Sequence

import msgspec

from relnet import runner
from relnet.assess.assessment import Assessment
from relnet.errors import PluginError, RelnetError
from relnet.network.view import NetworkView
from relnet.plugin import Block, Findings, Section, Text
from relnet.registry import Registry
from relnet.report.findings import findings


class Chapter(msgspec.Struct):
    """A section with what it has to say."""

    name: str
    title: str
    blocks: list[Block]


class Report(msgspec.Struct):
    """What is reported, in order, and what it was said of."""

    findings: Findings
    chapters: list[Chapter]


def build(
    assessment: Assessment,
    view: NetworkView,
    registry: Registry,
    *,
    redact: bool = False,
    sections: Sequence[str] | None = None,
    earlier: tuple[Assessment, NetworkView] | None = None,
) -> Report:
    """Return the report of an assessment.

    Parameters
    ----------
    redact
        Hide names, handles, ids, texts and file names, and give dates as months.
    sections
        Names of sections to show; by default all.
    earlier
        An earlier assessment of the same network, and its view, to compare with.

    Raises
    ------
    PluginLoadError
        A section that was named cannot be found.
    """
    found = findings(assessment, view, registry, redact=redact, earlier=earlier)
    return Report(found, compose(found, registry, sections))


def compose(found: Findings, registry: Registry, names: Iterable[str] | None = None) -> list[Chapter]:
    """Return the chapters in order; a section that fails says so in its place, one with nothing to say is left out.

    Raises
    ------
    PluginLoadError
        A section that was named cannot be found.
    """
    if names is None:
        usable, broken = registry.usable(Section)
    else:
        usable, broken = [registry.make(Section, name) for name in dict.fromkeys(names)], []
    ordered = sorted(usable, key=lambda each: (each.order, each.name))
    chapters = [chapter for section in ordered if (chapter := _chapter(section, found)).blocks]
    if broken:
        chapters.append(Chapter("left-out", "Sections left out", [left_out(error, found) for error in broken]))
    return chapters


def _chapter(section: Section, found: Findings) -> Chapter:
    title = section.title or section.name.replace("_", " ").capitalize()
    if type(section).home is not None:
        outcome = runner.render(section, found)
        if outcome.failure:
            return Chapter(section.name, title, [left_out(PluginError(outcome.failure.message), found)])
        return Chapter(section.name, title, outcome.value)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            blocks = list(section.render(found))
    except Exception as error:  # whatever a plugin does, the report goes on
        blocks = [left_out(error, found)]
    return Chapter(section.name, title, blocks)


def left_out(error: Exception, found: Findings) -> Text:
    """Return why a section is missing; where names are hidden, not in words that could hold one."""
    if found.redacted:
        words = type(error).__name__
    else:
        words = str(error) if isinstance(error, RelnetError) else f"{type(error).__name__}: {error}"
    return Text(f"This section failed and is left out: {words}")
