"""Do they talk with each other, or only towards each other?"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column, Evidence, Inputs, Param, Scorer


class Conversation(Scorer):
    """Share of the turns that take up what the other just said, shrunk.

    Formula: E / (E + C + prior), E times that the word passed to the other side inside a conversation, C
    conversations (`exchanged`, `conversations`): 0 for monologues, ½ for a word and its answer each time, near 1 for
    deep threads. Unknown where a side is not covered or there is no dated act.

    Trust: turn-taking shows that acts answer each other; threads of both sides mark strong ties where counts do not
    (Gilbert and Karahalios 2009; Huberman, Romero and Wu 2008).
    """

    name, version = "conversation", "1"
    needs = ("exchanged", "conversations", "depth", "known_ab", "known_ba")
    prior_turns: Annotated[float, Param(ge=0, description="turns without an answer added to every tie")] = 2.0

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n]; NaN where a side is unknown or there is no dated act."""
        known = (inputs["known_ab"] > 0) & (inputs["known_ba"] > 0)
        turns = inputs["exchanged"] + inputs["conversations"]
        return np.where(known, inputs["exchanged"] / (turns + self.prior_turns), np.nan)

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return the plain share of turns and what their small number takes off."""
        plain = (1 - 1 / inputs["depth"])[rows]
        return Evidence(np.zeros(len(rows)), {"depth": plain, "few turns": self.score(inputs)[rows] - plain})
