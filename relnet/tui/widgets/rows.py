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
        self.position = 0
        self._sorted = np.arange(count, dtype=np.int32)
        self._mask: npt.NDArray[np.bool_] | None = None
        self.order: npt.NDArray[np.int32] = self._sorted
        """Rows shown, from the top: int32[shown]."""

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

    def sort(self, keys: npt.NDArray[Any] | None, descending: bool = False) -> None:
        """Sort; the cursor stays on its row.

        Parameters
        ----------
        keys
            Numbers to sort by, NaN last in both directions: array[count].  Without them the data's order.
        descending
            Largest first.
        """
        if keys is None:
            self._sorted = np.arange(self.count, dtype=np.int32)
        else:
            self._sorted = sort_order(keys, descending)
        self.filter(self._mask)

    def filter(self, mask: npt.NDArray[np.bool_] | None) -> None:
        """Show the rows of the mask (bool[count]) or all; the cursor stays on its row, else in place."""
        row = self.row
        self._mask = mask
        self.order = self._sorted if mask is None else self._sorted[mask[self._sorted]]
        kept = self.position_of(row)
        self.position = self.clamp(self.position) if kept is None else kept
