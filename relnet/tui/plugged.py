"""The plugins as a screen shows them, and what changes in the folders they lie in."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from relnet.assess.assessment import Assessment, Ties
from relnet.errors import RelnetError
from relnet.registry import KINDS, Registry
from relnet.text import clean, score


@dataclass(frozen=True)
class Plugged:
    """One plugin: what and whence it is, and how it did in the assessment; NaN where that is unknown or no question."""

    kind: str
    name: str
    version: str
    origin: str
    seconds: float = float("nan")
    known: float = float("nan")
    error: str = ""
    about: str = ""

    @property
    def is_scorer(self) -> bool:
        """Whether it can be turned off."""
        return self.kind == "scorer"


def plugged(registry: Registry, ties: Ties) -> list[Plugged]:
    """Return every plugin that was found, scorers first, then what failed to load or is not allowed to run."""
    order = ["scorer", "labeler", *(kind for kind in KINDS if kind not in ("scorer", "labeler"))]
    found = [_one(registry, entry.kind, entry.name, entry.origin, ties) for entry in registry]
    found.sort(key=lambda each: (order.index(each.kind), each.name))
    found += [
        Plugged("–", Path(each.where).stem or "?", "–", each.where, error=f"{each.message} {each.hint}")
        for each in registry.failures
    ]
    found += [
        Plugged("file", each.name, "–", str(each.path), error=f"not run: relnet plugin trust {each.name} allows it")
        for each in registry.untrusted
    ]
    return found


def _one(registry: Registry, kind: str, name: str, origin: str, ties: Ties) -> Plugged:
    assessment = ties.assessment
    try:
        plugin = registry.make(KINDS[kind], name)
    except RelnetError as error:
        return Plugged(kind, name, "–", origin, error=f"{error.message} {error.hint}")
    known = seconds = float("nan")
    if kind == "scorer" and name in assessment.scores:
        column = ties.score(name)
        known = float(np.isfinite(column).mean()) if len(column) else float("nan")
        seconds = float(assessment.header.plugins.get(f"{kind} {name}", {}).get("seconds", float("nan")))
    needs = ", ".join(getattr(plugin, "needs", ())) or "nothing"
    parameters = [f"{each} = {value}" for each, value in msgspec.to_builtins(plugin).items()]
    about = [
        clean_lines(inspect.cleandoc(type(plugin).__doc__ or "It says nothing of itself.")), f"Needs: {needs}",
        "Parameters:" if parameters else "No parameters.", *(f"  {each}" for each in parameters),
    ]  # fmt: skip
    return Plugged(
        kind, name, str(plugin.version), origin, seconds, known, _failure(assessment, name), "\n".join(about)
    )


def clean_lines(text: str) -> str:
    """Return a text of several lines without codes."""
    return "\n".join(clean(line) for line in text.splitlines())


def _failure(assessment: Assessment, name: str) -> str:
    return "; ".join(each.message for each in assessment.header.failures if each.plugin == name)


def said(each: Plugged) -> str:
    """Return all that is known of a plugin, for a box over the screen."""
    lines = [f"{each.kind} {each.name} {each.version}", f"From: {each.origin}"]
    if each.known == each.known:
        lines.append(f"Share of ties with a known score: {score(each.known)}")
    if each.error:
        lines += ["", f"Failed, and left out: {each.error}"]
    return "\n".join([*lines, "", each.about]).rstrip()


def state_of(folders: Iterable[Path]) -> frozenset[tuple[str, int, int]]:
    """Return name, time of change and size of every plugin file in some folders."""
    found = set()
    for folder in folders:
        for path in folder.glob("*.py"):
            try:
                stat = path.stat()
            except OSError:  # it went away meanwhile
                continue
            found.add((str(path), stat.st_mtime_ns, stat.st_size))
    return frozenset(found)
