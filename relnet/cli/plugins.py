"""Verbs about plugins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import typer

from relnet.cli.output import emit, emit_json, say, table
from relnet.cli.session import session
from relnet.errors import PluginLoadError, SettingsError
from relnet.registry import KINDS

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.command("list")
def list_plugins(
    context: typer.Context, kind: str = typer.Option(None, "--kind", help=f"One of {', '.join(KINDS)}.")
) -> None:
    """List the plugins with their versions and origins."""
    if kind is not None and kind not in KINDS:
        raise SettingsError(f"There is no kind {kind!r}.", f"There are: {', '.join(KINDS)}.", "--kind")
    run = session(context)
    rows = []
    for entry in sorted(run.registry, key=lambda entry: (list(KINDS).index(entry.kind), entry.name)):
        if kind in (None, entry.kind):
            try:
                loaded = entry.load()
                version, about = loaded.version, (loaded.__doc__ or "").strip().partition("\n")[0]
            except PluginLoadError as error:
                version, about = "–", f"failed: {error.message}"
            rows.append((entry.kind, entry.name, version, entry.origin, about))
    if kind is None:
        rows += [("–", "–", "–", failed.where, f"failed: {failed.message}") for failed in run.registry.failures]
        rows += [
            ("file", file.name, "–", str(file.path), f"not run: allow it with relnet plugin trust {file.name}")
            for file in run.registry.untrusted
        ]
    if run.json:
        names = ("kind", "name", "version", "origin", "about")
        emit_json("plugin list", [dict(zip(names, row, strict=True)) for row in rows])
    else:
        emit(table(("kind", "name", "version", "origin", "what it does"), rows))


@app.command("info")
def info(context: typer.Context, name: str = typer.Argument(help="Name of a plugin.")) -> None:
    """Print what a plugin needs, its parameters and its documentation."""
    run = session(context)
    found = [entry for entry in run.registry if entry.name == name]
    if not found:
        raise PluginLoadError(f"There is no plugin called {name}.", "See `relnet plugin list`.")
    for entry in found:
        plugin = run.registry.make(KINDS[entry.kind], name)
        parameters = msgspec.to_builtins(plugin)
        if run.json:
            about = {"kind": entry.kind, "name": name, "version": plugin.version, "origin": entry.origin}
            emit_json(
                "plugin info",
                {
                    **about,
                    "needs": getattr(plugin, "needs", ()),
                    "parameters": parameters,
                    "documentation": plugin.__doc__,
                },
            )
            continue
        emit(f"{entry.kind} {name} {plugin.version} ({entry.origin})\n")
        emit((plugin.__doc__ or "").strip() + "\n")
        if needs := getattr(plugin, "needs", ()):
            emit(f"Needs: {', '.join(needs)}")
        for parameter, value in parameters.items():
            emit(f"Parameter {parameter} = {value}   (settings: [plugins.{name}] {parameter} = …)")


@app.command("new")
def new(
    context: typer.Context,
    name: str = typer.Argument(help="Name of the plugin: small letters, digits, underscores."),
    kind: str = typer.Option("scorer", "--kind", help=f"One of {', '.join(KINDS)}."),
    folder: Path = typer.Option(Path(), "--folder", help="Where to write the project; default: here."),
) -> None:
    """Write a plugin's project that works, is tested and documented."""
    from relnet.testing.scaffold import scaffold

    target = scaffold(name, kind, folder)
    if session(context).json:
        emit_json("plugin new", {"kind": kind, "name": name, "path": str(target)})
    else:
        emit(str(target))
        say(f"Next: relnet plugin test {target}")


@app.command("test")
def test(
    context: typer.Context,
    plugin: str = typer.Argument(help="Folder of a project, a plugin file, or the name of a plugin."),
) -> None:
    """Run the conformance kit: each check, what is wrong, and how to mend it."""
    from relnet.testing.found import tested

    run = session(context)
    found = tested(plugin, run.registry)
    if run.json:
        emit_json("plugin test", found)
    else:
        lines = [line for each in found for line in (f"{each.kind} {each.name}", *map(_told, each.records))]
        emit("\n".join(lines), ascii=run.settings.ascii)
    if any(each.failed for each in found):
        raise typer.Exit(5)


def _told(record: Any) -> str:
    told = f"  {record.outcome:<9} {record.name}"
    return "\n".join(
        [told, f"            {record.wrong}", f"            To mend it: {record.mend}"][: 3 if record.wrong else 1]
    )


@app.command("trust")
def trust(
    context: typer.Context, name: str = typer.Argument(help="Name of a file in the workspace's plugins.")
) -> None:
    """Let a plugin file of the workspace run, as it is now; a change of it must be trusted again."""
    from relnet.trust import trust as allow

    run = session(context)
    waiting = [file for file in run.registry.untrusted if file.name == name]
    if not waiting:
        known = ", ".join(file.name for file in run.registry.untrusted) or "none"
        raise PluginLoadError(f"No file called {name} waits to be trusted.", f"Waiting: {known}.")
    digest = allow(waiting[0].path)
    if run.json:
        emit_json("plugin trust", {"name": name, "path": str(waiting[0].path), "digest": digest})
    else:
        say(f"{waiting[0].path} runs from now on, with your rights, as long as it stays as it is ({digest}).")
