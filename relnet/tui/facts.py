"""What the screens show: with `relnet.tui.model` all of the dashboard that touches workspace and network.

Everything here that takes longer than a key press is called from a worker thread; one lock lets one of them
at a time through the door to the facts.
"""

from __future__ import annotations

from threading import Lock
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.assess.agreement import Agreement, agreement, draw
from relnet.assess.assessment import DEFAULT, Assessment
from relnet.assess.explain import Explanation, Part, explain, explain_label
from relnet.assess.follower_check import FollowerCheck, judge
from relnet.assess.labeling import judged_accounts
from relnet.assess.months import acts_by_month, until
from relnet.assess.run import view_of
from relnet.assess.table import handle_of
from relnet.assess.turnover import Turnover, turnover
from relnet.assess.written import Entry, Written, action_list
from relnet.errors import InputError
from relnet.moments import day
from relnet.network.evidence import Act, acts_between, months
from relnet.network.view import NetworkView
from relnet.plugin import Feature
from relnet.registry import Registry
from relnet.store.workspace import Workspace
from relnet.tui.judged import by_account
from relnet.tui.seen import Seen, seen_from
from relnet.tui.widgets.bars import Months

_YOURS: Final = ("you→", "→you")


class Facts:
    """A workspace's assessment, the connections as they are seen at the moment, and the evidence behind them.

    Parameters
    ----------
    workspace, registry
        Where the facts lie, and the plugins.
    """

    def __init__(self, workspace: Workspace, registry: Registry) -> None:
        self.workspace, self.registry = workspace, registry
        self.everyone: Seen | None = None
        """The connections of the owner, or all where nobody is the owner."""
        self.written: list[Written] = []
        """What the user wrote on accounts."""
        self.thresholds = DEFAULT
        """Chances at which labels are given."""
        self._focused: Seen | None = None
        self._view: NetworkView | None = None
        self._all_months: Months | None = None
        self._turnover: tuple[str, Turnover | None] = ("", None)
        self._door = Lock()

    # What is seen

    @property
    def seen(self) -> Seen:
        """The connections as they are seen at the moment."""
        seen = self._focused or self.everyone
        if seen is None:
            raise InputError("Nothing is loaded.", "Open something first.")
        return seen

    @property
    def assessment(self) -> Assessment:
        """The assessment behind them."""
        return self.seen.assessment

    def focus(self, account: int | None) -> None:
        """See the connections from one account, or with `None` from the owner or all again."""
        notes = by_account(self.written)
        self._focused = None if account is None else seen_from(self.assessment, notes, account)

    def handle(self, account: int) -> str:
        """Return how an account is shown; clean."""
        return handle_of(self.assessment, account)

    @property
    def period(self) -> str:
        """The period that is looked at, in words; empty where it is the whole record."""
        if self.everyone is None:
            return ""
        header = self.assessment.header
        since = "" if header.since is None else f"from {day(header.since)}"
        return " ".join(filter(None, (since, "" if header.asked_as_of is None else f"until {day(header.as_of)}")))

    def actions(self) -> list[Entry]:
        """Return the action list."""
        assert self.everyone is not None
        return action_list(self.everyone.assessment, self.written)

    # Evidence, on demand

    def explanations(self, seen: Seen, row: int) -> list[Explanation]:
        """Return why each score of a connection is what it is, the headline first."""
        return sorted(explain(seen.ties, row, self.registry), key=lambda each: each.scorer != seen.headline)

    def cues(self, account: int) -> list[Part]:
        """Return what speaks for and against an account being fake, strongest first."""
        return explain_label(self.assessment, account, self.registry)

    def judged_labels(self) -> FollowerCheck:
        """Return what the labels say of all accounts met, and for which reasons."""
        assessment = self.assessment
        return judge(assessment, self.registry, judged_accounts(assessment))

    def drawn_accounts(self, each: int) -> tuple[list[int], Agreement]:
        """Return accounts to judge, up to so many of every label, and the agreement with what was answered before."""
        answers = self._answers()
        return draw(self.assessment, each, answers).tolist(), agreement(self.assessment, answers)

    def _answers(self) -> dict[int, str]:
        from relnet.store.judgements import reviews

        return reviews(self.workspace.catalog) if self.workspace.has_judgements else {}

    def unit(self, column: str) -> str:
        """Return the unit of a feature's column; empty where it has none."""
        for name in (column, column.removesuffix("_ab").removesuffix("_ba")):
            if name in self.registry.names("feature"):
                return self.registry.make(Feature, name).unit
        return ""

    def acts(self, seen: Seen, row: int, limit: int, offset: int = 0) -> list[Act]:
        """Return interactions of a connection, newest first."""
        with self._door:
            return acts_between(self._opened(), [int(seen.ties.this[row])], seen.account(row), limit, offset)

    def counts_as(self, kind: str) -> str:
        """Return the class of a kind: act, signal or declared."""
        with self._door:
            return self._opened().kind_class(kind)

    def all_months(self) -> Months | None:
        """Return acts by month, until the moment of judging; `None` where none is dated."""
        header = self.assessment.header
        with self._door:
            return _drawn(acts_by_month(self._opened(), header.me, header.as_of), _ways(header.me))

    def record_months(self) -> Months | None:
        """Return acts by month over the whole record, whatever period is looked at."""
        if self._all_months is None:
            header = self.assessment.header
            if header.since is None and header.asked_as_of is None:
                self._all_months = self.all_months()
            else:
                whole = msgspec.structs.replace(header, since=None, asked_as_of=None)
                with self._door:
                    view = view_of(self.workspace, msgspec.structs.replace(self.assessment, header=whole))
                    self._all_months = _drawn(acts_by_month(view, header.me, view.as_of), _ways(header.me))
        return self._all_months

    def report(self) -> str:
        """Return the report as one HTML page."""
        from relnet.report.build import build
        from relnet.report.page import html

        with self._door:
            return html(build(self.assessment, self._opened(), self.registry))

    @property
    def known_turnover(self) -> Turnover | None:
        """Who entered and who left each circle, if that was found out before; no label or note changes it."""
        run_id, found = self._turnover
        return found if run_id == self.assessment.header.run_id else None

    def turnover(self) -> Turnover:
        """Find out who entered and who left each circle within a year."""
        assessment = self.assessment
        with self._door:
            found = turnover(assessment, self.workspace, self.registry)
        self._turnover = (assessment.header.run_id, found)
        return found

    def months(self, seen: Seen, row: int) -> Months | None:
        """Return the acts of a connection by month; a month of a direction that is not covered is unknown."""
        with self._door:
            found = months(self._opened(), [int(seen.ties.this[row])], seen.account(row))
        this = self.handle(int(seen.ties.this[row]))
        ways = _YOURS if seen.has_you else (f"{this}→", f"{seen.handle(row)}→")
        by_month = _drawn(until(found, seen.assessment.header.as_of), ways)
        if by_month is not None:
            for way, known in ((by_month.out, seen.out_known[row]), (by_month.into, seen.in_known[row])):
                way[(way == 0) & (not known)] = np.nan
        return by_month

    def _opened(self) -> NetworkView:
        if self._view is None:
            self._view = view_of(self.workspace, self.assessment)
        return self._view


def _ways(me: list[int]) -> tuple[str, str]:
    return _YOURS if me else ("acts of all", "")


def _drawn(found: dict[str, NDArray[Any]], ways: tuple[str, str]) -> Months | None:
    names = [str(month) for month in found["month"]]
    return Months(names, found["out"], found["back"], ways) if names else None
