"""It uses a row's place."""

import numpy as np

from relnet.plugin import Scorer


class ByPlace(Scorer):
    """A share of weeks, wrongly: it uses a row's place."""

    name, version = "by_place", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return (inputs["active_weeks"] / np.maximum(inputs["known_weeks"], 1)) * np.arange(inputs.rows) / max(inputs.rows, 1)
