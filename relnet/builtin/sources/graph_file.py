"""Graph files: GEXF, GraphML and GML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from relnet.builtin.sources.graph_rows import GraphRows
from relnet.builtin.sources.graph_xml import Broken, Edge, GraphXml, Node
from relnet.plugin import Batch, Coverage, Peek, Reader, Source, UnreadableInput

_XML: Final = re.compile(rb"<(?:[\w.-]+:)?(gexf|graphml)[\s>/]")
_GML: Final = re.compile(rb"(?:^|\n)\s*graph\s*\[")
_NODE: Final = re.compile(rb"\b(?:node|edge|directed|comment|label|id)\b")


class GraphFile(Source):
    """A graph whose edges say how much, but not when, two accounts dealt with each other."""

    name, version, network = "graph_file", "1", "graph"

    def sniff(self, peek: Peek) -> float:
        """Return how surely this is a graph file."""
        if len(peek.names) != 1:
            return 0.0
        head = peek.head if peek.is_file else peek.start(peek.names[0])
        return 0.95 if _is_xml(head) else 0.9 if _is_gml(head) else 0.0

    def read(self, reader: Reader) -> Iterable[Batch]:
        """Yield the accounts and the summed edges of each graph."""
        for name in reader.names:
            with reader.stream(name) as stream:
                head = stream.read(8192)
            rows = GraphRows(reader, name)
            if _is_xml(head):
                try:
                    with reader.stream(name) as stream:
                        for element in GraphXml(f"{reader.path}: {name}").elements(stream):
                            rows.add(element)
                except Broken:
                    reader.skip("cut off or damaged from here on", 0, name)
            elif _is_gml(head):
                for element in _gml(reader, name):
                    rows.add(element)
            else:
                raise UnreadableInput("It is neither GEXF, GraphML nor GML.", "Save it as one.", reader.path)
            yield from rows.batches()

    def coverage(self, reader: Reader) -> list[Coverage]:
        """Return each kind met, between all; complete only for directed edges the user vouches for."""
        whole = reader.options.complete and not reader.found.get("undirected")
        return [
            Coverage(kind, "between", completeness="complete" if whole else "partial", network=network)
            for network, kind in sorted(reader.found.get("kinds", ()), key=str)
        ]


def _is_xml(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode()
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") and bool(_XML.search(head))


def _is_gml(head: bytes) -> bool:
    start = _GML.search(head)
    return start is not None and start.start() < 4096 and bool(_NODE.search(head, start.end()))


def _gml(reader: Reader, name: str) -> Iterator[Node | Edge]:
    import networkx as nx

    text = reader.content(name).decode("utf-8", "replace")
    graph: Any = None
    try:
        try:
            graph = nx.parse_gml(text, label="id")
        except nx.NetworkXError as error:
            if "duplicated" not in str(error) or "edge" not in str(error):
                raise
            graph = nx.parse_gml(re.sub(r"(\bgraph\s*\[)", r"\1 multigraph 1", text, count=1), label="id")
    except Exception as error:  # whatever the parser trips over, it is the file
        raise UnreadableInput(
            f"It is no GML that can be read ({str(error)[:100]}).", "Save it as GraphML.", reader.path
        ) from error
    for node, attributes in graph.nodes(data=True):
        yield Node(str(node), _plain(attributes))
    direction = "directed" if graph.is_directed() else "undirected"
    for source, target, attributes in graph.edges(data=True):
        yield Edge(str(source), str(target), direction, _plain(attributes), [])


def _plain(attributes: dict[str, Any]) -> dict[str, str]:
    plain = (str, int, float)
    return {key.lower(): str(value) for key, value in attributes.items() if isinstance(value, plain)}
