"""Is there a person at the other end?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column, Evidence, Inputs, Scorer


class Authenticity(Scorer):
    """Chance that the other end is no fake, by the account labels; of both ends where neither is yours.

    Formula: Π (1 − p_fake) over the ends that are not the owner's; the owner's own word on an account counts as
    certain. Unknown where an end has no label.

    Trust: as much as the labels deserve; their errors are measured and shown with the follower check.
    """

    name, version = "authenticity", "1"
    needs = ("p_fake_a", "p_fake_b")

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n]; NaN where an end that is not the owner's has no label."""
        one, other = _fakes(inputs)
        return (1 - one) * (1 - other)

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return what each end's label takes off."""
        one, other = (column[rows] for column in _fakes(inputs))
        return Evidence(np.ones(len(rows)), {"p_fake_a": -one, "p_fake_b": -(1 - one) * other})


def _fakes(inputs: Inputs) -> tuple[Column, Column]:
    mine = np.array(sorted(inputs.me), dtype=np.int64)
    one, other = (
        np.where(np.isin(keys, mine), 0.0, inputs[name])
        for keys, name in ((inputs.a, "p_fake_a"), (inputs.b, "p_fake_b"))
    )
    return one, other
