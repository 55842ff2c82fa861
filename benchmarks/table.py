"""Time the connection table: ``python benchmarks/table.py [rows …]``.

Processor time is measured, since other programs may run beside it.
Calls are timed, not key presses: a test driver waits for an idle process and so measures itself.  A repaint
is the drawing of every line of the screen, with the lines that did not change still at hand, as after a key.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from time import process_time

import numpy as np
from textual.app import App, ComposeResult
from textual.geometry import Region

from relnet import text
from relnet.assess.assessment import LABELS
from relnet.assess.filters import Column, Searchable, parse
from relnet.tui.widgets.columns import TableColumn
from relnet.tui.widgets.connection_table import ConnectionTable

SIZE = (140, 42)
BARS = {100_000: {"first paint": 300, "key": 16, "sort": 50, "filter": 100}, 1_000_000: {"first paint": 1500}}
FILTERS = (
    "label:fake engagement<.2 last>1y",
    "ana",
    "engagement:unknown",
    "label:fake engagement<.2 last>1y circle:15 in<3 tag:x -label:good",
)


def facts(rows: int) -> dict[str, Column]:
    """Columns as the dashboard holds them, with texts of five scripts and a tenth of the scores unknown."""
    rng = np.random.default_rng(7)
    syllables = np.array(["ana", "be", "ko", "mir", "漢", "字", "é", "zo", "ru", "🙂", "ла", "ne"])
    names = ["".join(syllables[parts]) for parts in rng.integers(0, 12, (rows, 4))]
    unknown = rng.random(rows) < 0.1
    codes = rng.choice(len(LABELS), rows, p=[0.6, 0.15, 0.05, 0.2])
    return {
        "handle": [f"@{name}{i}" for i, name in enumerate(names)],
        "name": names,
        "engagement": np.where(unknown, np.nan, rng.beta(1, 3, rows)),
        "confidence": np.where(unknown, np.nan, rng.random(rows) / 10),
        "label": np.array(LABELS, dtype=object)[codes],
        "label code": codes,
        "out": rng.poisson(9, rows),
        "in": rng.poisson(11, rows),
        "last": rng.exponential(300, rows),
        "circle": rng.choice([5.0, 15, 50, 150, np.nan], rows),
        "tag": [("x",) if i % 100 == 0 else () for i in range(rows)],
    }


def columns(held: dict[str, Column]) -> list[TableColumn]:
    number = {"align": "right", "priority": 1}
    return [
        TableColumn("handle", "who", 18, held["handle"], grow=20),
        TableColumn("name", "name", 14, held["name"], priority=3),
        TableColumn("engagement", "engag.", 7, held["engagement"], text.score, align="right"),
        TableColumn("confidence", "±", 7, held["confidence"], text.score, **number),
        TableColumn("label", "label", 10, held["label"], is_label=True, order=held["label code"]),
        TableColumn("out", "you→", 6, held["out"], text.count, **number),
        TableColumn("in", "→you", 6, held["in"], text.count, **number),
        TableColumn("last", "last", 8, held["last"], text.ago, **number),
    ]


class Bench(App[None]):
    def compose(self) -> ComposeResult:
        yield ConnectionTable()


def paint(table: ConnectionTable) -> None:
    table.render_lines(Region(0, 0, *table.size))


def times(act: Callable[[], object], repeats: int) -> np.ndarray:
    """Milliseconds of each repeat."""
    taken = []
    for _ in range(repeats):
        start = process_time()
        act()
        taken.append((process_time() - start) * 1e3)
    return np.array(taken)


async def run(rows: int) -> None:
    held = Searchable(facts(rows))
    bars = BARS.get(rows, {})

    def report(name: str, taken: np.ndarray, bar: str = "") -> None:
        limit = f"  bar {bars[bar]}" if bar in bars else ""
        middle, slow = np.percentile(taken, [50, 95])
        print(f"{rows:>9,}  {name:<44} median {middle:8.2f} ms  p95 {slow:8.2f}  max {taken.max():8.2f}{limit}")

    async with Bench().run_test(size=SIZE) as pilot:
        await pilot.pause()
        table = pilot.app.query_one(ConnectionTable)

        def first_paint() -> None:
            table.set_columns(columns(held), 0)
            table.set_columns(columns(held), rows)
            paint(table)

        def key(action: Callable[[int], None], by: int) -> Callable[[], None]:
            def press() -> None:
                action(by)
                paint(table)

            return press

        async def measure(name: str, act: Callable[[], None], repeats: int, bar: str) -> None:
            report(name, times(act, repeats), bar)
            await pilot.pause()  # lets the app take the messages that the calls have posted

        await measure("first paint, columns in memory", first_paint, 5, "first paint")
        await measure("repaint, nothing changed", lambda: paint(table), 100, "key")
        await measure("cursor down, repaint", key(table.action_move, 1), 300, "key")
        await measure("page down, repaint", key(table.action_page, 1), 100, "key")
        # The dashboard does this in a thread as soon as the table is painted.
        ready = [each for each in columns(held) if each.order is None and each.key in ("handle", "name")]
        report("texts ranked, in the background", times(lambda: [each.sort_keys for each in ready], 1))
        report("texts folded, in the background", times(lambda: held.folded(""), 1))
        shown = columns(held)
        for each in shown:
            _ = each.sort_keys
        table.set_columns(shown, rows)
        await pilot.pause()
        for name in ("engagement", "last", "out", "label", "handle"):

            def sort(name: str = name) -> None:
                table.sort(name, reverse=True)
                paint(table)

            await measure(f"sort {name}, first, repaint", sort, 1, "sort")
            await measure(f"sort {name}, again, repaint", sort, 5, "sort")
        for query in FILTERS:

            def search(query: str = query) -> None:
                table.filter(parse(query).mask(held))
                paint(table)

            await measure(f"filter {query[:26]}, repaint", search, 5, "filter")


if __name__ == "__main__":
    for rows in [int(argument) for argument in sys.argv[1:]] or [100_000, 1_000_000]:
        asyncio.run(run(rows))
