"""It crashes the interpreter."""

import numpy as np

from relnet.plugin import Scorer

import ctypes


class Crashes(Scorer):
    """A share of weeks, wrongly: it crashes the interpreter."""

    name, version = "crashes", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs):
        return ctypes.string_at(0)
