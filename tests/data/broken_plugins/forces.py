"""It makes its inputs writeable and changes them."""

import numpy as np

from relnet.plugin import Scorer


class Forces(Scorer):
    """A share of weeks, wrongly: it makes its inputs writeable and changes them."""

    name, version = "forces", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        column = inputs["active_weeks"]
        column.flags.writeable = True
        column *= 0.5
        return column / np.maximum(inputs["known_weeks"], 1)
