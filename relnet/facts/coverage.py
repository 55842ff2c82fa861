"""Coverage: what the imports could have seen. Outside it, absence is unknown and not zero."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

Direction = Literal["out", "in", "between"]
Completeness = Literal["complete", "surviving", "sampled", "partial", "snapshot"]

Span = tuple[NDArray[np.int64], NDArray[np.int64]]
"""First and last moment of each row, ms UTC."""

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
    span: Span | None = None,
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
    span
        First and last moment that must be covered without a gap; by default the times of coverage do not matter.

    Returns
    -------
    bool[n]
    """
    rows = [row for row in rows if row[0].completeness in enough]
    known = np.full(len(source), bool(kinds))
    for kind in kinds:
        sides = _spans(rows, kind)
        if span is None and any(account is None for _, account in sides):
            continue
        seen = np.zeros(len(source), dtype=np.bool_)
        for (direction, account), spans in sides.items():
            inside = np.full(len(source), True)
            if account is not None and direction == "between":
                inside = (source == account) | (target == account)
            elif account is not None:
                inside = (source if direction == "out" else target) == account
            if span is not None:
                first, last = span
                inside &= np.logical_or.reduce([(begin <= first) & (last <= end) for begin, end in spans])
            seen |= inside
        known &= seen
    return known


def _spans(
    rows: Iterable[tuple[Coverage, int | None]], kind: str
) -> dict[tuple[str, int | None], list[tuple[float, float]]]:
    """Return the spans of time in which each direction of each account is covered, those that overlap joined."""
    found: dict[tuple[str, int | None], list[tuple[float, float]]] = {}
    for coverage, account in rows:
        if coverage.kind in (kind, "*"):
            begin = -np.inf if coverage.since is None else coverage.since
            end = np.inf if coverage.until is None else coverage.until
            found.setdefault((coverage.direction, account), []).append((begin, end))
    return {side: _joined(spans) for side, spans in found.items()}


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((begin, end))
    return joined
