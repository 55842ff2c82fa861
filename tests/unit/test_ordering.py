import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnet.assess.ordering import sort_keys, sort_order

NAN = float("nan")


@pytest.mark.parametrize(
    ("values", "up", "down"),
    [
        (np.array([2.0, NAN, 1.0, 3.0]), [2, 0, 3, 1], [3, 0, 2, 1]),
        (np.array([1, 0, 1, 2], dtype=np.uint8), [1, 0, 2, 3], [3, 0, 2, 1]),
        (np.array([-(2**63), 2**63 - 1, 0]), [0, 2, 1], [1, 2, 0]),
        (np.array([True, False, True]), [1, 0, 2], [0, 2, 1]),
        (["b", None, "A", "", "a", "B"], [2, 4, 0, 5, 1, 3], [0, 5, 2, 4, 1, 3]),
        (np.array(["é", "z", "a"]), [2, 1, 0], [0, 1, 2]),
        ([], [], []),
    ],
)
def test_order_is_stable_with_missing_values_last_both_ways(values, up, down):
    assert sort_order(values).tolist() == up
    assert sort_order(values, descending=True).tolist() == down


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=5), max_size=30))
def test_texts_sort_as_python_sorts_them(texts):
    expected = sorted(range(len(texts)), key=lambda i: (not texts[i], texts[i].casefold()))
    assert sort_order(texts).tolist() == expected


def test_ranks_sort_like_the_texts_they_stand_for():
    texts = ["user_000000000000000000000000001", "user_0", "User_0", None]
    ranks = sort_keys(texts)
    assert ranks[1] == ranks[2] < ranks[0]
    assert np.isnan(ranks[3])
    assert sort_order(ranks, descending=True).tolist() == sort_order(texts, descending=True).tolist()


def test_one_long_text_does_not_widen_the_column():
    assert sort_order(["b" * 10_000_000, "a"] * 50).tolist()[:2] == [1, 3]
