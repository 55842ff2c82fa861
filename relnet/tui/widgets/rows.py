"""Which rows a table shows, in which order, and on which of them the cursor stands."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from relnet.assess.ordering import sort_order


class TableRows:
    """Rows of a table after sorting and filtering.

    A *row* is a number in the data; its *position* is where it stands on the screen.

    Parameters
    ----------
    count
        Rows of the data.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.order: npt.NDArray[np.int32] = np.arange(count, dtype=np.int32)
        """Rows shown, from the top: int32[shown]."""
        self.position = 0

    def __len__(self) -> int:
        return len(self.order)

    @property
    def row(self) -> int | None:
        """Row under the cursor; `None` where nothing is shown."""
        return int(self.order[self.position]) if len(self.order) else None

    def position_of(self, row: int | None) -> int | None:
        """Return where a row stands; `None` where the filter hides it."""
        found = np.flatnonzero(self.order == row)
        return int(found[0]) if len(found) else None

    def clamp(self, position: int) -> int:
        """Return the nearest position that there is."""
        return max(0, min(position, len(self.order) - 1))

    def arrange(
        self, keys: npt.NDArray[Any] | None, descending: bool, mask: npt.NDArray[np.bool_] | None
    ) -> None:
        """Sort and filter; the cursor stays on its row, or where that is hidden, at its place.

        Parameters
        ----------
        keys
            Numbers to sort by, NaN last in both directions: array[count].  Without them the data's order.
        descending
            Largest first.
        mask
            Rows to show, bool[count]; `None` shows all.
        """
        row = self.row
        order = np.arange(self.count, dtype=np.int32) if keys is None else sort_order(keys, descending)
        self.order = order if mask is None else order[mask[order]]
        kept = self.position_of(row)
        self.position = self.clamp(self.position) if kept is None else kept
