import math

import numpy as np
import pytest
from relnet_backbone import AboveNoise, Backbone, Disparity, NoiseCorrected, noise_corrected
from relnet_backbone.normal import normal_chance

from relnet.plugin import Inputs, Structure
from relnet.testing import checks_for

test_disparity = checks_for(Disparity())
test_noise_corrected = checks_for(NoiseCorrected())
test_backbone = checks_for(Backbone(), beside=[Disparity()])
test_above_noise = checks_for(AboveNoise(), beside=[NoiseCorrected()])

STAR = [(0, 1, 90), (0, 2, 5), (0, 3, 5)]
"""Account 0 writes to three: ninety acts, five, five; nobody else writes."""


def inputs(ties: list[tuple[int, int, float]], known: float = 1.0) -> Inputs:
    a, b, acts = (np.array(column) for column in zip(*ties, strict=True))
    ones = np.full(len(a), known)
    columns = {
        "count_ab": acts.astype(float), "count_ba": np.zeros(len(a)), "sent_known_ab": ones.copy(), "met_known_ba": ones
    }  # fmt: skip
    around = Structure(np.stack([a, b], axis=1).astype(np.int32), lambda: iter(()))
    return Inputs(columns, a, b, 0, structure=lambda: around)


def test_disparity_is_the_chance_of_the_share_and_one_tie_says_nothing() -> None:
    found = Disparity().derive(inputs(STAR))
    assert np.allclose(found, [(1 - 0.9) ** 2, (1 - 0.05) ** 2, (1 - 0.05) ** 2])
    assert Disparity().derive(inputs([(0, 1, 4)])).tolist() == [1.0]


def test_totals_that_are_not_covered_are_unknown() -> None:
    for feature in (Disparity(), NoiseCorrected()):
        assert np.isnan(feature.derive(inputs(STAR, known=0))).all()


def test_the_variance_of_the_noise_corrected_weight_is_that_of_the_paper() -> None:
    weight, sent, got, everything = 30.0, 60.0, 50.0, 400.0
    mean = sent * got / everything**2
    spread = sent * got * (everything - sent) * (everything - got) / (everything**4 * (everything - 1))
    hits = mean**2 / spread * (1 - mean) - mean
    misses = mean * ((1 - mean) ** 2 / spread + 1) - 1
    assert hits / (hits + misses) == pytest.approx(mean)
    assert hits * misses / ((hits + misses) ** 2 * (hits + misses + 1)) == pytest.approx(spread)
    chance = (hits + weight) / (hits + misses + everything)

    def lift(w: float, own: float) -> float:
        # The delta method moves the weight together with both totals and the sum of all.
        kappa = (everything + own) / ((sent + own) * (got + own))
        return (kappa * w - 1) / (kappa * w + 1)

    kappa, step = everything / (sent * got), 1e-5
    change = 1 / (sent * got) - everything * (sent + got) / (sent * got) ** 2
    moved = (everything + step) / ((sent + step) * (got + step))
    assert change == pytest.approx((moved - kappa) / step, rel=1e-4)
    slope = (lift(weight + step, step) - lift(weight, 0)) / step
    expected = lift(weight, 0) / math.sqrt(everything * chance * (1 - chance) * slope**2)
    found = noise_corrected(*(np.array([value]) for value in (weight, sent, got)), everything)
    assert found[0] == pytest.approx(expected, rel=1e-3)


def test_a_weight_as_expected_is_noise_and_a_heavy_one_is_not() -> None:
    even = [(i, j + 10, 10) for i in range(4) for j in range(4)]
    heavy = [(i, j, 100 if i + 10 == j else w) for i, j, w in even]
    assert np.allclose(NoiseCorrected().derive(inputs(even)), 0)
    found = NoiseCorrected().derive(inputs(heavy))
    assert found[0] > 3 > 0 > found[1]


def test_the_normal_distribution() -> None:
    z = np.array([-1.959964, 0, 1.281552, 40, np.nan])
    assert np.allclose(normal_chance(z), [0.025, 0.5, 0.9, 1, np.nan], atol=1e-6, equal_nan=True)
