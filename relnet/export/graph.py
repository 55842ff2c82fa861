"""The network as a graph: nodes and directed edges, for Gephi (GEXF), GraphML readers, networkx and SQLite.

Ids are text, since Gephi reads long integers badly. Attributes have names that no reader keeps for itself (`label`,
`type`, `source` …) and are text, double or boolean; what is unknown has no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import polars as pl

from relnet.assess.assessment import Assessment
from relnet.errors import InputError
from relnet.export.files import write_bytes, write_sqlite
from relnet.export.tables import account_table
from relnet.network.graph import MAX_EDGES

if TYPE_CHECKING:
    import networkx as nx

FORMATS: Final = ("gexf", "graphml", "sqlite")
_GEXF_TYPES: Final = {pl.String: "string", pl.Float64: "double", pl.Boolean: "boolean", pl.Int64: "double"}
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def graph_tables(assessment: Assessment) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the nodes (`node` their id) and the edges (`source`, `target`, `weight` acts, and scores of the tie).

    Raises
    ------
    InputError
        There are more than two million edges.
    """
    found = assessment.connections
    ways = [
        (found.a, found.b, found.features["count_ab"], found.features["signals_ab"]),
        (found.b, found.a, found.features["count_ba"], found.features["signals_ba"]),
    ]
    if sum(int((count > 0).sum()) for _, _, count, _ in ways) > MAX_EDGES:
        raise InputError(
            f"The graph would have more than {MAX_EDGES:,} edges.", "Take fewer imports, or a later --since."
        )
    people = assessment.accounts
    facts = account_table(assessment)
    node = pl.Series("node", _unique(facts))
    parts = []
    for source, target, count, signals in ways:
        rows = np.flatnonzero(count > 0)
        parts.append(
            pl.DataFrame(
                {
                    "source": node.gather(people.rows(source[rows])),
                    "target": node.gather(people.rows(target[rows])),
                    "weight": count[rows],
                    "signals": signals[rows],
                    "contact_days": found.features["active_days"][rows],
                    "days_since": found.features["last_contact"][rows],
                }
                | {f"score_{name}": column[rows] for name, column in sorted(assessment.scores.items())}
            )
        )
    nodes = facts.select(
        node, "network", native_id="id", handle="handle", shown_name="name", account_label="label", p_fake="p_fake",
        p_inactive="p_inactive", account_state="state", community="community", automated="automated", owner="owner",
    )  # fmt: skip
    met = np.zeros(len(people.account), dtype=np.bool_)
    met[people.rows(np.union1d(found.a, found.b))] = True
    edges = pl.concat(parts).fill_nan(None).sort("source", "target")
    return nodes.filter(pl.Series(met)), edges


def to_networkx(assessment: Assessment) -> nx.DiGraph[str]:
    """Return a networkx DiGraph: nodes by network and native id, edges by direction with acts as `weight`."""
    import networkx as nx

    nodes, edges = graph_tables(assessment)
    graph: nx.DiGraph[str] = nx.DiGraph()
    for name, *facts in nodes.iter_rows():
        graph.add_node(name, **_known(nodes.columns[1:], facts))
    for source, target, *facts in edges.iter_rows():
        graph.add_edge(source, target, **_known(edges.columns[2:], facts))
    return graph


def write_graph(assessment: Assessment, output: Path, format: str) -> tuple[int, int]:
    """Write the graph; returns how many nodes and edges it has.

    Raises
    ------
    SettingsError
        The format cannot be written there.
    """
    nodes, edges = graph_tables(assessment)
    if format == "sqlite":
        write_sqlite({"nodes": nodes, "edges": edges}, output)
    else:
        lines = (_gexf if format == "gexf" else _graphml)(nodes, edges)
        write_bytes("\n".join(lines).encode() + b"\n", output)
    return len(nodes), len(edges)


def _unique(facts: pl.DataFrame) -> list[str]:
    return [
        f"{network or '?'}:{native or row}"
        for row, (network, native) in enumerate(facts.select("network", "id").iter_rows())
    ]


def _known(names: list[str], values: list[Any]) -> dict[str, Any]:
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _quoted(value: Any) -> str:
    return quoteattr(_NOT_XML.sub("", _shown(value)))


def _title(row: dict[str, Any]) -> str:
    return str(row["handle"] or row["shown_name"] or row["native_id"] or row["node"])


def _gexf(nodes: pl.DataFrame, edges: pl.DataFrame) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2"><graph mode="static" defaultedgetype="directed">'
    facts, ties = nodes.columns[1:], edges.columns[3:]
    for kind, names, frame in (("node", facts, nodes), ("edge", ties, edges)):
        stated = "".join(
            f'<attribute id="{name}" title="{name}" type="{_GEXF_TYPES[type(frame.schema[name])]}"/>' for name in names
        )
        yield f'<attributes class="{kind}" mode="static">{stated}</attributes>'
    yield "<nodes>"
    for row in nodes.iter_rows(named=True):
        yield f"<node id={_quoted(row['node'])} label={_quoted(_title(row))}>{_values(facts, row)}</node>"
    yield "</nodes><edges>"
    for i, row in enumerate(edges.iter_rows(named=True)):
        ends = f"source={_quoted(row['source'])} target={_quoted(row['target'])}"
        yield f'<edge id="{i}" {ends} weight="{_shown(row["weight"])}">{_values(ties, row)}</edge>'
    yield "</edges></graph></gexf>"


def _values(names: list[str], row: dict[str, Any]) -> str:
    known = (f'<attvalue for="{name}" value={_quoted(row[name])}/>' for name in names if row[name] is not None)
    return f"<attvalues>{''.join(known)}</attvalues>"


def _graphml(nodes: pl.DataFrame, edges: pl.DataFrame) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    facts, ties = nodes.columns[1:], edges.columns[2:]
    for kind, names, frame in (("node", facts, nodes), ("edge", ties, edges)):
        for name in names:
            type_ = _GEXF_TYPES[type(frame.schema[name])]
            yield f'<key id="{kind[0]}_{name}" for="{kind}" attr.name="{name}" attr.type="{type_}"/>'
    yield '<graph edgedefault="directed">'
    for row in nodes.iter_rows(named=True):
        yield f"<node id={_quoted(row['node'])}>{_data('n', facts, row)}</node>"
    for row in edges.iter_rows(named=True):
        ends = f"source={_quoted(row['source'])} target={_quoted(row['target'])}"
        yield f"<edge {ends}>{_data('e', ties, row)}</edge>"
    yield "</graph></graphml>"


def _data(kind: str, names: list[str], row: dict[str, Any]) -> str:
    return "".join(
        f'<data key="{kind}_{name}">{escape(_NOT_XML.sub("", _shown(row[name])))}</data>'
        for name in names
        if row[name] is not None
    )
