"""It measures from the greatest value, though it says to be rowwise."""

import numpy as np

from relnet.plugin import Feature


class WholeColumnOfAFeature(Feature):
    """Weeks below the greatest value, wrongly: it measures from the greatest value, though it says to be rowwise."""

    name, version = "whole_column_of_a_feature", "1"
    unit, table = "weeks", "columns"
    needs = ("active_weeks",)

    def derive(self, inputs):
        active = inputs["active_weeks"]
        return np.nanmax(active, initial=1) - active
