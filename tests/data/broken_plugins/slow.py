"""It loops over rows."""

import numpy as np

from relnet.plugin import Scorer


class Slow(Scorer):
    """A share of weeks, wrongly: it loops over rows."""

    name, version = "slow", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return np.array([float(np.float64(a) / np.maximum(np.float64(k), 1)) for a, k in zip(inputs["active_weeks"], inputs["known_weeks"])], dtype=float)
