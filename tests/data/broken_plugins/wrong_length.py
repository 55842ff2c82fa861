"""It leaves a row out."""

import numpy as np

from relnet.plugin import Scorer


class WrongLength(Scorer):
    """A share of weeks, wrongly: it leaves a row out."""

    name, version = "wrong_length", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return (inputs["active_weeks"] / np.maximum(inputs["known_weeks"], 1))[1:]
