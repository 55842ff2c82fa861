"""The backtest: figures by hand, rows prepared by the rules, and no look ahead."""

import numpy as np
import pytest

from relnet import registry
from relnet.assess.backtest import backtest
from relnet.assess.history import prepared
from relnet.assess.metrics import Ranked, brier_skill, weights_of_accounts
from relnet.errors import InputError
from relnet.network.view import NetworkView
from relnet.plugin import Feature, Inputs, Scorer
from tests.builders import Acts, workspace_of

DAY = 86_400_000
T0 = 1_600_000_000_000
ALL = (("*", "between"),)


def test_figures_by_hand() -> None:
    truth, score = np.array([1.0, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1])
    found = Ranked.of(truth, score).measures()
    assert found["average_precision"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["auc"] == pytest.approx(3 / 4)
    assert found["brier"] == pytest.approx((0.01 + 0.64 + 0.09 + 0.01) / 4)
    assert found["ece"] == pytest.approx((0.1 + 0.8 + 0.3 + 0.1) / 4)  # one pair a bin
    assert brier_skill(truth, found["brier"]) == pytest.approx(1 - found["brier"] / 0.25)


def test_equal_scores_are_one_step_and_unknown_ones_come_last() -> None:
    found = Ranked.of(np.array([1.0, 0, 1, 0]), np.array([0.5, 0.5, np.nan, 0.2])).measures(probability=False)
    assert found["average_precision"] == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert found["auc"] == pytest.approx((1.5 + 0) / 4)
    assert np.isnan(found["brier"])
    nobody = Ranked.of(np.zeros(2), np.array([0.1, 0.2])).measures()
    assert np.isnan(nobody["auc"]) and np.isnan(nobody["average_precision"])


def test_weights_are_the_products_of_how_often_each_account_is_drawn() -> None:
    ends = np.array([[0, 1], [1, 2], [0, 2]], dtype=np.int32)
    draws = np.array(list(weights_of_accounts(ends, 4000, seed=1)))
    assert draws.mean(axis=0) == pytest.approx([1, 1, 1], abs=0.08)
    alike = Ranked.of(np.array([1.0, 0, 1]), np.array([0.9, 0.5, 0.4]))
    assert alike.measures(np.array([2.0, 1, 0]))["average_precision"] == 1


def history(folder, rows, **options):
    workspace = workspace_of(folder, Acts(rows=tuple(rows), **options))
    return prepared(NetworkView(workspace.log, workspace.imports()))


def test_rows_are_prepared_by_the_rules(tmp_path) -> None:
    rows = [
        ("a", "a", "reply", T0),
        ("a", "b", "message", T0), ("a", "b", "message", T0),  # the same again, no ids
        ("a", "c", "message", T0, {"event": "1"}), ("a", "c", "message", T0, {"event": "2"}),
        ("a", "d", "reply", T0 + DAY), ("a", "d", "mention", T0 + DAY + 400), ("d", "a", "mention", T0 + DAY),
        ("a", "d", "like", T0), ("a", "d", "reply", None),
    ]  # fmt: skip
    with history(tmp_path, rows) as found:
        acts = found.at(T0 + 9 * DAY, 90).connection.execute("SELECT kind, count(*) FROM acts GROUP BY 1").fetchall()
        assert sorted(acts) == [("mention", 1), ("message", 3), ("reply", 1)]
        assert (found.first, found.last, found.quantile(0.5)) == (T0, T0 + DAY, T0)
    with pytest.raises(InputError, match="no dated act"), history(tmp_path / "b", [("a", "b", "reply", None)]):
        pass


class Said(Scorer):
    """What a test says of each pair, by the number of its acts; keeps what it was fitted to."""

    name, version = "said", "1"
    needs = ("count_ab", "count_ba")
    rate: float = 0.1

    def score(self, inputs: Inputs):
        return np.clip((inputs["count_ab"] + inputs["count_ba"]) * self.rate, 0, 1)

    def fit(self, inputs: Inputs, outcome):
        return Said(rate=float(outcome.mean()))


def judged(folder, rows, **options):
    plugins = registry.find()
    with history(folder, rows) as found:
        return backtest(
            found, [Said(), plugins.make(Scorer, "engagement")], plugins.usable(Feature)[0], window_days=10, **options
        )


def talks(*pairs: str, day: float) -> list[tuple]:
    return [(*ends, "message", T0 + int(day * DAY)) for pair in pairs for ends in (tuple(pair), tuple(pair[::-1]))]


ROWS = [
    *talks("ab", "ac", "bd", day=2), *talks("ab", "ac", "cd", day=12), *talks("ab", "ac", "bc", day=22),
    *talks("ab", day=32), ("a", "c", "message", T0 + 33 * DAY), *talks("cd", day=36), *talks("xy", day=34),
]  # fmt: skip
NOW = T0 + 25 * DAY


def test_candidates_targets_and_windows(tmp_path) -> None:
    mutual = judged(tmp_path / "a", ROWS, as_of=NOW, draws=5)
    assert (mutual.pairs, mutual.positives, mutual.whole_window) == (5, 1, True)  # not x–y, first met later
    assert judged(tmp_path / "b", ROWS, as_of=NOW, target="any", draws=5).positives == 2
    names = [each.name for each in mutual.scorers]
    assert {"count", "S", "P_mut", "Adamic-Adar", "engagement", "engagement (defaults)", "said"} <= set(names)
    said = {each.name: each for each in mutual.scorers}
    # fitted last on the outcomes of days 15–25: two of the four pairs met by then live on
    assert said["said (defaults)"].brier.value == pytest.approx(((1 - 0.6) ** 2 + 0.6**2 + 3 * 0.2**2) / 5)
    assert said["said"].brier.value == pytest.approx((0 + 1 + 3 * 1) / 5)
    assert (said["said"].seen_before["pairs"], said["said"].new["pairs"]) == (4, 1)
    assert np.isnan(said["count"].brier.value) and said["count"].average_precision.value == 0.5


def test_nothing_after_the_moment_is_seen(tmp_path) -> None:
    before = [row for row in ROWS if row[3] <= NOW]
    after = [*talks("bd", day=30), *talks("az", day=26)] * 3
    one, other = (
        judged(tmp_path / "a", ROWS, as_of=NOW, draws=1),
        judged(tmp_path / "b", before + after, as_of=NOW, draws=1),
    )
    assert one.positives == other.positives == 1 and not np.array_equal(one.truth, other.truth)
    assert one.scores.keys() == other.scores.keys()
    for name, score in one.scores.items():
        assert score == pytest.approx(other.scores[name], abs=1e-12), name


def test_a_cut_before_everything_is_refused(tmp_path) -> None:
    with pytest.raises(InputError, match="before the cut"):
        judged(tmp_path, ROWS, as_of=T0 - DAY)
