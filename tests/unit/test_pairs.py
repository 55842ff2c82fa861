"""Pairs get numbers as they are met, and rows in their order."""

import numpy as np
import pytest

from relnet.errors import InputError
from relnet.network import pairs as numbered
from relnet.network.pairs import Pairs


@pytest.mark.parametrize("rows", [0, 3, 60_000])
def test_pairs_stand_in_order_and_are_found_by_their_number(rows) -> None:
    ends = np.sort(np.random.default_rng(1).integers(-9_000, 9_000, (rows, 2)), axis=1)
    pairs = Pairs()
    numbers = np.concatenate([pairs.numbers(*block.T.copy()) for block in np.array_split(ends, 3)])
    accounts, found, rank = pairs.sorted()
    assert np.array_equal(accounts, np.unique(ends))
    assert np.array_equal(accounts[found], np.unique(ends, axis=0))
    assert np.array_equal(accounts[found][rank[numbers]], ends)


def test_more_pairs_than_can_be_told_apart_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(numbered, "_PAIR_BITS", 2)
    pairs, keys = Pairs(), np.arange(4)
    pairs.numbers(keys, keys)
    with pytest.raises(InputError, match="More than 4 pairs"):
        pairs.numbers(keys, keys + 1)
