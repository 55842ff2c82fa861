"""What an assessment takes long to make, from the cache where it is there."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from relnet.assess.assessment import accounts_of, connections_of, connections_table
from relnet.assess.cache import Cache, key_of, stated
from relnet.assess.groups import communities
from relnet.assess.plan import LABELLED
from relnet.network.connections import ENDS_KNOWN, Connections, connect_pairs
from relnet.network.view import AccountTable, NetworkView, accounts
from relnet.plugin import Column, Feature, Labeler, Scorer

T = TypeVar("T")
_EXTENT: Final = ("count", "first", "last")


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
        self._writing: Future[None] | None = None

    def later(self, make: Callable[..., T], *arguments: Any) -> Future[T]:
        """Make something beside the rest: engine and NumPy leave the other cores idle for much of the time."""
        return self._pool.submit(make, *arguments)

    @property
    def files(self) -> dict[str, Path]:
        """Files of the tables that a run links, once they are written."""
        if self._writing is not None:
            self._writing.result()
        return {name: self.cache.path(self._keys[name]) for name in ("connections", "accounts")}

    def connections(self, view: NetworkView, features: Sequence[Feature], needs: Iterable[str]) -> Connections:
        """Return the connections with their features."""
        ends = ENDS_KNOWN.intersection(needs)
        key = self._key("connections", self._facts, [stated(each) for each in features], sorted(ends))
        known = self.cache.opened(key, connections_of)
        if known is not None:
            return known
        made = connect_pairs(view, features, ends)
        if made.failures:
            self._once("connections")
        else:
            self._writing = self.later(self.cache.keep, key, connections_table(made))
        return made

    def accounts(self, view: NetworkView) -> AccountTable:
        """Return what is known of the accounts."""
        key = self._key("accounts", self._facts)
        table = self.cache.get(key)
        if table is not None:
            return accounts_of(table)
        made = accounts(view)
        self.cache.keep(key, {"account": made.account, **made.columns})
        return made

    def extent(self, view: NetworkView) -> tuple[int, int | None, int | None]:
        """Return the number of dated interactions, and the moments of the first and the last, ms UTC."""
        key = self._key("extent", self._facts)
        table = self.cache.get(key)
        if table is None:
            number, oldest, newest = view.extent
            table = {
                name: np.array([value or 0]) for name, value in zip(_EXTENT, (number, oldest, newest), strict=True)
            }
            self.cache.keep(key, table)
        count, first, last = (int(table[name][0]) for name in _EXTENT)
        return (count, first, last) if count else (0, None, None)

    def labelled(self, labelers: Iterable[Labeler], overrides: dict[int, str], *, failed: bool) -> None:
        """Say what the labels were made of, for the scores that read them; the labels themselves take no time."""
        said = [stated(each) for each in labelers], sorted(overrides.items())
        self._key("labels", self._keys["accounts"], *said)
        if failed:
            self._once("labels")

    def communities(self, view: NetworkView, connections: Connections, people: AccountTable) -> NDArray[np.int32]:
        """Return the communities."""
        key = self._key("communities", self._keys["connections"], self._keys["accounts"])
        table = self.cache.get(key)
        if table is not None:
            return table["community"]
        made = communities(view, connections, people)
        self.cache.keep(key, {"community": made})
        return made

    def score(self, scorer: Scorer, seed: int) -> Column | None:
        """Return a score if the same one was made before; asked after those that it needs."""
        needs = [self._keys[need] for need in scorer.needs if need.startswith("score.")]
        if any(need in LABELLED for need in scorer.needs):
            needs.append(self._keys["labels"])
        table = self.cache.get(
            self._key(f"score.{scorer.name}", self._keys["connections"], *needs, stated(scorer), seed)
        )
        return None if table is None else table["score"]

    def keep_score(self, scorer: Scorer, column: Column) -> None:
        """Keep a score that `score` did not find."""
        self.cache.keep(self._keys[f"score.{scorer.name}"], {"score": column})

    def _key(self, name: str, *parts: Any) -> str:
        self._keys[name] = key_of(name, *parts)
        return self._keys[name]

    def _once(self, name: str) -> None:
        """Let nothing that follows from this be found again: a plugin failed, the next time it may not."""
        self._keys[name] = secrets.token_hex(12)
