"""What must hold for engagement on any record: missing data never pays, a new exchange never costs, names do not matter."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relnet import registry
from relnet.assess.plan import features_for
from relnet.assess.run import scorer_inputs
from relnet.network.connections import connect_pairs
from relnet.network.view import NetworkView
from relnet.plugin import Feature, Scorer
from tests.builders import Acts, workspace_of

DAY = 86_400_000
WEEK = 7 * DAY
T0 = 1_600_000_000_000
NOW = T0 + 400 * DAY
RHYTHM = (0.8, 8.0, 0.6, 1.7)
FOUND = registry.find()
HELD = registry.Registry(
    FOUND,
    {"engagement": {"intercept": -1.0}, "rhythm_fine": {"rhythm": RHYTHM}, "rhythm_coarse": {"rhythm": RHYTHM}},
)
PEOPLE = "abcde"
some = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])

acts = st.tuples(
    st.sampled_from(PEOPLE),
    st.sampled_from(PEOPLE),
    st.sampled_from(["reply", "message", "mention"]),
    st.integers(T0, NOW).map(lambda at: at // 1000 * 1000),
    st.integers(1, 4).map(lambda n: {"audience": n}),
).filter(lambda act: act[0] != act[1])
records = st.lists(acts, min_size=1, max_size=40)


def engagement(*records, fixed=True, now=NOW, covered=(("*", "between"),)) -> dict[tuple[str, str], float]:
    """Score of each pair of people, with the fitted parameters held fixed or not."""
    plugins = HELD if fixed else FOUND
    scorer = plugins.make(Scorer, "engagement")
    with TemporaryDirectory() as folder:
        sources = [Acts(rows=tuple(rows), covered=covered) for rows in records]
        workspace = workspace_of(Path(folder), *sources)
        view = NetworkView(workspace.log, workspace.imports(), now)
        found = connect_pairs(view, features_for(scorer.needs, plugins.usable(Feature)[0]))
        who = dict(view.connection.execute("SELECT DISTINCT account, native_id FROM observations").fetchall())
    score = scorer.score(scorer_inputs(scorer, found, {}, now, frozenset()))
    assert ((score >= 0) & (score <= 1)).all()
    return {tuple(sorted((who[a], who[b]))): p for a, b, p in zip(found.a, found.b, score, strict=True)}


def never_rises(before: dict, after: dict) -> None:
    for pair, score in after.items():
        assert score <= before[pair] + 1e-9, pair


@some
@given(records, st.sampled_from(PEOPLE[1:]))
def test_a_new_exchange_both_ways_now_never_lowers_any_score(rows, other) -> None:
    both = [(*ends, "reply", NOW, {"audience": 1}) for ends in (("a", other), (other, "a"))]
    before, after = engagement(rows), engagement([*rows, *both])
    never_rises(after, before)
    if ("a", other) in before:
        assert after["a", other] > before["a", other]


@some
@given(records, st.data())
def test_taking_a_direction_a_kind_or_history_away_never_raises_any_score(rows, data) -> None:
    keep = data.draw(
        st.sampled_from(
            [
                lambda act: act[0] < act[1],
                lambda act: act[0] == "a",
                lambda act: act[2] != "reply",
                lambda act: act[3] > T0 + 200 * DAY,
                lambda act: act[3] < T0 + 200 * DAY,
                lambda act: act[3] % 3000,
            ]
        )
    )
    less = [act for act in rows if keep(act)]
    if less:
        never_rises(engagement(rows), engagement(less))


@some
@given(records)
def test_less_coverage_of_the_same_acts_changes_nothing(rows) -> None:
    assert engagement(rows) == engagement(rows, covered=(("reply", "out", "a"),))


@some
@given(records, st.permutations(PEOPLE), st.randoms(use_true_random=False), st.integers(1, 60))
def test_names_order_calendar_and_the_splitting_of_an_import_do_not_matter(rows, names, random, weeks) -> None:
    named = [(s, t, kind, at, {**more, "event": str(i)}) for i, (s, t, kind, at, more) in enumerate(rows)]
    plain = engagement(named, fixed=False)
    new = dict(zip(PEOPLE, names, strict=True))
    renamed = engagement([(new[s], new[t], *rest) for s, t, *rest in named], fixed=False)
    same(plain, {tuple(sorted((new[a], new[b]))): pair for a, b in plain for pair in [(a, b)]}, renamed)
    shuffled = random.sample(named, len(named))
    itself = {pair: pair for pair in plain}
    same(plain, itself, engagement(shuffled, fixed=False))
    moved = [(s, t, kind, at + weeks * WEEK, more) for s, t, kind, at, more in named]
    same(plain, itself, engagement(moved, fixed=False, now=NOW + weeks * WEEK))
    parts = [part for part in (named[::3], named[1::3], named[2::3], named[::2]) if part]
    same(plain, itself, engagement(*parts, fixed=False))


def same(plain: dict, place: dict, other: dict) -> None:
    assert {pair: plain[at] for pair, at in place.items()} == pytest.approx(other, abs=1e-9)
    assert not any(np.isnan(score) for score in other.values())
