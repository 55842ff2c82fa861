"""From interactions to connections: one row a pair, one column a feature, NaN where unknown."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet import runner
from relnet.network.activity import Activity
from relnet.network.acts import ROW, Acts, read_acts, signals_of
from relnet.network.columns import Columns
from relnet.network.engine import give_back
from relnet.network.ordered import days_of, turns_of
from relnet.network.pairs import Numbers, both_ends, distinct, met
from relnet.network.periods import periods_of
from relnet.network.spans import Spans, spans_of
from relnet.network.structure import structure_of
from relnet.network.view import NetworkView
from relnet.network.words import hours_of, texts_of
from relnet.plugin import Column, Feature, Inputs, Keys, Periods, Structure
from relnet.plugin.kinds import METHODS
from relnet.plugin.narrow import Held, Room, least_room, wide

if TYPE_CHECKING:
    import networkx as nx

SUFFIXES: Final = ("ab", "ba")
ENDS_KNOWN: Final = frozenset(f"{name}_{way}" for name in ("sent_known", "met_known") for way in SUFFIXES)
"""1 where all that a (`_ab`) or b (`_ba`) does is covered; 1 where all that is done to that account is, too."""
_BLOCK: Final = 1 << 18
"""Acts of which the ordered tables are made at a time."""


class Connections(msgspec.Struct):
    """Pairs of accounts a < b, sorted, with their features.

    Attributes
    ----------
    a, b
        int64[n] account keys.
    features
        float64[n] by name; NaN is unknown. Directed ones end in `_ab` and `_ba`.
    failures
        Features that were left out: their columns are unknown throughout.
    activity
        Who of the two ends was active, and when.
    """

    a: Keys
    b: Keys
    features: MutableMapping[str, Column]
    failures: list[runner.Failure] = []
    activity: Activity = Activity()
    _ends: tuple[Keys, Numbers] | None = None

    def __len__(self) -> int:
        return len(self.a)

    def to_networkx(self) -> nx.DiGraph[int]:
        """Return the network as a networkx DiGraph (see `relnet.network.graph.graph_of`)."""
        from relnet.network.graph import graph_of

        return graph_of(self)

    def ends(self) -> tuple[Keys, Numbers]:
        """Return the accounts in order, and the number of each end among them, int32[n, 2]."""
        if self._ends is None:
            self._ends = met(self.a, self.b)
        return self._ends

    def accounts(self) -> Keys:
        """Return the keys of the accounts, sorted."""
        return distinct(self.a, self.b) if self._ends is None else self._ends[0]

    def row(self, one: int, other: int) -> int | None:
        """Return the row of a pair; `None` if the two never met."""
        a, b = min(one, other), max(one, other)
        low, high = np.searchsorted(self.a, [a, a + 1])
        i = low + int(np.searchsorted(self.b[low:high], b))
        return int(i) if i < high and self.b[i] == b else None


def columns_of(feature: Feature) -> tuple[str, ...]:
    """Return the names of the columns that a feature makes."""
    if not feature.directed:
        return (feature.name,)
    return tuple(f"{feature.name}_{suffix}" for suffix in SUFFIXES)


def connect_pairs(view: NetworkView, features: Sequence[Feature], needs: Iterable[str] = ()) -> Connections:
    """Compute the chosen pair features, in the order given (needs before users).

    Every pair with any interaction or declared follow, block or mute is a row. All features over the log, or
    over the signals, go into one group-by. A directed count of nothing is NaN where the coverage does not say that absence means zero.

    Parameters
    ----------
    needs
        Columns of `ENDS_KNOWN` that are wanted beside the features.
    """
    by_table = {name: [each for each in features if each.table == name] for name in METHODS}
    nothing = {column: each.nothing for each in features for column in columns_of(each)}
    failures: list[runner.Failure] = []
    with ThreadPoolExecutor(1) as beside:
        beside.submit(import_module, "relnet.network.grouped")  # what it stands on takes a while to be imported
        unsorted = read_acts(view, links=bool(by_table["turns"]))
        signals = signals_of(view, unsorted)
        accounts, ends, rank = unsorted.pairs.sorted()
        a, b = both_ends(accounts, ends)
        signals = signals.with_columns(row=rank[signals["number"].to_numpy()])
        grouped = beside.submit(_over_rows, view, signals, by_table, nothing, len(a), failures)
        noted = beside.submit(unsorted.activity.activity, accounts, ends, rank)
        del signals
        acts = unsorted.sorted(rank, len(a))
        del unsorted
        made = grouped.result()
        made["interactions"] = wide(made["interactions"]) + acts.counts
        give_back()
        tied = acts.counts > 0
        structure = structure_of(ends, tied)
        made |= _over_ordered(view, acts, by_table, failures)
        if by_table["periods"]:
            periods = periods_of(view, a, b, acts, structure)
            del acts
            made |= _over_periods(periods, by_table["periods"], tied, failures)
            del periods
            give_back()
    made |= _over_words_and_hours(view, by_table, a, b, failures)
    unknown = np.broadcast_to(np.nan, len(a))
    read = [feature for feature in features if feature.table != "columns"]
    without_values: dict[str, Held] = {name: unknown for feature in read for name in columns_of(feature)}
    made = without_values | made
    spans = spans_of(view, a, b)
    made |= _coverage(view, a, b, spans, {*needs, *(need for feature in features for need in feature.needs)})
    _hide_uncovered(made, read, view, a, b, spans)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = dict(zip(made, pool.map(least_room, made.values()), strict=True))
        for together in _levels(feature for feature in features if feature.table == "columns"):
            outcomes = list(pool.map(partial(_derive, made, a, b, view, structure), together))
            for feature, outcome in zip(together, outcomes, strict=True):
                failures += [each.failure for each in outcome if each.failure][:1]
                made |= {
                    name: unknown if each.failure else each.value
                    for name, each in zip(columns_of(feature), outcome, strict=True)
                }
    give_back()
    columns = Columns()
    columns.hold(made)
    return Connections(a, b, columns, failures, noted.result(), (accounts, ends))


def _over_rows(
    view: NetworkView,
    signals: pl.DataFrame,
    by_table: Mapping[str, Sequence[Feature]],
    nothing: Mapping[str, float],
    rows: int,
    failures: list[runner.Failure],
) -> dict[str, Held]:
    """Count the interactions that are no dated acts, and compute the features that are group-bys."""
    from relnet.network.grouped import over_log, over_signals  # expressions: what is cached needs none

    counts = np.bincount(signals.filter(~pl.col("declared"))["row"], minlength=rows)
    made: dict[str, Held] = {"interactions": counts.astype(np.float64)}
    made |= over_signals(view, signals, by_table["signals"], nothing, rows, failures)
    if by_table["log"]:
        made |= over_log(view, by_table["log"], failures)
    return {name: least_room(column) for name, column in made.items()}  # now, since it lies beside all that follows


def _over_ordered(
    view: NetworkView, acts: Acts, by_table: Mapping[str, Sequence[Feature]], failures: list[runner.Failure]
) -> dict[str, Held]:
    """Compute the features of the tables that need acts in their order, some pairs at a time."""
    features = [*by_table["days"], *by_table["turns"]]
    nothing = {column: each.nothing for each in features for column in columns_of(each)}
    rooms = {column: Room(acts.rows) for column in nothing}

    def compute(block: Acts) -> list[runner.Failure]:
        failed = []
        filled = {column: np.full(block.rows, value) for column, value in nothing.items()}
        for name, table_of in (("days", days_of), ("turns", turns_of)) if len(block.codes) else ():
            if not by_table[name]:
                continue
            table = table_of(block, view)
            ways = (table, table.turned())
            tied = table.tie[table.starts]
            rows = int(block.codes[0] >> ROW) - block.first + tied
            for feature in by_table[name]:
                found, failure = _over(feature, ways)
                failed += [failure] if failure else []
                for column, values in found.items():
                    filled[column][rows] = values[tied]
        for column, values in filled.items():
            rooms[column][block.first : block.first + block.rows] = values
        return failed

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        failed = {each.plugin: each for found in pool.map(compute, acts.blocks(_BLOCK)) for each in found}
    failures += failed.values()
    whole = [feature for feature in features if feature.name not in failed]
    return {column: rooms[column].column() for feature in whole for column in columns_of(feature)}


def _over_periods(
    periods: Periods, features: Sequence[Feature], tied: NDArray[np.bool_], failures: list[runner.Failure]
) -> dict[str, Held]:
    ways = (periods, periods.turned())
    untied = np.flatnonzero(~tied)

    def compute(feature: Feature) -> tuple[dict[str, Held], runner.Failure | None]:
        found, failure = _over(feature, ways)
        for name, column in found.items():
            if isinstance(column, np.ndarray) and not column.flags.owndata:
                found[name] = column.copy()  # it is a view of what the feature was given
            found[name][untied] = feature.nothing
        return found, failure

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # Those that cannot be shared out among the cores first.
        outcomes = list(pool.map(compute, sorted(features, key=lambda each: each.rowwise)))
    failures += [failure for _, failure in outcomes if failure]
    return {name: column for found, _ in outcomes for name, column in found.items()}


def _over(feature: Feature, ways: tuple[Any, Any]) -> tuple[dict[str, Held], runner.Failure | None]:
    """Compute a feature over a table, each way; one that fails either way is left out."""
    found: dict[str, Held] = {}
    for name, table in zip(columns_of(feature), ways, strict=False):
        outcome = runner.run(feature, "over", table)
        if outcome.failure:
            return {}, outcome.failure
        found[name] = outcome.value
    return found, None


def _over_words_and_hours(
    view: NetworkView,
    by_table: Mapping[str, Sequence[Feature]],
    a: Keys,
    b: Keys,
    failures: list[runner.Failure],
) -> dict[str, Held]:
    made: dict[str, Held] = {}
    for table, tables_of in (("texts", texts_of), ("hours", hours_of)):
        for feature in by_table[table]:
            for name, given in zip(columns_of(feature), tables_of(view, a, b, feature.directed), strict=True):
                outcome = runner.run(feature, "over", given)
                if outcome.failure is None:
                    made[name] = outcome.value
                elif outcome.failure not in failures:
                    failures.append(outcome.failure)
    return made


def _coverage(view: NetworkView, a: Keys, b: Keys, spans: Spans, needs: set[str]) -> dict[str, Held]:
    known = {"known_ab": view.known(a, b, span=spans.pair), "known_ba": view.known(b, a, span=spans.pair)}
    for name in sorted(ENDS_KNOWN.intersection([*needs, *map(_turned, needs)])):
        sent, received = view.known_of(*((a, spans.a) if name.endswith("_ab") else (b, spans.b)))
        known[name] = sent & received if name.startswith("met") else sent
    return {name: least_room(column) for name, column in known.items()}


def _hide_uncovered(
    made: dict[str, Held], features: Iterable[Feature], view: NetworkView, a: Keys, b: Keys, spans: Spans
) -> None:
    known: dict[tuple[str, ...], tuple[NDArray[np.bool_], ...]] = {
        (): tuple(wide(made[f"known_{suffix}"]) > 0 for suffix in SUFFIXES)
    }
    for feature in features:
        if feature.directed and feature.unit in ("interactions", "follows", "answers"):
            if feature.kinds not in known:
                ways = ((a, b), (b, a))
                known[feature.kinds] = tuple(view.known(*way, feature.kinds, spans.pair) for way in ways)
            seen = known[feature.kinds]
            for name, there in zip(columns_of(feature), seen[::-1] if feature.unit == "answers" else seen, strict=True):
                if not there.all():
                    column = wide(made[name])
                    made[name] = np.where(~there & (column == 0), np.nan, column)


def _levels(features: Iterable[Feature]) -> list[list[Feature]]:
    """Group features, each after its needs, so that those of one group need none of the same or a later one."""
    level: dict[str, int] = {}
    groups: list[list[Feature]] = []
    for feature in features:
        mine = max((1 + level[need] for need in feature.needs if need in level), default=0)
        level |= dict.fromkeys(columns_of(feature), mine)
        if mine == len(groups):
            groups.append([])
        groups[mine].append(feature)
    return groups


def _derive(
    made: Mapping[str, Held],
    a: Keys,
    b: Keys,
    view: NetworkView,
    structure: Structure,
    feature: Feature,
) -> list[runner.Outcome]:
    """Compute a feature from other columns, each way."""
    there = {need: made[need] for need in feature.needs}
    back = {need: made[_turned(need)] for need in feature.needs}
    sums: dict[Any, Column] = {}
    ways = (
        Inputs(there, a, b, view.as_of, view.me, structure=lambda: structure, sums=sums),
        Inputs(back, b, a, view.as_of, view.me, structure=structure.turned, sums=sums),
    )
    outcomes = [runner.run(feature, "derive", inputs) for _, inputs in zip(columns_of(feature), ways, strict=False)]
    for each in outcomes:
        if each.failure is None:
            each.value = least_room(each.value)
    return outcomes


def _turned(name: str) -> str:
    """Return the column that tells the same of the other direction."""
    base, _, suffix = name.rpartition("_")
    return f"{base}_{'ba' if suffix == 'ab' else 'ab'}" if suffix in SUFFIXES else name
