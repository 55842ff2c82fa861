"""It never ends."""

import numpy as np

from relnet.plugin import Scorer


class Hangs(Scorer):
    """A share of weeks, wrongly: it never ends."""

    name, version = "hangs", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        while True:
            pass
