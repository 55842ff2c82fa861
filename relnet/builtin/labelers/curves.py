"""The profile model: evidence z = base + one curve per cue, each piecewise linear and never falling.

z is the logarithm of how many times likelier the facts are for a bought account than for a genuine one, so that
p_fake = σ(z + logit(prior)), the prior being the share of fakes expected before looking. Every curve starts at 0,
its most genuine end. A missing fact adds 0: hiding one can never raise p_fake. No group of cues decides alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.builtin.labelers.cues import CUES, GROUPS, Cue
from relnet.plugin import Column, Evidence

UNSEEN: Final = "facts not seen"
"""Part of the evidence: what missing facts took off, since they count as at their most genuine."""
_ROWS_AT_ONCE: Final = 1 << 16  # 0.5 MB a column: stays in the cache


class Curve(msgspec.Struct, frozen=True):
    """The curve of one cue.

    Attributes
    ----------
    heights
        What the cue adds to z at each of its knots.
    typical
        Mean height among the genuine accounts that it was fitted on.
    """

    knots: tuple[float, ...]
    heights: tuple[float, ...]
    typical: float
    formula: str = ""


class Curves(msgspec.Struct, frozen=True):
    """A fitted profile model; `base` is z of an account at the most genuine end of every cue.

    Raises
    ------
    ValueError
        A cue is missing or has other knots, or one group of cues alone makes an account fake.
    """

    base: float
    prior: float
    cues: dict[str, Curve]

    def __post_init__(self) -> None:
        for cue in CUES:
            if not np.allclose(self.cues[cue.name].knots, cue.knots, atol=1e-5):
                raise ValueError(f"the knots of “{cue.name}” are not those that the coefficients were fitted for")
        for group in GROUPS:
            most = sum(self.cues[cue.name].heights[-1] for cue in CUES if cue.group == group)
            if self.base + most + self.offset >= 0:
                raise ValueError(f"“{group}” alone would make an account fake")

    @property
    def offset(self) -> float:
        """Logit of the prior."""
        return float(np.log(self.prior / (1 - self.prior)))

    def p_fake(self, columns: Mapping[str, Column]) -> Column:
        """Return float64[n]; NaN where what is missing could still turn a genuine account into a doubtful one."""
        n = len(next(iter(columns.values())))
        p = np.empty(n)
        for start in range(0, n, _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            part = {name: column[rows] for name, column in columns.items()}
            z = np.full(len(p[rows]), self.base)
            unseen = np.zeros(len(z))
            for cue in CUES:
                height, missing = self._height(part, cue)
                z += height
                unseen += missing * self.cues[cue.name].heights[-1]
            z[(z < 0) & (z + unseen >= 0)] = np.nan
            p[rows] = 1 / (1 + np.exp(-(z + self.offset)))
        return p

    def explain(self, columns: Mapping[str, Column], rows: NDArray[np.intp]) -> Evidence:
        """Return how far each group of cues moves z from that of a typical genuine account."""
        part = {name: column[rows] for name, column in columns.items()}
        parts = {name: np.zeros(len(rows)) for name in (*GROUPS, UNSEEN)}
        for cue in CUES:
            height, missing = self._height(part, cue)
            moved = height - self.cues[cue.name].typical
            parts[cue.group] += np.where(missing, 0, moved)
            parts[UNSEEN] += np.where(missing, moved, 0)
        typical = self.base + self.offset + sum(curve.typical for curve in self.cues.values())
        return Evidence(np.full(len(rows), typical), parts, "logit")

    def _height(self, columns: Mapping[str, Column], cue: Cue) -> tuple[Column, NDArray[np.bool_]]:
        height = np.interp(cue.values(columns), cue.knots, self.cues[cue.name].heights)
        missing = np.isnan(height)
        height[missing] = 0
        return height, missing


class Shipped(msgspec.Struct, frozen=True):
    """The coefficients that come along, and what they were fitted on.

    Attributes
    ----------
    provenance
        Data with digests, date, script and settings of the fit.
    answers
        Answers on labelled accounts that the fit had not seen: facts known → `fake` or `genuine` (the truth) →
        counts of the answers fake, good, unknown.
    least_recall
        Share of fakes found in the worst set of fakes, left out of the fit.
    """

    model: Curves
    answers: dict[str, dict[str, tuple[int, int, int]]]
    least_recall: float
    provenance: dict[str, Any] = {}


@cache
def shipped() -> Shipped:
    """Return the coefficients that come along."""
    return msgspec.json.decode(Path(__file__).with_name("profile.json").read_bytes(), type=Shipped)
