"""Coverage: what the imports could have seen. Outside it, absence is unknown and not zero."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

Direction = Literal["out", "in", "between"]
Completeness = Literal["complete", "surviving", "sampled", "partial", "snapshot"]

ABSENCE_IS_ZERO: frozenset[str] = frozenset({"complete", "surviving"})
DECLARED_ABSENCE_IS_ZERO: frozenset[str] = ABSENCE_IS_ZERO | {"snapshot"}
"""A list of follows says who does not follow, at its date."""


class Coverage(msgspec.Struct, frozen=True):
    """What one source could have seen.

    Attributes
    ----------
    kind
        Kind of interaction, or `*` for all of the network.
    direction
        `out`: acts by `account`; `in`: acts towards it; `between`: acts among all accounts met.
    account
        Native id, `None` for all.
    since, until
        First and last moment covered, ms UTC; `None` where open.
    completeness
        Absence means zero under `complete` and `surviving` only (`snapshot`: at its date).
    """

    kind: str
    direction: Direction
    account: str | None = None
    since: int | None = None
    until: int | None = None
    completeness: Completeness = "surviving"
    network: str | None = None

    def sentence(self) -> str:
        """Return this coverage in words, for screens and load reports."""
        what = self.kind.replace("*", "everything")
        way = {"out": "sent", "in": "received", "between": "between the accounts met"}[self.direction]
        span = " ".join(
            f"{word} {np.datetime64(ms, 'ms').astype('datetime64[D]')}"
            for word, ms in (("from", self.since), ("to", self.until))
            if ms is not None
        )
        return " ".join(part for part in (what, way, f"({self.completeness})", span) if part)


def sentences(rows: Iterable[Coverage]) -> list[str]:
    """Return coverage in words, kinds that are covered alike in one line."""
    alike: dict[tuple[object, ...], list[Coverage]] = {}
    for each in rows:
        alike.setdefault((each.direction, each.account, each.since, each.until, each.completeness), []).append(each)
    return [
        msgspec.structs.replace(group[0], kind=", ".join(dict.fromkeys(each.kind for each in group))).sentence()
        for group in alike.values()
    ]


def covered(
    rows: Iterable[tuple[Coverage, int | None]],
    kinds: Sequence[str],
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    enough: frozenset[str] = ABSENCE_IS_ZERO,
) -> NDArray[np.bool_]:
    """Tell for each (source, target) whether absence of every one of `kinds` means zero.

    Parameters
    ----------
    rows
        Coverage with the key of its account (`None` for all accounts).
    kinds
        Kinds that must all be covered; empty means nothing is known.
    source, target
        int64[n] account keys of the directed pair.
    enough
        Completeness under which absence means zero.

    Returns
    -------
    bool[n]
    """
    rows = [row for row in rows if row[0].completeness in enough]
    known = np.full(len(source), bool(kinds))
    for kind in kinds:
        seen = np.zeros(len(source), dtype=np.bool_)
        for coverage, account in rows:
            if coverage.kind not in (kind, "*"):
                continue
            if account is None:
                seen |= True
            elif coverage.direction == "between":
                seen |= (source == account) | (target == account)
            else:
                seen |= (source if coverage.direction == "out" else target) == account
        known &= seen
    return known
