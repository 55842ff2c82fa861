"""Its evidence does not add up."""

import numpy as np

from relnet.plugin import Evidence, Scorer


class EvidenceOff(Scorer):
    """A share of weeks, wrongly: its evidence does not add up."""

    name, version = "evidence_off", "1"
    needs = ("active_weeks", "known_weeks")

    def explain(self, inputs, rows):
        return Evidence(np.zeros(len(rows)), {"active_weeks": inputs["active_weeks"][rows]})

    def score(self, inputs):
        return inputs["active_weeks"] / np.maximum(inputs["known_weeks"], 1)
