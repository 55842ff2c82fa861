"""Its name is a parameter."""

import numpy as np

from relnet.plugin import Scorer


class TypedContract(Scorer):
    name: str = "typed_contract"
