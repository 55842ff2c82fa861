"""Its table asks for another method."""

import numpy as np

from relnet.plugin import Feature


class NoMethod(Feature):
    """Something derived."""

    name, version, unit, table, needs = "no_method", "1", "acts", "columns", ("active_weeks",)

    def aggregate(self, log):
        return log.at.max()
