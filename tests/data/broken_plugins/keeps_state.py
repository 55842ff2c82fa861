"""It counts its calls."""

import numpy as np

from relnet.plugin import Scorer

CALLS = []


class KeepsState(Scorer):
    """A share of weeks, wrongly: it counts its calls."""

    name, version = "keeps_state", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        CALLS.append(1)
        return inputs["active_weeks"] / np.maximum(inputs["known_weeks"], 1) / len(CALLS)
