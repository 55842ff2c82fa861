"""It returns integers."""

import numpy as np

from relnet.plugin import Scorer


class WholeNumbers(Scorer):
    """A share of weeks, wrongly: it returns integers."""

    name, version = "whole_numbers", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return np.nan_to_num(inputs["active_weeks"] / np.maximum(inputs["known_weeks"], 1)).astype(int)
