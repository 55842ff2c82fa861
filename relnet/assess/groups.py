"""Circles by contact frequency, and communities."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.network.accounts import AccountTable
from relnet.network.connections import Connections
from relnet.network.graph import communities_of
from relnet.network.view import NetworkView
from relnet.plugin import each_part

CIRCLES: Final = ((5, 52.0), (15, 12.0), (50, 2.0), (150, 1.0))
"""Circle and the contact days a year that it takes: weekly, monthly, half-yearly, yearly.

Source: Dunbar, Arnaboldi, Conti and Passarella 2015; sizes are reported, never forced.
"""
YEAR_DAYS: Final = 365.25
MOST_TIES: Final = 20_000


def circles(connections: Connections) -> NDArray[np.int16]:
    """Return the circle of each connection, 0 outside all.

    Frequency is contact days a year since first contact, over at least one year. A tie without contact in
    the last year is in no circle, whatever its past.
    """
    first, last, days = (connections.features[name] for name in ("first_contact", "last_contact", "active_days"))
    circle = np.zeros(len(connections), dtype=np.int16)

    def fill(low: int, high: int) -> None:
        frequency = days[low:high] / np.maximum(first[low:high] / YEAR_DAYS, 1.0)
        for size, least in reversed(CIRCLES):
            circle[low:high][frequency >= least] = size
        circle[low:high][~(last[low:high] <= YEAR_DAYS)] = 0

    with np.errstate(invalid="ignore"):
        each_part(fill, len(connections))
    return circle


def communities(view: NetworkView, connections: Connections, people: AccountTable) -> NDArray[np.int32]:
    """Return the community of each account, -1 for none: 0 is the largest.

    Leiden (Traag, Waltman and van Eck 2019, modularity at resolution 1) over ties with acts, weighted by days of
    contact, without the owner, who is in touch with all of them. Of a large network the `MOST_TIES` ties with most days
    of contact are looked at, so that it takes a quarter of a second. An account without such a tie to another is in none.
    """
    me = np.array(sorted(view.me), dtype=np.int64)
    days = np.nan_to_num(connections.features["active_days"])
    rows = np.flatnonzero((days > 0) & ~np.isin(connections.a, me) & ~np.isin(connections.b, me))
    if len(rows) > MOST_TIES:
        ties = np.bincount(days[rows].astype(np.intp))
        least = np.flatnonzero(np.cumsum(ties[::-1])[::-1] >= MOST_TIES)[-1]
        more, as_many = rows[days[rows] > least], rows[days[rows] == least]
        rows = np.sort(np.concatenate([more, as_many[: MOST_TIES - len(more)]]))
    found = np.full(len(people.account), -1, dtype=np.int32)
    groups = communities_of(connections.a[rows], connections.b[rows], days[rows])
    for number, members in enumerate(groups):
        found[people.rows(np.array(members, dtype=np.int64))] = number
    return found
