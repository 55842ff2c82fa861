"""The action list in plain text: relnet writes it down, and does none of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import typer

from relnet.assess.written import ACTIONS, Entry, action_list, action_text, as_csv, as_markdown, written
from relnet.cli.judge import account_called
from relnet.cli.output import emit, emit_json, say, table
from relnet.cli.session import Session, session
from relnet.errors import InputError, SettingsError
from relnet.text import ago, clean, counted

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
_FORMATS: Final = {"csv": as_csv, "md": as_markdown}


@app.callback()
def act() -> None:
    """Keep a list of what you want to do; nothing of it is done by relnet."""


@app.command("list")
def act_list(context: typer.Context) -> None:
    """Print the list."""
    run = session(context)
    entries = _entries(run)
    if run.json:
        emit_json("act list", entries)
        return
    rows = [
        (str(each.number), each.handle, each.action, each.detail or each.note, each.label, ago(each.last), each.day)
        for each in entries
    ]
    head = ("no.", "who", "action", "what", "label", "last", "added")
    emit(
        table(head, rows, right=(0,)) if rows else "Nothing is on the list: relnet act add WHO ACTION.",
        ascii=run.settings.ascii,
    )


@app.command("add")
def act_add(
    context: typer.Context,
    who: str = typer.Argument(help="@handle, id, or network:handle."),
    action: str = typer.Argument(help=f"One of: {', '.join(ACTIONS)}."),
    detail: str = typer.Option("", "--note", help="What to remember with it."),
) -> None:
    """Put an account on the list."""
    from relnet.store.judgements import annotate

    if action not in ACTIONS:
        raise SettingsError(f"There is no action {action!r}.", f"There are: {', '.join(ACTIONS)}.")
    run = session(context)
    workspace = run.workspace()
    account = account_called(workspace, run.assessment(workspace), who)
    annotate(workspace.catalog, account, "action", action_text(action, detail))
    say(f"{who} is on your list to {action}. `relnet undo` takes it back.")


@app.command("remove")
def act_remove(
    context: typer.Context,
    entry: str = typer.Argument(help="Number in `relnet act list`, or whom the entry is about."),
) -> None:
    """Take an entry off the list."""
    from relnet.store.judgements import remove_annotation

    run = session(context)
    workspace, entries = run.workspace(), _entries(run)
    found = [each for each in entries if entry == str(each.number)]
    if not found and not entry.isdecimal():
        account = account_called(workspace, run.assessment(workspace), entry)
        found = [each for each in entries if each.account == account]
    if not found:
        what = f"no number {entry}" if entry.isdecimal() else f"no entry about {clean(entry)}"
        raise InputError(f"The list has {what}.", "See `relnet act list`.")
    if len(found) > 1:
        numbers = ", ".join(str(each.number) for each in found)
        raise InputError(f"The list has several entries about {clean(entry)}.", f"Name one by its number: {numbers}.")
    remove_annotation(workspace.catalog, found[0].account, found[0].number)
    say(f"{found[0].handle} is off your list. `relnet undo` takes it back.")


@app.command("export")
def act_export(
    context: typer.Context,
    output: Path = typer.Argument(Path("-"), help="File to write; - for stdout."),
    format: str = typer.Option(None, "--format", help="csv or md; by default as the file is named, else csv."),
) -> None:
    """Write the list as CSV or Markdown."""
    from relnet.export.files import write_bytes

    named = format or (output.suffix.removeprefix(".") if output.suffix else "csv")
    if named not in _FORMATS:
        raise SettingsError(f"There is no format {named!r}.", "Choose csv or md.", "--format")
    entries = _entries(session(context))
    text = _FORMATS[named](entries)
    write_bytes(text.encode(), output)
    say(f"{counted(len(entries), 'entry', 'entries')} written.")


def _entries(run: Session) -> list[Entry]:
    workspace = run.workspace()
    assessment = run.assessment(workspace)
    return action_list(assessment, written(assessment, workspace))
