"""What the record allows to say of a connection: both ways, one-sided, unclear."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Findings

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


def whole(findings: Findings) -> bool:
    """Tell whether absence means zero for every tie in both directions."""
    return bool(np.all(findings.ties["out_known"]) and np.all(findings.ties["in_known"]))
