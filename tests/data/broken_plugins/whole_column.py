"""It divides by the greatest value, though it says to be rowwise."""

import numpy as np

from relnet.plugin import Scorer


class WholeColumn(Scorer):
    """A share of weeks, wrongly: it divides by the greatest value, though it says to be rowwise."""

    name, version = "whole_column", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        active = inputs["active_weeks"]
        return active / np.nanmax(active, initial=1)
