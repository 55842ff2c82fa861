"""Over time: acts each way, month by month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Block, Chart, Findings, Section, Text
from relnet.text import counted

LONGEST = 180
"""Months that are drawn one by one; a longer record is drawn by years."""


class Time(Section):
    """Acts a month, sent upwards and received downwards."""

    name, version, title, order = "time", "1", "Over time", 50

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return the mirrored bars."""
        months, out, back = (findings.months[name] for name in ("month", "out", "back"))
        if not len(months):
            yield Text("No act is dated, so nothing can be said over time.")
            return
        if findings.owner and not np.any(findings.ties["in_known"]):
            yield Text(
                "What others wrote to you is not covered by what was imported: bars below the line show what "
                "happened to be in it, and where there is none it is unknown, not silence."
            )
        elif findings.owner and not np.all(findings.ties["in_known"]):
            yield Text(
                "What was imported covers only part of what others wrote to you: the lower bars can be too short."
            )
        yield from _change(findings, months, out + back)
        unit = "year" if len(months) > LONGEST else "month"
        if unit == "year":
            months, out, back = _yearly(months, out, back)
        yield _chart(findings, unit, months, out, back)
        yield from _trend(findings)


def _chart(findings: Findings, unit: str, months: NDArray[Any], out: NDArray[Any], back: NDArray[Any]) -> Chart:
    # What nobody could have seen, and nobody saw, is not drawn as nothing.
    heard = findings.owner and (np.any(findings.ties["in_known"]) or back.any())
    values = [out, back] if heard else [out]
    rows = [[str(month), *map(int, each)] for month, *each in zip(months, *values, strict=True)]
    head = [unit, *(["you to them", "them to you"][: len(values)] if findings.owner else ["acts"])]
    note = f"Acts by calendar {unit} (UTC); reposts and likes are not acts."
    return Chart("months", f"Acts a {unit}", head, rows, note, ["text", "count", "count"])


def _trend(findings: Findings) -> Iterator[Block]:
    """Return in how many ties there was contact, window by window; mutual contact only where it can be seen."""
    spans, days = findings.windows, findings.horizon_days
    if len(spans["from"]) < 2:
        yield Text(f"The record is shorter than two windows of {days:g} days, so no trend is told.")
        return
    seen = bool(np.all(findings.ties["out_known"]) and np.all(findings.ties["in_known"]))
    columns = {"people in contact" if findings.owner else "ties with contact": spans["people"]}
    if seen:
        columns["both ways"] = spans["mutual"]
    body = zip(spans["from"].tolist(), *(column.tolist() for column in columns.values()), strict=True)
    yield Chart(
        "months", f"Contact, by windows of {days:g} days", ["window from", *columns], [list(row) for row in body],
        "Ties with an act in the window" + (", and below with acts each way." if seen else ", at least: not all is covered."),
        ["text", "count", "count"],
    )  # fmt: skip


def _change(findings: Findings, months: NDArray[Any], acts: NDArray[Any]) -> Iterator[Block]:
    """Compare the last twelve whole months with the twelve before, where the record reaches back so far."""
    end = np.datetime64(findings.as_of[:7], "M")
    if months[0] > end - 24:
        return
    now = int(acts[(months >= end - 12) & (months < end)].sum())
    before = int(acts[(months >= end - 24) & (months < end - 12)].sum())
    yield Text(
        f"The record holds {counted(now, 'act')} in the twelve months before {end}, "
        f"against {before:,} in the twelve before those."
    )


def _yearly(months: NDArray[Any], *counts: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    years, place = np.unique(months.astype("datetime64[Y]"), return_inverse=True)
    return years, *(np.bincount(place, weights=each).astype(np.int64) for each in counts)
