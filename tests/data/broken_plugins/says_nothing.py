"""It is always unknown."""

import numpy as np

from relnet.plugin import Scorer


class SaysNothing(Scorer):
    """A share of weeks, wrongly: it is always unknown."""

    name, version = "says_nothing", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return np.full(inputs.rows, np.nan)
