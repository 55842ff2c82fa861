"""Its expression reads a column that is not there."""

import numpy as np

from relnet.plugin import Feature, Scorer, nw


class UnknownColumn(Feature):
    """Something of the log."""

    name, version, unit = "unknown_column", "1", "acts"

    def aggregate(self, log):
        return nw.col("nothing_there").sum()


class ReadsIt(Scorer):
    """A score of it."""

    name, version, needs = "reads_unknown_column", "1", ("unknown_column",)

    def score(self, inputs):
        return inputs["unknown_column"] * 0
