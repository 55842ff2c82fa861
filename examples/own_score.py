"""Score every connection by an idea of your own, and compare it with engagement.

python examples/own_score.py FILE…
"""

import sys

import numpy as np

import relnet
from relnet.plugin import Column, Inputs, Scorer


class Loyalty(Scorer):
    """Share of the known weeks in which the two were in touch."""

    name, version = "loyalty", "1"
    needs = ("active_weeks", "known_weeks")

    def score(self, inputs: Inputs) -> Column:
        known = inputs["known_weeks"]
        return np.where(known >= 1, np.minimum(inputs["active_weeks"] / np.maximum(known, 1), 1), np.nan)


def main(paths: list[str]) -> None:
    net = relnet.load(*paths)
    scored = net.score(Loyalty)
    print(scored.select("id", "handle", "loyalty", "engagement").head(10))
    print(f"{scored['loyalty'].is_not_null().sum()} of {len(scored)} scored")


if __name__ == "__main__":
    main(sys.argv[1:])
