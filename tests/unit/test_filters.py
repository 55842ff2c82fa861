import numpy as np
import pytest

from relnet.assess.filters import FilterError, Searchable, parse
from relnet.errors import SettingsError
from tests.strategies import HOSTILE_NAMES

NAN = float("nan")
COLUMNS = {
    "handle": ["ana", "marek", "Ana_2", "zoë"],
    "name": ["Ana Maria", None, "", "De la Cruz"],
    "label": ["good", "fake", "unknown", "inactive"],
    "engagement": np.array([0.92, 0.17, NAN, 0.5]),
    "last": np.array([3.0, 730.0, NAN, 40.0]),
    "circle": np.array([5.0, 15.0, NAN, 150.0]),
    "in": np.array([60, 0, 2, 5]),
    "tag": [("work", "Berlin"), (), None, ("x",)],
    "bot": np.array([False, True, False, False]),
    "state": ["active", "suspended", None, "active"],
}


def rows(text):
    return np.flatnonzero(parse(text).mask(COLUMNS)).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [0, 1, 2, 3]),
        ("ana", [0, 2]),
        ("ANA maria", [0]),
        ("@ana_", [2]),
        ("@aria", []),
        ("zoë", [3]),
        ('"de la"', [3]),
        ('"engagement<.2"', []),
        ("-ana", [1, 3]),
        ("label:fake", [1]),
        ("-label:good", [1, 2, 3]),
        ("label:unknown", [2]),
        ("engagement<.2", [1]),
        ("engagement>=50%", [0, 3]),
        ("engagement:.9", [0]),
        ("engagement=.92", [0]),
        ("last>1y", [1]),
        ("last<=3", [0]),
        ("last:6w", [3]),
        ("circle:15", [1]),
        ("in<3", [1, 2]),
        ("tag:berlin", [0]),
        ("-tag:x", [0, 1, 2]),
        ("bot:yes", [1]),
        ("-bot:yes", [0, 2, 3]),
        ("name:maria", [0]),
        ("handle=ana", [0]),
        ("state:active", [0, 3]),
        ("state:unknown", [2]),
        ("label:fake engagement<.2 last>1y circle:15 in<3 -tag:x -label:good", [1]),
    ],
)
def test_language(text, expected):
    assert rows(text) == expected


def test_an_unknown_number_is_in_no_comparison_nor_its_opposite():
    for text in ("engagement<.2", "-engagement<.2", "engagement>=.2", "-circle:15"):
        assert 2 not in rows(text)
    assert rows("engagement:unknown") == rows("-engagement:known") == [2]
    assert rows("engagement:known") == rows("-engagement:unknown") == [0, 1, 3]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("label:fkae", "Labels are good, inactive, fake, unknown"),
        ('"de la', "not closed"),
        ("in<", "no value"),
        ("-", "no value"),
        ("engagement<high", "not a number"),
        ("engagement:high", "not a number"),
        ("in<3d", "not a time"),
        ("enagement<.2", "Did you mean engagement?"),
        ("https://example.org", "Text in quotes is searched for"),
        ("state<b", "not a number"),
        ("state<1", "has no order"),
        ("tag>1", "has no order"),
        ("bot:1", "yes or no"),
    ],
)
def test_what_cannot_be_understood_says_why(text, part):
    with pytest.raises(FilterError) as caught:
        rows(text)
    assert part in str(caught.value)
    assert isinstance(caught.value, SettingsError)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_any_name_can_be_searched_for_in_quotes(name):
    if name and '"' not in name:
        mask = parse(f'"{name}"').mask({"handle": ["someone", name]})
        assert mask[1]


def test_columns_kept_for_searching_give_the_same_rows():
    kept = Searchable(COLUMNS)
    for text in ("ana", "ana -label:good", "@ana", "state:active"):
        for _ in range(2):
            assert np.array_equal(parse(text).mask(kept), parse(text).mask(COLUMNS))


def test_no_rows():
    assert parse("ana in<3").mask({"handle": [], "in": np.array([], dtype=int)}).tolist() == []
