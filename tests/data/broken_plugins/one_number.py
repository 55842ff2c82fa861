"""It returns one number."""

import numpy as np

from relnet.plugin import Scorer


class OneNumber(Scorer):
    """A share of weeks, wrongly: it returns one number."""

    name, version = "one_number", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return 0.5
