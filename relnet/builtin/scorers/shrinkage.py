"""How much a share of few counts: the strength of a prior, from how much shares differ beyond chance."""

from __future__ import annotations

import numpy as np

from relnet.plugin import Column
from relnet.plugin.parts import spans


def prior_strength(successes: Column, trials: Column, mean: float, least: int) -> float:
    """Return κ: the number of trials that the prior mean of a share is worth.

    Formula: the intra-class correlation of the beta-binomial by moments, ρ = (S − E)/(N − E), S = Σ n (x/n − m)² /
    (m (1 − m)), N = Σ n over E shares with n > 0; κ = 1/ρ − 1 (Kleinman 1973).

    Parameters
    ----------
    successes, trials
        float64[n]; shares without trials, or NaN, are left out.
    mean
        m, strictly between 0 and 1.
    least
        With fewer shares than this nothing is learned from them: κ = 2.
    """
    shares, everyone, spread = 0, 0.0, 0.0
    for low, high in spans(len(trials)):
        known = trials[low:high] > 0
        x, n = successes[low:high][known], trials[low:high][known]
        shares, everyone, spread = shares + len(n), everyone + n.sum(), spread + (n * (x / n - mean) ** 2).sum()
    if shares < least or everyone == shares or not 0 < mean < 1:
        return 2.0
    rho = float(np.clip((spread / (mean * (1 - mean)) - shares) / (everyone - shares), 0.001, 0.999))
    return 1 / rho - 1
