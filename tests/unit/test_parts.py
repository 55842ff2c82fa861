"""What is computed some rows at a time is what all rows at once give."""

import numpy as np
import pytest

from relnet import registry, runner
from relnet.assess.plan import features_for
from relnet.builtin.scorers.shrinkage import prior_strength
from relnet.network.connections import columns_of, connect_pairs
from relnet.plugin import Feature, Inputs, Scorer, each_part, narrow, parts
from relnet.testing.networks import network


def everything() -> dict[str, np.ndarray]:
    """All features that come along, and all scores."""
    plugins, there = registry.find(), network()
    features, scorers = plugins.usable(Feature)[0], plugins.usable(Scorer)[0]
    needs = [name for feature in features for name in columns_of(feature)]
    found = dict(connect_pairs(there.view, features_for(needs, features), needs).features)
    for scorer in scorers:
        found[scorer.name] = runner.score(scorer, there.inputs(scorer)).value
    return found


def test_parts_give_what_all_rows_give(monkeypatch) -> None:
    whole = everything()
    monkeypatch.setattr(parts, "PART", 7)
    some = everything()
    assert len(whole["engagement"]) > 70 and whole.keys() == some.keys()
    for name, column in whole.items():
        np.testing.assert_allclose(some[name], column, rtol=1e-12, atol=1e-12, err_msg=name)


def test_columns_in_a_byte_a_row_give_what_numbers_give(monkeypatch) -> None:
    monkeypatch.setattr(parts, "PART", 7)
    some = everything()
    monkeypatch.setattr(narrow, "MANY", 1)
    for name, column in everything().items():
        np.testing.assert_array_equal(column, some[name], err_msg=name)


def test_each_part_is_given_once_and_in_order(monkeypatch) -> None:
    monkeypatch.setattr(parts, "PART", 7)
    given = {rows: each_part(lambda low, high: (low, high), rows) for rows in (0, 7, 17)}
    assert given == {0: [(0, 0)], 7: [(0, 7)], 17: [(0, 7), (7, 14), (14, 17)]}


def test_the_strength_of_a_prior_is_that_of_its_formula(monkeypatch) -> None:
    rng = np.random.default_rng(1)
    n = rng.integers(0, 9, 100).astype(float)
    x = rng.binomial(n.astype(int), rng.beta(2, 3, 100)).astype(float)
    n[::9] = np.nan
    some, of = x[n > 0], n[n > 0]
    mean = some.sum() / of.sum()
    spread = (of * (some / of - mean) ** 2).sum() / (mean * (1 - mean))
    rho = (spread - len(of)) / (of.sum() - len(of))
    monkeypatch.setattr(parts, "PART", 7)
    rows = np.arange(100)
    inputs = Inputs({"x": x, "n": n}, rows, rows, 0, frozenset())
    assert prior_strength(lambda part: [(part["x"], part["n"])], inputs, 10) == pytest.approx(1 / rho - 1)
    assert prior_strength(lambda part: [(part["x"], part["n"])], inputs, 100) == 2


def test_a_part_that_fails_is_said_as_the_plugins_failure(monkeypatch) -> None:
    class Late(Scorer):
        """Fails at the last connection only."""

        name = "late"
        needs = ("count_ab",)

        def score(self, inputs):
            if inputs.a[-1] == last:
                raise KeyError("the last")
            return np.full(inputs.rows, 0.5)

    inputs = network().inputs(Late())
    last = inputs.a[-1]
    monkeypatch.setattr(parts, "PART", 7)
    outcome = runner.score(Late(), inputs)
    assert outcome.value is None and "the last" in outcome.failure.message
