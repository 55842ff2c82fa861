"""It answers with an array."""

import numpy as np

from relnet.plugin import Labeler


class NoLabel(Labeler):
    """Everybody is fake."""

    name, version = "no_label", "1"

    def label(self, inputs):
        return np.ones(inputs.rows)
