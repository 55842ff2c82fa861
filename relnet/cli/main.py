"""The command line: a table of verbs, each in a module that is imported when it is used."""

from __future__ import annotations

import atexit
import gc
import importlib
import sys
from typing import Any, Final

import typer
from typer.core import TyperGroup

from relnet.errors import RelnetError

VERBS: Final = {
    "open": ("relnet.cli.show:open_dashboard", "Open the dashboard on files, folders or a workspace."),
    "demo": ("relnet.cli.upkeep:demo", "Explore a made-up network with known truth."),
    "load": ("relnet.cli.data:load", "Import files or folders into a workspace."),
    "sync": ("relnet.cli.sync:sync", "Fetch your own record from Bluesky or a Mastodon server; it only reads."),
    "show": ("relnet.cli.show:app", "Print the overview, connections, one connection or its evidence."),
    "check": ("relnet.cli.check:check", "Check followers: fake, inactive, good or unknown, with intervals."),
    "review": ("relnet.cli.review:review", "Judge accounts drawn by chance yourself; see how far the labels agree."),
    "report": ("relnet.cli.report:report", "Write a relationship-health report (html, md, json or pdf)."),
    "export": ("relnet.cli.export:export_app", "Write connections, interactions or the graph to a file."),
    "import": ("relnet.cli.data:import_app", "List or remove imports."),
    "label": ("relnet.cli.judge:label_app", "Say what an account is; your word wins over every labeler."),
    "note": ("relnet.cli.judge:note", "Write a note on an account."),
    "tag": ("relnet.cli.judge:tag", "Tag an account."),
    "act": ("relnet.cli.act:app", "Keep a list of what you want to do; relnet does none of it."),
    "person": ("relnet.cli.judge:person_app", "Join and split the accounts of one person across networks."),
    "undo": ("relnet.cli.judge:undo", "Take back the last label, note, tag, join or split."),
    "evaluate": ("relnet.cli.evaluate:app", "Judge scores and labels where the truth is known."),
    "plugin": ("relnet.cli.plugins:app", "List plugins and what they do."),
    "backup": ("relnet.cli.upkeep:backup", "Copy a workspace into one zip file."),
    "doctor": ("relnet.cli.upkeep:doctor", "Check versions, terminal, folders, plugins and the workspace."),
    "config": ("relnet.cli.upkeep:config_app", "Show the settings and where each comes from."),
}
"""Verb → where its command is, and its line in the help."""


class Verbs(TyperGroup):
    """The verbs by the table: none is imported before it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the verbs in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one verb."""
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name][0].partition(":")
        target: Any = getattr(importlib.import_module(module), name)
        if not isinstance(target, typer.Typer):
            single = typer.Typer(add_completion=False, rich_markup_mode=None)
            single.command(name=cmd_name)(target)
            target = single
        command = typer.main.get_command(target)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the verbs with their lines."""
        with formatter.section("Commands"):
            formatter.write_dl([(verb, line) for verb, (_, line) in VERBS.items()])


app = typer.Typer(cls=Verbs, rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False)


def say_version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        from relnet import __version__

        typer.echo(f"relnet {__version__}")
        raise typer.Exit


@app.callback()
def relnet(
    context: typer.Context,
    workspace: str = typer.Option(None, "-w", "--workspace", help="Name or path of the workspace."),
    json: bool = typer.Option(False, "--json", help="Print one JSON document."),
    quiet: bool = typer.Option(False, "-q", "--quiet", help="No progress and no notices."),
    verbose: bool = typer.Option(False, "-v", "--verbose", help="Log to stderr."),
    ascii: bool = typer.Option(None, "--ascii/--no-ascii", help="Draw with ASCII characters only."),
    as_of: str = typer.Option(None, "--as-of", help="Judge at this moment (ISO); default: end of coverage."),
    since: str = typer.Option(None, "--since", help="Look at nothing earlier (ISO)."),
    horizon: float = typer.Option(None, "--horizon", help="Days ahead that engagement looks (90)."),
    refit: bool = typer.Option(None, "--refit/--no-refit", help="Fit the scores to your own earlier record first."),
    param: list[str] = typer.Option([], "--param", help="Parameter of a plugin: NAME.PARAMETER=VALUE; may repeat."),
    seed: int = typer.Option(0, "--seed", help="Seed of all that is drawn by chance."),
    version: bool = typer.Option(False, "--version", is_eager=True, callback=say_version, help="Print the version."),
) -> None:
    """relnet: which of your connections are real relationships, and why."""
    context.obj = {
        "workspace": workspace, "json": json, "quiet": quiet, "verbose": verbose, "ascii": ascii,
        "as_of": as_of, "since": since, "seed": seed, "horizon": horizon, "refit": refit,
        "param": param,
    }  # fmt: skip


FLAGS: Final = frozenset(
    {"--json", "-q", "--quiet", "-v", "--verbose", "--ascii", "--no-ascii", "--refit", "--no-refit"}
)
VALUED: Final = frozenset({"-w", "--workspace", "--as-of", "--since", "--seed", "--horizon", "--param"})


def hoisted(arguments: list[str]) -> list[str]:
    """Return the arguments with the global options first, so that they may stand anywhere."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in FLAGS or (word.partition("=")[0] in VALUED and "=" in word):
            front.append(word)
        elif word in VALUED:
            front += [word, *([value] if (value := next(words, None)) is not None else [])]
        else:
            rest.append(word)
    return front + rest


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; the only place where errors become messages and exit codes."""
    given = hoisted(sys.argv[1:] if arguments is None else arguments)
    atexit.register(
        gc.freeze
    )  # all goes with the process: to look for cycles in it once more takes a tenth of a second
    try:
        code = app(given, standalone_mode=False)
    except RelnetError as error:
        from relnet.cli.output import say_error

        say_error(error, as_json="--json" in given)
        code = error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("Interrupted.", err=True)
        code = 130
    except BrokenPipeError:
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        from relnet.cli.output import say_unexpected

        code = say_unexpected(error, as_json="--json" in given)
    sys.exit(code if isinstance(code, int) else 0)
