"""It takes unknown for zero."""

import numpy as np

from relnet.plugin import Scorer


class FromNothing(Scorer):
    """A share of weeks, wrongly: it takes unknown for zero."""

    name, version = "from_nothing", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return np.nan_to_num(inputs["active_weeks"] / np.maximum(inputs["known_weeks"], 1))
