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
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.network.log_table import copies_of
from relnet.network.pair_rows import PairRows
from relnet.network.structure import KeyFilter
from relnet.network.view import NetworkView, quoted
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
_PIECES: Final = 16
"""The log is read in so many pieces, so that few rows are held twice."""
_PART: Final = 1 << 20
"""Acts that are sorted and linked at a time."""
_SALT: Final = np.int64(0x1E3779B97F4A7C15)
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
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
    copies, joined = copies_of(view)
    rows = PairRows(a, b)

    def read(where: str) -> tuple[Ints, ...]:
        engine = view.connection.cursor()
        found = engine.sql(
            f"""
            SELECT a, b, "at", forward, parent IS NOT NULL AS names,
                   least(greatest(audience, {copies}, 1), {_CROWD}) AS crowd {", event, parent" if linking else ""}
            FROM acts x {joined} WHERE is_act {where}
            """
        ).fetchnumpy()
        engine.close()
        codes = rows.of(found["a"], found["b"]).astype(np.int64) << _SECOND_BITS
        codes |= np.minimum(view.as_of // 1000 - found["at"] // 1000, _SECONDS)
        codes <<= _AGE
        codes |= found["crowd"]
        codes |= np.where(found["forward"], 0, 1 << _BACK)
        names = found["names"]
        codes |= names.astype(np.int64) << _NAMES
        return (codes, found["event"], codes[names], np.ma.getdata(found["parent"])[names]) if linking else (codes,)

    def order(part: tuple[Ints, ...]) -> tuple[Ints, Ints, Ints]:
        linked = _links(*part) if linking else _NONE
        part[0].sort()
        return part[0], *linked

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        pieces = list(pool.map(read, _pieces(view)))
        columns = [np.concatenate(column) for column in zip(*pieces, strict=True)]
        pieces.clear()
        parts = list(pool.map(order, _parts(columns, len(a))))
    codes, linked, delays = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Acts(codes, len(a), linked, delays)


def _parts(columns: list[Ints], rows: int) -> Iterator[tuple[Ints, ...]]:
    """Take acts, and the answers among them, apart by pairs, so that threads and caches have their share."""
    parts = max(1, len(columns[0]) // _PART)
    of = [((codes >> _ROW) * parts // max(rows, 1)).astype(np.int16) for codes in columns[::2]]
    for part in range(parts):
        chosen = [np.flatnonzero(each == part) for each in of]
        yield tuple(column[chosen[i // 2]] for i, column in enumerate(columns))


def _any_names(view: NetworkView) -> bool:
    return bool(view.connection.execute("SELECT 1 FROM acts WHERE parent IS NOT NULL LIMIT 1").fetchall())


def _pieces(view: NetworkView) -> list[str]:
    """Return conditions that take the log apart by its files; all at once where duplicates must be found in it."""
    files = view.files("interactions")
    if len(files) < 2 or any(manifest.overlap for manifest in view.imports.values()):
        return [""]
    size = -(-len(files) // _PIECES)
    return [
        f"AND filename IN ({', '.join(map(quoted, files[low : low + size]))})" for low in range(0, len(files), size)
    ]


def _links(codes: Ints, event: Ints, answers: Ints, parent: Ints) -> tuple[Ints, Ints]:
    """Return the acts that a later act of the other side, in the same pair, names as the one it answers.

    Parameters
    ----------
    event
        int64[m] keys of all acts.
    answers, parent
        int64[k] codes of the acts that name one, and the keys named.

    Returns
    -------
    linked, delays
        int64 codes of the acts that were answered, sorted, and ms until the soonest answer.
    """
    may = np.flatnonzero(KeyFilter(parent).may_hold(event))
    codes, event = codes[may], event[may]
    # One sort brings each answer behind the acts of its hash; the lowest bits tell who it is.
    keys = np.concatenate([_mixed(event, codes), _mixed(parent, answers)])
    low = np.uint64((1 << len(keys).bit_length()) - 1)
    keys = np.sort(keys & ~low | np.arange(len(keys), dtype=np.uint64))
    who, keys = (keys & low).astype(np.int64), keys & ~low
    begin = np.maximum.accumulate(
        np.where(np.append(True, keys[1:] != keys[:-1])[: len(keys)], np.arange(len(keys)), 0)
    )
    place = np.flatnonzero(who >= len(codes))
    begin, by = begin[place], who[place] - len(codes)
    soonest = np.full(len(codes), _SECONDS + 1)
    while len(place):  # once but for hashes that two acts share
        waiting = who[begin] < len(codes)
        place, begin, by = place[waiting], begin[waiting], by[waiting]
        asked, answer = codes[who[begin]], answers[by]
        right = (
            (event[who[begin]] == parent[by]) & ((asked ^ answer) >> _ROW == 0) & ((asked ^ answer) >> _BACK & 1 == 1)
        )
        delay = (asked >> _AGE) - (answer >> _AGE)  # of one pair, the older age is the greater
        right &= delay > 0
        np.minimum.at(soonest, who[begin[right]], delay[right])
        place, begin, by = place[~right], begin[~right] + 1, by[~right]
    found = np.flatnonzero(soonest <= _SECONDS)
    found = found[np.argsort(codes[found])]
    return codes[found], soonest[found] * 1000


def _mixed(event: Ints, codes: Ints) -> Any:
    # One act may stand in several pairs, so that it is looked up together with the pair.
    return (event + (codes >> _ROW) * _SALT).view(np.uint64) * _SPREAD
