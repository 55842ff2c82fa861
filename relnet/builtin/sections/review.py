"""Needs a look: accounts that seem fake, and those of which too little is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Block, Findings, Param, Section, Table, Text


class Review(Section):
    """Fake and unknown accounts with reasons, for a person to look at."""

    name, version, title, order = "review", "1", "Needs a look", 70
    fake: Annotated[int, Param(ge=1, le=200, description="most fake accounts listed")] = 200
    unknown: Annotated[int, Param(ge=1, le=200, description="most unknown accounts listed")] = 25

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return the two lists."""
        accounts = findings.accounts
        if (accounts["label"] == "unknown").all():
            yield Text("No account could be labelled, so none stands out.")
            return
        fake = np.flatnonzero(accounts["label"] == "fake")
        unknown = np.flatnonzero(accounts["label"] == "unknown")
        if len(fake):
            yield Text("A label is a probability, not a verdict: look at an account before you act on it.")
            fake = fake[np.argsort(-accounts["p_fake"][fake], kind="stable")]
            yield Table(
                "Labelled fake, surest first",
                ["who", "probability", "strongest cues", "interactions"],
                _rows(findings, fake[: self.fake], "who", "p_fake", "reason", "interactions"),
                len(fake),
                units=["text", "score", "text", "count"],
            )
        else:
            yield Text("No account is labelled fake.")
        if len(unknown):
            yield Table(
                "Unknown, those with most interactions first",
                ["who", "why", "interactions"],
                _rows(findings, unknown[: self.unknown], "who", "reason", "interactions"),
                len(unknown),
                units=["text", "text", "count"],
            )


def _rows(findings: Findings, chosen: NDArray[np.intp], *names: str) -> list[list[object]]:
    columns = (findings.accounts[name][chosen].tolist() for name in names)
    return [list(row) for row in zip(*columns, strict=True)]
