"""Is it a bought follower, by what its profile shows?"""

from __future__ import annotations

from typing import Any, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.builtin.labelers.cues import FACTS
from relnet.builtin.labelers.curves import Curves, shipped
from relnet.plugin import Evidence, Inputs, Labeler, LabelErrors, LabelResult, why_bit


class Profile(Labeler):
    """Chance that an account was bought as a follower, by its profile alone.

    Formula: p = σ(base + Σ curve(cue) + logit(prior)), one curve per cue that never falls: follows against
    followers, following, posts, likes, lists, bio, banner, picture, digits in the handle. A missing fact adds
    nothing. Unknown where the missing facts could still turn a genuine account into a doubtful one.

    Trust: measured within and across labelled sets of 2010 to 2019; see the model card. Few cues of a thin profile
    are no proof: nothing below the threshold is an accusation.
    """

    name, version = "profile", "1"
    needs = FACTS
    curves: Curves | None = None

    @property
    def model(self) -> Curves:
        """The coefficients in force: those fitted, else those that come along."""
        return self.curves or shipped().model

    def label(self, inputs: Inputs) -> LabelResult:
        """Return p_fake; nothing is said of inactivity."""
        p = self.model.p_fake(inputs)
        why = np.zeros(inputs.rows, dtype=np.uint8)
        unknown = np.isnan(p)
        why[unknown] = why_bit("too_few")
        why[unknown & ~_any_known(inputs)] = why_bit("not_covered")
        return LabelResult(p, np.full(inputs.rows, np.nan), why)

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return what each group of cues adds to a typical genuine account."""
        return self.model.explain(inputs, rows)

    def fit(self, inputs: Inputs, outcome: NDArray[Any]) -> Self:
        """Return the labeler fitted on accounts of which it is known whether they are fake."""
        from relnet.builtin.labelers.profile_fit import fit

        return msgspec.structs.replace(self, curves=fit([(inputs, outcome)]))

    def errors(self, inputs: Inputs) -> LabelErrors | None:
        """Return how the shipped coefficients did with the facts that these accounts have."""
        return None if self.curves else measured(inputs)


def _any_known(inputs: Inputs) -> NDArray[np.bool_]:
    known = np.zeros(inputs.rows, dtype=np.bool_)
    for fact in FACTS:
        known |= ~np.isnan(inputs[fact])
    return known


def measured(inputs: Inputs) -> LabelErrors:
    """Return the shipped error rates, mixed as the accounts' known facts are."""
    from relnet.builtin.labelers.profile_fit import FACTS_KNOWN

    counts = np.zeros((3, 2))
    covered = np.zeros(inputs.rows, dtype=np.bool_)
    for known, facts in FACTS_KNOWN.items():
        here = ~covered
        for fact in facts:
            here &= ~np.isnan(inputs[fact])
        answers = shipped().answers[known]
        counts += here.sum() * np.column_stack([answers["fake"], answers["genuine"]])
        covered |= here
    return LabelErrors(counts / max(1, int(covered.sum())), covered, shipped().least_recall)
