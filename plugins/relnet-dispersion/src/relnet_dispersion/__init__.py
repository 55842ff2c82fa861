"""Dispersion of the neighbours that the owner shares with somebody."""

from __future__ import annotations

import networkx as nx
import numpy as np

from relnet.plugin import Column, Inputs, Scorer


class Dispersion(Scorer):
    """How far the neighbours shared with the owner are from each other.

    Formula: d / (1 + d), d the normalised dispersion of networkx with the paper's best α = 0.61, b = 0, c = 5, on the
    undirected network. Unknown for ties without the owner, and without a shared neighbour.
    Source: Backstrom and Kleinberg 2014.
    """

    name, version = "dispersion", "1"
    needs = ("count_ab",)
    rowwise = False

    def score(self, inputs: Inputs) -> Column:
        """Return float64[n] in [0, 1), NaN where unknown."""
        graph = inputs.graph().to_undirected()
        scores = np.full(inputs.rows, np.nan)
        for i, (a, b) in enumerate(zip(inputs.a.tolist(), inputs.b.tolist(), strict=True)):
            own, other = (a, b) if a in inputs.me else (b, a)
            if own in inputs.me and graph.has_edge(own, other) and any(nx.common_neighbors(graph, own, other)):
                dispersion = nx.dispersion(graph, own, other, alpha=0.61, b=0, c=5)
                scores[i] = dispersion / (1 + dispersion)
        return scores
