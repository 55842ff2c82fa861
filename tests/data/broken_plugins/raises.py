"""It raises."""

import numpy as np

from relnet.plugin import Scorer


class Raises(Scorer):
    """A share of weeks, wrongly: it raises."""

    name, version = "raises", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return 1 / 0
