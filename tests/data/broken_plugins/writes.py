"""It writes into its inputs."""

import numpy as np

from relnet.plugin import Scorer


class Writes(Scorer):
    """A share of weeks, wrongly: it writes into its inputs."""

    name, version = "writes", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        inputs["active_weeks"][:] = 0
        return inputs["active_weeks"] / 1.0
