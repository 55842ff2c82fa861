"""The headline score: what counts for it, what it says of itself, and how it learns."""

import numpy as np
import pytest

from relnet import registry
from relnet.assess.assessment import ties
from relnet.assess.explain import explain
from relnet.assess.run import scorer_inputs
from relnet.plugin import Scorer
from tests.builders import Acts, assessed

DAY = 86_400_000
T0 = 1_600_000_000_000
END = ("x", "y", "reply", T0 + 400 * DAY)
PARTS = {
    "reciprocity", "responsiveness", "conversation", "constancy", "vitality", "personal attention", "embeddedness",
    "authenticity",
}  # fmt: skip


def talk(one: str, other: str, days, **more) -> list[tuple]:
    """A message and its answer on each of the days."""
    return [
        (*ends, "message", T0 + day * DAY + late, more)
        for day in days
        for ends, late in (((one, other), 0), ((other, one), 3_600_000))
    ]


def engagement(folder, rows, **options) -> dict[str, float]:
    found = assessed(folder, Acts(rows=(*rows, END), owner="me", **options))
    mine = ties(found)
    return dict(
        zip((found.accounts.text("native_id", key) for key in mine.other), mine.score("engagement"), strict=True)
    )


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    rows = [
        *talk("me", "weekly", range(0, 400, 7)),
        *talk("me", "faded", range(0, 200, 7)),
        *talk("me", "once", [395]),
        *talk("ana", "weekly", range(0, 400, 5)),
        *talk("ana", "bob", range(0, 400, 9)),
        *[("me", "idol", "mention", T0 + day * DAY) for day in range(0, 400, 3)],
        ("me", "liked", "like", T0 + 399 * DAY),
        ("me", "undated", "reply", None),
        END,
    ]
    return assessed(tmp_path_factory.mktemp("engagement"), Acts(rows=tuple(rows), owner="me"))


@pytest.fixture(scope="module")
def score(network):
    mine = ties(network)
    return dict(
        zip((network.accounts.text("native_id", key) for key in mine.other), mine.score("engagement"), strict=True)
    )


def inputs_of(network, scorer):
    return scorer_inputs(scorer, network.connections, network.scores, network.header.as_of, frozenset())


def test_living_ties_lead_and_one_sided_or_faded_ones_follow(score) -> None:
    assert score["weekly"] > score["once"] > score["faded"]
    assert score["weekly"] > score["idol"]


def test_only_dated_acts_count(score, tmp_path) -> None:
    assert np.isnan(score["liked"]) and np.isnan(score["undated"])
    rows = talk("me", "ana", [390])
    noise = [("ana", "me", "like", T0 + 399 * DAY, {"event": str(i)}) for i in range(50)]
    noise += [("ana", "me", "reply", None, {"event": f"u{i}"}) for i in range(50)]
    plain, noisy = engagement(tmp_path / "a", rows), engagement(tmp_path / "b", [*rows, *noise])
    assert plain["ana"] == pytest.approx(noisy["ana"], abs=1e-12)


def test_a_side_that_is_not_covered_enters_at_its_floor(tmp_path) -> None:
    rows = [("me", "ana", "reply", T0 + day * DAY) for day in range(0, 400, 3)]
    whole = engagement(tmp_path / "a", rows)
    out_only = engagement(tmp_path / "b", rows, covered=(("*", "out", "me"),))
    assert out_only["ana"] == pytest.approx(whole["ana"], abs=1e-12)


def test_each_part_is_one_of_the_eight_and_they_add_up_to_the_log_odds(network) -> None:
    scorer = registry.find().make(Scorer, "engagement")
    known = np.flatnonzero(np.isfinite(network.scores["engagement"]))
    evidence = scorer.explain(inputs_of(network, scorer), known)
    p = network.scores["engagement"][known]
    assert set(evidence.parts) == PARTS
    assert np.allclose(evidence.base + sum(evidence.parts.values()), np.log(p / (1 - p)), rtol=0, atol=1e-9)


def test_the_interval_holds_the_score_and_is_wider_where_less_was_seen(network, tmp_path) -> None:
    scorer = registry.find().make(Scorer, "engagement")

    def width(found, name: str) -> float:
        low, high = scorer.interval(inputs_of(found, scorer))
        mine = ties(found)
        [row] = [mine.rows[i] for i, key in enumerate(mine.other) if found.accounts.text("native_id", key) == name]
        assert low[row] < found.scores["engagement"][row] < high[row]
        return high[row] - low[row]

    assert width(network, "once") > width(network, "idol")
    rows = (*(("me", "ana", "reply", T0 + day * DAY) for day in range(0, 400, 3)), END)
    whole = assessed(tmp_path / "a", Acts(rows=rows, owner="me"))
    out_only = assessed(tmp_path / "b", Acts(rows=rows, owner="me", covered=(("*", "out", "me"),)))
    assert width(out_only, "ana") > width(whole, "ana")
    found = explain(ties(out_only), 0, registry.find())[0]
    assert (found.scorer, found.low < found.score < found.high) == ("engagement", True)


def test_the_horizon_is_a_parameter_of_the_run(network, tmp_path) -> None:
    rows = tuple(talk("me", "ana", range(0, 400, 40)))
    near, far = (assessed(tmp_path, Acts(rows=rows, owner="me"), horizon_days=days) for days in (7.0, 365.0))
    assert near.header.run_id != far.header.run_id and near.header.horizon_days == 7
    assert near.scores["engagement"][0] < far.scores["engagement"][0]


def test_a_fit_is_held_to_the_shipped_weights_and_never_turns_one_around(network) -> None:
    scorer = registry.find().make(Scorer, "engagement")
    draw = np.random.default_rng(3)
    n = 2000
    made = scorer_inputs(scorer, network.connections, network.scores, 0, frozenset()).take(
        draw.choice(np.flatnonzero(np.isfinite(network.scores["engagement"])), n)
    )
    few = np.zeros(n, dtype=bool)
    few[:3] = True
    assert scorer.fit(made, few) == scorer
    shuffled = draw.random(n) < 0.3
    fitted = scorer.fit(made, shuffled)
    assert all(weight >= 0 for weight in fitted.weights.values())
    again = fitted.fit(made, shuffled)
    grown = np.linalg.eigvalsh(np.array(again.precision)) - np.linalg.eigvalsh(np.array(fitted.precision))
    assert grown.min() > -1e-6 and grown.max() > 0


def test_a_run_can_refit_to_its_own_record(tmp_path) -> None:
    people = [f"p{i}" for i in range(60)]
    rows = [row for i, who in enumerate(people) for row in talk("me", who, range(i % 7, 400 - 3 * i, 9))]
    plain, own = (
        assessed(tmp_path, Acts(rows=tuple(rows), owner="me"), refit=refit, horizon_days=30) for refit in (False, True)
    )
    weights = [each.header.plugins["scorer engagement"]["parameters"]["weights"] for each in (plain, own)]
    assert weights[0] is None and min(weights[1].values()) >= 0 and plain.header.run_id != own.header.run_id
    first = explain(ties(own), 0, registry.find())[0]
    p = first.score
    assert first.base + sum(part.effect for part in first.parts) == pytest.approx(np.log(p / (1 - p)), abs=1e-9)
    short = assessed(tmp_path / "short", Acts(rows=tuple(talk("me", "ana", [1, 2])), owner="me"), refit=True)
    assert short.header.plugins["scorer engagement"]["parameters"]["weights"] is None
