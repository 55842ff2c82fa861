"""The verbs that write data out: connections, interactions, the graph."""

from __future__ import annotations

from pathlib import Path

import typer

from relnet.cli.output import say
from relnet.cli.session import session
from relnet.text import counted

OUTPUT = typer.Option(Path("-"), "-o", "--output", help="Where to write it; - for stdout.")
FORMAT = typer.Option(
    None, "--format", help="csv, parquet, jsonl, arrow or sqlite; by default by the name of the output, else csv."
)
RAW = typer.Option(
    False, "--raw", help="CSV: leave texts that a spreadsheet would run as formulas without the ' before them."
)

export_app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@export_app.callback()
def export() -> None:
    """Write connections, interactions or the graph to a file; ids are text, times ISO, unknown is empty or null."""


@export_app.command("connections")
def export_connections(context: typer.Context, output: Path = OUTPUT, format: str = FORMAT, raw: bool = RAW) -> None:
    """Write your connections with counts, label, circle, lists and scores, one row each."""
    from relnet.export.files import chosen, write_frame
    from relnet.export.tables import connections

    run = session(context)
    format = chosen(format, output)
    rows = connections(run.assessment(run.workspace()))
    write_frame(rows, output, format, raw=raw, table="connections")
    say(f"{counted(len(rows), 'connection')} written.")


@export_app.command("edges")
def export_edges(
    context: typer.Context,
    output: Path = OUTPUT,
    format: str = FORMAT,
    raw: bool = RAW,
    private: bool = typer.Option(
        False, "--private", help="With direct and private acts, which are left out otherwise."
    ),
) -> None:
    """Write every interaction flat, one row each."""
    from relnet.assess.run import judgements
    from relnet.export.files import chosen, write_frame
    from relnet.export.tables import interactions
    from relnet.network.view import NetworkView

    run = session(context)
    format = chosen(format, output)
    workspace = run.workspace()
    decided = judgements(workspace)
    view = NetworkView(workspace.log, workspace.imports(), run.as_of, run.since, decided.persons, decided.me)
    rows, withheld = interactions(view, private=private)
    write_frame(rows, output, format, raw=raw, table="edges")
    left = f"; {counted(withheld, 'private one')} left out (--private)." if withheld else "."
    say(f"{counted(len(rows), 'interaction')} written{left}")


@export_app.command("graph")
def export_graph(
    context: typer.Context,
    output: Path = OUTPUT,
    format: str = typer.Option(
        None, "--format", help="gexf (Gephi), graphml or sqlite; by default by the name of the output, else gexf."
    ),
) -> None:
    """Write the network as a directed graph: accounts, and acts each way with the scores of the tie."""
    from relnet.export.files import chosen
    from relnet.export.graph import FORMATS, write_graph

    run = session(context)
    format = chosen(format, output, FORMATS)
    nodes, edges = write_graph(run.assessment(run.workspace()), output, format)
    say(f"{counted(nodes, 'account')} and {counted(edges, 'edge')} written.")
