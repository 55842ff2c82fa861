"""Shares corrected for the labels' errors: right with few fakes and with many, and silent where nothing can be told."""

import numpy as np
import pytest

from relnet.assess.assessment import LABELS, AccountLabels
from relnet.assess.prevalence import Rates, corrected_share, prevalence, weighted, wilson
from relnet.plugin import LabelErrors

ERRORS = np.array([[90.0, 10.0], [6.0, 970.0], [4.0, 20.0]])


def labels(fake: int, idle: int, good: int, undated: int = 0, said: tuple[str, ...] = ()) -> AccountLabels:
    n = fake + idle + good + undated + len(said)
    p_fake = np.full(n, 0.01)
    p_fake[:fake] = 0.9
    p_inactive = np.zeros(n)
    p_inactive[fake : fake + idle] = 1
    p_inactive[:fake] = p_inactive[fake + idle + good :] = np.nan
    codes = np.zeros(n, np.int8)
    overridden = np.zeros(n, bool)
    for i, word in enumerate(said, n - len(said)):
        codes[i], overridden[i], p_fake[i] = LABELS.index(word), True, np.nan
    return AccountLabels(codes, p_fake, p_inactive, np.zeros(n, np.uint8), overridden)


def shares(given: AccountLabels, answers: np.ndarray | None = ERRORS):
    rows = np.arange(len(given.label))
    covered = np.isfinite(given.p_fake)
    return prevalence(given, rows, None if answers is None else LabelErrors(answers, covered, 0.5))


@pytest.mark.parametrize("truth", [0.02, 0.1, 0.5])
@pytest.mark.parametrize(("recall", "spared"), [(0.978, 0.997), (0.944, 0.9988), (0.75, 0.99)])
def test_the_interval_covers_the_truth(truth, recall, spared) -> None:
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(500):
        rates = Rates(rng.binomial(900, recall), 900, rng.binomial(1500, spared), 1500)
        called = rng.binomial(400, truth * recall + (1 - truth) * (1 - spared))
        share = corrected_share(int(called), 400, rates)
        covered += share.low <= truth <= share.high
    assert covered >= 0.93 * 500


def test_false_alarms_alone_are_no_fakes() -> None:
    # 1 % of genuine accounts are called fake: so many were called, and none need be fake.
    share = corrected_share(5, 500, Rates(900, 1000, 990, 1000))
    assert share.value == 0 and share.low == 0 and 0 < share.high < 0.03


def test_shares_add_up_and_show_the_sample() -> None:
    found = shares(labels(100, 60, 340))
    assert found.fake.value == pytest.approx((0.2 + 0.99 - 1) / 0.89)
    assert found.fake.value + found.inactive.value + found.good.value == pytest.approx(1)
    assert found.inactive.value == pytest.approx((1 - found.fake.value) * 0.15)
    assert found.corrected and found.fake.n == 500
    assert found.fake_at_least_recall.value > found.fake.value
    for share in (found.fake, found.inactive, found.good):
        assert share.low < share.value < share.high


def test_without_dates_good_and_inactive_are_unknown() -> None:
    found = shares(labels(10, 0, 0, undated=90))
    assert np.isfinite(found.fake.value) and np.isnan(found.inactive.value) and np.isnan(found.good.value)


def test_the_users_word_is_the_truth() -> None:
    alone = shares(labels(0, 0, 0, said=("fake", "good", "good", "inactive")))
    assert (alone.fake.value, alone.inactive.value, alone.good.value) == pytest.approx((0.25, 0.25, 0.5))
    assert shares(labels(0, 0, 100, said=("fake",) * 100)).fake.value == pytest.approx(0.5)


def test_nothing_is_said_where_nothing_can_be_told() -> None:
    blunt = shares(labels(10, 0, 90), np.array([[20.0, 10.0], [60.0, 70.0], [20.0, 20.0]]))
    assert np.isnan(blunt.fake.value) and blunt.fake.n == 0 and "too little apart" in blunt.why
    assert np.isnan(shares(labels(0, 0, 0)).fake.value)


def test_unmeasured_errors_leave_the_count_and_say_so() -> None:
    found = shares(labels(20, 0, 80), None)
    assert found.fake.value == 0.2 and not found.corrected and "not measured" in found.why


def test_a_mean_of_shares_is_as_sure_as_its_parts() -> None:
    one, other = wilson(8, 10), wilson(30, 40)
    whole = weighted([(1.0, one), (3.0, other)])
    assert whole.value == pytest.approx(0.25 * 0.8 + 0.75 * 0.75)
    assert one.low < whole.low and whole.high - whole.low < one.high - one.low
