"""Load files, look at the strongest and the fading ties, and hand the network to networkx.

python examples/strongest_ties.py FILE…
"""

import sys

import networkx as nx
import polars as pl

import relnet


def main(paths: list[str]) -> None:
    net = relnet.load(*paths)
    print(net)
    strongest = net.connections.sort("engagement", descending=True, nulls_last=True)
    print(strongest.select("handle", "id", "acts_out", "acts_in", "last_contact", "engagement").head(10))
    fading = net.connections.filter(pl.col("list").str.contains("fading"))
    print(f"{len(fading)} fading")
    graph = net.to_networkx()
    print(f"{len(graph)} accounts, {graph.size()} directed ties, reciprocity {nx.reciprocity(graph)}")


if __name__ == "__main__":
    main(sys.argv[1:])
