"""It takes the name of another."""

import numpy as np

from relnet.plugin import Scorer


class Vitality(Scorer):
    """Another vitality."""

    name, version = "vitality", "1"

    def score(self, inputs):
        return np.zeros(inputs.rows)
