"""It prints."""

import numpy as np

from relnet.plugin import Scorer


class Prints(Scorer):
    """A share of weeks, wrongly: it prints."""

    name, version = "prints", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        print("here I am")
        return inputs["active_weeks"] / np.maximum(inputs["known_weeks"], 1)
