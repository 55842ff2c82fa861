import networkx as nx
import numpy as np
from relnet_dispersion import Dispersion

from relnet.plugin import Inputs
from relnet.testing import checks_for

test_contract = checks_for(Dispersion())


def inputs(graph: nx.Graph) -> Inputs:
    pairs = np.array([(min(pair), max(pair)) for pair in graph.edges], dtype=np.int64)
    return Inputs(
        {"count_ab": np.ones(len(pairs))}, pairs[:, 0], pairs[:, 1], 0, frozenset({0}), graph=lambda: nx.DiGraph(graph)
    )


def test_a_bridge_between_circles_disperses_more_than_a_member_of_one() -> None:
    one, other = [1, 2, 3, 4], [5, 6, 7, 8]
    graph = nx.Graph([(0, each) for each in (*one, *other, 9)] + [(9, each) for each in (*one, *other)])
    graph.add_edges_from((a, b) for circle in (one, other) for a in circle for b in circle if a < b)
    given = inputs(graph)
    found = {
        int(max(a, b)): s for a, b, s in zip(given.a, given.b, Dispersion().score(given), strict=True) if min(a, b) == 0
    }
    assert found[9] > max(found[each] for each in (*one, *other))


def test_ties_without_the_owner_or_shared_neighbours_are_unknown() -> None:
    assert np.isnan(Dispersion().score(inputs(nx.Graph([(0, 1), (2, 3)])))).all()
