"""Tables: what each column means, which times are accepted, and what is refused or skipped."""

import contextlib
import gzip
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnet.errors import InputError, UnknownFormat
from tests.builders import read

EDGES = "source,target,kind,timestamp\n"


def table(path, text, name="x.csv"):
    file = path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_rows_are_interactions_in_text_ids(tmp_path):
    got = read(table(tmp_path, EDGES + "1,2,reply,1082040961\n2,1,answer,1082040962\n"))
    assert got.manifest.source == "table"
    assert got.rows("source", "target", "kind", "at", "record") == [
        ("1", "2", "reply", 1082040961000, 2),
        ("2", "1", "answer", 1082040962000, 3),
    ]


@pytest.mark.parametrize("name", ["x.csv", "x", "x.json"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_header_names_the_delimiter_whatever_the_extension(tmp_path, name, delimiter):
    text = "From,To,Date\na,b,2020-01-01T00:00:00Z\n".replace(",", delimiter)
    assert read(table(tmp_path, "\ufeff" + text.replace("\n", "\r\n"), name)).rows() == [("a", "b", "interaction")]


def test_quoted_fields_may_hold_delimiters_and_line_ends(tmp_path):
    text = 'author,text,recipient\n"a","one, ""two""\nthree","b"\nc,5" disk,d\n'
    got = read(table(tmp_path, text))
    assert got.rows("source", "target", "record") == [("a", "b", 3), ("c", "d", 4)]


def test_ambiguous_columns_are_refused_by_name(tmp_path):
    file = table(tmp_path, "source,from,to\nx,a,b\n")
    with pytest.raises(InputError, match="--columns source=source or --columns source=from"):
        read(file)
    assert read(file, columns={"source": "FROM"}).rows() == [("a", "b", "interaction")]


def test_columns_without_known_names_need_the_user(tmp_path):
    file = table(tmp_path, "wer,wen,wann\na,b,1600000000\n")
    with pytest.raises(InputError, match="--columns source=NAME,target=NAME"):
        read(file, "table")
    got = read(file, "table", columns={"source": "wer", "target": "wen", "at": "wann"})
    assert got.rows("source", "target", "at") == [("a", "b", 1600000000000)]
    with pytest.raises(InputError, match="no column 'who'"):
        read(file, "table", columns={"source": "who", "target": "wen"})


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("1600000000", 1600000000000),
        ("1600000000.25", 1600000000250),
        ("1600000000123", 1600000000123),
        ("1600000000123456", 1600000000123),
        ("1600000000123456789", 1600000000123),
        ("2020-09-13T12:26:40Z", 1600000000000),
        ("2020-09-13T14:26:40.5+02:00", 1600000000500),
        ("2020-09-13 14:26:40+0200", 1600000000000),
        ("2020-09-13 12:26:40 UTC", 1600000000000),
        ("2020-09-13T14:26+02", 1599999960000),
        ("2020-09-13", 1599955200000),
    ],
)
def test_times_by_size_and_form(tmp_path, written, at):
    assert read(table(tmp_path, f"source,target,time\na,b,{written}\n")).rows("at") == [(at,)]


def test_c23_times_without_zone_need_one_whatever_the_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    file = table(tmp_path, "source,target,time\na,b,2020-07-01 12:00\na,c,2020-03-29T02:30:00\n")
    with pytest.raises(InputError, match="--tz"):
        read(file)
    with pytest.raises(InputError, match="no time zone"):
        read(file, tz="Mars/Olympus")
    got = read(file, tz="Europe/Berlin")
    assert got.rows("at", "time_quality") == [(1585445400000, "local"), (1593597600000, "local")]


def test_small_numbers_are_relative_times_and_need_an_epoch(tmp_path):
    file = table(tmp_path, "source,target,time\na,b,0\na,b,18\n")
    with pytest.raises(InputError, match="--epoch"):
        read(file)
    assert read(file, epoch="relative").rows("at") == [(0,), (18_000,)]
    assert read(file, epoch="2020-01-01T00:00:00Z").rows("at") == [(1577836800000,), (1577836818000,)]


def test_bad_rows_are_counted_and_named(tmp_path):
    rows = [
        "a,b,reply,1600000000",
        "a,b",
        ",b,reply,1600000000",
        "a,-1,reply,1600000000",
        "a,b,reply,soon",
        "",
        "a,c,,",
    ]
    got = read(table(tmp_path, EDGES + "\n".join(rows) + "\na,b,rep"))
    assert got.rows("target", "kind", "at") == [("c", "interaction", None), ("b", "reply", 1600000000000)]
    assert got.skips == {
        "another number of fields than the header": 2,
        "no id for the source or the target": 2,
        "unreadable time": 1,
    }
    assert got.manifest.skips["unreadable time"][1] == ["x.csv record 6"]


def test_a_table_of_bad_rows_only_is_refused(tmp_path):
    with pytest.raises(InputError, match="None of its 2 records"):
        read(table(tmp_path, EDGES + "a,b\n,,,\n"))


def test_c14_zero_is_an_id_only_among_running_numbers(tmp_path):
    assert read(table(tmp_path, "source,target\n0,1\n2,0\n")).rows("source", "target") == [
        ("2", "0"),
        ("0", "1"),
    ]
    got = read(table(tmp_path, "source,target\n0,1234567\n-1,77\nnull,78\n1234567,77\n", "y.csv"))
    assert got.rows("source", "target") == [("1234567", "77")]


def test_c31_long_ids_survive_and_rounded_ones_are_named(tmp_path):
    got = read(table(tmp_path, "source,target\n1658266475824419745,1658266475824419746\n"))
    assert got.rows("source", "target") == [("1658266475824419745", "1658266475824419746")]
    rounded = "".join(f"16582664758244{n}000,77\n" for n in range(10, 15))
    notes = read(table(tmp_path, f"source,target\n{rounded}1.65827E+18,78\n", "y.csv")).manifest.notes
    assert any("5 of 5 long ids end in 000" in note for note in notes)
    assert any("scientific notation" in note for note in notes)


def test_weight_is_a_flag_of_one_undated_interaction(tmp_path):
    got = read(table(tmp_path, "src,dst,count\na,b,11\na,c,1\na,d,0\na,e,many\na,f,0.5\n"))
    assert got.rows("target", "at", "flags") == [
        ("b", None, "weight=11"),
        ("c", None, ""),
        ("f", None, "weight=0.5"),
    ]
    assert got.skips == {"weight of zero or less": 1, "unreadable weight": 1}
    assert any("2 rows carry a weight" in note for note in got.manifest.notes)


def test_exact_duplicates_stay_and_are_told(tmp_path):
    got = read(table(tmp_path, EDGES + "a,b,message,1600000000\n" * 3))
    assert len(got.interactions) == 3
    assert any("2 rows repeat" in note for note in got.manifest.notes)


def test_c27_duplicates_with_an_event_id_are_dropped(tmp_path):
    got = read(table(tmp_path, "id,source,target\nm1,a,b\nm1,a,b\nm2,a,b\n"))
    assert got.rows("event_id") == [("m1",), ("m2",)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_names_survive_any_encoding(tmp_path, encoding):
    got = read(table(tmp_path, (EDGES + "José,Ana,reply,1600000000\nJosè,Ana,reply,1600000001\n").encode(encoding)))
    assert got.rows("source", "target") == [("José", "Ana"), ("Josè", "Ana")]
    assert any("Latin-1" in note for note in got.manifest.notes) == (encoding == "latin-1")


@pytest.mark.parametrize(
    ("cell", "at"), [("44087.5185185", 1_600_000_000_000 - 7_200_000), ("44087", 1_599_948_000_000)]
)
def test_days_of_a_spreadsheet(tmp_path, cell, at):
    file = table(tmp_path, EDGES + f"1,2,reply,{cell}\n")
    with pytest.raises(InputError, match="small numbers"):
        read(file)
    [(found,)] = read(file, epoch="excel", tz="Europe/Berlin").rows("at")
    assert abs(found - at) < 5


def test_a_quote_that_is_not_closed_is_counted(tmp_path):
    got = read(table(tmp_path, 'source,target,text\n1,2,"one\n2,1,two\n3,1,three\n'))
    assert got.skips == {"a quote that is not closed: what follows it is lost": 1}


def test_two_columns_of_one_name_are_refused(tmp_path):
    with pytest.raises(InputError, match="called 'target'"):
        read(table(tmp_path, "source,target,target\n1,2,3\n"))


@pytest.mark.parametrize("ids", [pl.Series(["a", "b"], dtype=pl.Categorical), pl.Series([b"a", b"b"])])
def test_parquet_columns_of_any_width_and_kind(tmp_path, ids):
    file = tmp_path / "x.parquet"
    time = pl.Series([1_600_000_000, 1_600_000_001], dtype=pl.Int32)
    pl.DataFrame({"source": ids, "target": ids.reverse(), "time": time}).write_parquet(file)
    assert read(file).rows("source", "target", "at") == [("a", "b", 1_600_000_000_000), ("b", "a", 1_600_000_001_000)]


def test_audience_is_said_or_counted_by_event(tmp_path):
    said = read(table(tmp_path, "source,target,recipients\na,b,3\na,c,\n"))
    assert said.rows("audience") == [(3,), (None,)]
    counted = read(table(tmp_path, "source,target,message\na,b,7\na,c,7\na,b,8\n", "y.csv"))
    assert counted.rows("event_id", "target", "audience") == [("7", "b", 2), ("7", "c", 2), ("8", "b", 1)]


def test_a_text_called_message_is_no_event_id(tmp_path):
    got = read(table(tmp_path, "source,target,message\na,b,see you\na,b,see you\n"))
    assert got.rows("event_id") == [(None,), (None,)]


def test_follows_are_states_not_interactions(tmp_path):
    got = read(table(tmp_path, EDGES + "a,b,follow,1600000000\na,b,Reply,1600000000\n"))
    assert got.rows() == [("a", "b", "reply")]
    assert got.declared.select("source", "target", "kind", "at").rows() == [("a", "b", "follow", 1600000000000)]


def test_coverage_is_partial_unless_the_user_vouches(tmp_path):
    file = table(tmp_path, EDGES + "a,b,reply,1600000000\n")
    assert read(file).manifest.coverage[0][0].completeness == "partial"
    [(row, account)] = read(file, complete=True).manifest.coverage
    assert (row.kind, row.direction, row.completeness, account) == ("reply", "between", "complete", None)
    assert (row.since, row.until) == (1600000000000, 1600000000000)


def test_gephi_edges_have_a_direction_not_a_kind(tmp_path):
    text = "Source,Target,Type,Id,Label,Weight\n1,2,Directed,0,,3.0\n2,3,Undirected,1,,1.0\n"
    got = read(table(tmp_path, text), complete=True)
    assert got.rows("source", "target", "kind", "flags", "event_id") == [
        ("1", "2", "interaction", "weight=3", None),
        ("2", "3", "interaction", "undirected", None),
    ]
    assert got.manifest.coverage[0][0].completeness == "partial"


def test_own_exports_read_back(tmp_path):
    text = (
        "event,source,source_handle,target,target_handle,kind,at,directness,parent,network\n"
        "e1,11,ann,12,bob,reply,2020-09-13T12:26:40.123Z,target,p1,x\n"
        "e2,11,ann,@carl,carl,mention,,carried,,x\n"
    )
    got = read(table(tmp_path, text))
    columns = ("event_id", "source", "target", "kind", "at", "directness", "parent_id", "network")
    assert got.rows(*columns) == [
        ("e2", "11", "@carl", "mention", None, "carried", None, "x"),
        ("e1", "11", "12", "reply", 1600000000123, "target", "p1", "x"),
    ]
    assert got.account("12")["handle"] == "bob"
    assert {row.network for row, _ in got.manifest.coverage} == {"x"}


def test_the_owner_is_whom_the_user_names(tmp_path):
    file = table(tmp_path, EDGES + "1,2,reply,1600000000\n")
    assert [native for _, _, native in read(file, me=("1",)).manifest.owners] == ["1"]
    assert any("Nobody in it is zoe" in note for note in read(file, me=("zoe",)).manifest.notes)


def test_json_lines(tmp_path):
    text = (
        '{"from": 1658266475824419745, "to": "b", "text": {"x": 1}, "date": "2020-09-13T12:26:40Z"}\n'
        '\n{"from": "c", "to": ["b"]}\n{"to": "b"}\n{"from": "c", "to": "b", "da'
    )
    got = read(table(tmp_path, text, "x.jsonl"))
    assert got.rows("source", "target", "at") == [("1658266475824419745", "b", 1600000000000)]
    assert sum(got.skips.values()) == 3


def test_parquet_keeps_long_ids_and_needs_zones(tmp_path):
    file = tmp_path / "x"
    frame = pl.DataFrame({"src": [1658266475824419745, None], "dst": [2, 3], "time": ["2020-09-13T12:26:40"] * 2})
    frame = frame.with_columns(pl.col("time").str.to_datetime())
    frame.write_parquet(file)
    with pytest.raises(InputError, match="--tz"):
        read(file)
    got = read(file, tz="UTC")
    assert got.rows("source", "target", "at") == [("1658266475824419745", "2", 1600000000000)]
    assert got.skips == {"no id for the source or the target": 1}


def test_profiles_are_account_observations(tmp_path):
    text = (
        "account,handle,followers,following,posts,created_at,observed_on,has_bio,verified,bot,label\n"
        "1658266475824419745,Ann,10,-1,,2020-01-01T00:00:00Z,2024-05-01,1,false,0,fake\n"
        ",Bob,x,2,3,,2024-05-01,,,1,\n"
        ",,1,1,1,,,,,,\n"
    )
    got = read(table(tmp_path, text))
    ann = got.account("1658266475824419745")
    assert (ann["handle"], ann["followers"], ann["following"], ann["posts"]) == ("Ann", 10, None, None)
    assert (ann["created_at"], ann["seen_at"]) == (1577836800000, 1714521600000)
    assert (ann["has_bio"], ann["verified"], ann["automated"]) == (True, False, False)
    assert got.skips == {"no id or handle": 2}


def test_profiles_without_ids_go_by_handle(tmp_path):
    got = read(table(tmp_path, "username,followers_count,friends_count\n@Ann,1,2\n"))
    assert got.account("@ann")["handle"] == "Ann"


def test_shared_samples(shared_data):
    folder = shared_data / "interactions"
    counts = {"mathoverflow": (390_441, 116_109), "collegemsg": (59_835, 0), "dnc-email": (37_421, 1_843)}
    for name, (rows, own) in counts.items():
        got = read(folder / f"{name}.csv.gz")
        assert (got.manifest.rows["interactions"], got.manifest.rows["self"], got.skips) == (rows, own, {})
    enron = read(folder / "enron-email.csv.gz").interactions
    assert enron["event_id"].n_unique() == 21_635
    with pytest.raises(InputError, match="--epoch"):
        read(folder / "copenhagen.csv.gz")
    assert len(read(folder / "copenhagen.csv.gz", epoch="relative").interactions) == 27_933
    assert len(read(shared_data / "accounts" / "fake-followers.csv.gz").accounts) == 1_971


BYTES = {
    "csv": (EDGES + 'a,b,reply,1600000000\n"c",d,mention,1600000001\n').encode(),
    "jsonl": b'{"source": "a", "target": "b", "time": 1600000000}\n' * 2,
    "gz": gzip.compress((EDGES + "a,b,reply,1600000000\n" * 50).encode(), mtime=0),
}
_parquet = io.BytesIO()
pl.DataFrame({"source": ["a"], "target": ["b"]}).write_parquet(_parquet)
BYTES["parquet"] = _parquet.getvalue()


@given(st.sampled_from(sorted(BYTES)), st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_any_prefix_reads_or_is_refused(tmp_path_factory, which, share):
    data = BYTES[which]
    file = table(tmp_path_factory.mktemp("prefix"), data[: int(share * len(data))])
    with contextlib.suppress(InputError):
        read(file, "table")


@given(
    st.sampled_from([b"", b"PAR1", b"source,target,time\n", b"{", EDGES.encode() + b'"']),
    st.binary(max_size=300),
)
@settings(max_examples=25, deadline=None)
def test_random_bytes_read_or_are_refused(tmp_path_factory, start, data):
    file = table(tmp_path_factory.mktemp("noise"), start + data)
    with contextlib.suppress(InputError):
        read(file, "table")


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "x", "name": "n", "followers": "a", "following": "b"}',
        "author_id,to,__twarc.retrieved_at\n1,2,3\n",
        "a,b\n",
    ],
)
def test_other_formats_are_left_alone(tmp_path, text):
    with pytest.raises(UnknownFormat):
        read(table(tmp_path, text))
