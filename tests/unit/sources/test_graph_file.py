"""Graph files: edges are sums without times, undirected ones say nothing of direction, XML is not trusted."""

import contextlib
import io

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnet.errors import InputError, UnsafeInput
from tests.builders import read

GEXF = (
    '<?xml version="1.0"?><gexf xmlns="{ns}" xmlns:viz="http://x/viz" version="1.3">'
    "<graph {graph}>{body}</graph></gexf>"
)
KEYS = (
    '<key id="w" for="edge" attr.name="weight" attr.type="double"><default>{default}</default></key>'
    '<key id="k" for="edge" attr.name="kind" attr.type="string"/>'
)
GRAPHML = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}<graph {graph}>{body}</graph></graphml>'
COLUMNS = ("source", "target", "kind", "flags")


def file(path, text, name="wrong.ext"):
    (path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return path / name


def edges(*rows):
    inner = "".join(
        f'<edge source="{a}" target="{b}" {attributes}>{"".join(inside)}</edge>' for a, b, attributes, *inside in rows
    )
    return f"<edges>{inner}</edges>"


def gexf(path, *rows, graph='defaultedgetype="directed"', ns="http://www.gexf.net/1.3", before=""):
    return read(file(path, GEXF.format(ns=ns, graph=graph, body=before + edges(*rows))))


@pytest.mark.parametrize("ns", ["http://www.gexf.net/1.2draft", "http://gexf.net/1.3", "http://www.gexf.net/1.3", ""])
def test_gexf_in_every_namespace(tmp_path, ns):
    nodes = '<nodes><node id="1" label="Ann"/><node id="2" label="Ann"><viz:size value="3"/></node></nodes>'
    got = gexf(tmp_path, ("1", "2", 'weight="3.0"'), ns=ns, before=nodes)
    assert got.manifest.source == "graph_file"
    assert got.rows(*COLUMNS, "at") == [("1", "2", "interaction", "weight=3", None)]
    assert (got.account("1")["name"], got.account("2")["name"]) == ("Ann", "Ann")


def test_gexf_edges_may_each_have_a_direction(tmp_path):
    got = gexf(tmp_path, ("a", "b", ""), ("d", "c", 'type="undirected"'), ("e", "f", 'type="mutual"'))
    assert sorted(got.rows("source", "target", "flags")) == [
        ("a", "b", ""), ("c", "d", "undirected"), ("e", "f", ""), ("f", "e", ""),
    ]  # fmt: skip


def test_undirected_graphs_are_never_complete(tmp_path):
    text = GEXF.format(ns="", graph="", body=edges(("a", "b", "")))
    [(row, _)] = read(file(tmp_path, text), complete=True).manifest.coverage
    assert (row.direction, row.completeness) == ("between", "partial")
    text = GEXF.format(ns="", graph='defaultedgetype="directed"', body=edges(("a", "b", "")))
    [(row, _)] = read(file(tmp_path, text), complete=True).manifest.coverage
    assert row.completeness == "complete"


@pytest.mark.parametrize("direction", ["directed", "undirected"])
def test_c34_repeated_edges_are_summed_once(tmp_path, direction):
    rows = [("a", "b", 'weight="4"'), ("a", "b", ""), ("a", "b", 'weight="1.5"')]
    if direction == "undirected":
        rows[1] = ("b", "a", "")
    got = gexf(tmp_path, *rows, ("b", "c", ""), graph=f'defaultedgetype="{direction}"')
    mark = "undirected " if direction == "undirected" else ""
    assert sorted(got.rows("source", "target", "flags")) == [
        ("a", "b", f"{mark}weight=6.5"),
        ("b", "c", mark.strip()),
    ]
    assert any("2 repeated edges" in note for note in got.manifest.notes)


def test_gexf_spells_bound_the_time(tmp_path):
    dated = gexf(
        tmp_path,
        ("a", "b", 'start="2020-01-01"'),
        (
            "a",
            "c",
            "",
            '<spells><spell start="2020-01-02T00:00:00Z"/><spell start="2020-01-03T00:00:00Z"/></spells>',
        ),
        graph='defaultedgetype="directed" timeformat="date"',
    )
    assert dated.rows("target", "at", "time_quality") == [
        ("b", 1577836800000, "bound"), ("c", 1577923200000, "bound"), ("c", 1578009600000, "bound"),
    ]  # fmt: skip
    relative = gexf(tmp_path, ("a", "b", 'start="1.0"'), ("a", "c", 'start="2.0"'))
    assert relative.rows("at") == [(None,), (None,)]
    assert any("--epoch" in note for note in relative.manifest.notes)


@pytest.mark.parametrize(
    ("default", "attribute", "value", "flags"),
    [("1", "", "", ""), ("2", "", "", "weight=2"), ("2", "", '<data key="w">7</data>', "weight=7"),
     ("1", 'directed="false"', "", "undirected")],
)  # fmt: skip
def test_graphml_keys_defaults_and_directions(tmp_path, default, attribute, value, flags):
    inner = f'{value}<data key="k">Reply</data>'
    body = f'<node id="a"/><node id="b"/><edge source="a" target="b" {attribute}>{inner}</edge>'
    text = GRAPHML.format(keys=KEYS.format(default=default), graph='edgedefault="directed"', body=body)
    assert read(file(tmp_path, text)).rows(*COLUMNS) == [("a", "b", "reply", flags)]


def test_bad_weights_are_counted(tmp_path):
    got = gexf(
        tmp_path,
        ("a", "b", 'weight="many"'),
        ("a", "c", 'weight="0"'),
        ("a", "d", 'weight="nan"'),
        ("a", "e", ""),
    )
    assert got.rows("target") == [("e",)]
    assert got.skips == {"unreadable weight": 2, "weight of zero or less": 1}


def written(graph, write):
    out = io.BytesIO()
    write(graph, out)
    return out.getvalue()


@pytest.mark.parametrize("write", [nx.write_gexf, nx.write_graphml, nx.write_gml])
@pytest.mark.parametrize("make", [nx.DiGraph, nx.Graph, nx.MultiDiGraph])
def test_what_networkx_writes_reads_the_same(tmp_path, write, make):
    graph = make()
    graph.add_edge("a", "b & <c>", weight=2)
    graph.add_edge("c", "d", weight=1)
    if graph.is_multigraph():
        graph.add_edge("c", "d", weight=1)
    got = read(file(tmp_path, written(graph, write)))
    names = {row["native_id"]: row["name"] or row["native_id"] for row in got.accounts.iter_rows(named=True)}
    mark = "" if graph.is_directed() else "undirected "
    second = f"{mark}weight=2" if graph.is_multigraph() else mark.strip()
    found = {(*sorted((names[a], names[b])), flags) for a, b, flags in got.rows("source", "target", "flags")}
    assert found == {("a", "b & <c>", f"{mark}weight=2"), ("c", "d", second)}


def test_gml_with_equal_labels_and_parallel_edges(tmp_path):
    text = """Creator "someone"
graph [
  directed 1
  node [ id 1 label "Ann" ]
  node [ id 2 label "Ann" ]
  edge [ source 1 target 2 value 3 ]
  edge [ source 1 target 2 ]
]"""
    got = read(file(tmp_path, text))
    assert got.rows("source", "target", "flags") == [("1", "2", "weight=4")]
    assert got.account("2")["name"] == "Ann"


def test_c26_twarc_networks_split_by_kind_without_counting_a_reply_as_mention(tmp_path):
    graph = nx.DiGraph()
    for name, number in (("Ann", "11"), ("Bob", "12")):
        graph.add_node(name, screen_name=name, user_id=number, start_date="01/02/2023 10:00:00")
    graph.add_edge("Ann", "Bob", weight=6, retweet=1, reply=2, quote=0, mention=3)
    got = read(file(tmp_path, written(graph, nx.write_graphml)))
    assert sorted(got.rows(*COLUMNS, "network")) == [
        ("11", "12", "mention", "", "x"),
        ("11", "12", "reply", "weight=2", "x"),
        ("11", "12", "repost", "", "x"),
    ]
    assert (got.account("12")["handle"], got.account("12")["created_at"]) == ("Bob", None)


def test_nodexl_edges_are_events(tmp_path):
    keys = "".join(
        f'<key id="{name}" for="{what}" attr.name="{name}" attr.type="string"/>'
        for what, names in {
            "edge": ["Relationship", "Relationship Date (UTC)", "Imported ID", "In-Reply-To Tweet ID"],
            "node": ["Followers", "Followed"],
        }.items()
        for name in names
    )

    def edge(a, b, relationship, own, parent=""):
        data = {
            "Relationship": relationship,
            "Relationship Date (UTC)": "2020-01-01 00:00:00",
            "Imported ID": f"'{own}",
        }
        data |= {"In-Reply-To Tweet ID": f"'{parent}"} if parent else {}
        inner = "".join(f'<data key="{key}">{value}</data>' for key, value in data.items())
        return f'<edge source="{a}" target="{b}">{inner}</edge>'

    body = '<node id="Ann"><data key="Followers">10</data><data key="Followed">-1</data></node><node id="bob"/>'
    body += (
        edge("Ann", "bob", "Replies to", 91, 90) + edge("Ann", "carl", "Mentions", 91) + edge("bob", "bob", "Tweet", 90)
    )
    got = read(file(tmp_path, GRAPHML.format(keys=keys, graph='edgedefault="directed"', body=body)))
    assert got.rows("source", "target", "kind", "at", "event_id", "parent_id") == [
        ("@ann", "@bob", "reply", 1577836800000, "91", "90"),
        ("@ann", "@carl", "mention", 1577836800000, "91", None),
    ]
    ann = got.account("@ann")
    assert (ann["handle"], ann["followers"], ann["following"], ann["network"]) == ("Ann", 10, None, "x")


@pytest.mark.parametrize("entity", ['<!ENTITY a "b">', '<!ENTITY a SYSTEM "file:///etc/passwd">', '<!ENTITY % a "b">'])
def test_entities_are_refused(tmp_path, entity):
    text = f"<!DOCTYPE gexf [{entity}]>" + GEXF.format(ns="", graph="", body=edges(("a", "b", ""))).partition("?>")[2]
    with pytest.raises(UnsafeInput, match="entities"):
        read(file(tmp_path, text))


def test_deep_nesting_is_refused(tmp_path):
    text = GEXF.format(ns="", graph="", body="<nodes>" + '<node id="1"><nodes>' * 1000)
    with pytest.raises(UnsafeInput, match="too deep"):
        read(file(tmp_path, text))


def test_a_cut_file_keeps_its_whole_edges(tmp_path):
    text = GEXF.format(ns="", graph='defaultedgetype="directed"', body=edges(("a", "b", ""), ("c", "d", "")))
    got = read(file(tmp_path, text[: text.index('<edge source="c"') + 10]))
    assert got.rows("source", "target") == [("a", "b")]
    assert got.skips == {"cut off or damaged from here on": 1}


_small = nx.DiGraph()
_small.add_edge("a", "b", weight=2)
SAMPLES = [written(_small, write) for write in (nx.write_gexf, nx.write_graphml, nx.write_gml)]


@given(st.sampled_from(SAMPLES), st.floats(0, 1), st.binary(max_size=20))
@settings(max_examples=25, deadline=None)
def test_any_prefix_and_damage_read_or_are_refused(tmp_path_factory, data, share, noise):
    cut = int(share * len(data))
    folder = tmp_path_factory.mktemp("graph")
    for name, each in {"prefix": data[:cut], "noise": data[:cut] + noise + data[cut + len(noise) :]}.items():
        with contextlib.suppress(InputError):
            read(file(folder, each, name), "graph_file")
