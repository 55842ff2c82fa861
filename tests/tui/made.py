"""A small network with known numbers, read through a source of its own, and ways to look at the dashboard over it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from textual.pilot import Pilot

from relnet import registry
from relnet.facts.records import Account, Interaction, Post
from relnet.plugin import Coverage, Evidence, Feature, Inputs, Labeler, LabelResult, Scorer, Source, why_bit
from relnet.registry import Entry, Registry
from relnet.tui.screens.dialogs import Notice
from relnet.tui.screens.overview import OverviewPage

DAY = 86_400_000
AS_OF = 1_736_553_600_000
"""2025-01-11."""
NAMES = (
    "ana", "marek", "chidi", "yuki", "lena", "omar", "ines", "jonas", "priya", "tariq", "wren", "sol", "bea", "kofi",
    "noor", "vera", "emil", "rosa", "igor", "mina", "hugo", "asha", "dana", "leo",
)  # fmt: skip


class Network(msgspec.Struct):
    """What the source of the tests reads."""

    accounts: list[Account]
    interactions: list[Interaction] = []
    posts: list[Post] = []
    coverage: list[Coverage] = []
    broken: int = 0


class Made(Source):
    """Reads a network as the tests write it."""

    name, version, network = "made", "1", "made"

    def sniff(self, peek: Any) -> float:
        return float(peek.head.startswith(b'{"accounts"'))

    def read(self, reader: Any) -> Iterable[Any]:
        made = msgspec.json.decode(reader.content(reader.names[0]), type=Network)
        reader.remember("coverage", made.coverage)
        for number in range(made.broken):
            reader.skip("not valid JSON", number)
        yield from made.accounts
        yield from made.posts
        yield from made.interactions

    def coverage(self, reader: Any) -> list[Coverage]:
        return reader.found["coverage"]


class Engagement(Scorer):
    """Log counts both ways less the time since."""

    name, version = "engagement", "1"
    needs = ("count_ab", "count_ba", "last_contact")

    def _parts(self, inputs: Inputs) -> dict[str, Any]:
        parts = {way: 0.8 * np.log1p(np.nan_to_num(inputs[way])) for way in self.needs[:2]}
        return {**parts, "last_contact": -0.004 * inputs["last_contact"]}

    def score(self, inputs: Inputs) -> Any:
        return 1 / (1 + np.exp(2 - sum(self._parts(inputs).values())))

    def explain(self, inputs: Inputs, rows: Any) -> Evidence:
        parts = {name: part[rows] for name, part in self._parts(inputs).items()}
        return Evidence(np.full(len(rows), -2.0), parts, "logit")


class Relnet(Labeler):
    """Fake by the share of following, inactive by the last post."""

    name, version = "relnet", "1"
    needs = ("followers", "following", "last_active_at")

    def label(self, inputs: Inputs) -> LabelResult:
        p_fake = inputs["following"] / (inputs["followers"] + inputs["following"])
        silent = (inputs.as_of - inputs["last_active_at"]) / DAY
        p_inactive = np.where(np.isnan(silent), np.nan, silent / (silent + 90))
        return LabelResult(p_fake, p_inactive, np.where(np.isnan(p_fake), why_bit("too_few"), 0).astype(np.uint8))

    def explain(self, inputs: Inputs, rows: Any) -> Evidence:
        p_fake = self.label(inputs).p_fake[rows]
        return Evidence(np.full(len(rows), 0.5), {"following": p_fake - 0.5})


def network(names: Iterable[str] = NAMES, *, incoming: bool = True, owner: bool = True, broken: int = 0) -> Network:
    """The owner and one connection per name: the first is the closest, every fourth fake, every fifth asleep.

    Parameters
    ----------
    incoming
        Whether what others wrote was imported too; if not, that direction is not covered.
    owner
        Whether the record is somebody's own.
    broken
        Records that cannot be read.
    """
    made = Network([Account("0", handle="me", name="Me", owner=owner, seen_at=AS_OF)], broken=broken)
    for i, name in enumerate(names, 1):
        fake, asleep = i % 4 == 0, i % 5 == 0
        made.accounts.append(
            Account(
                str(i), handle=name, name=f"{name.title()} Example", seen_at=AS_OF,
                followers=None if i % 7 == 0 else 20 if fake else 400,
                following=None if i % 7 == 0 else 900 if fake else 20,
                last_active_at=AS_OF - (400 if asleep else 3) * DAY,
                automated=True if i == 6 else None,
            )
        )  # fmt: skip
        for k in range(max(60 - 3 * i, 2)):
            mine = k % 2 == 0 or i % 3 == 0 or not incoming
            at = AS_OF - (k * (4 + i) + i * (20 if asleep else 1)) * DAY - i * 3_600_000
            source, target = ("0", str(i)) if mine else (str(i), "0")
            post = f"{i}-{k}"
            text = f"{'@' + name if mine else '@me'} word number {k}, said {'to' if mine else 'by'} {name}\nsecond line"
            url = f"https://example.org/{post}"
            made.posts.append(Post(post, source, at, text, url=url))
            kind = "mention" if k % 5 == 4 else "reply"
            made.interactions.append(Interaction(source, target, kind, at, post, post=post, record=k))
    for i in range(1, len(made.accounts) - 3, 3):
        made.interactions.append(Interaction(str(i), str(i + 3), "reply", AS_OF - i * DAY, f"b{i}"))
    whose = "0" if owner else None
    made.coverage = [Coverage("*", "out", whose, AS_OF - 900 * DAY, AS_OF)]
    if incoming:
        made.coverage.append(Coverage("*", "in", whose, AS_OF - 900 * DAY, AS_OF))
    return made


@cache
def plugins() -> Registry:
    """What is built in, with an engagement score, labels and a source that no release changes."""
    ours = {("source", "made"): Made, ("scorer", "engagement"): Engagement, ("labeler", "relnet"): Relnet}
    found = registry.find()
    kept = {("feature", feature.name) for feature in found.usable(Feature)[0]}
    kept |= {("scorer", name) for name in ("constancy", "reciprocity", "vitality")}
    built_in = [entry for entry in found if (entry.kind, entry.name) in kept]
    return Registry([*built_in, *(Entry(kind, name, "tests", found=found) for (kind, name), found in ours.items())])


def write(made: Network, folder: Path) -> Path:
    """Write a network as a file that the source of the tests reads."""
    path = folder / "made.json"
    path.write_bytes(msgspec.json.encode(made))
    return path


async def loaded(pilot: Pilot[int]) -> None:
    """Wait until the load is done or has failed."""
    while not isinstance(pilot.app.screen, OverviewPage | Notice):
        await pilot.pause(0.01)
    await settle(pilot)


async def settle(pilot: Pilot[int]) -> None:
    """Wait until all work is done and drawn; work may start other work, and previews wait for the cursor to rest."""
    await pilot.pause(0.08)
    idle = 0
    while idle < 2:
        idle = 0 if any(worker.is_running for worker in pilot.app.workers) else idle + 1
        await pilot.pause(0.01)


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Press keys one after another and wait for what they start."""
    for key in keys:
        await pilot.press(key)
    await settle(pilot)


async def until(pilot: Pilot[int], holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something holds; fail where it never does."""
    last = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < last, shown(pilot)
        await pilot.pause(0.02)


def shown(pilot: Pilot[int]) -> str:
    """The screen as text, line by line."""
    width, _ = pilot.app.size
    lines = (strip.text for strip in pilot.app.screen._compositor.render_strips())
    return "\n".join(line[:width].rstrip() for line in lines)
