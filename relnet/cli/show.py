"""Plain twins of the screens, and the way into the dashboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import typer

from relnet.assess.assessment import LABELS, Assessment, Ties, ties
from relnet.assess.filters import parse
from relnet.assess.ordering import sort_order
from relnet.assess.run import judgements
from relnet.assess.table import LEAST_ACTS, handle_of, headline, tie_columns
from relnet.cli.data import COLUMNS as MAP
from relnet.cli.data import import_paths, load_text, place_for, read_options
from relnet.cli.labels import label_lines, labels
from relnet.cli.output import emit, emit_json, is_terminal, say, table, terminal_width
from relnet.cli.session import Session, recent, session
from relnet.cli.show_time import show_time
from relnet.errors import InputError, SettingsError
from relnet.moments import day
from relnet.store.workspace import Workspace
from relnet.text import ago, clean, count, counted, score, share

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
app.command("labels")(labels)
app.command("time")(show_time)

COLUMNS = ("handle", "engagement", "label", "out", "in", "last", "circle")
"""Columns of `show connections` where none are named."""


def open_dashboard(
    context: typer.Context,
    paths: list[Path] = typer.Argument(None, help="Files, folders or workspaces; none: the recent workspace."),
    as_format: str = typer.Option(None, "--as", help="Name of the reader to use."),
    me: list[str] = typer.Option([], "--me", help="A handle, id or address of yours; may repeat."),
    tz: str = typer.Option(None, "--tz", help="Zone of times that carry none."),
    epoch: str = typer.Option(None, "--epoch", help="Start of relative times."),
    columns: list[str] = MAP,
    kinds: list[str] = typer.Option([], "--kinds", help="Class of a kind."),
    complete: bool = typer.Option(False, "--complete", help="Nothing is missing in it: absence means zero."),
) -> None:
    """Open the dashboard; where the output is no terminal, print the overview instead."""
    run = session(context)
    options = read_options(me, tz, epoch, columns, kinds, complete)
    inputs = list(paths or [])
    if len(inputs) == 1 and (inputs[0] / "log").is_dir():
        run.given["workspace"] = str(inputs.pop().absolute())
    open_here(run, place_for(run, inputs) if inputs else run.workspace(), inputs, options, as_format)


def open_here(run: Session, workspace: Workspace, inputs: list[Path], options: Any, named: str | None = None) -> None:
    """Import what is given, then show it: in the dashboard, or plainly."""
    if is_terminal() and not run.json:
        from relnet.tui.app import run as dashboard

        code = dashboard(
            inputs,
            workspace,
            run.registry,
            options=options,
            as_of=run.as_of,
            since=run.since,
            settings=run.settings,
            source=named,
            recent=recent(),
            find_plugins=lambda: Session(run.given).registry,
        )
        raise typer.Exit(code)
    if inputs:
        report = import_paths(run, workspace, inputs, options, named)
        if not run.given["quiet"]:
            say(load_text(report))
    show_overview(run, workspace)


@app.command("overview")
def overview(context: typer.Context) -> None:
    """Print the health figures and the strongest ties."""
    run = session(context)
    show_overview(run, run.workspace())


def show_overview(run: Session, workspace: Workspace) -> None:
    """Print the overview of a workspace."""
    assessment = run.assessment(workspace)
    header = assessment.header
    if run.json:
        emit_json(
            "show overview",
            {"header": header, "top": _rows(run, assessment, "", None, 10, ())},
            header.warnings,
        )
        return
    lines = [*_heading(assessment, workspace), *_joined(workspace), "", *_figures(assessment), ""]
    lines.append(_connections_text(run, assessment, "", None, 10, COLUMNS))
    if header.coverage:
        lines += ["", "What was imported covers:", *(f"  {line}" for line in header.coverage)]
        lines.append("  Everything else is unknown, not zero.")
    emit("\n".join(lines), ascii=run.settings.ascii)


def _heading(assessment: Assessment, workspace: Workspace) -> list[str]:
    from relnet.assess.health import undated
    from relnet.assess.run import view_of

    header = assessment.header
    me = ", ".join(handle_of(assessment, key) for key in header.me) or "nobody's own network"
    span = "–".join(dict.fromkeys(day(ms)[:4] for ms in (header.first_at, header.last_at) if ms is not None))
    sources = counted(len(set(header.sources)), "source")
    acts = counted(header.interactions, "dated interaction")
    # Only where there may be undated ones is it worth to look for them.
    if sum(each.rows["interactions"] for each in workspace.imports().values()) > header.interactions:
        acts += f" and {count(without)} undated" if (without := undated(view_of(workspace, assessment))) else ""
    lines = [" · ".join([me, sources, acts, *[span] * bool(span)]) + f"   as of {day(header.as_of)}"]
    if header.skipped:
        lines.append(
            f"{counted(sum(header.skipped.values()), 'record was', 'records were')} skipped: see `relnet import list --json`"
        )
    return lines + [f"Warning: {clean(warning)}" for warning in header.warnings]


def _joined(workspace: Workspace) -> list[str]:
    persons = judgements(workspace).persons
    accounts = sum(map(len, persons))
    return [
        f"{counted(accounts, 'account counts', 'accounts count')} as {count(len(persons))} by your word (relnet person list)"
    ] * bool(persons)


def _figures(assessment: Assessment) -> list[str]:
    figures = assessment.header.summary
    both = figures["both_ways"]
    unknown = int(figures["direction_unknown"].value)
    bound = "at least " if unknown else ""
    both_text = "unknown" if np.isnan(both.value) else bound + count(both.value)
    lines = [
        f"People      {count(figures['people'].value)}; acts both ways with {both_text}"
        + (f" (a direction is not covered for {count(unknown)})" if unknown else "")
    ]
    parts = []
    for word in LABELS[:3]:
        figure = figures[f"share_{word}"]
        interval = "" if np.isnan(figure.low) else f" ({share(figure.low)}–{share(figure.high)})"
        parts.append(f"{share(figure.value)} {word}{interval}")
    known = figures["share_fake"].n
    lines.append(
        f"Who is real {', '.join(parts)} of the {count(known)} that can be judged; "
        f"{count(figures['label_unknown'].value)} unknown"
        if known
        else f"Who is real unknown: no profile facts for any of {counted(figures['label_unknown'].value, 'account')}"
    )
    sizes = " · ".join(count(figures[f"circle_{size}"].value) for size in (5, 15, 50, 150))
    lines.append(f"Circles     {bound}{sizes} of 5 · 15 · 50 · 150")
    return lines


@app.command("connections")
def connections(
    context: typer.Context,
    filter: str = typer.Option("", "--filter", help="As in the dashboard: label:fake engagement<.2 last>1y."),
    sort: str = typer.Option(None, "--sort", help="Column to sort by; -column for ascending."),
    limit: int = typer.Option(50, "--limit", min=0, help="Rows; 0 for all."),
    columns: str = typer.Option(",".join(COLUMNS), "--columns", help="Columns, by comma."),
) -> None:
    """Print the connections table."""
    run = session(context)
    assessment = run.assessment(run.workspace())
    names = tuple(name.strip() for name in columns.split(",") if name.strip())
    if run.json:
        emit_json("show connections", _rows(run, assessment, filter, sort, limit, names), assessment.header.warnings)
    else:
        for warning in assessment.header.warnings:
            say(f"Warning: {clean(warning)}")
        emit(_connections_text(run, assessment, filter, sort, limit, names), ascii=run.settings.ascii)


def _chosen(
    run: Session,
    assessment: Assessment,
    filter: str,
    sort: str | None,
) -> tuple[Ties, dict[str, Any], np.ndarray]:
    mine = ties(assessment)
    columns: dict[str, Any] = dict(tie_columns(mine, _tags(run)))
    by = sort or headline(assessment)
    name, descending = by.removeprefix("-"), not by.startswith("-")
    if name and name not in columns:
        raise SettingsError(f"There is no column {name}.", f"There are: {', '.join(sorted(columns))}.", "--sort")
    order = sort_order(columns[name], descending) if name else np.arange(len(mine))
    mask = parse(filter).mask(columns)
    return mine, columns, order[mask[order]]


def _tags(run: Session) -> dict[int, list[str]]:
    workspace = run.workspace()
    if not workspace.has_judgements:
        return {}
    from relnet.store.judgements import annotations

    tags: dict[int, list[str]] = {}
    for row in annotations(workspace.catalog):
        if row.kind == "tag":
            tags.setdefault(row.account, []).append(row.text)
    return tags


def _rows(
    run: Session,
    assessment: Assessment,
    filter: str,
    sort: str | None,
    limit: int,
    names: tuple[str, ...],
) -> dict[str, Any]:
    mine, columns, order = _chosen(run, assessment, filter, sort)
    names = _known(names or tuple(columns), columns, assessment)
    shown = order[: limit or None]
    rows = [{name: columns[name][i] for name in names} | {"account": str(mine.other[i])} for i in shown]
    return {"rows": rows, "matching": len(order), "total": len(mine)}


def _known(names: tuple[str, ...], columns: dict[str, Any], assessment: Assessment) -> tuple[str, ...]:
    names = tuple(
        headline(assessment) or "vitality" if name == "engagement" and name not in columns else name for name in names
    )
    for name in names:
        if name not in columns:
            raise SettingsError(f"There is no column {name}.", f"There are: {', '.join(sorted(columns))}.", "--columns")
    return names


def _connections_text(
    run: Session,
    assessment: Assessment,
    filter: str,
    sort: str | None,
    limit: int,
    names: tuple[str, ...],
) -> str:
    mine, columns, order = _chosen(run, assessment, filter, sort)
    names = _known(names, columns, assessment)
    by = (sort or "").removeprefix("-")
    names = (*names, by) if by and by not in names else names  # what orders the rows is seen in them
    if not assessment.header.me and "from" not in names:
        names = ("from", *names)
    shown = order[: limit or None]
    numbers = [i for i, name in enumerate(names) if np.asarray(columns[name]).dtype.kind in "fi"]
    rows = [[_cell(name, columns, i) for name in names] for i in shown]
    head = [{"out": "you→", "in": "→you"}.get(name, name) if assessment.header.me else name for name in names]
    text = table(head, rows, right=numbers, width=terminal_width())
    matching = f" of {count(len(order))} that match" if len(order) < len(mine) else ""
    if len(shown) < len(mine):
        text += f"\n{count(len(shown))}{matching} of {counted(len(mine), 'connection')}"
    return text


def _cell(name: str, columns: dict[str, Any], i: int) -> str:
    value = columns[name][i]
    if name in ("last", "first"):
        return ago(float(value))
    if name in ("out", "in"):
        return _number(value) if columns[f"{name}_known"][i] or np.isnan(value) else f"≥{count(value)}"
    if name == "circle":
        return "–" if not value else str(int(value))
    if name in ("tag", "list"):
        return ", ".join(value)
    if isinstance(value, float):
        return score(value) if columns[name].dtype.kind == "f" and name not in _COUNTS else _number(value)
    return str(value)


_COUNTS = frozenset({"days", "interactions", "followers", "following", "community"})


def _number(value: float) -> str:
    return "unknown" if np.isnan(value) else count(value)


@app.command("connection")
def connection(
    context: typer.Context,
    who: str = typer.Argument(help="@handle, id, or network:handle."),
    acts: int = typer.Option(10, "--acts", min=0, help="Interactions to print."),
) -> None:
    """Print one connection: scores with their parts, and the interactions behind them."""
    from relnet.assess.boundaries import boundaries
    from relnet.assess.explain import explain, explain_label
    from relnet.assess.run import view_of
    from relnet.cli.judge import account_called
    from relnet.network.evidence import acts_between

    run = session(context)
    workspace = run.workspace()
    assessment = run.assessment(workspace)
    account = account_called(workspace, assessment, who)
    mine, row = _tie_with(assessment, account)
    explained = explain(mine, row, run.registry)
    own = assessment.header.me or [int(mine.this[row])]
    side = "you" if assessment.header.me else handle_of(assessment, own[0])
    evidence = acts_between(view_of(workspace, assessment), own, int(mine.other[row]), acts)
    columns, cues = tie_columns(mine), explain_label(assessment, account, run.registry)
    changes = boundaries(mine, row, cues)
    if run.json:
        data = {
            "account": str(account), "columns": {name: column[row] for name, column in columns.items()},
            "scores": explained, "label_cues": cues, "would_change": changes,
            "acts": evidence,
        }  # fmt: skip
        emit_json("show connection", data, assessment.header.warnings)
        return
    emit(
        "\n".join(
            [
                *([] if assessment.header.me else [f"{side}: the strongest of {counted(len(mine), 'connection')}"]),
                *_connection_lines(columns, row, explained, side),
                *label_lines(assessment, account, run.registry),
                *(f"Would change: {line}" for line in changes),
                *_act_lines(evidence, own, side),
            ]
        ),
        ascii=run.settings.ascii,
    )


def _tie_with(assessment: Assessment, account: int) -> tuple[Ties, int]:
    mine = ties(assessment) if assessment.header.me else ties(assessment, frozenset({account}))
    if not assessment.header.me:
        if not len(mine):
            raise InputError("This account has no connections.")
        return mine, int(sort_order(mine.feature("interactions"), True)[0])
    found = np.flatnonzero(mine.other == account)
    if not len(found):
        raise InputError(
            "There is no connection with this account.", "It is known from a follow list or a profile only."
        )
    return mine, int(found[0])


def _connection_lines(columns: dict[str, Any], row: int, explained: list[Any], side: str) -> list[str]:
    name = columns["name"][row]
    title = columns["handle"][row] + (f" ({name})" if name else "")
    circle = int(columns["circle"][row])
    lines = [f"{title} · {columns['label'][row]}" + (f" · circle {circle}" if circle else "")]
    acts = np.nansum([columns["out"][row], columns["in"][row]])
    lines.append(
        f"{side}→ {_cell('out', columns, row)}, →{side} {_cell('in', columns, row)}, last {ago(columns['last'][row])}"
        + (f" · thin: {counted(acts, 'act')}" if acts < LEAST_ACTS else "")
    )
    lines.append("")
    for each in explained:
        answer = score(each.score) if not each.unknown else f"unknown: {each.unknown}"
        lines.append(f"{each.scorer:<20} {answer}   {each.summary}")
        for part in each.parts:
            value = "" if np.isnan(part.value) else f"  ({part.value:,.4g})"
            lines.append(f"    {part.effect:+.3f}  {part.name}{value}")
    return [*lines, ""]


def _act_lines(evidence: list[Any], own: list[int], side: str) -> list[str]:
    lines = ["", "Newest acts:"]
    for act in evidence:
        when = "undated" if act.at is None else str(np.datetime64(act.at, "ms"))[:16].replace("T", " ") + " UTC"
        way = f"{side}→" if act.source in own else f"→{side}"
        place = f"{act.member}:{act.record}" if act.record >= 0 else act.member
        lines.append(f"  {when}  {way} {act.kind}  {clean(act.text or '')[:90]}  [{place}]")
    return lines
