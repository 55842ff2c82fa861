import numpy as np
from relnet_timezone import AwakeTogether, SharedHours

from relnet.plugin import Hours
from relnet.testing import checks_for

test_shared_hours = checks_for(SharedHours())
test_awake_together = checks_for(AwakeTogether(), beside=[SharedHours()])


def hours(*acts: dict[int, int]) -> Hours:
    table = np.zeros((len(acts), 24))
    for row, by_hour in enumerate(acts):
        for hour, count in by_hour.items():
            table[row, hour] = count
    return Hours(acts=table, ends=np.array([(0, i) for i in range(len(acts))], dtype=np.int32))


def test_the_clock_is_round_and_opposite_days_do_not_meet() -> None:
    found = SharedHours().over(hours({23: 100}, {0: 50}, {11: 100}, {23: 7}))
    same, across_midnight, opposite, too_few = found
    assert same == 1
    assert across_midnight == 0.5  # smoothed, 23 h and 0 h share ¼ + ¼
    assert opposite == 0
    assert np.isnan(too_few)


def test_half_of_the_day_in_common_is_a_half() -> None:
    early = dict.fromkeys(range(0, 12), 100)
    shifted = dict.fromkeys(range(6, 18), 100)
    assert np.isclose(SharedHours().over(hours(early, shifted))[1], 0.5)
