"""Its needs are a text."""

import numpy as np

from relnet.plugin import Scorer


class NeedsText(Scorer):
    """A share of weeks, wrongly: its needs are a text."""

    name, version = "needs_text", "1"
    needs = ("active_weeks")

    def score(self, inputs):
        return inputs["active_weeks"]
