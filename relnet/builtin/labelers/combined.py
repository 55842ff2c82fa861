"""The answer that becomes an account's label."""

from __future__ import annotations

from typing import Any, Final, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.builtin.labelers.activity import NEEDS, Activity, LeastDays
from relnet.builtin.labelers.cues import FACTS
from relnet.builtin.labelers.curves import Curves
from relnet.builtin.labelers.profile import Profile
from relnet.plugin import Evidence, Inputs, Labeler, LabelErrors, LabelResult, why_bit

STATES: Final = ("automated", "gone")


class Combined(Labeler):
    """Fake by the profile, inactive by dates; a declared bot or an account that is gone is neither.

    Formula: p_fake of `profile`, p_inactive of `activity`. Both unknown where the account says that it is automated
    or is suspended, deleted or moved: those are states, shown beside the label.
    """

    name, version = "relnet", "1"
    needs = (*FACTS, *NEEDS, *STATES)
    least_days: LeastDays = 90.0
    curves: Curves | None = None

    @property
    def profile(self) -> Profile:
        """The labeler that p_fake comes from."""
        return Profile(curves=self.curves)

    def label(self, inputs: Inputs) -> LabelResult:
        """Return p_fake and p_inactive."""
        fake, idle = self.profile.label(inputs), Activity(least_days=self.least_days).label(inputs)
        apart = set_apart(inputs)
        fake.p_fake[apart] = np.nan
        idle.p_inactive[inputs["gone"] == 1] = np.nan
        why = fake.why | np.where(np.isnan(fake.p_fake), 0, idle.why)
        why[apart] = why_bit("stated")
        return LabelResult(fake.p_fake, idle.p_inactive, why.astype(np.uint8))

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return the cues of the profile."""
        return self.profile.explain(inputs, rows)

    def fit(self, inputs: Inputs, outcome: NDArray[Any]) -> Self:
        """Return the labeler with its profile model fitted; dates need no fit."""
        return msgspec.structs.replace(self, curves=self.profile.fit(inputs, outcome).curves)

    def errors(self, inputs: Inputs) -> LabelErrors | None:
        """Return how often p_fake was right; bots and accounts that are gone are left out."""
        errors = self.profile.errors(inputs)
        if errors is not None:
            errors.covered &= ~set_apart(inputs)
        return errors


def set_apart(inputs: Inputs) -> NDArray[np.bool_]:
    """Return bool[n]: accounts of which a state is told instead of a label."""
    apart: NDArray[np.bool_] = (inputs["automated"] == 1) | (inputs["gone"] == 1)
    return apart
