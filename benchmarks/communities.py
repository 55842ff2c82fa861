"""Communities by Leiden against Louvain in networkx: time and modularity on the same ties, with groups laid in."""

from __future__ import annotations

import time

import networkx as nx
import numpy as np

from relnet.network.graph import communities_of

SIZE = 25
"""Accounts of a group."""


def ties_of(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return so many ties, nine of ten inside groups, with days of contact."""
    rng = np.random.default_rng(3)
    accounts = number // 4 // SIZE * SIZE
    a = rng.integers(accounts, size=2 * number)
    b = np.where(
        rng.random(len(a)) < 0.9,
        a // SIZE * SIZE + rng.integers(SIZE, size=len(a)),
        rng.integers(accounts, size=len(a)),
    )
    pairs = np.unique(np.sort(np.stack([a, b], axis=1)[a != b], axis=1), axis=0)
    pairs = pairs[np.sort(rng.permutation(len(pairs))[:number])]
    return pairs[:, 0], pairs[:, 1], rng.geometric(0.2, size=len(pairs)).astype(np.float64)


def main() -> None:
    """Print both, for ever more ties."""
    communities_of(*ties_of(1_000))  # loads what is loaded once
    print("   ties  Leiden, s  modularity  Louvain, s  modularity")
    for number in (5_000, 20_000):
        a, b, days = ties_of(number)
        graph = nx.Graph()
        graph.add_weighted_edges_from(zip(a.tolist(), b.tolist(), days.tolist(), strict=True))
        begin = time.perf_counter()
        leiden = communities_of(a, b, days)
        middle = time.perf_counter()
        louvain = nx.community.louvain_communities(graph, seed=0)
        end = time.perf_counter()
        rest = set(graph) - {account for group in leiden for account in group}
        whole = [*leiden, *({account} for account in rest)]
        print(
            f"{len(a):7,}  {middle - begin:9.2f}  {nx.community.modularity(graph, whole):10.4f}  {end - middle:10.2f}  "
            f"{nx.community.modularity(graph, louvain):10.4f}"
        )


if __name__ == "__main__":
    main()
