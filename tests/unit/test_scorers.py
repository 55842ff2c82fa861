"""The built-in scorers keep the contract and say what their definitions say."""

import numpy as np
import pytest

from relnet import registry, runner
from relnet.assess.assessment import ties
from relnet.assess.explain import explain
from relnet.assess.run import assess, scorer_inputs
from relnet.plugin import Inputs, Scorer
from tests.builders import Acts, assessed, workspace_of

DAY = 86_400_000
T0 = 1_600_000_000_000
SCORERS = registry.find().names("scorer")


def chat(one: str, other: str, days: list[int]) -> list[tuple]:
    return [
        row
        for day in days
        for row in ((one, other, "reply", T0 + day * DAY), (other, one, "reply", T0 + day * DAY + 60_000))
    ]


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    rows = [
        *chat("me", "weekly", list(range(0, 400, 7))),
        *chat("me", "faded", list(range(0, 200, 7))),
        *chat("me", "yearly", [0, 390]),
        *chat("me", "burst", [399] * 1),
        *[("me", "idol", "mention", T0 + day * DAY) for day in range(0, 400, 5)],
        *chat("ana", "bob", list(range(0, 400, 9))),
    ]
    facts = {"followers": 300, "following": 200, "posts": 900, "likes": 400, "listed": 3, "has_bio": True,
             "has_banner": True, "default_avatar": False, "last_active_at": T0 + 399 * DAY}  # fmt: skip
    names = ("weekly", "faded", "yearly", "burst", "idol", "ana", "bob")
    profiles = tuple({"native_id": name, "handle": name, **facts} for name in names)
    return assessed(tmp_path_factory.mktemp("scorers"), Acts(rows=tuple(rows), owner="me", profiles=profiles))


def scores(network, name: str) -> dict[str, float]:
    mine = ties(network)
    return {
        network.accounts.text("native_id", key): value for key, value in zip(mine.other, mine.score(name), strict=True)
    }


def test_reciprocity_is_zero_one_sided_and_shrunk_when_few(network) -> None:
    found = scores(network, "reciprocity")
    assert found["idol"] == 0
    assert found["weekly"] > found["yearly"] > found["burst"] > 0


def test_vitality_follows_the_own_rhythm(network) -> None:
    found = scores(network, "vitality")
    assert found["weekly"] > 0.5 and found["yearly"] > 0.5
    assert found["faded"] < 0.01
    assert np.isnan(found["burst"])


def test_constancy_tells_a_habit_from_a_burst(network) -> None:
    found = scores(network, "constancy")
    assert found["weekly"] > 0.9 > found["faded"] > found["yearly"]


@pytest.mark.parametrize("name", SCORERS)
def test_evidence_adds_up_to_the_score(network, name) -> None:
    plugin = registry.find().make(Scorer, name)
    inputs = scorer_inputs(
        plugin, network.connections, network.scores, network.header.as_of, frozenset(network.header.me)
    )
    known = np.flatnonzero(np.isfinite(network.scores[name]))
    evidence = plugin.explain(inputs, known)
    assert len(known) and np.allclose(evidence.total(), network.scores[name][known], atol=1e-9)


@pytest.mark.parametrize("name", SCORERS)
def test_every_answer_can_be_followed_down(network, name) -> None:
    mine = ties(network)
    for row in range(len(mine)):
        [found] = [each for each in explain(mine, row, registry.find()) if each.scorer == name]
        assert found.unknown if np.isnan(found.score) else found.parts


@pytest.mark.parametrize("name", SCORERS)
def test_scores_do_not_depend_on_names_order_or_calendar(tmp_path, name) -> None:
    draw = np.random.default_rng(5)
    rows = [
        (f"p{s}", f"p{t}", "reply", T0 + int(at))
        for s, t, at in draw.integers(0, [12, 12, 90 * DAY], (400, 3))
        if s != t
    ]
    shift = 53 * 7 * DAY

    def fingerprint(folder: str, acts) -> list[float]:
        found = assessed(tmp_path / folder, Acts(rows=tuple(acts)))
        return sorted(np.round(found.scores[name][np.isfinite(found.scores[name])], 9))

    plain = fingerprint("plain", rows)
    assert plain == fingerprint("renamed", [(f"q{s[1:]}7", f"q{t[1:]}7", kind, at) for s, t, kind, at in rows])
    assert plain == fingerprint("shuffled", draw.permutation(np.array(rows, dtype=object)).tolist())
    assert plain == fingerprint("moved", [(s, t, kind, at + shift) for s, t, kind, at in rows])


class Broken(Scorer):
    name, version = "broken", "1"
    fault: str = ""

    def score(self, inputs: Inputs):
        print("noise")
        return {
            "raise": lambda: 1 / 0,
            "shape": lambda: np.zeros(3),
            "dtype": lambda: np.zeros(inputs.rows, dtype=int),
            "range": lambda: np.full(inputs.rows, 7.0),
            "list": lambda: [0.0] * inputs.rows,
        }[self.fault]()


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("raise", "ZeroDivisionError"),
        ("shape", "shape (3,)"),
        ("dtype", "dtype int64"),
        ("range", "outside 0 to 1"),
        ("list", "list"),
    ],
)
def test_a_broken_scorer_is_named_and_left_out(tmp_path, fault, says, capsys) -> None:
    workspace = workspace_of(tmp_path, Acts(rows=tuple(chat("me", "ana", [1, 2, 3])), owner="me"))
    entries = [*registry.find(), registry.Entry("scorer", "broken", "test", found=Broken)]
    plugins = registry.Registry(entries, {"broken": {"fault": fault}})
    found = assess(workspace, plugins)
    assert np.isnan(found.scores["broken"]).all() and np.isfinite(found.scores["constancy"]).all()
    assert any(says in warning and "broken" in warning for warning in found.header.warnings)
    assert capsys.readouterr().out == ""
    assert runner.score(
        plugins.make(Scorer, "broken"), Inputs({}, np.zeros(1, np.int64), np.zeros(1, np.int64), 0)
    ).failure
