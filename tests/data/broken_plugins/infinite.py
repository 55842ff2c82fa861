"""It divides by zero."""

import numpy as np

from relnet.plugin import Scorer


class Infinite(Scorer):
    """A share of weeks, wrongly: it divides by zero."""

    name, version = "infinite", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return inputs["active_weeks"] / 0.0
