"""One piece of fetching: what it will ask, and going through its lists page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple, Protocol, TypeVar

import msgspec

from relnet.errors import NetworkError, Paused, SettingsError
from relnet.live.sample import ALL_UP_TO, Sample, sample_size
from relnet.live.spool import Spool, Stream, stored
from relnet.settings import Live

PAGES: Final = 100_000
"""Pages of one list at most, whatever the server says."""
NETWORKS: Final = ("bluesky", "mastodon")

T = TypeVar("T")
Tell = Callable[[str, int, int | None], None]
"""Called with (list, items so far, items in all if known)."""
Fetch = Callable[[Stream], tuple[list[bytes], str | None]]
"""Returns the lines of the page at a stream's cursor, and the next cursor; `None` ends the stream."""


class Step(NamedTuple):
    """A part of a job and the requests it takes; `None` where only the server knows."""

    what: str
    requests: int | None


class Job(Protocol):
    """A sync or check of one account."""

    source: ClassVar[str]
    """Name of the source that reads what it fetches."""
    allowance: ClassVar[int]
    """Requests in five minutes that such servers usually allow."""

    @property
    def name(self) -> str:
        """Whose it is, as a file name."""
        ...

    @property
    def plan(self) -> dict[str, Any]:
        """What is asked for."""
        ...

    @property
    def hosts(self) -> list[str]:
        """The servers that are asked."""
        ...

    def steps(self, kept: dict[str, Any]) -> list[Step]:
        """Return what will be asked, given what earlier runs kept."""
        ...

    def fetch(self, spool: Spool, tell: Tell) -> dict[str, Any]:
        """Fetch what the spool lacks and return the header of the whole."""
        ...

    def keeps(self, spool: Spool) -> dict[str, Any]:
        """Return what the next run needs to know."""
        ...


class FollowerCheck:
    """What the checks of all networks share: how many followers are judged, and that each begins anew.

    Parameters
    ----------
    stated
        Followers that the profile states.
    limit
        Followers to judge: 0 for all, `None` for as many as a share needs.
    seed
        Of the sample.
    """

    def __init__(self, stated: int, limit: int | None, seed: int) -> None:
        self._limit, self._seed, self._size = limit, seed, judged(stated, limit)

    @property
    def plan(self) -> dict[str, Any]:
        """What is asked for."""
        return {"mode": "check", "limit": self._limit, "seed": self._seed}

    def keeps(self, spool: Spool) -> dict[str, Any]:
        """Return nothing: each check begins anew."""
        return {}


class Fetched(NamedTuple):
    """A whole folder, ready to be read by a source."""

    folder: Path
    source: str
    header: dict[str, Any]
    spool: Spool
    kept: dict[str, Any]

    def imported(self) -> None:
        """Say that its facts are in the log: the folder goes, what the next run needs stays."""
        self.spool.imported(self.kept)


def reference(text: str) -> tuple[str, str] | None:
    """Return network and name of `bluesky:…` or `mastodon:…`; `None` where it is neither."""
    network, colon, who = text.partition(":")
    return (network, who) if colon and who and network in NETWORKS else None


def total(steps: list[Step]) -> int:
    """Return the requests that are known beforehand."""
    return sum(step.requests or 0 for step in steps)


def judged(people: int, limit: int | None) -> int:
    """Return how large a sample of a list is taken; 0 for all of it."""
    if limit is not None:
        return limit if limit < people else 0
    return sample_size(people) if people > ALL_UP_TO else 0


def kept_before(folder: Path, name: str) -> dict[str, Any]:
    """Return what earlier runs of a job kept."""
    return stored(folder / f"{name}.json").kept


def check_budget(steps: list[Step], live: Live) -> None:
    """Refuse a job that cannot end within the limits.

    Raises
    ------
    Paused
        It would take more requests than one run may send.
    """
    if total(steps) > live.requests:
        raise Paused(
            f"It would take about {total(steps):,} requests, more than the {live.requests:,} of one run.",
            "Raise live.requests, or ask for less: --limit in a check, --no-lists in a sync.",
        )


@contextmanager
def fetched(job: Job, folder: Path, now: float, tell: Tell, *, afresh: bool = False) -> Iterator[Fetched]:
    """Fetch a job's lists, going on where a run was broken off; the account is locked until the end.

    Parameters
    ----------
    folder
        Where spools lie.
    now
        The present moment, seconds since 1970.
    afresh
        Forget what earlier runs kept.
    """
    with Spool(folder, job.name) as spool:
        spool.begin(job.plan, int(now * 1000), afresh=afresh)
        try:
            header = job.fetch(spool, tell)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NetworkError(
                f"A list holds what it should not ({error}).", "Check that this is the server meant.", job.hosts[0]
            ) from error
        spool.seal(header)
        yield Fetched(spool.folder, job.source, header, spool, job.keeps(spool))


def header(network: str, account: str, handle: str | None, spool: Spool, **more: Any) -> dict[str, Any]:
    """Return what a source needs to know of a run: whose record it is, of when, and what was found."""
    whose = {"relnet_sync": 1, "network": network, "account": account, "handle": handle}
    return {**whose, "fetched_at": spool.run.started, **more}


def paged(spool: Spool, name: str, fetch: Fetch, tell: Tell, items: int | None = None) -> Stream:
    """Fetch a stream to its end, saving each page; `items` is its length where it is known.

    Raises
    ------
    NetworkError
        The server goes in a circle or without end.
    """
    stream = spool.stream(name)
    while not stream.done:
        tell(name, stream.items, items)
        before = stream.cursor
        lines, cursor = fetch(stream)
        if cursor is not None and (cursor == before or stream.pages >= PAGES):
            raise NetworkError(f"The list of {name} has no end.", "The server is at fault; try again later.")
        spool.append(name, lines, cursor)
    tell(name, stream.items, items if items is None else max(items, stream.items))
    return stream


def in_turn(items: Sequence[T], ask: Callable[[Sequence[T]], list[bytes]], size: int = 1) -> Fetch:
    """Return the pages of items that are asked for by name, `size` in a request; the cursor counts them."""

    def page(stream: Stream) -> tuple[list[bytes], str | None]:
        asked = items[int(stream.cursor or 0) :][:size]
        end = int(stream.cursor or 0) + size
        return ask(asked) if asked else [], str(end) if end < len(items) else None

    return page


def walked(
    spool: Spool,
    name: str,
    fetch: Fetch,
    identify: Callable[[bytes], str | None],
    tell: Tell,
    size: int,
    seed: int,
    items: int | None,
) -> int:
    """Walk a list, keep a sample of it in the stream, and return how many were seen.

    Parameters
    ----------
    identify
        Returns the id of a member.
    size, seed
        Of the sample; size 0 keeps all.
    """
    stream = spool.stream(name)
    size = stream.findings.setdefault("size", size)  # the list may have grown since the run began
    if "walked" in stream.findings:
        return int(stream.findings["seen"])
    sample = Sample(size, seed)
    if size:
        for line in spool.lines(name):
            sample.offer(identify(line) or "", line)

    def page(stream: Stream) -> tuple[list[bytes], str | None]:
        found, cursor = fetch(stream)
        named = [(who, line) for line in found if (who := identify(line))]
        stream.findings["seen"] = seen = stream.findings.get("seen", 0) + len(named)
        tell(name, seen, items)
        return [line for who, line in named if not size or sample.offer(who, line)], cursor

    paged(spool, name, page, lambda *_: None)
    stream.findings["walked"] = True
    if size:
        spool.replace(name, sample.lines())
    return int(stream.findings["seen"])


def no_extra() -> SettingsError:
    """Return what to say where the extra is not installed."""
    return SettingsError("Live networks need the extra `live`.", "Install relnet with it: pip install 'relnet[live]'.")
