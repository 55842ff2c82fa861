"""Data out: what is written can be read back, by our own readers and by others, and does nothing in a spreadsheet."""

from __future__ import annotations

import csv
import json
import resource
import sqlite3
from pathlib import Path

import networkx as nx
import polars as pl
import pytest

from relnet import registry
from relnet.assess.run import assess, view_of
from relnet.cli.main import main
from relnet.errors import SettingsError
from relnet.export.files import chosen, write_bytes, write_frame, write_sqlite
from relnet.export.graph import graph_tables, to_networkx, write_graph
from relnet.export.tables import account_table, connections, interactions
from tests.builders import Acts, assessed, read, workspace_of

START, DAY = 1_600_000_000_000, 86_400_000
ANA = "9007199254740993"
"""An id that no double can hold."""
ROWS = (
    *(("me", ANA, "reply", START + day * DAY) for day in range(0, 60, 3)),
    *((ANA, "me", "reply", START + day * DAY + 1500) for day in range(1, 60, 3)),
    ("me", "bob", "message", START, {"visibility": "direct"}),
    ("me", "bob", "like", None),
)
PROFILES = (
    {"native_id": ANA, "handle": "ana", "name": '=cmd|"/c calc"!A1'},
    {"native_id": "bob", "handle": "bob", "name": "<b>&\u202e\x1b[31m\ufffe", "followers": 12},
)
ACTS = Acts(rows=ROWS, owner="me", profiles=PROFILES, covered=(("*", "out", "me"),))
FRAME_READERS = {
    "csv": lambda path: pl.read_csv(path, infer_schema=False),
    "parquet": pl.read_parquet,
    "jsonl": lambda path: pl.read_ndjson(path, infer_schema_length=None),
    "arrow": pl.read_ipc,
    "sqlite": lambda path: pl.read_database("SELECT * FROM data", sqlite3.connect(path)),
}


@pytest.fixture(scope="module")
def assessment(tmp_path_factory):
    return assessed(tmp_path_factory.mktemp("export"), ACTS)


def test_connections_are_flat_with_text_ids_iso_times_and_null_for_unknown(assessment) -> None:
    rows = {row["id"]: row for row in connections(assessment).iter_rows(named=True)}
    ana, bob = rows[ANA], rows["bob"]
    assert (ana["acts_out"], ana["acts_in"], ana["last_contact"]) == (20, 20, "2020-11-10T12:26:41Z")
    assert (bob["acts_out"], bob["acts_in"], bob["in_known"]) == (1, None, False)
    assert bob["name"] == "<b>&[31m\ufffe" and bob["circle"] == 150 and bob["community"] is None
    assert {"engagement", "reciprocity"} <= set(ana) and 0 <= ana["engagement"] <= 1


@pytest.mark.parametrize("format", FRAME_READERS)
def test_frames_come_back_as_they_were(format: str, assessment, tmp_path: Path) -> None:
    for frame in (connections(assessment), account_table(assessment)):
        path = tmp_path / f"out.{format}"
        write_frame(frame, path, format, raw=True)
        back = FRAME_READERS[format](path)
        assert set(back.columns) == set(frame.columns)
        for name in frame.columns:
            assert back[name].is_null().to_list() == frame[name].is_null().to_list(), name
            if format == "csv":
                assert back[name].cast(pl.String).to_list() == written(frame[name])
            else:
                assert [*map(number, back[name])] == pytest.approx([*map(number, frame[name])], nan_ok=True)


def written(column: pl.Series) -> list[str | None]:
    return pl.read_csv(column.to_frame().write_csv().encode(), infer_schema=False).to_series().to_list()


def number(value: object) -> object:
    return float(value) if isinstance(value, bool | int | float) else value


def test_csv_runs_no_formula_unless_asked(tmp_path: Path) -> None:
    texts = ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "@ana", "-12", "+49", "plain", None, "a\x1bb", '=cmd|"/c"!A1']
    for raw in (False, True):
        write_frame(pl.DataFrame({"a=": texts}), tmp_path / "t.csv", "csv", raw=raw)
        with (tmp_path / "t.csv").open(newline="") as file:
            _, *cells = [row[0] if row else "" for row in csv.reader(file)]
        kept = [text or "" for text in texts]
        inert = [f"'{text.strip()}" if text in (texts[:5] + texts[-1:]) else text for text in kept]
        assert cells == (kept if raw else [*inert[:-2], "ab", *inert[-1:]])


def test_our_own_reader_reads_the_edges_back(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, ACTS)
    found = assess(workspace, registry.find())
    rows, withheld = interactions(view_of(workspace, found), private=False)
    assert withheld == 1 and "direct" not in rows["directness"].to_list()
    everything, _ = interactions(view_of(workspace, found), private=True)
    path = tmp_path / "edges.csv"
    write_frame(everything, path, "csv")
    back = read(path, "table")
    assert back.rows("source", "target", "kind", "at") == [
        (source, target, kind, at) for source, target, kind, at, *_ in sorted(ROWS, key=lambda row: row[3] or -1)
    ]
    assert back.account(ANA)["handle"] == "ana"


def test_networkx_reads_the_graph_back_and_types_are_plain(assessment, tmp_path: Path) -> None:
    built = to_networkx(assessment)
    assert built[f"test:{'me'}"][f"test:{ANA}"]["weight"] == 20
    for format, reader in (("gexf", nx.read_gexf), ("graphml", nx.read_graphml)):
        path = tmp_path / f"graph.{format}"
        assert write_graph(assessment, path, format) == (3, 3)
        back = reader(path)
        assert set(back.nodes) == set(built.nodes) and set(back.edges) == set(built.edges)
        for node, facts in built.nodes(data=True):
            for name, value in facts.items():
                assert back.nodes[node][name] == (value.replace("\ufffe", "") if isinstance(value, str) else value)
        for *edge, facts in built.edges(data=True):
            assert {name: back.edges[edge][name] for name in facts} == pytest.approx(facts)
        assert isinstance(back.nodes[f"test:{ANA}"]["native_id"], str)
        assert back.nodes[f"test:{ANA}"]["native_id"] == ANA


def test_no_attribute_has_a_name_or_type_that_gephi_keeps_for_itself(assessment) -> None:
    nodes, edges = graph_tables(assessment)
    names = {*nodes.columns[1:], *edges.columns[3:]}
    assert not names & {"id", "label", "name", "source", "target", "type", "weight", "kind", "timeset", "interval"}
    assert nodes.schema["native_id"] == pl.String


def test_our_own_reader_reads_the_graph_back(assessment, tmp_path: Path) -> None:
    path = tmp_path / "graph.graphml"
    write_graph(assessment, path, "graphml")
    back = read(path, "graph_file")
    assert {(source, target) for source, target, _ in back.rows()} == set(to_networkx(assessment).edges)


def test_sqlite_holds_the_graph_as_two_tables(assessment, tmp_path: Path) -> None:
    path = tmp_path / "graph.sqlite"
    write_graph(assessment, path, "sqlite")
    with sqlite3.connect(path) as connection:
        joined = "SELECT handle, weight FROM edges JOIN nodes ON target = node WHERE native_id = ?"
        assert connection.execute(joined, [ANA]).fetchall() == [("ana", 20)]
    connection.close()
    with pytest.raises(SettingsError, match="stdout"):
        write_sqlite({}, Path("-"))


@pytest.mark.parametrize("format", [*FRAME_READERS, "html"])
def test_a_disk_that_is_full_leaves_the_file_before_and_nothing_beside_it(format: str, tmp_path: Path) -> None:
    path, link = tmp_path / f"out.{format}", tmp_path / "link"
    path.write_text("before")
    link.symlink_to(path)
    frame = pl.DataFrame({"a": [f"{i * 0x9E3779B97F4A7C15 % 2**64:x}" for i in range(20_000)]})
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, usual[1]))
    try:
        with pytest.raises(SettingsError, match="cannot be written"):
            write_bytes(b"x" * 100_000, link) if format == "html" else write_frame(frame, link, format)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert path.read_text() == "before" and sorted(tmp_path.iterdir()) == [link, path]
    path.chmod(0o600)
    write_bytes(b"after", link)
    assert path.read_bytes() == b"after" and path.stat().st_mode & 0o777 == 0o600 and link.is_symlink()
    write_frame(frame, Path("/dev/null"), "csv")
    assert Path("/dev/null").is_char_device()


def test_the_format_follows_the_name_of_the_file() -> None:
    assert [chosen(None, Path(name)) for name in ("-", "a.parquet", "a.ndjson", "a.db")] == [
        "csv", "parquet", "jsonl", "sqlite",
    ]  # fmt: skip
    with pytest.raises(SettingsError, match="Choose csv"):
        chosen(None, Path("a.xyz"))
    with pytest.raises(SettingsError, match="Choose csv"):
        chosen("gexf", Path("-"))


def test_everything_is_exported_by_command(capsys, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RELNET_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    Path("edges.csv").write_text(f"source,target,kind,timestamp\nme,{ANA},reply,1600000000\n=x(),me,reply,1600000001\n")

    def run(*words: str) -> str:
        with pytest.raises(SystemExit) as stop:
            main(list(words))
        out, err = capsys.readouterr()
        assert not stop.value.code, err
        return out

    run("load", "edges.csv", "--me", "me")
    assert {json.loads(line)["id"] for line in run("export", "connections", "--format", "jsonl").splitlines()} == {
        ANA,
        "=x()",
    }
    assert "'=x()" in run("export", "edges") and "'=x()" not in run("export", "edges", "--raw")
    run("export", "graph", "-o", "graph.gexf")
    assert nx.read_gexf("graph.gexf").number_of_edges() == 2
