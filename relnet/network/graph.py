"""The network as a networkx graph, for those who want graph algorithms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from relnet.errors import InputError
from relnet.network.connections import Connections
from relnet.plugin import Column, Keys

if TYPE_CHECKING:
    import networkx as nx

MAX_EDGES: Final = 2_000_000
LEAST_MEMBERS: Final = 3
"""Two are a tie, not a community."""


def graph_of(connections: Connections) -> nx.DiGraph[int]:
    """Return a DiGraph: one edge a direction with acts, `weight` their number, nodes the account keys.

    Raises
    ------
    InputError
        More than two million edges: choose an ego network or the strongest ties first.
    """
    import networkx as nx

    ways = (
        (connections.a, connections.b, connections.features["count_ab"]),
        (connections.b, connections.a, connections.features["count_ba"]),
    )
    if sum(int((count > 0).sum()) for _, _, count in ways) > MAX_EDGES:
        raise InputError(
            f"The graph would have more than {MAX_EDGES:,} edges.",
            "Take an ego network or the strongest ties first.",
        )
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(np.union1d(connections.a, connections.b).tolist())
    for source, target, count in ways:
        some = count > 0
        graph.add_weighted_edges_from(
            zip(source[some].tolist(), target[some].tolist(), count[some].astype(int).tolist(), strict=True)
        )
    return graph


def communities_of(a: Keys, b: Keys, weight: Column) -> list[list[int]]:
    """Return the communities of three accounts or more that Leiden finds among weighted ties, the largest first."""
    from graspologic_native import leiden

    if not len(a):
        return []
    ties = list(zip(map(str, a.tolist()), map(str, b.tolist()), weight.tolist(), strict=True))
    _, community = leiden(
        ties,
        starting_communities=None,
        resolution=1.0,
        randomness=0.001,
        iterations=1,
        use_modularity=True,
        seed=0,
        trials=1,
    )
    found: dict[int, list[int]] = {}
    for account, number in community.items():
        found.setdefault(number, []).append(int(account))
    return sorted(
        (sorted(each) for each in found.values() if len(each) >= LEAST_MEMBERS), key=lambda each: (-len(each), each)
    )
