"""The lists that ask for attention: fading, rising, unanswered, one-sided and dormant ties."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.assess.assessment import LABELS, Ties
from relnet.assess.groups import YEAR_DAYS
from relnet.moments import DAY_MS
from relnet.plugin import Column, TieList

Rows = NDArray[np.intp]
NOBODY: Final = np.empty(0, np.intp)

LEAST_DAYS: Final = 5
"""Fewer days of contact than this show no rhythm that could be lost."""
FADING_BELOW: Final = 0.05
"""A silence that a tie's own rhythm explains with a smaller chance than this is called fading."""
RISING_FROM: Final = 1.645
"""Score of the difference of two counts that chance exceeds once in twenty times."""
LEAST_RECENT: Final = 5
"""Fewer acts in the last window than this are no rise."""
ANSWER_DAYS: Final = 3.0
"""Days that an answer may take before its absence is one."""

MEANINGS: Final = {
    "fading": f"At least {LEAST_DAYS} days of contact, the last within a year, and a silence that the tie's own "
    f"rhythm explains with a chance below {FADING_BELOW:.0%} (vitality). Most days of contact first.",
    "rising": f"At least {LEAST_RECENT} acts in the last window, more than in the window before by (r − p)/√(r + p) ≥ "
    f"{RISING_FROM} (a difference that chance makes in 5 % of cases). Largest difference first.",
    "unanswered": f"Their newest act is newer than your newest, older than {ANSWER_DAYS:g} days and younger than a "
    "year; neither fake nor an automated account. Highest engagement first.",
    "one-sided": "Acts from one side and, as far as that is covered, none from the other. Most acts first.",
    "dormant": f"At least {LEAST_DAYS} days of contact, the last more than a year ago. Most days of contact first.",
}
"""What puts a tie on a list, and which comes first there."""


def tie_lists(ties: Ties) -> dict[str, TieList]:
    """Return every list by its name, as `MEANINGS` defines them.

    The windows are those of engagement's horizon W: the last W and the W before it.
    """
    days, last = ties.feature("active_days"), ties.feature("last_contact")
    often = days >= LEAST_DAYS
    scores = ties.assessment.scores
    unheard = _uncovered(ties)
    vitality = ties.score("vitality") if "vitality" in scores else np.full(len(ties), np.nan)
    quiet = often & (last <= YEAR_DAYS) & (vitality < FADING_BELOW)
    found = {
        "fading": (_ordered(quiet, -days), "" if "vitality" in scores else "the scorer vitality did not run"),
        "rising": _rising(ties),
        "unanswered": _unanswered(ties),
        "one-sided": (_ordered(one_sided(ties), -_acts(ties)), unheard),
        "dormant": (_ordered(often & (last > YEAR_DAYS), -days), ""),
    }
    return {name: TieList(MEANINGS[name], *each) for name, each in found.items()}


def is_whole(ties: Ties) -> bool:
    """Return whether both directions of every tie are covered; else what is counted may be more."""
    return bool((ties.out("known") > 0).all() and (ties.back("known") > 0).all())


def is_bound(ties: Ties, name: str, found: TieList) -> bool:
    """Return whether there may be more on a list than is seen."""
    return bool(found.unknown) or (name in ("fading", "rising") and not is_whole(ties))


def one_sided(ties: Ties) -> NDArray[np.bool_]:
    """Return which ties have acts of one side and certainly none of the other: bool[n]."""
    out, back = ties.out("count"), ties.back("count")
    found: NDArray[np.bool_] = ((out > 0) & (back == 0)) | ((back > 0) & (out == 0))
    return found


def _rising(ties: Ties) -> tuple[Rows, str]:
    header = ties.assessment.header
    span = 2 * header.horizon_days * DAY_MS
    if header.first_at is None or header.first_at > header.as_of - span:
        return NOBODY, f"the record is shorter than two windows of {header.horizon_days:g} days"
    recent, before = ties.feature("recent_count"), ties.feature("previous_count")
    rise = (recent - before) / np.sqrt(np.maximum(recent + before, 1))
    return _ordered((recent >= LEAST_RECENT) & (rise >= RISING_FROM), -rise), ""


def _unanswered(ties: Ties) -> tuple[Rows, str]:
    if not ties.assessment.header.me:
        return NOBODY, "nobody is the owner"
    theirs, mine = ties.back("last_act"), ties.out("last_act")
    silent = (mine > theirs) | (ties.out("count") == 0)
    person = (ties.label != LABELS.index("fake")) & ~(
        ties.assessment.accounts.columns["automated"][ties.account_rows] == 1
    )
    waiting = silent & (theirs >= ANSWER_DAYS) & (theirs <= YEAR_DAYS) & person
    engagement = ties.score("engagement") if "engagement" in ties.assessment.scores else np.zeros(len(ties))
    return _ordered(waiting, -np.nan_to_num(engagement, nan=-1.0), theirs), _uncovered(ties)


def _uncovered(ties: Ties) -> str:
    blind = np.isnan(ties.out("count")) | np.isnan(ties.back("count"))
    return f"a direction of {int(blind.sum()):,} of {len(ties):,} connections is not covered" if blind.any() else ""


def _acts(ties: Ties) -> Column:
    return np.nan_to_num(ties.out("count")) + np.nan_to_num(ties.back("count"))


def _ordered(mask: NDArray[np.bool_], *keys: Column) -> Rows:
    rows = np.flatnonzero(mask)
    return rows[np.lexsort([key[rows] for key in reversed(keys)])]


def listed(ties: Ties) -> NDArray[np.object_]:
    """Return the names of the lists that each tie is on: object[n] of tuples."""
    column = np.empty(len(ties), dtype=object)
    column[:] = [()] * len(ties)
    for name, found in tie_lists(ties).items():
        for row in found.rows.tolist():
            column[row] += (name,)
    return column
