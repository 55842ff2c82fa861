"""The plain twin of the screen Time: acts by month, circles then and now, and the lists that ask for attention."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import typer

from relnet.assess.assessment import Assessment, Ties, ties
from relnet.assess.lists import is_bound, tie_lists
from relnet.assess.months import acts_by_month
from relnet.assess.run import view_of
from relnet.assess.table import handle_of, tie_columns
from relnet.assess.turnover import MEANING, Turnover, turnover
from relnet.cli.output import emit, emit_json, table, terminal_width
from relnet.cli.session import session
from relnet.errors import SettingsError
from relnet.moments import day
from relnet.plugin import TieList
from relnet.text import UNKNOWN, ago, clean, count, score

_FIRST: Final = 5
"""People named of each list where none is asked for."""


def show_time(
    context: typer.Context,
    list_name: str = typer.Option(None, "--list", help="One list: fading, rising, unanswered, one-sided, dormant."),
    limit: int = typer.Option(50, "--limit", min=0, help="People of the list; 0 for all."),
) -> None:
    """Print acts by month, who entered and left the circles, and the ties that ask for attention."""
    run = session(context)
    workspace = run.workspace()
    assessment = run.assessment(workspace)
    mine = ties(assessment)
    lists = tie_lists(mine)
    if list_name is not None:
        if list_name not in lists:
            raise SettingsError(f"There is no list {clean(list_name)}.", f"There are: {', '.join(lists)}.", "--list")
        found, shown = lists[list_name], lists[list_name].rows[: limit or None]
        if run.json:
            emit_json("show time", _list_data(mine, found, shown), assessment.header.warnings)
        else:
            emit("\n".join(_list_lines(mine, list_name, found, shown)), ascii=run.settings.ascii)
        return
    header = assessment.header
    by_month = acts_by_month(view_of(workspace, assessment), header.me, header.as_of)
    circles = turnover(assessment, workspace, run.registry)
    if run.json:
        data = {
            "months": _month_data(by_month),
            "circles": {"before": day(circles.before), "changes": circles.changes, "unknown": circles.unknown},
            "lists": {name: _list_data(mine, each, each.rows[: limit or None]) for name, each in lists.items()},
        }
        emit_json("show time", data, assessment.header.warnings)
        return
    lines = [*_month_lines(by_month, bool(assessment.header.me)), "", *_circle_lines(assessment, circles)]
    for name, each in lists.items():
        lines += ["", *_list_lines(mine, name, each, each.rows[:_FIRST])]
    emit("\n".join(lines), ascii=run.settings.ascii)


def _month_data(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"month": str(month), "out": _whole(out), "back": _whole(back)}
        for month, out, back in zip(found["month"], found["out"], found["back"], strict=True)
    ]


def _whole(number: float) -> int | None:
    return None if np.isnan(number) else int(number)


def _month_lines(found: dict[str, Any], owned: bool) -> list[str]:
    rows = [
        (str(month), count(out), count(back))
        for month, out, back in zip(found["month"], found["out"], found["back"], strict=True)
    ]
    if not rows:
        return ["Acts by month: unknown, none is dated"]
    if not owned:  # nobody is “you”, so there is but one way
        return [table(("month", "acts"), [row[:2] for row in rows], right=(1,))]
    return [table(("month", "you→", "→you"), rows, right=(1, 2))]


def _circle_lines(assessment: Assessment, circles: Turnover) -> list[str]:
    if circles.unknown:
        return [f"Circles against {day(circles.before)}: {UNKNOWN}, {circles.unknown}."]
    lines = [f"Circles against {day(circles.before)}"]
    for change in circles.changes:
        names = {
            word: ", ".join(handle_of(assessment, account) for account in accounts[:_FIRST])
            + (f" and {count(len(accounts) - _FIRST)} more" if len(accounts) > _FIRST else "")
            for word, accounts in (("entered", change.entered), ("left", change.left))
        }
        lines.append(f"  within {change.size:>3}: {count(change.before)} then, {count(change.now)} now")
        lines += [f"    {word}: {who}" for word, who in names.items() if who]
    return [*lines, f"  {MEANING}"]


def _list_lines(mine: Ties, name: str, found: TieList, shown: Any) -> list[str]:
    bound = "at least " if is_bound(mine, name, found) else ""
    number = UNKNOWN if found.unknown and not len(found.rows) else bound + count(len(found.rows))
    lines = [f"{name.capitalize()}: {number}", f"  {found.meaning}"]
    if found.unknown:
        lines.append(f"  Unknown: {found.unknown}.")
    if len(shown):
        columns = tie_columns(mine.take(shown))
        led = "engagement" in columns
        rows = [
            (
                columns["handle"][i],
                score(columns["engagement"][i]) if led else UNKNOWN,
                columns["label"][i],
                count(columns["out"][i]),
                count(columns["in"][i]),
                ago(columns["last"][i]),
            )
            for i in range(len(shown))
        ]
        head = ("who", "engagement", "label", "you→", "→you", "last")
        lines += table(head, rows, right=(1, 3, 4, 5), width=terminal_width()).splitlines()
    if len(shown) < len(found.rows):
        lines.append(f"{count(len(shown))} of {count(len(found.rows))}: relnet show time --list {name} --limit 0")
    return lines


def _list_data(mine: Ties, found: TieList, shown: Any) -> dict[str, Any]:
    some = mine.take(shown)
    columns = tie_columns(some)
    names = ("handle", "engagement", "label", "out", "in", "last", "circle")
    rows = [
        {"account": str(some.other[i]), **{name: columns[name][i] for name in names if name in columns}}
        for i in range(len(shown))
    ]
    return {"meaning": found.meaning, "unknown": found.unknown, "total": len(found.rows), "rows": rows}
