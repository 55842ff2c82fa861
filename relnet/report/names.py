"""How accounts are called in a report: by handle and name, or hidden behind numbers."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from relnet.assess.assessment import Assessment, Ties
from relnet.assess.table import handles
from relnet.text import clean

LONGEST: Final = 60
"""Characters of a handle or name that are shown: nobody's name fills the page."""


def names(assessment: Assessment, rows: NDArray[np.intp] | None = None) -> NDArray[Any]:
    """Return `@handle (Name)` for rows of the account table, by default all, cleaned and cut."""
    people = assessment.accounts
    rows = np.arange(len(people.account), dtype=np.intp) if rows is None else rows
    known = handles(assessment, rows)
    column = np.empty(len(known), dtype=object)
    column[:] = [
        f"{_cut(handle)} ({_cut(clean(name))})" if name else _cut(handle)
        for handle, name in zip(known, people.columns["name"][rows], strict=True)
    ]
    return column


def aliases(assessment: Assessment, mine: Ties, order: NDArray[np.intp]) -> NDArray[Any]:
    """Return P001… for every row of the account table, in the order of first appearance among the ties.

    The owner is “you”; an account without a tie is “someone”.
    """
    people = assessment.accounts
    column = np.full(len(people.account), "someone", dtype=object)
    sides = np.column_stack([mine.this, mine.other])[order].ravel()
    met, first = np.unique(sides, return_index=True)
    met = met[np.argsort(first)]
    met = met[~np.isin(met, assessment.header.me)]
    width = max(3, len(str(len(met))))
    column[people.rows(met)] = [f"P{i:0{width}d}" for i in range(1, len(met) + 1)]
    column[own_rows(assessment)] = "you"
    return column


def own_rows(assessment: Assessment) -> list[int]:
    """Return the rows of the owner's accounts in the account table."""
    rows = (assessment.accounts.row(key) for key in assessment.header.me)
    return [row for row in rows if row is not None]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
