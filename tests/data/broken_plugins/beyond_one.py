"""It goes beyond 1."""

import numpy as np

from relnet.plugin import Scorer


class BeyondOne(Scorer):
    """A share of weeks, wrongly: it goes beyond 1."""

    name, version = "beyond_one", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return 3 * inputs["active_weeks"] / np.maximum(inputs["known_weeks"], 1)
