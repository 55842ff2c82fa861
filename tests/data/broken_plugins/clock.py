"""It asks the clock."""

import numpy as np

from relnet.plugin import Scorer

import time


class Clock(Scorer):
    """A share of weeks, wrongly: it asks the clock."""

    name, version = "clock", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return (inputs["active_weeks"] / np.maximum(inputs["known_weeks"], 1)) * np.exp(-(time.time() // 86_400 * 86_400_000 - inputs.as_of) / 1e12)
