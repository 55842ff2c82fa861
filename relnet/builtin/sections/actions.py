"""Suggested actions: what the lists say could be done, each with its reason; nothing is done by relnet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, Final

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Block, Findings, Param, Section, Table, Text
from relnet.text import ago, counted, share

REACHABLE: Final = ("good", "unknown")
"""Labels of those whom it may help to write to."""


class Actions(Section):
    """Answer, reach out, look at one-sided ties, review fakes."""

    name, version, title, order = "actions", "1", "Suggested actions", 80
    top: Annotated[int, Param(ge=1, le=100, description="people named for each action")] = 10

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return a table for each action that there is reason for."""
        yield Text("These are suggestions with their reasons. relnet does none of it and never acts online.")
        lists = findings.lists
        blocks = [
            *self._table(findings, "Answer", lists["unanswered"].rows, _waiting),
            *self._table(findings, "Reach out: fading", _reachable(findings, lists["fading"].rows), _fading),
            *self._table(
                findings, "Reach out: silent for over a year", _reachable(findings, lists["dormant"].rows), _quiet
            ),
            *self._table(findings, "Look at one-sided ties", lists["one-sided"].rows, _one_sided),
            *self._fakes(findings),
        ]
        yield from blocks or [Text("Nothing in the record asks for one.")]
        unknown = [f"{name} ({each.unknown})" for name, each in lists.items() if each.unknown]
        if unknown:
            yield Text(f"Not told, or not in full: {'; '.join(unknown)}.")

    def _table(
        self, findings: Findings, caption: str, rows: NDArray[np.intp], reason: Callable[[Findings, int], str]
    ) -> Iterator[Block]:
        if len(rows):
            body = [[_who(findings, row), reason(findings, row)] for row in rows[: self.top].tolist()]
            yield Table(caption, ["who", "why"], body, len(rows), ["text", "text"])

    def _fakes(self, findings: Findings) -> Iterator[Block]:
        accounts = findings.accounts
        fake = np.flatnonzero((accounts["label"] == "fake") & ~accounts["overridden"])
        fake = fake[np.argsort(-accounts["p_fake"][fake], kind="stable")]
        body: list[list[Any]] = [
            [
                accounts["who"][row],
                f"fake with probability {_chance(accounts['p_fake'][row])}" + _cues(accounts["reason"][row]),
            ]
            for row in fake[: self.top].tolist()
        ]
        if body:
            yield Table("Review: labelled fake", ["who", "why"], body, len(fake), ["text", "text"])


def _who(findings: Findings, row: int) -> str:
    who = str(findings.ties["who"][row])
    return who if findings.owner else f"{findings.ties['from'][row]} and {who}"


def _reachable(findings: Findings, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    fit = np.isin(findings.ties["label"][rows].astype(str), REACHABLE) & ~findings.ties["bot"][rows]
    reachable: NDArray[np.intp] = rows[fit]
    return reachable


def _chance(p: float) -> str:
    return "above 99%" if p > 0.99 else share(p)  # nothing here is certain


def _cues(reason: str) -> str:
    return f": {reason}" if reason else ""


def _acts(findings: Findings, row: int) -> tuple[str, str]:
    """Return what came from the other side, and what went there, in words."""
    back, out = (findings.ties[name][row] for name in ("in", "out"))
    return tuple("unknown" if n != n else counted(n, "act") for n in (back, out))  # type: ignore[return-value]


def _waiting(findings: Findings, row: int) -> str:
    theirs, mine = (findings.ties[name][row] for name in ("last_in", "last_out"))
    yours = "no act of yours is in the record" if mine != mine else f"your last act before that was {ago(mine)} ago"
    return f"wrote last, {ago(theirs)} ago; {yours}"


def _fading(findings: Findings, row: int) -> str:
    days, last = (findings.ties[name][row] for name in ("days", "last"))
    return f"{counted(days, 'day')} of contact, then silence for {ago(last)}, long for this tie"


def _quiet(findings: Findings, row: int) -> str:
    days, last = (findings.ties[name][row] for name in ("days", "last"))
    return f"{counted(days, 'day')} of contact, the last {ago(last)} ago"


def _one_sided(findings: Findings, row: int) -> str:
    back, out = _acts(findings, row)
    if not findings.owner:
        return f"all {counted(findings.ties['interactions'][row], 'interaction')} come from one side"
    return f"{back} from them, {out} from you"
