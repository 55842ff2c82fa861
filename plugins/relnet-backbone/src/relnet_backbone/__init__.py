"""Ties that stand out from what their ends do anyway: disparity filter and noise-corrected weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column, Evidence, Feature, Inputs, Scorer
from relnet_backbone.normal import normal_chance


class Disparity(Feature):
    """Chance of such a share of an end's acts if it spread them at random, each way: small stands out. Unit: chance.

    Formula: min((1 − w / s_out) ** (k_out − 1), (1 − w / s_in) ** (k_in − 1)), w acts this way, s and k acts and ties
    that the sender gives to and the receiver gets from; 1 for an end with one tie. An end whose total is not covered
    is left out; unknown where both are. Source: Serrano, Boguñá and Vespignani 2009.
    """

    name, version = "disparity", "1"
    unit, table, directed, portable = "chance", "columns", True, False
    needs = ("count_ab", "count_ba", "sent_known_ab", "met_known_ba")
    rowwise = False

    def derive(self, inputs: Inputs) -> Column:
        """Return float64[n] in [0, 1], NaN where unknown."""
        (sent, ties_out), (got, ties_in) = totals(inputs)
        weight = inputs["count_ab"]
        by_sender = np.where(inputs["sent_known_ab"] > 0, _chance(weight, sent, ties_out), np.nan)
        by_receiver = np.where(inputs["met_known_ba"] > 0, _chance(weight, got, ties_in), np.nan)
        return np.fmin(by_sender, by_receiver)


class NoiseCorrected(Feature):
    """Standard deviations by which a weight lies above what both ends' totals let expect, each way. Unit: deviations.

    Formula: L / √V(L), L = (κ w − 1) / (κ w + 1), κ = N / (n_i n_j), n_i acts of the sender, n_j acts towards the
    receiver, N all; V(L) by the delta method from a binomial w whose probability has a beta prior of mean n_i n_j / N²
    and hypergeometric variance. Unknown where a total is not covered. Source: Coscia and Neffke 2017.
    """

    name, version = "noise_corrected", "1"
    unit, table, directed, portable = "deviations", "columns", True, False
    needs = ("count_ab", "count_ba", "sent_known_ab", "met_known_ba")
    rowwise = False

    def derive(self, inputs: Inputs) -> Column:
        """Return float64[n], NaN where unknown."""
        (sent, _), (got, _) = totals(inputs)
        everything = float(np.nansum(inputs["count_ab"]) + np.nansum(inputs["count_ba"]))
        found = noise_corrected(inputs["count_ab"], sent, got, everything)
        return np.where((inputs["sent_known_ab"] > 0) & (inputs["met_known_ba"] > 0), found, np.nan)


class Backbone(Scorer):
    """How surely a tie is no accident of what its ends do anyway, by the direction that stands out more.

    Formula: 1 − the smaller `disparity`. Unknown where it is unknown both ways. Source: Serrano et al. 2009.
    """

    name, version = "backbone", "1"
    needs = ("disparity_ab", "disparity_ba")

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n] in [0, 1], NaN where unknown."""
        return 1 - np.fmin(inputs["disparity_ab"], inputs["disparity_ba"])

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return which direction it rests on."""
        there, back = (np.nan_to_num(inputs[name][rows], nan=2.0) for name in self.needs)
        first = there <= back
        parts = {"disparity_ab": np.where(first, -there, 0.0), "disparity_ba": np.where(first, 0.0, -back)}
        return Evidence(np.ones(len(rows)), parts)


class AboveNoise(Scorer):
    """Chance that a tie is stronger than noise, by the direction that stands out more.

    Formula: Φ(the greater `noise_corrected`). Unknown where it is unknown both ways. Source: Coscia and Neffke 2017.
    """

    name, version = "above_noise", "1"
    needs = ("noise_corrected_ab", "noise_corrected_ba")

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n] in [0, 1], NaN where unknown."""
        return normal_chance(np.fmax(inputs["noise_corrected_ab"], inputs["noise_corrected_ba"]))


def totals(inputs: Inputs) -> tuple[tuple[Column, Column], tuple[Column, Column]]:
    """Return acts and ties that the sender gives to anyone, and those that the receiver gets from anyone."""
    sent, ties_out = inputs.totals(_sent), inputs.totals(_ties_out)
    got, ties_in = inputs.totals(_got, end=1), inputs.totals(_ties_in, end=1)
    return (sent, ties_out), (got, ties_in)


def _sent(inputs: Inputs) -> tuple[Column, Column]:
    return inputs["count_ab"], inputs["count_ba"]


def _got(inputs: Inputs) -> tuple[Column, Column]:
    return inputs["count_ba"], inputs["count_ab"]


def _ties_out(inputs: Inputs) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    return inputs["count_ab"] > 0, inputs["count_ba"] > 0


def _ties_in(inputs: Inputs) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    return inputs["count_ba"] > 0, inputs["count_ab"] > 0


def _chance(weight: Column, total: Column, ties: Column) -> Column:
    share = np.minimum(weight / np.maximum(total, 1), 1)
    return (1 - share) ** np.maximum(ties - 1, 0)


def noise_corrected(weight: Column, sent: Column, got: Column, everything: float) -> Column:
    """Return by how many standard deviations weights exceed their expectation, float64[n]."""
    both = np.where((sent > 0) & (got > 0), sent * got, np.nan)
    kappa = everything / both
    lift = (kappa * weight - 1) / (kappa * weight + 1)
    mean = both / everything**2
    spread = both * (everything - sent) * (everything - got) / (everything**4 * max(everything - 1, 1))
    spread = np.where(spread > 0, spread, np.nan)
    hits = mean**2 * (1 - mean) / spread - mean
    misses = mean * (1 - mean) ** 2 / spread - (1 - mean)
    chance = (hits + weight) / (hits + misses + everything)
    change = 1 / both - everything * (sent + got) / both**2
    slope = 2 * (kappa + weight * change) / (kappa * weight + 1) ** 2
    deviation = np.sqrt(everything * chance * (1 - chance)) * np.abs(slope)
    return lift / np.where(deviation > 0, deviation, np.nan)
