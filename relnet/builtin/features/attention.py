"""How personally the two address each other, and what share of each one's attention the other gets.

An act towards m accounts gives each 1/m of a word; a text that its author sent to q accounts, in other posts, 1/q.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column, Feature, Inputs, Periods


class Words(Feature):
    """Acts towards the other, each shared by those who got the same, each way. Unit: interactions.

    Formula: Σ 1 / max(accounts addressed together, accounts sent the same text). Source: act weight 1/m of personal
    networks (Gilbert and Karahalios 2009 call it directed communication); copies after Manku et al. 2007, exact here.
    """

    name, version = "words", "2"
    unit, table, directed, portable = "interactions", "periods", True, False

    def over(self, periods: Periods) -> Column:
        """Return the sum of shares this way."""
        return periods.words[:, 0]


class Addressed(Feature):
    """Accounts that a addresses at all, each way (`_ba`: b); unknown where not all that it does is covered.

    Unit: accounts.
    """

    name, version = "addressed", "1"
    unit, table, directed, portable = "accounts", "columns", True, False
    rowwise = False
    needs = ("count_ab", "count_ba", "sent_known_ab")

    def derive(self, inputs: Inputs) -> Column:
        """Return the number of accounts for a."""
        of_a = inputs.totals(_addressed)
        of_a[~(inputs["sent_known_ab"] > 0)] = np.nan
        return of_a


class Attention(Feature):
    """Share of a's attention that b gets, each way; unknown where not all that a does is covered. Unit: share.

    Formula: `words` towards b / `words` towards anyone.
    """

    name, version = "attention", "1"
    unit, table, directed, portable = "share", "columns", True, False
    rowwise = False
    needs = ("words_ab", "words_ba", "sent_known_ab")

    def derive(self, inputs: Inputs) -> Column:
        """Return the share for a."""
        of_a = inputs.totals(_words)
        of_a[~((inputs["sent_known_ab"] > 0) & (of_a > 0))] = np.nan
        return np.divide(np.nan_to_num(inputs["words_ab"]), of_a, out=of_a)


def _addressed(inputs: Inputs) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    return inputs["count_ab"] > 0, inputs["count_ba"] > 0


def _words(inputs: Inputs) -> tuple[Column, Column]:
    return inputs["words_ab"], inputs["words_ba"]
