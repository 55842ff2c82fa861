"""Verbs about relnet itself: demo, config, backup, doctor."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import typer

from relnet.cli.output import emit, emit_json, say, table
from relnet.cli.session import session
from relnet.settings import shown, user_file, user_folder
from relnet.settings_file import literal, written
from relnet.text import counted

_WIDTH: Final = 80
config_app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@config_app.callback()
def config() -> None:
    """Show the settings and where each comes from."""


@config_app.command("show")
def config_show(context: typer.Context) -> None:
    """Print every setting with its value and origin."""
    run = session(context)
    values = msgspec.to_builtins(shown(run.settings))
    origins = run.origins.origin
    if run.json:
        emit_json(
            "config show",
            [{"name": name, "value": value, "origin": origins.get(name, "default")} for name, value in values.items()],
        )
    else:
        emit(_settings_table(values, origins))
        say(f"User file: {user_file()}")
        say(f"Plugin folder: {user_folder() / 'plugins'}")


def _settings_table(values: dict[str, Any], origins: dict[str, str]) -> str:
    """Return each setting as `relnet.toml` would have it, those of a table by their full name, in 80 columns."""
    known = {"environment": "environment", "command line": "command line", str(user_file()): "user file"}
    flat = [
        (".".join(map(written, path)), known.get(origin, "workspace") if origin else "default", value)
        for path, value in _flat(values)
        for origin in [origins.get(".".join(path))]
    ]
    room = max(20, _WIDTH - 4 - sum(max(len(row[column]) for row in flat) for column in (0, 1)))
    rows = []
    for name, origin, value in flat:
        shown = literal(value) or "not set"
        pieces = [shown[i : i + room] for i in range(0, len(shown), room)]
        rows += [(name, origin, pieces[0]), *(("", "", piece) for piece in pieces[1:])]
    return table(("setting", "from", "value"), rows, width=_WIDTH)


def _flat(values: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, (*path, name))
        else:
            yield (*path, name), value


def demo(
    context: typer.Context,
    folder: Path = typer.Option(None, "--folder", help="Keep the made-up files here."),
    people: int = typer.Option(1200, "--people", min=50, help="Followers to make up."),
) -> None:
    """Explore a made-up network with known truth: an X archive and API files, read by the real readers."""
    from relnet.cli.show import open_here
    from relnet.demo.files import write_demo
    from relnet.plugin import ReadOptions

    run = session(context)
    with tempfile.TemporaryDirectory(prefix="relnet-demo-") as temporary:
        place = folder or Path(temporary)
        inputs = write_demo(place, seed=run.given["seed"] or 7, people=people)
        run.given["workspace"] = run.given["workspace"] or str(Path(temporary) / "workspace")
        open_here(run, run.workspace(create=True), inputs, ReadOptions())


def backup(context: typer.Context, target: Path = typer.Argument(help="Zip file to write.")) -> None:
    """Copy a workspace into one zip file: facts, judgements, settings. Unpacked, it is a workspace again."""
    from relnet.store.backup import backup as copied

    run = session(context)
    names = copied(run.workspace(), target)
    size = target.stat().st_size
    if run.json:
        emit_json("backup", {"file": str(target), "bytes": size, "members": names})
    else:
        emit(f"{target}: {counted(len(names), 'file')}, {size / 1e6:,.1f} MB")


def doctor(context: typer.Context) -> None:
    """Check what relnet stands on: versions, terminal, folders, plugins, and the workspace if there is one."""
    from relnet.cli.doctor import checks

    run = session(context)
    found = list(checks(run))
    if run.json:
        emit_json("doctor", found)
    else:
        emit(table(("", "what", "found"), [("ok" if each.is_well else "!", each.what, each.found) for each in found]))
        for each in found:
            if each.hint:
                say(f"{each.what}: {each.hint}")
    raise typer.Exit(0 if all(each.is_well for each in found) else 1)
