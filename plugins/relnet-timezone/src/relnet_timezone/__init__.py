"""The hours of the day at which two people are both awake."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column, Evidence, Feature, Hours, Inputs, Param, Scorer

BLOCK = 1 << 18
"""Connections worked on at a time, which bounds the memory."""


class SharedHours(Feature):
    """Overlap of the two's hours of the day: 1 the same clock, 0 never awake together. Unit: share.

    Formula: Σ min(pₕ, qₕ) over 24 hours UTC, p and q the shares of their dated acts, smoothed round the clock by
    ¼, ½, ¼. Unknown where an end has fewer than `least_acts`. Source: Ridout and Linkie 2009.
    """

    name, version = "shared_hours", "1"
    unit, table, portable = "share", "hours", False
    least_acts: Annotated[float, Param(ge=1, description="fewer dated acts of an end: unknown")] = 20

    def over(self, table: Hours) -> Column:
        """Return float64[n] in [0, 1], NaN where unknown."""
        total = table.acts.sum(axis=1)
        smooth = table.acts / 2 + (np.roll(table.acts, 1, axis=1) + np.roll(table.acts, -1, axis=1)) / 4
        share = smooth / np.maximum(total, 1)[:, None]
        share[total < self.least_acts] = np.nan
        overlap = np.empty(table.rows)
        for low in range(0, table.rows, BLOCK):
            one, other = table.ends[low : low + BLOCK].T
            overlap[low : low + BLOCK] = np.minimum(share[one], share[other]).sum(axis=1)
        return np.minimum(overlap, 1)


class AwakeTogether(Scorer):
    """Overlap of the hours of the day at which the two act.

    Formula: `shared_hours`. Unknown where either end has too few dated acts.

    Trust: of somebody whose record you do not hold only acts towards you are seen, which flatters.
    """

    name, version = "awake_together", "1"
    needs = ("shared_hours",)

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n] in [0, 1], NaN where unknown."""
        return inputs["shared_hours"].copy()

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return the overlap itself."""
        return Evidence(np.zeros(len(rows)), {"shared_hours": inputs["shared_hours"][rows]})
