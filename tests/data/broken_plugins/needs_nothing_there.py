"""It needs what nobody makes."""

import numpy as np

from relnet.plugin import Scorer


class NeedsNothingThere(Scorer):
    """A share of weeks, wrongly: it needs what nobody makes."""

    name, version = "needs_nothing_there", "1"
    needs = ("activ_weeks",)

    def score(self, inputs):
        return inputs["activ_weeks"]
