"""What is different from an earlier assessment of the same network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import isnan
from typing import Any

from numpy.typing import NDArray

from relnet.assess.assessment import Assessment, Figure, Ties, ties
from relnet.assess.lists import tie_lists
from relnet.network.view import NetworkView
from relnet.plugin import Change, TieList
from relnet.report.figures import figures_of
from relnet.report.trend import windows

Pair = tuple[int, int]
"""Keys of the own side and of the other."""
Called = Callable[[Pair], str]


def change(
    since: str,
    mine: Ties,
    lists: Mapping[str, TieList],
    figures: Mapping[str, Figure],
    earlier: tuple[Assessment, NetworkView],
    called: Called,
) -> Change:
    """Return the figures that differ, the ties that entered or left a list, and those that changed their circle.

    Parameters
    ----------
    since
        Moment of the earlier assessment, in words.
    lists, figures
        Of the ties now.
    called
        Names a tie.
    """
    before = ties(earlier[0])
    lists_then = tie_lists(before)
    assessment, view = earlier
    then, measures = figures_of(assessment, before, view, lists_then, windows(assessment, view))
    pairs = ((name, then[name].value, figures[name].value) for name in measures)
    return Change(
        since,
        tuple((name, old, new) for name, old, new in pairs if old != new and not (isnan(old) and isnan(new))),
        tuple(_listed(mine, lists, before, lists_then, called)),
        tuple(_circles(mine, before, called)),
    )


def _pairs(mine: Ties, rows: NDArray[Any]) -> list[Pair]:
    return list(zip(mine.this[rows].tolist(), mine.other[rows].tolist(), strict=True))


def _listed(
    mine: Ties, now: Mapping[str, TieList], before: Ties, then: Mapping[str, TieList], called: Called
) -> Iterator[tuple[str, str, str]]:
    for name in now:
        new, old = _pairs(mine, now[name].rows), _pairs(before, then[name].rows)
        were, are = set(old), set(new)
        yield from ((name, called(pair), "new") for pair in new if pair not in were)
        yield from ((name, called(pair), "gone") for pair in old if pair not in are)


def _circles(mine: Ties, before: Ties, called: Called) -> Iterator[tuple[str, int, int]]:
    old, new = (
        dict(zip(_pairs(each, each.circle > 0), each.circle[each.circle > 0].tolist(), strict=True))
        for each in (before, mine)
    )
    moved = ((pair, old.get(pair, 0), new.get(pair, 0)) for pair in dict.fromkeys([*new, *old]))
    yield from sorted(
        ((called(pair), was, now) for pair, was, now in moved if was != now),
        key=lambda each: (each[2] or 999, each[1] or 999, each[0]),
    )
