"""What is computed some rows at a time is what all rows at once give."""

import numpy as np

from relnet import registry, runner
from relnet.assess.plan import features_for
from relnet.network.connections import columns_of, connect_pairs
from relnet.plugin import Feature, Scorer, parts
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
