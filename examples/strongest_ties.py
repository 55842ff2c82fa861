"""Load files into a workspace, assess them, and hand the network to networkx.

python examples/strongest_ties.py FILE… [--workspace FOLDER]
"""

import argparse
import tempfile
from pathlib import Path

import networkx as nx

from relnet.assess.assessment import ties
from relnet.assess.ordering import sort_order
from relnet.assess.run import assess
from relnet.assess.table import headline, tie_columns
from relnet.ingest.importer import load
from relnet.plugin import Source
from relnet.registry import find
from relnet.store.workspace import Workspace


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("paths", nargs="+", type=Path)
    words.add_argument("--workspace", type=Path)
    given = words.parse_args()
    plugins = find()
    workspace = Workspace(given.workspace or Path(tempfile.mkdtemp()) / "workspace")
    load(given.paths, workspace, plugins.usable(Source)[0])
    assessment = assess(workspace, plugins)
    columns = tie_columns(ties(assessment))
    leading = headline(assessment)
    for i in sort_order(columns[leading], True)[:10]:
        print(
            f"{columns['handle'][i]:<24} {leading} {columns[leading][i]:.2f}  last {columns['last'][i]:,.0f} days ago"
        )
    graph = assessment.connections.to_networkx()
    print(
        f"{graph.number_of_nodes()} accounts, {graph.number_of_edges()} directed ties, reciprocity {nx.reciprocity(graph)}"
    )


if __name__ == "__main__":
    main()
