"""Verbs about plugins."""

from __future__ import annotations

import msgspec
import typer

from relnet.cli.output import emit, emit_json, table
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
