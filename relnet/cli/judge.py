"""Verbs by which the user judges: label, note, tag, person, undo."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import typer

from relnet.assess.assessment import LABELS
from relnet.assess.table import find_account, handle_of, only_match
from relnet.cli.output import emit, emit_json, say, table
from relnet.cli.session import session
from relnet.errors import SettingsError
from relnet.text import clean, counted

if TYPE_CHECKING:
    from relnet.assess.assessment import Assessment
    from relnet.network.view import NetworkView
    from relnet.store.workspace import Workspace

label_app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
person_app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@label_app.callback()
def label() -> None:
    """Say what an account is; your word wins over every labeler."""


@label_app.command("set")
def label_set(
    context: typer.Context,
    who: str = typer.Argument(help="@handle, id, or network:handle."),
    word: str = typer.Argument(help="good, inactive, fake or unknown."),
) -> None:
    """Give an account a label."""
    from relnet.store.judgements import set_override

    if word not in LABELS:
        raise SettingsError(f"There is no label {word!r}.", f"There are: {', '.join(LABELS)}.")
    run = session(context)
    workspace = run.workspace()
    set_override(workspace.catalog, account_called(workspace, run.assessment(workspace), who), word)
    say(f"{who} is {word} now. `relnet undo` takes it back.")


@label_app.command("list")
def label_list(context: typer.Context) -> None:
    """List the labels that you gave."""
    from relnet.store.judgements import overrides

    run = session(context)
    workspace = run.workspace()
    assessment = run.assessment(workspace)
    rows = [(handle_of(assessment, account), word) for account, word in overrides(workspace.catalog).items()]
    if run.json:
        emit_json("label list", [{"account": who, "label": word} for who, word in rows])
    else:
        emit(table(("account", "label"), rows))


def note(
    context: typer.Context,
    who: str = typer.Argument(help="@handle, id, or network:handle."),
    text: str = typer.Argument(help="What to remember."),
) -> None:
    """Write a note on an account."""
    _annotate(context, who, "note", text)


def tag(
    context: typer.Context,
    who: str = typer.Argument(help="@handle, id, or network:handle."),
    word: str = typer.Argument(help="The tag."),
) -> None:
    """Tag an account."""
    _annotate(context, who, "tag", word)


def _annotate(context: typer.Context, who: str, kind: str, text: str) -> None:
    from relnet.store.judgements import annotate

    if not text.strip():
        raise SettingsError(f"The {kind} is empty.", "Write what it is to say.")
    run = session(context)
    workspace = run.workspace()
    annotate(
        workspace.catalog,
        account_called(workspace, run.assessment(workspace), who),
        "tag" if kind == "tag" else "note",
        text,
    )
    say(f"{'Tagged' if kind == 'tag' else 'Noted on'} {who}. `relnet undo` takes it back.")


def undo(context: typer.Context) -> None:
    """Take back the last label, note, tag, join or split."""
    from relnet.store.judgements import undo as take_back

    undone = take_back(session(context).workspace().catalog)
    say(f"Took back: {undone}." if undone else "There is nothing to take back.")


@person_app.callback()
def person() -> None:
    """Join and split the accounts of one person across networks."""


@person_app.command("merge")
def person_merge(
    context: typer.Context,
    who: list[str] = typer.Argument(help="Two or more accounts of one human."),
    name: str = typer.Option(None, "--name", help="What to call the person."),
    me: bool = typer.Option(False, "--me", help="The person is you."),
) -> None:
    """Say that accounts are one person."""
    from relnet.store.judgements import merge_accounts

    run = session(context)
    workspace = run.workspace()
    assessment = run.assessment(workspace)
    accounts = [account_called(workspace, assessment, each) for each in who]
    if len(set(accounts)) < (1 if me else 2):
        raise SettingsError("A person is joined from two accounts or more.", "Name another, or use --me.")
    accounts = merge_accounts(workspace.catalog, name or who[0], accounts, is_me=me)
    say(f"{counted(len(accounts), 'account is', 'accounts are')} one person now. `relnet undo` takes it back.")


@person_app.command("split")
def person_split(
    context: typer.Context, who: str = typer.Argument(help="@handle, id, or network:handle of a joined account.")
) -> None:
    """Take an account out of its person again."""
    from relnet.network.claims import named
    from relnet.store.judgements import persons, split_account

    workspace = session(context).workspace()
    people = persons(workspace.catalog)
    joined = list(named(current_view(workspace), (key for _, keys in people for key in keys)).values())
    place = only_match(
        who, [each.network for each in joined], [each.native_id for each in joined], [each.handle for each in joined]
    )
    split_account(workspace.catalog, joined[place].account)
    say(f"{who} counts by itself again. `relnet undo` takes it back.")


@person_app.command("list")
def person_list(context: typer.Context) -> None:
    """List the persons, and the accounts that say they are one."""
    from relnet.network.claims import named
    from relnet.store.judgements import persons

    run = session(context)
    workspace = run.workspace()
    view = current_view(workspace)
    people = persons(workspace.catalog)
    known = named(view, (key for _, keys in people for key in keys))
    rows = [
        (clean(person.name), person.is_me, [clean(known[key].reference) for key in keys if key in known])
        for person, keys in people
    ]
    offered = offers(view)
    if run.json:
        data = [{"name": name, "me": me, "accounts": accounts} for name, me, accounts in rows]
        emit_json("person list", data, offered)
        return
    lines = [(name, "you" if me else "", ", ".join(keys)) for name, me, keys in rows]
    emit(table(("person", "", "accounts"), lines) if lines else "No accounts are joined: relnet person merge WHO WHO.")
    for line in offered:
        emit(line)


def account_called(workspace: Workspace, assessment: Assessment, who: str) -> int:
    """Return the key of an account, or of the person to whom it was joined."""
    from relnet.assess.run import judgements
    from relnet.network.claims import named

    persons = judgements(workspace).persons
    if not persons:
        return find_account(assessment, who)
    view, people = current_view(workspace), assessment.accounts.columns
    joined = named(view, (key for keys in persons for key in keys))
    stands = {key: view.identity.get(key, key) for key in joined}
    names = zip(*(people[name] for name in ("network", "native_id", "handle")), strict=True)
    known = [
        (int(account), *name)
        for account, name in zip(assessment.accounts.account, names, strict=True)
        if account not in stands.values()
    ]
    known += [(stands[key], each.network, each.native_id, each.handle) for key, each in joined.items()]
    accounts, *columns = zip(*known, strict=True)
    return int(accounts[only_match(who, *columns)])


def current_view(workspace: Workspace) -> NetworkView:
    """Return the network of a workspace as the user's joins leave it."""
    from relnet.assess.run import judgements
    from relnet.network.view import NetworkView

    decided = judgements(workspace)
    return NetworkView(workspace.log, workspace.imports(), persons=decided.persons, me=decided.me)


def offers(view: NetworkView) -> list[str]:
    """Return, in words, which accounts say that they are one person, with the command that joins them."""
    from relnet.network.claims import claims

    lines = []
    for one, other, both in claims(view):
        names = [clean(each.reference) for each in (one, other)]
        says = f"{names[0]} and {names[1]} say they are one" if both else f"{names[0]} says it is also {names[1]}"
        lines.append(f"{says}: relnet person merge {shlex.join(names)}")
    return lines
