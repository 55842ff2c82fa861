"""From an assessment to what the sections of a report may read, with names shown or hidden."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet import __version__
from relnet.assess.assessment import FAKE_FROM, GOOD_BELOW, INACTIVE_FROM, LABELS, Assessment, Figure, Ties, ties
from relnet.assess.health import undated
from relnet.assess.labeling import errors_of
from relnet.assess.lists import LEAST_DAYS, tie_lists
from relnet.assess.prevalence import prevalence
from relnet.assess.table import LEAST_ACTS, headline, nameless_columns
from relnet.facts.records import KIND_CLASSES
from relnet.network.evidence import months
from relnet.network.view import NetworkView
from relnet.plugin import Change, Findings, TieList
from relnet.registry import Registry
from relnet.report.change import change
from relnet.report.figures import figures_of
from relnet.report.methods import methods
from relnet.report.names import aliases, names, own_rows
from relnet.report.reasons import label_reasons
from relnet.report.trend import windows
from relnet.text import clean, clean_column, counted

Columns = dict[str, NDArray[Any]]

HIDDEN: Final = "hidden"


def findings(
    assessment: Assessment,
    view: NetworkView,
    registry: Registry,
    *,
    redact: bool = False,
    earlier: tuple[Assessment, NetworkView] | None = None,
) -> Findings:
    """Return what sections read; see `relnet.plugin.Findings`.

    With `redact`, accounts are P001…, strongest tie first; names, ids, texts, file names and the words of
    plugins and readers are left out, and dates are months.

    Parameters
    ----------
    earlier
        An assessment of the same network, and its view, that this one is compared with.
    """
    header = assessment.header
    mine = ties(assessment)
    leading = headline(assessment)
    order = _strongest(mine, leading)
    shown = aliases(assessment, mine, order) if redact else names(assessment)
    met, interactions = _met(mine)
    shares = prevalence(assessment.labels, met, errors_of(assessment, met, registry))
    lists, spans = tie_lists(mine), windows(assessment, view)
    figures, measures = figures_of(assessment, mine, view, lists, spans, shares.why)
    return Findings(
        as_of=_day(header.as_of, redact) or "",
        since=_day(header.since, redact),
        first=_day(header.first_at, redact),
        last=_day(header.last_at, redact),
        owner=tuple(dict.fromkeys(shown[own_rows(assessment)])),
        redacted=redact,
        interactions=header.interactions,
        undated=undated(view),
        figures=figures | {"share_fake_worst": shares.fake_at_least_recall},
        measures=measures,
        share_note=shares.why,
        thresholds={
            "fake": FAKE_FROM,
            "inactive": INACTIVE_FROM,
            "good": GOOD_BELOW,
            "thin": LEAST_ACTS,
            "often": LEAST_DAYS,
        },
        lists=_placed(lists, order),
        headline=leading,
        ties=_tie_table(mine, order, shown),
        accounts=_account_table(assessment, met, interactions, shown, registry),
        months=_fixed(months(view, view.me)),
        windows=_fixed(_dated(spans, redact)),
        horizon_days=header.horizon_days,
        change=earlier and _change(mine, lists, figures, earlier, shown, redact),
        methods=methods(assessment, registry, redact=redact),
        coverage=_coverage(view, redact),
        visibility=_visibility(view),
        skipped=_skipped(header.skipped, redact),
        warnings=_warnings(header.warnings, redact),
        inputs=_inputs(view, redact),
        provenance=_provenance(assessment, redact),
    )


def _strongest(mine: Ties, leading: str) -> NDArray[np.intp]:
    """Order ties by the leading score, unknown last, then by interactions."""
    score = mine.score(leading) if leading else np.zeros(len(mine))
    return np.lexsort((-mine.feature("interactions"), -score))


def _tie_table(mine: Ties, order: NDArray[np.intp], shown: NDArray[Any]) -> Columns:
    people = mine.assessment.accounts
    columns = nameless_columns(mine)
    columns["last_out"], columns["last_in"] = mine.out("last_act"), mine.back("last_act")
    columns["who"] = shown[mine.account_rows]
    columns["from"] = shown[people.rows(mine.this)]
    return _fixed({name: column[order] for name, column in columns.items()})


def _placed(lists: dict[str, TieList], order: NDArray[np.intp]) -> dict[str, TieList]:
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return {name: msgspec.structs.replace(each, rows=place[each.rows]) for name, each in lists.items()}


def _dated(spans: Columns, redact: bool) -> Columns:
    days = [_day(int(ms), redact) for ms in spans["from"]]
    return spans | {"from": np.array(days, dtype=object)}


def _met(mine: Ties) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the rows of the accounts met and their interactions, most first."""
    assessment = mine.assessment
    sides = [mine.other] if assessment.header.me else [mine.this, mine.other]
    met, place = np.unique(np.concatenate(sides), return_inverse=True)
    weight = np.tile(mine.feature("interactions"), len(sides))
    interactions = np.bincount(place, weights=weight, minlength=len(met)).astype(np.float64)
    order = np.argsort(-interactions, kind="stable")
    return assessment.accounts.rows(met)[order], interactions[order]


def _account_table(
    assessment: Assessment,
    rows: NDArray[np.intp],
    interactions: NDArray[np.float64],
    shown: NDArray[Any],
    registry: Registry,
) -> Columns:
    people, labels = assessment.accounts, assessment.labels
    return _fixed(
        {
            "who": shown[rows],
            "label": np.array(LABELS, dtype=object)[labels.label[rows]],
            "p_fake": labels.p_fake[rows],
            "p_inactive": labels.p_inactive[rows],
            "reason": label_reasons(assessment, rows, registry),
            "interactions": interactions,
            "overridden": labels.overridden[rows],
            "bot": people.columns["automated"][rows] == 1,
            "state": np.array(clean_column(people.columns["state"][rows].tolist()), dtype=object),
            "community": assessment.community[rows],
        }
    )


def _fixed(columns: Columns) -> Columns:
    """Make columns read-only: a section can't change what the next one reads."""
    for column in columns.values():
        column.flags.writeable = False
    return columns


def _day(ms: int | None, redact: bool) -> str | None:
    if ms is None:
        return None
    return str(np.datetime64(ms, "ms").astype("datetime64[M]" if redact else "datetime64[D]"))


def _change(
    mine: Ties,
    lists: dict[str, TieList],
    figures: dict[str, Figure],
    earlier: tuple[Assessment, NetworkView],
    shown: NDArray[Any],
    redact: bool,
) -> Change:
    people, before = mine.assessment.accounts, earlier[0].accounts

    def name(account: int) -> str:
        row = people.row(account)
        if row is not None:
            return str(shown[row])
        then = before.row(account)
        return "someone" if redact or then is None else str(names(earlier[0], np.array([then]))[0])

    def called(pair: tuple[int, int]) -> str:
        return name(pair[1]) if mine.assessment.header.me else f"{name(pair[0])} and {name(pair[1])}"

    return change(_day(earlier[0].header.as_of, redact) or "", mine, lists, figures, earlier, called)


def _coverage(view: NetworkView, redact: bool) -> tuple[str, ...]:
    stated = (coverage for coverage, _ in view.coverage)
    if not redact:
        return tuple(dict.fromkeys(clean(coverage.sentence()) for coverage in stated))
    # A kind that relnet doesn't know is a word from the file.
    known = KIND_CLASSES.keys() | {"*"}
    return tuple(
        dict.fromkeys(
            msgspec.structs.replace(
                coverage,
                kind=coverage.kind if coverage.kind in known else "another kind",
                since=None,
                until=None,
            ).sentence()
            for coverage in stated
        )
    )


def _visibility(view: NetworkView) -> dict[str, int]:
    rows = view.connection.execute(
        "SELECT coalesce(visibility, 'unknown'), count(*) FROM acts GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    return {str(word): int(count) for word, count in rows}


def _skipped(skipped: dict[str, int], redact: bool) -> dict[str, int]:
    if redact:  # a reason may quote the record
        return {"any reason (reasons are hidden)": sum(skipped.values())} if skipped else {}
    return {clean(reason): count for reason, count in sorted(skipped.items(), key=lambda each: (-each[1], each[0]))}


def _warnings(warnings: list[str], redact: bool) -> tuple[str, ...]:
    if redact and warnings:
        return (f"{counted(len(warnings), 'warning')}, hidden",)
    return tuple(clean(warning) for warning in warnings)


def _inputs(view: NetworkView, redact: bool) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (manifest.source, HIDDEN, HIDDEN)
        if redact
        else (manifest.source, clean(manifest.path.replace("\\", "/").rsplit("/", 1)[-1]), manifest.digest)
        for manifest in view.imports.values()
    )


def _provenance(assessment: Assessment, redact: bool) -> dict[str, str]:
    header = assessment.header
    return {
        "relnet": __version__,
        "assessment": HIDDEN if redact else header.run_id,
        "judged as of": _day(header.as_of, redact) or "",
        "looked at since": _day(header.since, redact) or "the beginning",
        "seed": str(header.seed),
    }
