"""It never ends being imported."""

import numpy as np

from relnet.plugin import Scorer

while True:
    pass


class HangsAtImport(Scorer):
    """A share of weeks, wrongly: it never ends being imported."""

    name, version = "hangs_at_import", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return 0
