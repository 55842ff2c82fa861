"""What a run has fetched so far, kept so that a kill at any moment loses and doubles nothing.

    sync/<name>.json    what later runs need to know, and how far the run under way is
    sync/<name>/        what it fetched: a file of lines per stream, and `sync.json` when it is whole

Lines are appended first and counted after: what a kill leaves beyond the count is cut off when the run goes on.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Self

import msgspec
from filelock import FileLock, Timeout

from relnet.errors import WorkspaceBusy, WorkspaceError
from relnet.whole_file import whole

VERSION: Final = 1
HEADER: Final = "sync.json"


class Stream(msgspec.Struct):
    """One list that is fetched page by page.

    Attributes
    ----------
    cursor
        Where the next page begins; `None` before the first one.
    size, items, pages
        Bytes, lines and pages that count.
    findings
        What later pages or the end of the run need to know.
    """

    cursor: str | None = None
    size: int = 0
    items: int = 0
    pages: int = 0
    done: bool = False
    findings: dict[str, Any] = {}


class Run(msgspec.Struct):
    """The run under way."""

    started: int
    plan: dict[str, Any]
    """What was asked for; another wish begins another run."""
    streams: dict[str, Stream] = {}


class State(msgspec.Struct):
    """What is kept between runs."""

    version: int = VERSION
    kept: dict[str, Any] = {}
    run: Run | None = None


class Spool:
    """The fetched folder of one account, held by one process at a time.

    Parameters
    ----------
    folder
        Where spools lie.
    name
        Whose it is; a safe file name.
    """

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._file = folder / name, folder / f"{name}.json"
        self._lock = FileLock(folder / f"{name}.lock", timeout=0)
        self.state = State()

    def __enter__(self) -> Self:
        try:
            self._lock.acquire()
        except Timeout as error:
            raise WorkspaceBusy("Another relnet is fetching this account.", "Wait for it to end.") from error
        try:
            self.state = stored(self._file)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    @property
    def run(self) -> Run:
        """The run under way; `begin` first."""
        assert self.state.run is not None
        return self.state.run

    def begin(self, plan: dict[str, Any], now: int, *, afresh: bool = False) -> bool:
        """Go on with the run that was broken off, or begin one; return whether it goes on.

        Parameters
        ----------
        afresh
            Forget what was kept and fetched before.
        """
        run = self.state.run
        if run is not None and run.plan == plan and not afresh and self._whole(run):
            return True
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.state = State(kept={} if afresh else self.state.kept, run=Run(now, plan))
        self._save()
        return False

    def _whole(self, run: Run) -> bool:
        """Cut off what a kill left beyond what counts; tell whether all that counts is there."""
        for name, stream in run.streams.items():
            file = self.path(name)
            there = file.stat().st_size if file.exists() else 0
            if there < stream.size:
                return False
            if there > stream.size:
                os.truncate(file, stream.size)
        return True

    def path(self, stream: str) -> Path:
        """Return the file of a stream."""
        return self.folder / (stream if "." in stream else f"{stream}.jsonl")

    def stream(self, name: str) -> Stream:
        """Return how far a stream is."""
        return self.run.streams.setdefault(name, Stream())

    def append(self, name: str, lines: Iterable[bytes], cursor: str | None, *, pages: int = 1) -> None:
        """Add one page to a stream; without a further cursor it is done."""
        stream = self.stream(name)
        with self.path(name).open("ab") as file:
            file.truncate(stream.size)
            for line in lines:
                file.write(msgspec.json.format(line, indent=-1) + b"\n")
                stream.items += 1
            stream.size = file.tell()
        stream.cursor, stream.done = cursor, cursor is None
        stream.pages += pages
        self._save()

    def once(self, name: str, line: bytes) -> None:
        """Write a stream of one line, unless it is there."""
        if not self.stream(name).done:
            self.append(name, [line], None)

    def replace(self, name: str, lines: Iterable[bytes]) -> None:
        """Put other lines in the place of all those of a stream."""
        data = b"".join(msgspec.json.format(line, indent=-1) + b"\n" for line in lines)
        with whole(self.path(name)) as part:
            part.write_bytes(data)
        stream = self.stream(name)
        stream.size, stream.items = len(data), data.count(b"\n")
        self._save()

    def finish(self, name: str, **findings: Any) -> None:
        """Mark a stream as done, with the size of its file if it has one."""
        stream = self.stream(name)
        file = self.path(name)
        if not file.exists():
            file.touch()
        stream.size, stream.done = file.stat().st_size, True
        stream.findings |= findings
        self._save()

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a stream that count."""
        left = self.stream(name).size
        if not left:
            return
        with self.path(name).open("rb") as file:
            for line in file:
                left -= len(line)
                if left < 0:
                    return
                yield line

    def seal(self, header: dict[str, Any]) -> None:
        """Write what the run found beside its streams: it is whole."""
        (self.folder / HEADER).write_bytes(msgspec.json.format(msgspec.json.encode(header), indent=1) + b"\n")

    def imported(self, kept: dict[str, Any]) -> None:
        """Forget the run, whose facts are in the log now; keep what later ones need."""
        self.state = State(kept=self.state.kept | kept)
        self._save()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _save(self) -> None:
        with whole(self._file) as part:
            part.write_bytes(msgspec.json.encode(self.state))


def stored(file: Path) -> State:
    """Return the state in a file; an empty one where there is none.

    Raises
    ------
    WorkspaceError
        It cannot be read.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=State)
    except FileNotFoundError:
        return State()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError(
            f"The state of the last sync cannot be read ({error}).",
            "Remove this file: the next sync begins anew.",
            str(file),
        ) from error
