"""What must not matter for any score: names, the order of rows, the calendar, and how a record was cut into imports."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import Acts, assessed

DAY = 86_400_000
WEEK = 7 * DAY
T0 = 1_600_000_000_000
PEOPLE = "abcde"
FACTS = {"followers": 300, "following": 200, "posts": 900, "has_bio": True, "last_active_at": T0 + 100 * DAY}

acts = st.tuples(
    st.sampled_from(PEOPLE),
    st.sampled_from(PEOPLE),
    st.sampled_from(["reply", "message", "mention", "like"]),
    st.integers(0, 300 * DAY).map(lambda ms: T0 + ms // 1000 * 1000),
    st.integers(1, 4),
).filter(lambda act: act[0] != act[1])


def numbered(rows: list[tuple]) -> list[tuple]:
    """Acts with event ids, each third answering the act before."""
    return [
        (s, t, kind, at, {"audience": crowd, "event": str(i), "parent": str(i - 1) if i % 3 == 1 else None})
        for i, (s, t, kind, at, crowd) in enumerate(rows)
    ]


def scores(*parts: list[tuple], since: int = 0) -> dict[str, dict[tuple[str, str], float]]:
    """Scores of each pair by scorer, through load and assess; profiles come with the first part."""
    profiles = tuple({"native_id": name, **FACTS, "last_active_at": FACTS["last_active_at"] + since} for name in PEOPLE)
    sources = [Acts(rows=tuple(part), profiles=profiles) for part in parts]
    with TemporaryDirectory() as folder:
        found = assessed(Path(folder), *sources)
    who = dict(zip(found.accounts.account.tolist(), found.accounts.columns["native_id"], strict=True))
    pairs = [tuple(sorted((who[a], who[b]))) for a, b in zip(found.connections.a, found.connections.b, strict=True)]
    assert any(np.isfinite(column).any() for column in found.scores.values())
    return {name: dict(zip(pairs, column.tolist(), strict=True)) for name, column in found.scores.items()}


def same(plain: dict, other: dict) -> None:
    assert plain.keys() == other.keys()
    for name, column in plain.items():
        assert column == pytest.approx(other[name], abs=1e-9, nan_ok=True), name


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(acts, min_size=4, max_size=40), st.permutations(PEOPLE), st.randoms(use_true_random=False),
    st.integers(1, 60),
)  # fmt: skip
def test_names_order_calendar_and_the_cutting_of_an_import_change_no_score(rows, names, random, weeks) -> None:
    rows = numbered(rows)
    plain = scores(rows)
    new = dict(zip(PEOPLE, names, strict=True))
    renamed = {
        name: {tuple(sorted((new[a], new[b]))): score for (a, b), score in column.items()}
        for name, column in plain.items()
    }
    same(renamed, scores([(new[s], new[t], *rest) for s, t, *rest in rows]))
    same(plain, scores(random.sample(rows, len(rows))))
    moved = weeks * WEEK
    same(plain, scores([(s, t, kind, at + moved, more) for s, t, kind, at, more in rows], since=moved))
    same(plain, scores(*[part for part in (rows[::3], rows[1::3], rows[2::3], rows[::2]) if part]))
