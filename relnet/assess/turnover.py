"""Who entered and who left each circle within a year: circles are judged twice, by the same rule."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from relnet.assess.assessment import Assessment, ties
from relnet.assess.groups import CIRCLES, YEAR_DAYS, circles
from relnet.assess.plan import features_for
from relnet.assess.run import judgements
from relnet.moments import DAY_MS
from relnet.network.connections import connect_pairs
from relnet.network.view import NetworkView
from relnet.plugin import Feature, Keys
from relnet.registry import Registry
from relnet.store.workspace import Workspace

YEAR_MS: Final = int(YEAR_DAYS * DAY_MS)
_NEEDS: Final = ("first_contact", "last_contact", "active_days")

MEANING: Final = (
    "Circles judged by the same rule at the moment of judging and a year before. Entered: within the circle now and not "
    "then; left: within it then and not now."
)
"""What entering and leaving a circle means."""


class Change(msgspec.Struct):
    """What became of one circle and all within it.

    Attributes
    ----------
    size
        Name of the circle: 5, 15, 50 or 150.
    before, now
        How many were and are within it.
    entered, left
        Accounts, in the order of their keys.
    """

    size: int
    before: int
    now: int
    entered: list[int]
    left: list[int]


class Turnover(msgspec.Struct):
    """Changes of every circle against a moment a year before, ms UTC; `unknown` says why there are none."""

    before: int
    changes: list[Change]
    unknown: str = ""


def turnover(assessment: Assessment, workspace: Workspace, registry: Registry) -> Turnover:
    """Return what became of the owner's circles within the last year.

    Circles of the earlier moment need a year of record before them too, else they would only seem smaller.
    """
    header = assessment.header
    moment = header.as_of - YEAR_MS
    if not header.me:
        return Turnover(moment, [], "nobody is the owner, so nobody has circles")
    if header.first_at is None or header.first_at > moment - YEAR_MS:
        return Turnover(moment, [], "the record is shorter than two years, so circles a year ago cannot be told")
    earlier = _judged_at(moment, assessment, workspace, registry)
    return Turnover(moment, [_change(size, _within(earlier, size), _within(assessment, size)) for size, _ in CIRCLES])


def _judged_at(moment: int, assessment: Assessment, workspace: Workspace, registry: Registry) -> Assessment:
    header, decided = assessment.header, judgements(workspace)
    imports = {name: each for name, each in workspace.imports().items() if name in header.imports}
    view = NetworkView(workspace.log, imports, moment, header.since, decided.persons, decided.me, header.horizon_days)
    features, _ = registry.usable(Feature)
    pairs = connect_pairs(view, features_for(_NEEDS, features, "the circles"), _NEEDS)
    return msgspec.structs.replace(assessment, connections=pairs, circle=circles(pairs))


def _within(assessment: Assessment, size: int) -> Keys:
    mine = ties(assessment)
    return np.unique(mine.other[(mine.circle > 0) & (mine.circle <= size)])


def _change(size: int, before: Keys, now: Keys) -> Change:
    entered, left = np.setdiff1d(now, before), np.setdiff1d(before, now)
    return Change(size, len(before), len(now), entered.tolist(), left.tolist())
