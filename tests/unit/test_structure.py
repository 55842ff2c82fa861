"""Closed triples: each once, the same compiled as interpreted."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from relnet.network import structure
from relnet.network.pairs import met
from relnet.plugin.machine_code import machine_code


def network(seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Sorted pairs of some accounts, of which one is popular and some pairs have no act."""
    rng = np.random.default_rng(seed)
    keys = np.sort(rng.integers(-(1 << 62), 1 << 62, 60))
    pairs = [pair for pair in combinations(keys.tolist(), 2) if keys[7] in pair or rng.random() < 0.15]
    a, b = np.array(pairs, dtype=np.int64).T
    return a, b, rng.random(len(a)) < 0.9


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("compiled", [False, True])
def test_every_closed_triple_is_found_once(monkeypatch, seed, compiled) -> None:
    if compiled:
        for name in ("_turn", "_lead", "_close"):
            monkeypatch.setattr(structure, name, machine_code(getattr(structure, name).__wrapped__))
    monkeypatch.setattr(structure, "_BLOCK", 10)
    a, b, tied = network(seed)
    found = [
        tuple(sorted(rows))
        for block in structure.structure_of(met(a, b)[1], tied).closed()
        for rows in zip(*block, strict=True)
    ]
    row = {pair: i for i, pair in enumerate(zip(a.tolist(), b.tolist(), strict=True)) if tied[i]}
    sides = (((x, y), (x, z), (y, z)) for x, y, z in combinations(sorted({*a.tolist(), *b.tolist()}), 3))
    wanted = sorted(tuple(sorted(row[side] for side in three)) for three in sides if all(side in row for side in three))
    assert sorted(found) == wanted and wanted


def test_without_pairs_there_is_no_triple() -> None:
    none = np.empty(0, np.int64)
    assert not list(structure.structure_of(met(none, none)[1], none.astype(np.bool_)).closed())
