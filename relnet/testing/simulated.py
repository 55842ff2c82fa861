"""The facts of the simulated network, in its several forms, and the source that reads them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

import msgspec
import numpy as np

from relnet.demo.simulator import AS_OF_MS, simulate
from relnet.demo.world import NOBODY, OWNER, World
from relnet.moments import DAY_MS
from relnet.plugin import Account, Coverage, Declared, Interaction, Peek, Post, Reader, Record, Source

SHIFT: Final = 364 * DAY_MS
"""A whole number of weeks, so that days and weeks stay what they are."""
AS_OF: Final = AS_OF_MS - 40 * DAY_MS
"""The moment of judging: what is later is in the form `later` only."""
_TYPES: Final[dict[str, type[Any]]] = {each.__name__: each for each in (Account, Interaction, Post, Declared)}
_PEOPLE, _YEARS, _SEED = 70, 1.5, 11


class Simulated(Source):
    """Records as JSON lines, as `written` makes them."""

    name, version, network = "simulated", "1", "simulated"
    form: str = "plain"

    def sniff(self, peek: Peek) -> float:
        """Return 0: it is read by name only."""
        return 0.0

    def read(self, reader: Reader) -> Iterator[Record]:
        """Yield the records."""
        for number, line in reader.lines():
            with reader.record(number):
                kind, fields = msgspec.json.decode(line)
                yield msgspec.convert(fields | {"record": number}, _TYPES[kind])

    def coverage(self, reader: Reader) -> list[Coverage]:
        """Return full coverage of the owner and of every second account: ties of the others are partly unseen."""
        until = {"later": AS_OF_MS, "shifted": AS_OF + SHIFT}.get(self.form, AS_OF)
        ids = _ids(self.form)
        return [
            Coverage("*", way, ids[i], until=until) for i in (OWNER, *range(2, len(ids), 2)) for way in ("out", "in")
        ]


def written(facts: Iterable[Record]) -> bytes:
    """Return records as JSON lines."""
    return b"\n".join(msgspec.json.encode([type(fact).__name__, fact]) for fact in facts) + b"\n"


def records(form: str) -> list[Record]:
    """Return the facts of a form: `plain`, `relabelled`, `shuffled`, `shifted` or `later`."""
    facts = [fact for fact in _facts(form) if form == "later" or _seen(fact) <= AS_OF]
    if form == "shuffled":
        order = np.random.default_rng(5).permutation(len(facts))
        facts = [facts[i] for i in order]
    return [_moved(fact, SHIFT) for fact in facts] if form == "shifted" else facts


@cache
def _world() -> World:
    return simulate(_SEED, _PEOPLE, _YEARS)


@cache
def _ids(form: str) -> tuple[str, ...]:
    world = _world()
    if form != "relabelled":
        return tuple(map(str, world.accounts.id.tolist()))
    drawn = np.random.default_rng(3).choice(10**9, len(world.accounts.id), replace=False) + 1
    return tuple(map(str, drawn.tolist()))


def _facts(form: str) -> Iterator[Record]:
    world, ids = _world(), _ids(form)
    yield from _profiles(world, ids, AS_OF - DAY_MS, 0)
    if form == "later":
        yield from _profiles(world, ids, AS_OF_MS, 500)
    for follower in world.followers.tolist():
        yield Declared(ids[follower], ids[OWNER], "follow", seen_at=AS_OF - DAY_MS)
    for followed in world.following.tolist():
        yield Declared(ids[OWNER], ids[followed], "follow", seen_at=AS_OF - DAY_MS)
    yield from _posts(world, ids)
    m = world.messages
    for event, author, to, at in zip(*(column.tolist() for column in (m.id, m.author, m.to, m.at)), strict=True):
        if to != NOBODY:
            yield Interaction(ids[author], ids[to], "message", at, f"m{event}", visibility="direct", audience=1)


def _profiles(world: World, ids: tuple[str, ...], seen_at: int, more: int) -> Iterator[Account]:
    a = world.accounts
    for i, native in enumerate(ids):
        yield Account(
            native, handle=a.handle[i], name=a.name[i], bio=a.bio[i], location=a.location[i], url=a.url[i],
            created_at=int(a.created_at[i]), followers=int(a.followers[i]) + more, following=int(a.following[i]),
            posts=int(a.posts[i]), likes=int(a.likes[i]), listed=int(a.listed[i]),
            last_active_at=seen_at - (i % 9) * 30 * DAY_MS, has_bio=bool(a.bio[i]), has_url=bool(a.url[i]),
            default_avatar=not a.has_avatar[i], protected=bool(a.protected[i]), automated=bool(a.automated[i]) or None,
            has_banner=i % 3 > 0, has_location=bool(a.location[i]), owner=i == OWNER, seen_at=seen_at,
        )  # fmt: skip


def _posts(world: World, ids: tuple[str, ...]) -> Iterator[Record]:
    p = world.posts
    columns = (p.id, p.author, p.at, p.kind, p.to, p.parent, p.mentions, p.text, p.conversation)
    for post, author, at, kind, to, parent, named, text, thread in zip(*(c.tolist() for c in columns), strict=True):
        if kind == "original":
            continue
        yield Post(str(post), ids[author], at, text, lang="en")
        aimed = [to] if kind != "mention" else [each for each in named if each != author]
        for target in aimed:
            if target not in (NOBODY, author):
                yield Interaction(
                    ids[author], ids[target], kind, at, str(post), str(parent) if kind == "reply" else None,
                    str(thread), str(post), audience=len(set(aimed) | set(named)) or 1,
                )  # fmt: skip


def _seen(fact: Record) -> int:
    moments = (getattr(fact, "at", None), getattr(fact, "seen_at", None))
    return next((moment for moment in moments if moment is not None), 0)


def _moved(fact: Record, by: int) -> Record:
    names = [
        name for name in ("at", "seen_at", "created_at", "last_active_at") if getattr(fact, name, None) is not None
    ]
    return msgspec.structs.replace(fact, **{name: getattr(fact, name) + by for name in names})
