"""The dated acts of all connections in the order of time: one integer an act, read in one pass and sorted.

A single integer sorts several times faster than rows do. From the highest bit: row of the pair, age in whole seconds
before the moment of judging, whether from b to a, whether it names the act it answers, accounts that got the same. So
the newest act of a pair comes first. Ages end at 34 years; more than 63 accounts count as 63.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.network.log_table import copies_of
from relnet.network.view import NetworkView
from relnet.plugin import Keys

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_CROWD_BITS: Final = 6
_SECOND_BITS: Final = 30
_CROWD: Final = (1 << _CROWD_BITS) - 1
_SECONDS: Final = (1 << _SECOND_BITS) - 1
_NAMES: Final = _CROWD_BITS
_BACK: Final = _CROWD_BITS + 1
_AGE: Final = _CROWD_BITS + 2
_ROW: Final = _AGE + _SECOND_BITS
_PASS: Final = 1 << 20
"""Pairs whose acts are read at a time: what a pass holds beside the codes bounds the memory."""
_BLOCK: Final = 1 << 19
_SALT: Final = np.int64(0x1E3779B97F4A7C15)
_NONE: Final = (np.empty(0, np.int64), np.empty(0, np.int64))


class Acts(msgspec.Struct, frozen=True):
    """Acts as codes, sorted by pair and then newest first.

    Attributes
    ----------
    codes
        int64[m].
    rows
        Number of pairs, with or without acts.
    linked, delays
        int64[k], sorted: codes of acts that were answered by an act naming them, and ms until then.
    """

    codes: Ints
    rows: int
    linked: Ints
    delays: Ints

    @property
    def row(self) -> Ints:
        """Row of the pair."""
        return self.codes >> _ROW

    @property
    def tied(self) -> Bools:
        """Whether each pair has an act, bool[rows]."""
        tied = np.zeros(self.rows, dtype=np.bool_)
        tied[self.row] = True
        return tied

    @property
    def age(self) -> Ints:
        """Seconds before the moment of judging."""
        return self.codes >> _AGE & _SECONDS

    @property
    def backward(self) -> Ints:
        """1 from b to a, 0 from a to b."""
        return self.codes >> _BACK & 1

    @property
    def names(self) -> Bools:
        """Whether the act names the act that it answers."""
        return (self.codes >> _NAMES & 1).astype(np.bool_)

    @property
    def crowd(self) -> Ints:
        """Accounts addressed together, or sent the same text if those are more, 1 to 63."""
        return self.codes & _CROWD

    def blocks(self, size: int) -> Iterator[Acts]:
        """Yield the acts in blocks of about `size` that cut no pair apart."""
        cuts = self.codes[size::size] >> _ROW << _ROW
        edges = np.unique(np.concatenate([[0], np.searchsorted(self.codes, cuts), [len(self.codes)]]))
        ends = np.searchsorted(self.linked, self.codes[edges[1:] - 1], side="right")
        begins = np.searchsorted(self.linked, self.codes[edges[:-1]]) if len(edges) > 1 else ends
        for (low, high), begin, end in zip(pairwise(edges), begins, ends, strict=True):
            yield Acts(self.codes[low:high], self.rows, self.linked[begin:end], self.delays[begin:end])


def acts_of(view: NetworkView, a: Keys, b: Keys, *, links: bool = False) -> Acts:
    """Return the acts of the pairs (a, b), which are sorted and hold every pair with an act.

    Parameters
    ----------
    links
        Whether to look up which acts were answered by one that names them.
    """
    linking = links and _any_names(view)
    parts = []
    for low in range(0, len(a), _PASS):
        piece = slice(low, low + _PASS)
        found = _read(view, a[piece], b[piece], low, linking)
        codes = found.pop("code")
        if linking:
            order = np.argsort(codes)
            codes, event = codes[order], found.pop("event")[order]
            parent = np.ma.filled(found.pop("parent"), 0)[order]
            parts.append(_linked(Acts(codes, len(a), *_NONE), event, parent))
        else:
            codes.sort()
            parts.append(Acts(codes, len(a), *_NONE))
    if len(parts) == 1:
        return parts[0]
    stacked = zip(*((part.codes, part.linked, part.delays) for part in parts), strict=True)
    columns = (np.concatenate([*column, _NONE[0]]) for column in stacked)
    codes, linked, delays = columns if parts else (_NONE[0],) * 3
    return Acts(codes, len(a), linked, delays)


def _any_names(view: NetworkView) -> bool:
    return bool(view.connection.execute("SELECT 1 FROM acts WHERE parent IS NOT NULL LIMIT 1").fetchall())


def _read(view: NetworkView, a: Keys, b: Keys, first: int, linking: bool) -> dict[str, Ints]:
    copies, joined = copies_of(view)
    view.connection.register("_pairs", {"a": a, "b": b, "row": np.arange(first, first + len(a))})
    found = view.connection.sql(
        f"""
        SELECT (row << {_ROW})
             | (least({view.as_of} // 1000 - "at" // 1000, {_SECONDS}) << {_AGE})
             | (CASE WHEN forward THEN 0 ELSE {1 << _BACK} END)
             | (CASE WHEN parent IS NULL THEN 0 ELSE {1 << _NAMES} END)
             | least(greatest(audience, {copies}, 1), {_CROWD}) AS code {", event, parent" if linking else ""}
        FROM acts x JOIN _pairs USING (a, b) {joined} WHERE is_act
        """
    ).fetchnumpy()
    view.connection.unregister("_pairs")
    return found


def _linked(acts: Acts, event: Ints, parent: Ints) -> Acts:
    """Return the acts with those that a later act of the other side, in the same pair, names as the one it answers.

    Parameters
    ----------
    event, parent
        int64[m] keys of each act and of the act that it names.
    """
    edges = [0, *(np.cumsum([len(block.codes) for block in acts.blocks(_BLOCK)]))]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        pieces = [slice(low, high) for low, high in pairwise(edges)]
        found = list(pool.map(lambda piece: _links(acts.codes[piece], event[piece], parent[piece]), pieces))
    linked, delays = (np.concatenate([*column, _NONE[0]]) for column in zip(*(found or [_NONE]), strict=True))
    return Acts(acts.codes, acts.rows, linked, delays)


def _links(codes: Ints, event: Ints, parent: Ints) -> tuple[Ints, Ints]:
    answers = np.flatnonzero(codes >> _NAMES & 1)
    salt = (codes >> _ROW) * _SALT  # one act may stand in several pairs, so that it is looked up together with the pair
    keys = event + salt
    order = np.argsort(keys)
    keys = keys[order]
    place = np.minimum(np.searchsorted(keys, parent[answers] + salt[answers]), max(len(keys) - 1, 0))
    asked = order[place]
    later = (codes[asked] >> _AGE) > (codes[answers] >> _AGE)  # of one pair, the older age is the greater
    other_side = (codes[asked] ^ codes[answers]) >> _BACK & 1 == 1
    same_pair = (codes[asked] ^ codes[answers]) >> _ROW == 0
    right = (event[asked] == parent[answers]) & same_pair & other_side & later
    asked, answers = asked[right], answers[right]
    delay = ((codes[asked] >> _AGE) - (codes[answers] >> _AGE)) * 1000
    soonest = np.lexsort((delay, asked))
    asked, delay = asked[soonest], delay[soonest]
    first = np.ones(len(asked), dtype=np.bool_)
    first[1:] = asked[1:] != asked[:-1]
    return codes[asked[first]], delay[first]
