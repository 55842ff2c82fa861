"""Which keys stand for the same account or person: handles to ids, accounts to persons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray


def unite(pairs: Iterable[tuple[int, int]], preferred: frozenset[int] = frozenset()) -> dict[int, int]:
    """Return, for every key in the pairs, the one key that stands for its group.

    Parameters
    ----------
    pairs
        Keys that are the same account or person.
    preferred
        Keys that should stand for their group (ids before handles); else the smallest does.
    """
    parent: dict[int, int] = {}

    def root(each: int) -> int:
        while parent.setdefault(each, each) != each:
            parent[each] = parent[parent[each]]
            each = parent[each]
        return each

    for one, other in pairs:
        low, high = sorted((root(one), root(other)), key=lambda each: (each not in preferred, each))
        parent[high] = low
    return {each: root(each) for each in parent}


def resolved_handles(
    unresolved: Sequence[tuple[int, str, str]], seen: Iterable[tuple[int, str, str]]
) -> list[tuple[int, int]]:
    """Tie unresolved handles to ids, only where one id alone was ever seen under the handle.

    Parameters
    ----------
    unresolved
        (key, network, handle in lower case) of accounts known by name only.
    seen
        (key, network, handle) observations of accounts known by id.

    Returns
    -------
    list of (key of the handle, key of the id)
    """
    wanted = {(network, handle): account for account, network, handle in unresolved}
    ids: dict[int, set[int]] = {}
    for account, network, handle in seen:
        alias = wanted.get((network, handle.lower()))
        if alias is not None and alias != account:
            ids.setdefault(alias, set()).add(account)
    return [(alias, next(iter(accounts))) for alias, accounts in ids.items() if len(accounts) == 1]


def as_table(united: dict[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the keys that change and what they become, int64 each."""
    changed = [(each, stands) for each, stands in united.items() if each != stands]
    table = np.array(sorted(changed), dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
