"""What an assessment takes long to make, from the cache where it is there."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.assess.assessment import (
    AccountLabels,
    accounts_of,
    activity_from,
    activity_table,
    connections_of,
    connections_table,
)
from relnet.assess.cache import Cache, Table, key_of, scanned, stated
from relnet.assess.groups import communities
from relnet.assess.labeling import fakes
from relnet.assess.plan import LABELLED
from relnet.network.accounts import AccountTable, accounts, table_of, with_activity
from relnet.network.activity import Activity
from relnet.network.columns import Columns
from relnet.network.connections import ENDS_KNOWN, Connections, connect_pairs
from relnet.network.view import NetworkView
from relnet.plugin import Column, Feature, Labeler, Scorer
from relnet.plugin.narrow import Held, many

T = TypeVar("T")
LAYOUT: Final = 3
"""Raised when a result is kept in other columns."""


class Results:
    """The results of one run and their keys, each made of the keys of what it needs.

    Parameters
    ----------
    cache
        Where they are kept.
    facts
        What says which facts are looked at.
    """

    def __init__(self, cache: Cache, *facts: Any) -> None:
        self.cache, self._facts = cache, key_of(*facts)
        self._keys: dict[str, str] = {}
        self._pool = ThreadPoolExecutor(2)
        self._writing: dict[str, Future[None]] = {}
        self._observed: Future[pl.DataFrame] | None = None
        self._people: AccountTable | None = None
        self._let_go = False

    def later(self, make: Callable[..., T], *arguments: Any) -> Future[T]:
        """Make something beside the rest: engine and NumPy leave the other cores idle for much of the time."""
        return self._pool.submit(make, *arguments)

    @property
    def files(self) -> dict[str, Path]:
        """Files of the results by name, once they are written; what was not kept has none."""
        for each in self._writing.values():
            each.result()
        return {name: self.cache.path(key) for name, key in self._keys.items()}

    def connections(self, view: NetworkView, features: Sequence[Feature], needs: Iterable[str]) -> Connections:
        """Return the connections with their features."""
        ends = ENDS_KNOWN.intersection(needs)
        key = self._key("connections", self._facts, [stated(each) for each in features], sorted(ends))
        known, active = self.cache.opened(key, connections_of), self.cache.get(self._key("activity", self._facts))
        if known is not None and active is not None:
            known.activity = activity_from(active)
            return known
        if not self.cache.path(self._key("accounts", self._facts)).exists():
            self._observed = self.later(accounts, view)
        made = connect_pairs(view, features, ends)
        self._keep("activity", activity_table(made.activity))
        self._people = self.accounts(view, made.activity)  # later it would wait until Polars has written the features
        if made.failures:
            self._once("connections")
        else:
            self._keep("connections", connections_table(made))
        return made

    def let_go(self, connections: Connections, names: Iterable[str]) -> None:
        """Let features go, where they are many, once they are kept; they are read when they are asked for again."""
        features = connections.features
        if not many(len(connections)) or not isinstance(features, Columns):
            return
        if "connections" in self._writing:
            self._writing["connections"].result()
        kept = self.cache.opened(self._keys["connections"], scanned)
        if kept is not None:
            self._let_go = True
            features.add(kept.select(f"f.{name}" for name in names if name not in LABELLED), "f.")

    def read_from(self, run: Path, connections: Connections) -> None:
        """Read the features that were let go from the run from now on: the cache may be deleted."""
        if self._let_go and isinstance(connections.features, Columns):
            connections.features.add(scanned(run / "connections.parquet"), "f.")

    def accounts(self, view: NetworkView, activity: Activity) -> AccountTable:
        """Return what is known of the accounts, and when each did something last."""
        if self._people is not None:
            return self._people
        key = self._key("accounts", self._facts)
        known = self.cache.opened(key, accounts_of)
        if known is not None:
            return known
        observed = accounts(view) if self._observed is None else self._observed.result()
        made = with_activity(observed, activity)
        self._keep("accounts", made)
        return table_of(made)

    def labelled(self, labelers: Iterable[Labeler], overrides: dict[int, str], *, failed: bool) -> None:
        """Say what the labels were made of, for the scores that read them; the labels themselves take no time."""
        said = [stated(each) for each in labelers], sorted(overrides.items())
        self._key("labels", self._keys["accounts"], *said)
        if failed:
            self._once("labels")

    def fakes(self, connections: Connections, people: AccountTable, labels: AccountLabels) -> Table:
        """Return p_fake of both ends of each connection."""
        table = self.cache.get(self._key("fakes", self._keys["connections"], self._keys["labels"]))
        if table is None:
            table = fakes(connections, people, labels)
            self._keep("fakes", table)
        return table

    def communities(self, view: NetworkView, connections: Connections, people: AccountTable) -> NDArray[np.int32]:
        """Return the communities."""
        key = self._key("communities", self._keys["connections"], self._keys["accounts"])
        table = self.cache.get(key)
        if table is not None:
            return table["community"]
        made = communities(view, connections, people)
        self._keep("communities", {"community": made})
        return made

    def score(self, scorer: Scorer, seed: int) -> pl.LazyFrame | None:
        """Return a score, a column by its scorer's name, if the same one was made before; asked after those that it needs."""
        needs = [self._keys[need] for need in scorer.needs if need.startswith("score.")]
        if any(need in LABELLED for need in scorer.needs):
            needs.append(self._keys["labels"])
        key = self._key(f"score.{scorer.name}", self._keys["connections"], *needs, stated(scorer), seed)
        return self.cache.opened(key, scanned)

    def keep_score(self, scorer: Scorer, column: Column) -> None:
        """Keep a score that `score` did not find."""
        self._keep(f"score.{scorer.name}", {scorer.name: column})

    def _keep(self, name: str, table: Mapping[str, Held] | pl.DataFrame) -> None:
        self._writing[name] = self.later(self.cache.keep, self._keys[name], table)

    def _key(self, name: str, *parts: Any) -> str:
        self._keys[name] = key_of(LAYOUT, name, *parts)
        return self._keys[name]

    def _once(self, name: str) -> None:
        """Let nothing that follows from this be found again: a plugin failed, the next time it may not."""
        self._keys[name] = secrets.token_hex(12)
