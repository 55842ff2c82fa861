"""It uses account ids."""

import numpy as np

from relnet.plugin import Scorer


class ById(Scorer):
    """A share of weeks, wrongly: it uses account ids."""

    name, version = "by_id", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return (inputs["active_weeks"] / np.maximum(inputs["known_weeks"], 1)) * ((inputs.a + inputs.b) % 7) / 7
