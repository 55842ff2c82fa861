"""Bad input gives one clear error and leaves the workspace as it was."""

import gzip
import io
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from relnet.errors import Cancelled, InputError, RelnetError, UnknownFormat, UnsafeInput
from relnet.ingest.archive import Archive
from relnet.ingest.importer import load
from relnet.ingest.occurrences import Occurrences
from relnet.plugin import Source
from relnet.registry import find
from relnet.store.workspace import Workspace
from tests.builders import Acts, read, workspace_of

GOOD = "source,target,kind,timestamp\n1,2,message,1600000000\n2,1,message,1600000100\n"


@pytest.fixture
def sources() -> list[Source]:
    return find().usable(Source)[0]


def refused(path: Path, sources: list[Source], tmp_path: Path) -> RelnetError:
    workspace = Workspace(tmp_path / "workspace")
    with pytest.raises(RelnetError) as caught:
        load([path], workspace, sources)
    assert not workspace.imports() and not list(workspace.log.iterdir())
    return caught.value


@pytest.mark.parametrize(
    ("name", "content", "kind", "says"),
    [
        ("empty.csv", b"", InputError, "empty"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(200), UnknownFormat, "No reader"),
        ("cut.zip", b"PK\x03\x04" + bytes(60), InputError, "cut off or damaged"),
        ("cut.csv.gz", gzip.compress(GOOD.encode() * 400)[:-30], InputError, "cut off or damaged"),
        ("header.csv", b"source,target,kind,timestamp\n", InputError, "holds no"),
        ("tweets.js", b"window.YTD.tweets.part0 = " + b"[" * 100_000, InputError, "nested too deep"),
    ],
    ids=("empty", "picture", "cut zip", "cut gzip", "header only", "deep JSON"),
)
def test_bad_files_are_refused_in_one_sentence(name, content, kind, says, sources, tmp_path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    error = refused(path, sources, tmp_path)
    assert isinstance(error, kind) and says in error.message and error.exit_code == 3
    assert name in str(error) and "\n" not in str(error)


def test_missing_paths_and_empty_folders_are_named(sources, tmp_path) -> None:
    assert "no such file" in refused(tmp_path / "nowhere", sources, tmp_path).message
    (tmp_path / "hollow").mkdir()
    assert "empty" in refused(tmp_path / "hollow", sources, tmp_path).message


def test_unreadable_records_are_counted_and_named(tmp_path) -> None:
    path = tmp_path / "some.csv"
    path.write_text(GOOD + "3,4,message,yesterday\n5,,message,1600000000\n")
    found = read(path)
    assert len(found.interactions) == 2 and sum(found.skips.values()) == 2
    named = [place for _, places in found.manifest.skips.values() for place in places]
    assert all("some.csv" in place for place in named)


@pytest.mark.parametrize("name", ["../../evil.js", "/etc/evil.js", "C:/evil.js"])
def test_names_that_leave_the_archive_are_refused(name, tmp_path) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(name, "[]")
    with pytest.raises(UnsafeInput, match="leaves the archive"):
        Archive.open(path)


def test_bombs_are_refused(tmp_path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, file.open("zeros.js", "w") as member:
        for _ in range(100):
            member.write(bytes(1 << 20))
    with pytest.raises(UnsafeInput, match="unpack"):
        Archive.open(path)
    packed = tmp_path / "bomb.csv.gz"
    with gzip.open(packed, "wb") as out:
        for _ in range(100):
            out.write(bytes(1 << 20))
    with (
        Archive.open(packed) as archive,
        archive.stream(archive.names[0]) as stream,
        pytest.raises(UnsafeInput, match="unpack"),
    ):
        while stream.read(1 << 20):
            pass


def test_a_tar_that_would_unpack_without_end_is_refused_by_its_headers(tmp_path) -> None:
    header = tarfile.TarInfo("posts.jsonl")
    header.size = 1 << 40
    (tmp_path / "bomb.tar.gz").write_bytes(gzip.compress(header.tobuf() + bytes(4096)))
    with pytest.raises(UnsafeInput, match="times its size"):
        Archive.open(tmp_path / "bomb.tar.gz")


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_packed_members_are_read_in_place(pack, tmp_path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "edges.csv.gz").write_bytes(pack(GOOD.encode()))
    with Archive.open(folder) as archive:
        assert archive.names == ["edges.csv"]
    (tmp_path / "twins").mkdir()
    for name in ("x.csv.gz", "x.csv.zst"):
        (tmp_path / "twins" / name).write_bytes(pack(GOOD.encode()))
    with Archive.open(tmp_path / "twins") as archive:
        assert [archive.start(name, 6) for name in archive.names] == [b"source", b"source"]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.write(folder / "edges.csv.gz", "top/edges.csv.gz")
    for path in (folder, tmp_path / "a.zip"):
        assert read(path).rows("source", "target") == [("1", "2"), ("2", "1")]


@pytest.mark.parametrize(
    ("name", "kept"), [("M/cur/17.M1.host:2,S", "cur/17.M1.host:2,S"), ("new/x/tweets.js", "tweets.js"), ("cur/a", "a")]
)
def test_a_lone_folder_of_a_maildir_is_no_top_folder(name, kept, tmp_path) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text("x")
    with Archive.open(tmp_path) as archive:
        assert archive.names == [kept]


def test_a_file_that_was_packed_alone_is_read_as_that_file(tmp_path) -> None:
    line = '{"id":"13","author_id":"7","text":"hi","created_at":"2020-09-13T12:26:40Z","in_reply_to_user_id":"8"}\n'
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr("posts/a.jsonl", line)
    assert read(tmp_path / "a.zip").rows() == [("7", "8", "reply")]


def test_inputs_are_found_below_a_lone_folder(sources, tmp_path) -> None:
    for name in ("x/y/one.csv", "x/y/two.csv", "x/y/notes.txt"):
        (tmp_path / "all" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "all" / name).write_text(GOOD + f"3,4,{name},1600000000\n" if name.endswith("csv") else "hello")
    report = load([tmp_path / "all"], Workspace(tmp_path / "workspace"), sources)
    assert [Path(each.path).name for each in report.loaded] == ["one.csv", "two.csv"]
    assert [Path(each).name for each in report.unknown] == ["notes.txt"]


def test_a_single_top_folder_is_looked_through(tmp_path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("my export/inner/data/tweets.js", "[]")
        file.writestr("my export/inner/media/a.jpg", "")
        file.writestr("__MACOSX/._x", "")
    (tmp_path / "x.zip").write_bytes(buffer.getvalue())
    with Archive.open(tmp_path / "x.zip") as archive:
        assert archive.names == ["data/tweets.js", "media/a.jpg"]


def test_the_same_file_again_adds_nothing_even_under_another_name(sources, tmp_path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    (tmp_path / "a.csv").write_text(GOOD)
    first = load([tmp_path / "a.csv"], workspace, sources)
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    again = load([tmp_path / "b.csv"], workspace, sources)
    assert [not first.loaded[0].known, again.loaded[0].known, len(workspace.imports())] == [True, True, 1]


def test_cancelling_leaves_nothing(sources, tmp_path) -> None:
    def cancel(*_: object) -> None:
        raise Cancelled("Cancelled.")

    (tmp_path / "a.csv").write_text(GOOD)
    workspace = Workspace(tmp_path / "workspace")
    with pytest.raises(Cancelled):
        load([tmp_path / "a.csv"], workspace, sources, progress=cancel)
    assert not list(workspace.log.iterdir())


def test_a_newer_reader_supersedes_its_older_import(tmp_path) -> None:
    class Newer(Acts):
        name, version = "acts", "2"

    (tmp_path / "workspace").mkdir()
    rows = (("a", "b", "reply", 1),)
    workspace = workspace_of(tmp_path, Acts(rows=rows))
    newer = Newer(rows=rows)
    load([tmp_path / "acts-0.txt"], workspace, [newer], named=newer)
    assert [manifest.source_version for manifest in workspace.imports().values()] == ["2"]


@given(st.lists(st.lists(st.integers(-3, 3), max_size=8), max_size=6))
def test_repeated_rows_are_numbered_over_all_batches(batches) -> None:
    counter, seen = Occurrences(), Counter()
    for batch in batches:
        numbers = counter.number(np.array(batch, dtype=np.int64))
        for key, number in zip(batch, numbers, strict=True):
            assert number == seen[key]
            seen[key] += 1
