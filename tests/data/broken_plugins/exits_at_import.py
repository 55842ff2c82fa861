"""It ends the process that imports it."""

import numpy as np

from relnet.plugin import Scorer

import os

os._exit(1)


class ExitsAtImport(Scorer):
    """A share of weeks, wrongly: it ends the process that imports it."""

    name, version = "exits_at_import", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return 0
