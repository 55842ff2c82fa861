"""The connections as they are seen from someone: columns in one row order, and what they say of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from relnet.assess.assessment import Assessment, Ties, ties
from relnet.assess.filters import Searchable
from relnet.assess.table import LEAST_ACTS, Columns, headline, tie_columns

Note = Literal["note", "tag", "action"]
Notes = Mapping[int, Mapping[Note, list[str]]]
"""What the user wrote, by account key and kind."""


@dataclass(frozen=True, eq=False)
class Seen:
    """The connections seen from someone, as columns in one row order.

    Parameters
    ----------
    ties
        The connections.
    columns
        `relnet.assess.table.tie_columns`, and the notes and action list of the user.
    focus
        Key of the account that is “you” for now; `None` for the owner, or for all where nobody is.
    """

    ties: Ties
    columns: Columns
    focus: int | None = None

    def __len__(self) -> int:
        return len(self.ties)

    @cached_property
    def searchable(self) -> Searchable:
        """The columns as a filter takes them."""
        return Searchable(self.columns)

    @property
    def assessment(self) -> Assessment:
        """The assessment behind them."""
        return self.ties.assessment

    @property
    def headline(self) -> str:
        """Name of the score that leads; empty where there is none."""
        return headline(self.assessment)

    @property
    def has_you(self) -> bool:
        """Whether there is one side that is “you”."""
        return self.focus is not None or bool(self.assessment.header.me)

    @cached_property
    def out_known(self) -> npt.NDArray[np.bool_]:
        """Whether the absence of acts of the own side means that there were none: bool[n]."""
        return self.ties.out("known") > 0

    @cached_property
    def in_known(self) -> npt.NDArray[np.bool_]:
        """The same for the other side: bool[n]."""
        return self.ties.back("known") > 0

    @cached_property
    def acts(self) -> npt.NDArray[np.float64]:
        """Acts seen in both directions: float64[n], 0 where none is seen."""
        return np.nan_to_num(self.ties.out("count")) + np.nan_to_num(self.ties.back("count"))

    @cached_property
    def thin(self) -> npt.NDArray[np.bool_]:
        """Whether so few acts are seen that the scores say little: bool[n]."""
        return self.acts < LEAST_ACTS

    @cached_property
    def at_least(self) -> npt.NDArray[np.bool_]:
        """Whether engagement is a lower bound, since a direction is not covered: bool[n]."""
        if self.headline != "engagement":
            return np.zeros(len(self), dtype=np.bool_)
        return ~(self.out_known & self.in_known)

    def take(self, rows: npt.NDArray[np.intp]) -> Seen:
        """Return some of the connections, in the order given."""
        return Seen(self.ties.take(rows), {name: column[rows] for name, column in self.columns.items()}, self.focus)

    def account(self, row: int) -> int:
        """Return the key of the other account."""
        return int(self.ties.other[row])

    def handle(self, row: int) -> str:
        """Return how the other account is shown; clean."""
        return str(self.columns["handle"][row])

    def title(self, row: int) -> str:
        """Return how the connection is named: the other account, or where nobody is “you”, both."""
        return self.handle(row) if self.has_you else f"{self.columns['from'][row]} – {self.handle(row)}"

    def row_of(self, account: int) -> int | None:
        """Return the row of the connection with an account; `None` if there is none."""
        found = np.flatnonzero(self.ties.other == account)
        return int(found[0]) if len(found) else None

    def shared(self, row: int) -> npt.NDArray[np.intp]:
        """Return the rows of those of your connections who are connected with this one too."""
        pairs, other = self.assessment.connections, self.ties.other[row]
        near = np.concatenate((pairs.b[pairs.a == other], pairs.a[pairs.b == other]))
        return np.flatnonzero(np.isin(self.ties.other, near)) if self.has_you else np.array([], dtype=np.intp)

    def as_json(self, row: int) -> str:
        """Return a row of the table as JSON; unknown is null."""
        values = {name: _plain_value(column[row]) for name, column in self.columns.items()}
        return msgspec.json.encode({"account": str(self.account(row)), **values}).decode()


def seen_from(assessment: Assessment, notes: Notes, focus: int | None = None) -> Seen:
    """Return the connections of an account, or of the owner, or where nobody is the owner, all."""
    mine = ties(assessment, None if focus is None else frozenset({focus}))
    columns = tie_columns(mine, {account: kinds["tag"] for account, kinds in notes.items()})
    for kind in ("note", "action"):
        texts = np.full(len(mine), "", dtype=object)
        for account, kinds in notes.items():
            if kinds[kind]:
                texts[mine.other == account] = "; ".join(kinds[kind])
        columns[kind] = texts
    return Seen(mine, columns, focus)


def _plain_value(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and value != value else value
