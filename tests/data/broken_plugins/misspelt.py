"""An attribute of the contract is misspelt."""

import numpy as np

from relnet.plugin import Scorer


class Misspelt(Scorer):
    name, version = "misspelt", "1"
    need = ("active_weeks",)
