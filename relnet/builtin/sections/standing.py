"""What the record allows to say of a connection: both ways, one-sided, fading, thin."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Findings

LEAST_DAYS: Final = 5
"""Fewer days of contact than this show no rhythm that could be lost."""
QUIET: Final = 0.05
"""A silence that a tie's own rhythm explains with a smaller chance than this is called fading."""
LEAST_ACTS: Final = 5
"""Fewer acts than this and a connection is thin: its scores say little."""

Mask = NDArray[np.bool_]


def column(findings: Findings, name: str) -> NDArray[np.float64]:
    """Return one column of numbers of the ties."""
    return np.asarray(findings.ties[name], dtype=np.float64)


def only_out(findings: Findings) -> Mask:
    """Return which ties have acts from the own side and certainly none back."""
    one_sided: Mask = (column(findings, "out") > 0) & (column(findings, "in") == 0)
    return one_sided


def only_in(findings: Findings) -> Mask:
    """Return which ties have acts towards the own side and certainly none back."""
    one_sided: Mask = (column(findings, "in") > 0) & (column(findings, "out") == 0)
    return one_sided


def unclear(findings: Findings) -> Mask:
    """Return which ties have a direction of which nothing is known."""
    return np.isnan(column(findings, "out")) | np.isnan(column(findings, "in"))


def acts(findings: Findings) -> NDArray[np.float64]:
    """Return acts of both directions, as far as seen."""
    return np.nan_to_num(column(findings, "out")) + np.nan_to_num(column(findings, "in"))


def rhythmic(findings: Findings) -> Mask:
    """Return which ties have days enough to have a rhythm of their own; none where vitality did not run."""
    if "vitality" not in findings.ties:
        return np.zeros(len(findings.ties["who"]), dtype=np.bool_)
    return (column(findings, "days") >= LEAST_DAYS) & np.isfinite(column(findings, "vitality"))


def fading(findings: Findings) -> Mask:
    """Return which ties are silent for longer than their own rhythm explains."""
    quiet = rhythmic(findings)
    return quiet & (column(findings, "vitality") < QUIET) if quiet.any() else quiet


def whole(findings: Findings) -> bool:
    """Tell whether absence means zero for every tie in both directions."""
    return bool(np.all(findings.ties["out_known"]) and np.all(findings.ties["in_known"]))
