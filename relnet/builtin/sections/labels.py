"""Who is real: the labels, with intervals and thresholds."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan

import numpy as np

from relnet.plugin import Block, Chart, Findings, Section, Table, Text
from relnet.text import counted

LABELS = ("good", "inactive", "fake", "unknown")


class Labels(Section):
    """How many accounts are good, inactive, fake or unknown, and how sure that is."""

    name, version, title, order = "labels", "1", "Who is real", 20

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return the labels as one bar and as a table."""
        figures = findings.figures
        rows = [[label, figures[f"label_{label}"].value] for label in LABELS]
        if rows[-1][1] == len(findings.accounts["who"]):
            yield Text("No account could be labelled. Unknown is not a bad sign: it says what was not there to see.")
        else:
            fake, inactive, good = (findings.thresholds[label] for label in ("fake", "inactive", "good"))
            yield Text(
                f"An account is called fake from a probability of {fake:g}, else inactive from {inactive:g}, and "
                f"good where both are known and that of fake is below {good:g}; the rest is unknown."
            )
            yield Chart("stack", "Accounts by label", ["label", "accounts"], rows, units=["text", "count"])
            yield from _shares(findings)
        unknown = findings.accounts["reason"][findings.accounts["label"] == "unknown"]
        reasons, counts = np.unique(unknown.astype(str), return_counts=True)
        if len(reasons):
            why = [list(row) for row in zip(reasons.tolist(), counts.tolist(), strict=True)]
            yield Table("Why accounts are unknown", ["reason", "accounts"], why)
        yield from _aside(findings)


def _shares(findings: Findings) -> Iterable[Block]:
    fake = findings.figures["share_fake"]
    if isnan(fake.value):
        yield Text(f"What share is fake is unknown: {findings.share_note}.")
        return
    rows = [
        [words, *(f"{part:.1%}" if part == part else None for part in (figure.value, figure.low, figure.high))]
        for words, figure in (
            ("good", findings.figures["share_good"]),
            ("inactive", findings.figures["share_inactive"]),
            ("fake", fake),
            ("fake, with as few found as in the worst test", findings.figures["share_fake_worst"]),
        )
    ]
    if findings.share_note:
        yield Text(f"The shares are as counted: {findings.share_note}. The intervals carry chance only.")
        rows.pop()
    else:
        yield Text(
            "The shares are estimates, corrected for the errors that the labels made on accounts of which the truth "
            "is known. Fakes of a kind never tested may be found less often: the last row says what that would mean."
        )
    yield Table(
        f"Shares of {counted(fake.n, 'account')} that can be judged",
        ["label", "share", "95% from", "to"],
        rows,
        units=["text", "share", "share", "share"],
    )


def _aside(findings: Findings) -> Iterable[Block]:
    bots, own = int(findings.accounts["bot"].sum()), int(findings.accounts["overridden"].sum())
    if bots:
        yield Text(f"{counted(bots, 'account')} declared to be automated: that is a flag, not a label.")
    if own:
        yield Text(f"{counted(own, 'label')} given by you, which no labeler overrides.")
    states = findings.accounts["state"]
    gone = [[str(state), int((states == state).sum())] for state in sorted({*states.tolist()} - {"", "active"})]
    if gone:
        yield Table("States (facts, not labels)", ["state", "accounts"], gone)
