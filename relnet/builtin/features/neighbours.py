"""The company that a tie keeps: accounts that both ends have acts with.

Unknown where not all that either end sends and receives is covered: a stranger's other ties are not seen, not absent.
All are exact: every closed triple of accounts is visited once.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column, Feature, Inputs

FIXED: Final = 2.0**32
"""Terms are rounded to 2⁻³² and summed exactly, so that no order of rows or accounts changes a sum."""


class Neighbours(Feature):
    """Accounts that a has acts with, in either direction, each way (`_ba`: b). Unit: accounts."""

    name, version = "neighbours", "1"
    unit, table, directed, portable = "accounts", "columns", True, False
    rowwise = False
    needs = ("count_ab", "count_ba", "met_known_ab")

    def derive(self, inputs: Inputs) -> Column:
        """Return the number of accounts for a."""
        degrees = inputs.totals(_tied)
        degrees[~(inputs["met_known_ab"] > 0)] = np.nan
        return degrees


class SharedNeighbours(Feature):
    """Accounts that both have acts with. Unit: accounts. Source: embeddedness, Granovetter 1973."""

    name, version = "shared_neighbours", "1"
    unit, table, portable = "accounts", "columns", False
    rowwise = False
    needs = ("count_ab", "count_ba", "met_known_ab", "met_known_ba")

    def derive(self, inputs: Inputs) -> Column:
        """Return the number of closed triples of each connection."""
        shared = np.zeros(inputs.rows)
        for triple in inputs.structure().closed():
            for rows in triple:
                np.add.at(shared, rows, 1.0)
        return _where_known(shared, inputs)


class AdamicAdar(Feature):
    """Shared neighbours, those with few ties counting more. Unit: none.

    Formula: Σ over shared neighbours z of 1 / ln k_z, k its neighbours. Source: Adamic and Adar 2003.
    """

    name, version = "adamic_adar", "1"
    unit, table, portable = "index", "columns", False
    rowwise = False
    needs = ("count_ab", "count_ba", "met_known_ab", "met_known_ba")

    def derive(self, inputs: Inputs) -> Column:
        """Return the sum."""
        with np.errstate(divide="ignore"):
            worth = np.round(FIXED / np.log(np.maximum(inputs.account_totals(_tied), 2)))
        structure, total = inputs.structure(), np.zeros(inputs.rows)
        ends, (one, other) = structure.ends, (worth[of] for of in structure.ends.T)
        for triple in structure.closed():
            for rows, next_to in zip(triple, (triple[1], triple[2], triple[0]), strict=True):
                # The third account of the triple is the end of a neighbouring connection that this one lacks.
                shared = (ends[next_to, 0] == ends[rows, 0]) | (ends[next_to, 0] == ends[rows, 1])
                np.add.at(total, rows, np.where(shared, other[next_to], one[next_to]))
        return _where_known(total / FIXED, inputs)


class Overlap(Feature):
    """Share of the two's neighbours that are shared: 0 a bridge, 1 inside one circle. Unit: share.

    Formula: n / ((k_a − 1) + (k_b − 1) − n), n shared neighbours, k neighbours; unknown where neither has others.
    Source: Onnela et al. 2007.
    """

    name, version = "overlap", "1"
    unit, table, portable = "share", "columns", False
    needs = ("shared_neighbours", "neighbours_ab", "neighbours_ba")

    def derive(self, inputs: Inputs) -> Column:
        """Return the share."""
        n = inputs["shared_neighbours"]
        either = inputs["neighbours_ab"] + inputs["neighbours_ba"] - 2 - n
        return np.where(either > 0, n / np.where(either > 0, either, 1), np.nan)


def _tied(inputs: Inputs) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    tied = (inputs["count_ab"] > 0) | (inputs["count_ba"] > 0)
    return tied, tied


def _where_known(column: Column, inputs: Inputs) -> Column:
    return np.where((inputs["met_known_ab"] > 0) & (inputs["met_known_ba"] > 0), column, np.nan)
