"""The verb that writes a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from relnet.cli.output import emit_json, say
from relnet.cli.session import Session, moment, session
from relnet.errors import GateFailed, SettingsError

if TYPE_CHECKING:
    from relnet.assess.assessment import Assessment
    from relnet.plugin import Findings
    from relnet.store.workspace import Workspace

LEAST_ID = 6
"""Characters of a run's id that name it."""


def report(
    context: typer.Context,
    output: Path = typer.Option(None, "-o", "--output", help="Where to write it; - for stdout [relnet-report.FORMAT]."),
    format: str = typer.Option(None, "--format", help="html, md, json or pdf; by default by the name of the output."),
    redact: bool = typer.Option(False, "--redact", help="Hide names, handles, ids and texts."),
    section: list[str] = typer.Option([], "--section", help="Only this section; may repeat."),
    compare: str = typer.Option(None, "--compare", help="Say what changed since an earlier run: its id, or a date."),
    fail_under: list[str] = typer.Option(
        [], "--fail-under", help="FIGURE=VALUE: end with exit code 6 where the figure is below it; may repeat."
    ),
    csv: Path = typer.Option(None, "--csv", help="Write the whole tables into this folder as CSV."),
) -> None:
    """Write a relationship-health report: figures, lists and reasons, for people (html, md, pdf) or programs (json)."""
    from relnet.assess.run import view_of
    from relnet.export.files import write_bytes
    from relnet.report.build import build
    from relnet.report.formats import by_name, checked, write

    run = session(context)
    format = checked(format or by_name(output))
    gates = [_gate(each) for each in fail_under]
    workspace = run.workspace()
    assessment = run.assessment(workspace)
    then = earlier(run, workspace, compare) if compare else None
    before = None if then is None else (then, view_of(workspace, then))
    made = build(
        assessment, view_of(workspace, assessment), run.registry, redact=redact, sections=section or None,
        earlier=before,
    )  # fmt: skip
    _check_names(made.findings, gates)
    content = write(made, format)
    output = output or Path(f"relnet-report.{format}")
    write_bytes(content, output)
    tables = _write_tables(made.findings, csv) if csv else []
    if str(output) != "-":
        if run.json:
            data = {"path": str(output), "bytes": len(content), "run": assessment.header.run_id, "tables": tables}
            emit_json("report", data)
        else:
            say(f"Wrote {output} ({len(content) / 1000:,.0f} kB).")
    _pass(made.findings, gates)


def earlier(run: Session, workspace: Workspace, named: str) -> Assessment:
    """Return an earlier assessment: one that was kept, by its id or the beginning of it, or one as of a date.

    Raises
    ------
    SettingsError
        No run has this id, and it is no date.
    """
    from relnet.assess.assessment import load
    from relnet.assess.run import assess

    folders = [path for path in sorted(workspace.runs.glob("*")) if not path.name.startswith(".")]
    found = [path for path in folders if len(named) >= LEAST_ID and path.name.startswith(named.lower())]
    if len(found) == 1 and (kept := load(found[0])) is not None:
        return kept
    try:
        as_of = moment(named, "--compare")
    except SettingsError:
        known = ", ".join(path.name for path in folders[:5]) or "none"
        raise SettingsError(
            f"{named!r} is neither a run of this workspace nor a date.", f"Kept runs: {known}.", "--compare"
        ) from None
    return assess(
        workspace, run.registry, as_of=as_of, since=run.since, seed=run.given["seed"],
        horizon_days=run.settings.horizon_days, refit=run.settings.refit,
    )  # fmt: skip


def _gate(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise SettingsError(f"{text!r} has no number.", "Write --fail-under FIGURE=VALUE.", "--fail-under") from None


def _check_names(found: Findings, gates: list[tuple[str, float]]) -> None:
    for name, _ in gates:
        if name not in found.figures:
            known = ", ".join(found.measures)
            raise SettingsError(f"There is no figure {name!r}.", f"There are: {known}.", "--fail-under")


def _pass(found: Findings, gates: list[tuple[str, float]]) -> None:
    below = []
    for name, least in gates:
        value = found.figures[name].value
        if value != value:  # what is unknown cannot be shown to be enough
            measure = found.measures.get(name)
            below.append(f"{name} is unknown" + (f" ({measure.unknown})" if measure and measure.unknown else ""))
        elif value < least:
            below.append(f"{name} is {value:g}, below {least:g}")
    if below:
        raise GateFailed(f"{'; '.join(below)}.", "The report is written.", "--fail-under")


def _write_tables(found: Findings, folder: Path) -> list[str]:
    from relnet.export.files import write_frame
    from relnet.report.tables import tables

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, frame in tables(found).items():
        path = folder / f"{name}.csv"
        write_frame(frame, path, "csv")
        written.append(str(path))
    return written
