"""It ends its process."""

import numpy as np

from relnet.plugin import Scorer

import os


class Exits(Scorer):
    """A share of weeks, wrongly: it ends its process."""

    name, version = "exits", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        os._exit(3)
