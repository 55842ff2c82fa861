"""Who answers whom, and how soon; conversations and their turns.

An act is answered by the other side's act that names it (a reply's parent), or else by their next act that names none.
Acts of one second are one moment: they neither answer one another nor depend on which came first.
"""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np
from numpy.typing import NDArray

from relnet.moments import DAY_MS
from relnet.plugin import Column, Feature, Inputs, Param, Turns
from relnet.plugin.compiled import compiled

Ties = NDArray[np.int32]
Bools = NDArray[np.bool_]

HOUR_MS: Final = 3_600_000
FIXED: Final = 2.0**20
"""Logs are rounded to 2⁻²⁰, so that sums are of whole numbers: the same in every run, exact over an account's ties."""

Days = Annotated[float, Param(gt=0, description="days within which an act counts as answered")]
WITHIN: Final = 3.0
"""Over 90 % of e-mail answers come within a day or two (Kooti et al. 2015); three span a weekend."""


class Asked(Feature):
    """Acts towards the other that are old enough to have been answered, each way. Unit: interactions.

    Formula: acts at least `within_days` older than the end of coverage; of younger ones it is not known.
    """

    name, version = "asked", "1"
    unit, dtype, table, directed = "interactions", "int64", "turns", True
    within_days: Days = WITHIN

    def over(self, turns: Turns) -> Column:
        """Return the number of acts this way."""
        return _due(turns, self.within_days)


class Answered(Feature):
    """Of the acts in `asked`, those that the other answered within `within_days`, each way. Unit: interactions."""

    name, version = "answered", "1"
    unit, dtype, table, directed = "answers", "int64", "turns", True
    within_days: Days = WITHIN

    def over(self, turns: Turns) -> Column:
        """Return the number of acts this way that were answered."""
        return _due(turns, self.within_days, answered=True)


class AnswerDelay(Feature):
    """How long the other took to answer, each way: geometric mean, unknown without an answer. Unit: hours.

    Formula: exp(Σ ln delay / n) over the acts in `answered`. Delays are close to lognormal, so that the mean of their
    logarithm, unlike their own, is not the longest one's.
    """

    name, version = "answer_delay", "2"
    unit, table, directed = "hours", "turns", True
    within_days: Days = WITHIN

    def over(self, turns: Turns) -> Column:
        """Return the geometric mean."""
        number, total = np.zeros(turns.rows), np.zeros(turns.rows)
        within = round(self.within_days * DAY_MS)
        _sum_logs(turns.tie, turns.this_way, turns.at, turns.delay, turns.until - within, within, number, total)
        return np.where(number > 0, np.exp(total / (np.maximum(number, 1) * FIXED)), np.nan)


class UsualAnswers(Feature):
    """Share of what others address to a that a answers, each way (`_ba`: that b answers). Unit: share.

    Formula: (K + r) / (N + 1) over the other ties of the account, r the share in the whole network.
    """

    name, version = "usual_answers", "1"
    unit, table, directed, portable = "share", "columns", True, False
    rowwise = False
    needs = ("asked_ab", "asked_ba", "answered_ab", "answered_ba")

    def derive(self, inputs: Inputs) -> Column:
        """Return the share for a, who answers what goes from b to a."""
        asked, answered = inputs.others(_asked), inputs.others(_answered)
        everyone = [float(inputs.account_totals(given).sum()) for given in (_answered, _asked)]
        answered += everyone[0] / everyone[1] if everyone[1] else np.nan
        asked += 1
        return np.divide(answered, asked, out=answered)


class UsualDelay(Feature):
    """How long a takes to answer others, each way (`_ba`: b): geometric mean. Unit: hours.

    Formula: as `answer_delay`, over the other ties of the account; unknown where it answered nobody else.
    """

    name, version = "usual_delay", "1"
    unit, table, directed, portable = "hours", "columns", True, False
    rowwise = False
    needs = ("answered_ab", "answered_ba", "answer_delay_ab", "answer_delay_ba")

    def derive(self, inputs: Inputs) -> Column:
        """Return the geometric mean for a, who answers what goes from b to a."""
        number, logs = inputs.others(_answered), inputs.others(_log_sums)
        unknown = number == 0
        logs /= np.maximum(number, 1, out=number)
        np.exp(logs, out=logs)[unknown] = np.nan
        return logs


class Conversations(Feature):
    """Conversations between the two: runs of acts without a pause of `pause_days`. Unit: conversations."""

    name, version = "conversations", "1"
    unit, dtype, table = "conversations", "int64", "turns"
    pause_days: Annotated[float, Param(gt=0, description="a longer pause ends a conversation")] = WITHIN

    def over(self, turns: Turns) -> Column:
        """Return the number of moments that follow a pause."""
        return turns.count(turns.begins & (turns.gap > self.pause_days * DAY_MS))


class Exchanged(Feature):
    """Times that the word passed to the other side inside a conversation. Unit: turns."""

    name, version = "exchanged", "1"
    unit, dtype, table = "turns", "int64", "turns"
    pause_days: Annotated[float, Param(gt=0, description="a longer pause ends a conversation")] = WITHIN

    def over(self, turns: Turns) -> Column:
        """Return the number of acts that take the word."""
        return turns.count(turns.passes & (turns.gap <= self.pause_days * DAY_MS))


class Depth(Feature):
    """Turns a conversation: 1 is a monologue, 2 a word and its answer. Unit: turns.

    Formula: 1 + `exchanged` / `conversations`.
    """

    name, version = "depth", "1"
    unit, table = "turns", "columns"
    needs = ("exchanged", "conversations")

    def derive(self, inputs: Inputs) -> Column:
        """Return the mean number of turns."""
        return 1 + inputs["exchanged"] / inputs["conversations"]


def _due(turns: Turns, days: float, answered: bool = False) -> Column:
    """Count the acts this way that are old enough to have been answered within some days, or those that were."""
    within, counts = round(days * DAY_MS), np.zeros(turns.rows)
    most = float(within) if answered else np.inf
    _count_due(turns.tie, turns.this_way, turns.at, turns.delay, turns.until - within, most, counts)
    return counts


@compiled
def _count_due(
    tie: Ties, this_way: Bools, at: NDArray[np.int64], delay: Column, until: int, most: float, counts: Column
) -> None:
    for i in range(len(tie)):
        counts[tie[i]] += this_way[i] & (at[i] <= until) & (delay[i] <= most)


@compiled
def _sum_logs(
    tie: Ties, this_way: Bools, at: NDArray[np.int64], delay: Column, until: int, most: int, number: Column,
    total: Column,
) -> None:  # fmt: skip
    for i in range(len(tie)):
        if this_way[i] & (at[i] <= until) & (delay[i] <= most):
            number[tie[i]] += 1
            total[tie[i]] += np.rint(np.log(delay[i] / HOUR_MS) * FIXED)


def _asked(inputs: Inputs) -> tuple[Column, Column]:
    """Return what each end was asked by the other."""
    return inputs["asked_ba"], inputs["asked_ab"]


def _answered(inputs: Inputs) -> tuple[Column, Column]:
    return inputs["answered_ba"], inputs["answered_ab"]


def _log_sums(inputs: Inputs) -> tuple[Column, Column]:
    """Return Σ ln delay as the multiple of 2⁻²⁰ that it is, so that sums over ties are exact."""
    delays = inputs["answer_delay_ba"], inputs["answer_delay_ab"]
    one, other = (n * np.log(delay) for n, delay in zip(_answered(inputs), delays, strict=True))
    return np.round(one * FIXED) / FIXED, np.round(other * FIXED) / FIXED
