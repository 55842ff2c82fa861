"""Verbs that bring data in: load, import list and remove."""

from __future__ import annotations

from pathlib import Path

import typer

from relnet.cli.output import ReadProgress, emit, emit_json, say, table
from relnet.cli.session import Session, session
from relnet.errors import SettingsError, TooManySkipped
from relnet.facts.coverage import sentences
from relnet.ingest.importer import LoadReport
from relnet.ingest.importer import load as load_paths
from relnet.plugin import ReadOptions, Source
from relnet.store.workspace import Workspace, workspace_name
from relnet.text import clean, count, counted

COLUMNS = typer.Option(
    [],
    "--columns",
    help="Column map of a table: source=from,target=to; order of WhatsApp's dates: date=dmy, mdy or ymd.",
)
PATHS = typer.Argument(help="Files or folders: archives, exports, tables.", show_default=False)


def pairs(values: list[str], option: str) -> dict[str, str]:
    """Return `name=value` options as a mapping.

    Raises
    ------
    SettingsError
        One has no `=`.
    """
    split = [value.partition("=") for value in ",".join(values).split(",") if value]
    for name, equals, _ in split:
        if not equals:
            raise SettingsError(f"{name!r} has no value.", f"Write {option} name=value.", option)
    return {name.strip(): value.strip() for name, _, value in split}


def read_options(
    me: list[str], tz: str | None, epoch: str | None, columns: list[str], kinds: list[str], complete: bool
) -> ReadOptions:
    """Return what the user says of an input, checked.

    Raises
    ------
    SettingsError
        The zone or a class is unknown.
    """
    if tz is not None:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            ZoneInfo(tz)
        except (ZoneInfoNotFoundError, ValueError):
            raise SettingsError(f"There is no time zone {tz!r}.", "Write it as Europe/Berlin.", "--tz") from None
    classes = pairs(kinds, "--kinds")
    for kind, word in classes.items():
        if word not in ("act", "signal", "declared"):
            raise SettingsError(f"{kind} cannot be {word!r}.", "A kind is act, signal or declared.", "--kinds")
    return ReadOptions(tuple(me), tz, epoch, pairs(columns, "--columns"), classes, complete)


def import_paths(
    run: Session, workspace: Workspace, paths: list[Path], options: ReadOptions, named: str | None
) -> LoadReport:
    """Import with progress on stderr."""
    source = run.registry.make(Source, named) if named else None
    sources, failures = run.registry.usable(Source)
    for failure in failures:
        if not run.json:
            say(f"Left out: {failure}")
    progress = ReadProgress(run.given["quiet"])
    try:
        return load_paths(paths, workspace, sources, options, progress, source)
    finally:
        progress.close()


def place_for(run: Session, paths: list[Path]) -> Workspace:
    """Return the workspace that was named, or one named after the first path."""
    return run.workspace(workspace_name(paths[0].absolute().name.split(".")[0]), create=True)


def load(
    context: typer.Context,
    paths: list[Path] = PATHS,
    as_format: str = typer.Option(None, "--as", help="Name of the reader to use."),
    me: list[str] = typer.Option([], "--me", help="A handle, id or address of yours; may repeat."),
    tz: str = typer.Option(None, "--tz", help="Zone of times that carry none, as Europe/Berlin."),
    epoch: str = typer.Option(None, "--epoch", help="Start of relative times: ISO moment, 'relative' or 'excel'."),
    columns: list[str] = COLUMNS,
    kinds: list[str] = typer.Option([], "--kinds", help="Class of a kind: answer=act,missed-call=signal."),
    complete: bool = typer.Option(False, "--complete", help="Nothing is missing in it: absence means zero."),
    max_skipped: int = typer.Option(
        None, "--max-skipped", help="End with exit code 4 beyond this many skipped records."
    ),
) -> None:
    """Import files or folders into a workspace; what is there already is not added twice."""
    from relnet.cli.judge import current_view, offers

    run = session(context)
    options = read_options(me, tz, epoch, columns, kinds, complete)
    workspace = place_for(run, paths)
    report = import_paths(run, workspace, paths, options, as_format)
    offered = offers(current_view(workspace))
    if run.json:
        data = {"workspace": str(workspace.path), "loaded": report.loaded, "unknown": report.unknown}
        emit_json("load", data, offered)
    else:
        emit("\n".join([load_text(report), *offered]))
        emit(f"Workspace: {workspace.path}")
    limit = run.settings.max_skipped if max_skipped is None else max_skipped
    if 0 <= limit < report.skipped:
        raise TooManySkipped(
            f"{counted(report.skipped, 'record was', 'records were')} skipped, more than {count(limit)}.",
            "The rest is imported.",
        )


def load_text(report: LoadReport) -> str:
    """Return what became of each input, in words."""
    lines = []
    for loaded in report.loaded:
        manifest = loaded.manifest
        state = "already imported, nothing added" if loaded.known else "imported"
        lines.append(f"{clean(loaded.path)}: {state} by {manifest.source}")
        rows = ", ".join(
            counted(n, kind.removesuffix("s"), kind) for kind, n in manifest.rows.items() if n and kind != "self"
        )
        lines.append(
            f"  kept {rows or 'nothing'}; "
            f"read {sum(manifest.read.values()) / 1e6:,.1f} MB in {counted(len(manifest.read), 'file')}"
        )
        if manifest.rows.get("self"):
            lines.append(f"  {count(manifest.rows['self'])} to oneself (threads, own boosts): no ties")
        if manifest.overlap:
            lines.append(f"  {count(manifest.overlap)} already known from other imports, counted once")
        for reason, (n, named) in manifest.skips.items():
            places = "; ".join(clean(place) for place in named)
            lines.append(
                f"  skipped {count(n)}: {clean(reason)}"
                + (f" ({places}{'; …' if n > len(named) else ''})" if named else "")
            )
        lines += [f"  note: {clean(note)}" for note in manifest.notes]
        if manifest.new_kinds:
            kinds = ", ".join(clean(kind) for kind in manifest.new_kinds)
            lines.append(f"  kinds new to relnet, counted as acts: {kinds} (change with --kinds)")
        if manifest.unknown_files:
            lines.append(f"  not read: {', '.join(clean(name) for name in manifest.unknown_files)}")
        lines += [f"  covers {line}" for line in sentences(coverage for coverage, _ in manifest.coverage)]
    if report.unknown:
        lines.append(f"No reader for: {', '.join(clean(name) for name in report.unknown)}")
    return "\n".join(lines)


import_app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@import_app.command("list")
def import_list(context: typer.Context) -> None:
    """List the imports of a workspace."""
    run = session(context)
    manifests = run.workspace().imports().values()
    if run.json:
        emit_json("import list", list(manifests))
        return
    rows = [
        (
            m.import_id[:8],
            m.source,
            count(m.rows["interactions"]),
            count(m.rows["accounts"]),
            Path(m.path).name,
        )
        for m in manifests
    ]
    emit(table(("import", "source", "interactions", "accounts", "file"), rows, right=(2, 3)))


@import_app.command("remove")
def import_remove(context: typer.Context, name: str = typer.Argument(help="Import id, or its beginning.")) -> None:
    """Remove the facts of one import; judgements stay."""
    from relnet.store import log

    run = session(context)
    workspace = run.workspace()
    found = [import_id for import_id in workspace.imports() if import_id.startswith(name)]
    if len(found) != 1:
        raise SettingsError(
            f"{len(found) or 'No'} {'imports begin' if found else 'import begins'} with {name!r}.",
            "See `relnet import list`.",
        )
    with workspace.importing():
        log.remove(workspace.log, found[0])
        workspace.catalog.adopt(workspace)
    say(f"Removed {found[0]}.")
