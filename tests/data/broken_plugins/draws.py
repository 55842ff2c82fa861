"""It draws by chance."""

import numpy as np

from relnet.plugin import Scorer


class Draws(Scorer):
    """A share of weeks, wrongly: it draws by chance."""

    name, version = "draws", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return inputs["active_weeks"] / np.maximum(inputs["known_weeks"], 1) * np.random.default_rng().random(inputs.rows)
