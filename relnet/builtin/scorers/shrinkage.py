"""How much a share of few counts: the strength of a prior, from how much shares differ beyond chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from relnet.plugin import Column, Inputs, each_part


def prior_strength(
    counts: Callable[[Inputs], Iterable[tuple[Column, Column]]], inputs: Inputs, least: int, mean: float | None = None
) -> float:
    """Return κ: the number of trials that the prior mean of a share is worth.

    Formula: the intra-class correlation of the beta-binomial by moments, ρ = (S − E)/(N − E), S = Σ n (x/n − m)² /
    (m (1 − m)), N = Σ n over E shares with n > 0; κ = 1/ρ − 1 (Kleinman 1973).

    Parameters
    ----------
    counts
        Called with some rows; gives successes x and trials n of the shares in them, float64 each. Shares without
        trials, or NaN, are left out.
    least
        With fewer shares than this nothing is learned from them: κ = 2.
    mean
        m; by default Σ x / Σ n.
    """

    def sums(low: int, high: int) -> Column:
        total = np.zeros(4)
        for x, n in counts(inputs.part(low, high)):
            tried = n > 0
            x, n = x[tried], n[tried]
            total += len(n), n.sum(), x.sum(), (x * x / n).sum()
        return total

    shares, trials, successes, squares = np.sum(each_part(sums, inputs.rows), axis=0)
    if shares < least or trials == shares:
        return 2.0
    mean = successes / trials if mean is None else mean
    if not 0 < mean < 1:
        return 2.0
    spread = squares - 2 * mean * successes + mean**2 * trials
    rho = float(np.clip((spread / (mean * (1 - mean)) - shares) / (trials - shares), 0.001, 0.999))
    return 1 / rho - 1
