"""The network at a moment: the only door to facts for features, so that nothing later is ever seen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.errors import InputError
from relnet.facts.coverage import DECLARED_ABSENCE_IS_ZERO, Coverage, Span, covered
from relnet.facts.identity import as_table, resolved_handles, unite
from relnet.facts.records import KIND_CLASSES, TWIN_ORDER
from relnet.network.engine import connect, register
from relnet.settings import HORIZON_DAYS
from relnet.store import log
from relnet.store.log import Manifest

if TYPE_CHECKING:
    import duckdb

_DIRECT = ("target", "deliberate")
"""Directness of an act; the other rows are carried along or sent to many."""
_ANYONE = 0
"""Stands for whoever the other side is."""


class NetworkView:
    """Facts visible at `as_of`, duplicates removed, accounts joined by identity.

    Parameters
    ----------
    folder
        The workspace's log.
    imports
        The finished imports to look at, taken once.
    as_of
        Moment of judging, ms UTC; by default the end of coverage, never the clock.
    since
        First moment looked at, ms UTC.
    persons
        Groups of account keys that are one person each.
    me
        Keys of the owner's accounts, beyond those that the imports state.
    horizon_days
        Days ahead that engagement looks, and by which features measure time.

    Raises
    ------
    InputError
        There is nothing to look at.
    """

    def __init__(
        self,
        folder: Path,
        imports: Mapping[str, Manifest],
        as_of: int | None = None,
        since: int | None = None,
        persons: tuple[tuple[int, ...], ...] = (),
        me: frozenset[int] = frozenset(),
        horizon_days: float = HORIZON_DAYS,
    ) -> None:
        if not imports:
            raise InputError("The workspace is empty.", "Load something: relnet load PATH.")
        self.folder, self.imports, self.since = folder, dict(imports), since
        self.as_of = end_of_coverage(self.imports) if as_of is None else as_of
        # Judged at the end of coverage, all that was ever observed counts; judged earlier, only what was seen by then.
        self.seen_by = (1 << 62) if as_of is None else as_of
        self.horizon_days = horizon_days
        self._persons = persons
        self._me = me
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._opening = RLock()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The engine with the facts as views, opened when it is first asked: what is cached needs none."""
        with self._opening:
            if self._connection is None:
                self._connection = connect()
                self._register()
            return self._connection

    @property
    def until(self) -> int:
        """Moment until which the imports cover what was judged, ms UTC."""
        return min(self.as_of, end_of_coverage(self.imports))

    @cached_property
    def identity(self) -> dict[int, int]:
        """Keys that stand for others: from → to."""
        observed, handle = self.scan("accounts"), pl.col("handle").str.to_lowercase()
        named = observed.filter(handle.is_not_null()).select("account", "network", handle, "native_id")
        by_name = pl.col("native_id").str.starts_with("@")
        handles = named.filter(by_name).drop("native_id").unique().collect().rows()
        ids = named.filter(~by_name).drop("native_id").unique().collect().iter_rows() if handles else ()
        pairs = resolved_handles(handles, ids)
        aliases = observed.filter(pl.col("alias_of").is_not_null()).select("account", "alias_of")
        pairs += aliases.unique().collect().rows()
        for group in self._persons:
            pairs += [(group[0], other) for other in group[1:]]
        unresolved = {account for account, _, _ in handles}
        preferred = frozenset(key for pair in pairs for key in pair if key not in unresolved)
        return unite(pairs, preferred)

    @cached_property
    def me(self) -> frozenset[int]:
        """Keys of the owner's accounts, after identity."""
        stated = {owner for manifest in self.imports.values() for owner, _, _ in manifest.owners}
        return frozenset(self.identity.get(each, each) for each in stated | self._me)

    @cached_property
    def coverage(self) -> list[tuple[Coverage, int | None]]:
        """What the imports could have seen, with the key of its account."""
        return [
            (coverage, None if account is None else self.identity.get(account, account))
            for manifest in self.imports.values()
            for coverage, account in manifest.coverage
        ]

    @cached_property
    def act_kinds(self) -> dict[str, tuple[str, ...]]:
        """Kinds of each network that must be covered for a direction to be known: every addressed act met or covered.

        A quote addresses nobody in particular and no network lists the quotes of a person, so it is left out.
        """
        met = {(network, kind) for network, kind, first in self._met if first is not None and first <= self.as_of}
        met |= {(each.network, each.kind) for each, _ in self.coverage if each.network and each.kind != "*"}
        kinds: dict[str, tuple[str, ...]] = {}
        for network, kind in sorted(met):
            if self.kind_class(kind) == "act" and kind != "quote":
                kinds[network] = (*kinds.get(network, ()), kind)
        return kinds

    @cached_property
    def _met(self) -> list[tuple[str, str, int | None]]:
        """Networks and kinds of interactions, with the first moment of each."""
        return [
            each
            for name, manifest in self.imports.items()
            for each in (
                log.met(log.pieces(self.folder, [name], "interactions")) if manifest.met is None else manifest.met
            )
        ]

    @cached_property
    def _members(self) -> dict[str, NDArray[np.int64]]:
        """Keys of the accounts of each network."""
        found: dict[str, list[int]] = {}
        for network, account in self.connection.execute(
            "SELECT network, coalesce(s.stands, o.account) FROM observations o LEFT JOIN same s ON o.account = s.account "
            "UNION SELECT network, source FROM acts UNION SELECT network, target FROM acts"
        ).fetchall():
            found.setdefault(network, []).append(account)
        return {network: np.array(accounts) for network, accounts in found.items()}

    @cached_property
    def overlaps(self) -> bool:
        """Whether several imports may hold the same interaction: they were told so, or know an account by other ids."""
        joined = bool(self.identity) and len(self.imports) > 1
        return joined or any(manifest.overlap for manifest in self.imports.values())

    @cached_property
    def _no_acts(self) -> list[str]:
        """Kinds that do not count as acts."""
        named = KIND_CLASSES.keys() | {kind for manifest in self.imports.values() for kind in manifest.kinds}
        return sorted(kind for kind in named if self.kind_class(kind) != "act")

    def dated(self, files: list[str]) -> pl.LazyFrame:
        """Return the rows of the view `acts` that some files hold; where imports overlap, all must be given at once.

        For whoever reads every row: Polars hands columns over with less copying than the engine.
        """
        seen = pl.col("at") <= self.as_of
        return self._interactions(files).filter(seen if self.since is None else seen & (pl.col("at") >= self.since))

    def undated(self) -> pl.LazyFrame:
        """Return the rows of the view of this name."""
        return self._interactions().filter(pl.col("at").is_null() & (pl.col("seen_at") <= self.seen_by))

    def declared(self) -> pl.LazyFrame:
        """Return the rows of the view of this name."""
        rows = _sided(self.joined(self.scan("declared"), "source", "target"))
        return rows.filter(pl.coalesce("at", "seen_at") <= self.seen_by)

    def _interactions(self, files: list[str] | None = None) -> pl.LazyFrame:
        found = self.joined(self.scan("interactions", files), "source", "target")
        if self.overlaps:
            twin = pl.col("kind").replace_strict(list(TWIN_ORDER), range(len(TWIN_ORDER)), default=9)
            found = found.sort(twin, "at", "seen_at", "record", nulls_last=True).unique(
                ["event", "source", "target"], keep="first", maintain_order=True
            )
        # One comparison after the other: half the time of `is_in`.
        kind, directness = pl.col("kind"), pl.col("directness")
        met = {kind for _, kind, _ in self._met}
        act = ~pl.any_horizontal(*(kind == each for each in self._no_acts if each in met), False)
        act &= pl.any_horizontal(directness == each for each in _DIRECT)
        return _sided(found).with_columns(is_act=act.fill_null(False))

    def kind_class(self, kind: str) -> str:
        """Return what a kind counts as: act, signal or declared."""
        for manifest in self.imports.values():
            if kind in manifest.kinds:
                return manifest.kinds[kind]
        return KIND_CLASSES.get(kind, "act")

    def known(
        self,
        source: NDArray[np.int64],
        target: NDArray[np.int64],
        kinds: tuple[str, ...] = (),
        span: Span | None = None,
    ) -> NDArray[np.bool_]:
        """Tell for each directed pair whether absence means that there was nothing: of acts, or of some kinds.

        Acts are known where every network that both are on is covered, over the span of time given.
        """
        if kinds and all(self.kind_class(kind) == "declared" for kind in kinds):
            return covered(self.coverage, kinds, source, target, DECLARED_ABSENCE_IS_ZERO)
        if kinds:
            return covered(self.coverage, kinds, source, target, span=span)
        known, shared = np.full(len(source), True), np.zeros(len(source), dtype=np.bool_)
        for network, acts in self.act_kinds.items():
            there = self._on(network, source) & self._on(network, target)
            rows = [row for row in self.coverage if row[0].network == network]
            known &= ~there | covered(rows, acts, source, target, span=span)
            shared |= there
        return known & shared

    def _on(self, network: str, account: NDArray[np.int64]) -> NDArray[np.bool_]:
        if len(self.act_kinds) == 1:
            return np.full(len(account), True)
        return np.asarray(np.isin(account, self._members[network]) | (account == _ANYONE))

    def known_of(
        self, account: NDArray[np.int64], span: Span | None = None
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell for each account whether all of its acts, and all acts towards it, are covered, whoever the others."""
        anyone = np.broadcast_to(np.int64(_ANYONE), account.shape)
        return self.known(account, anyone, span=span), self.known(anyone, account, span=span)

    def files(self, kind: str) -> list[str]:
        """Return the Parquet files of one kind of fact."""
        return log.pieces(self.folder, self.imports, kind)

    def scan(self, kind: str, files: list[str] | None = None) -> pl.LazyFrame:
        """Return one kind of fact as written, from all imports or some files; what an older file lacks is null."""
        files, schema = self.files(kind) if files is None else files, log.SCHEMAS[kind]
        if not files:
            return pl.LazyFrame(schema=schema)
        return pl.scan_parquet(files, schema=schema, missing_columns="insert", extra_columns="ignore")

    def joined(self, rows: pl.LazyFrame, *keys: str) -> pl.LazyFrame:
        """Put in some columns, for each account, the one that stands for it."""
        return rows.with_columns(pl.col(keys).replace(*as_table(self.identity))) if self.identity else rows

    def fact(self, kind: str) -> duckdb.DuckDBPyRelation:
        """Return one kind of fact as written, from all imports."""
        files = self.files(kind)
        found = self.connection.read_parquet(files, union_by_name=True, filename=True) if files else None
        missing = [
            f"NULL::{_SQL_TYPES[str(dtype)]} AS {name}"
            for name, dtype in log.SCHEMAS[kind].items()
            if found is None or name not in found.columns
        ]
        if found is None:
            return self.connection.sql(f"SELECT {', '.join(missing)}, NULL::VARCHAR AS filename WHERE false")
        return found.project(", ".join(["*", *missing])) if missing else found

    def _register(self) -> None:
        keys, stands = as_table(self.identity)
        register(self.connection, "same", {"account": keys, "stands": stands})
        self.fact("accounts").create_view("observations")
        self.fact("interactions").create_view("raw_interactions")
        self.fact("posts").create_view("posts")
        self.fact("declared").create_view("raw_declared")
        order = " ".join(f"WHEN '{kind}' THEN {i}" for i, kind in enumerate(TWIN_ORDER))
        once = (
            "QUALIFY row_number() OVER (PARTITION BY event, source, target "
            f'ORDER BY CASE kind {order} ELSE 9 END, "at", seen_at, record) = 1'
            if self.overlaps
            else ""
        )
        source = self._identified("raw_interactions")
        since = "" if self.since is None else f'AND "at" >= {int(self.since)}'
        kinds = ", ".join(quoted(kind) for kind in self._no_acts)
        self.connection.execute(
            f"""
            CREATE VIEW interactions AS
            SELECT *, least(source, target) AS a, greatest(source, target) AS b, source < target AS forward,
                   kind NOT IN ({kinds}) AND directness IN {_DIRECT} AS is_act
            FROM (SELECT * FROM ({source}) {once}) WHERE source <> target;
            CREATE VIEW acts AS SELECT * FROM interactions WHERE "at" <= {int(self.as_of)} {since};
            CREATE VIEW declared AS
            SELECT *, least(source, target) AS a, greatest(source, target) AS b, source < target AS forward
            FROM ({self._identified("raw_declared")})
            WHERE source <> target AND coalesce("at", seen_at) <= {int(self.seen_by)};
            CREATE VIEW undated AS SELECT * FROM interactions WHERE "at" IS NULL AND seen_at <= {int(self.seen_by)};
            """
        )

    def _identified(self, facts: str) -> str:
        if not self.identity:
            return f"SELECT * FROM {facts}"
        return (
            "SELECT r.* REPLACE (coalesce(s.stands, r.source) AS source, coalesce(t.stands, r.target) AS target) "
            f"FROM {facts} r LEFT JOIN same s ON r.source = s.account LEFT JOIN same t ON r.target = t.account"
        )


def _sided(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Leave out what one does to oneself, and say which pair a row is of and which way it goes."""
    source, target = pl.col("source"), pl.col("target")
    return rows.filter(source != target).with_columns(
        a=pl.min_horizontal(source, target), b=pl.max_horizontal(source, target), forward=source < target
    )


_SQL_TYPES = {
    "Int64": "BIGINT",
    "Int32": "INTEGER",
    "Int16": "SMALLINT",
    "String": "VARCHAR",
    "Boolean": "BOOLEAN",
}


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def end_of_coverage(imports: Mapping[str, Manifest]) -> int:
    """Return the latest moment that any import covers, ms UTC."""
    ends = [
        end
        for manifest in imports.values()
        for end in (manifest.last_at, *(coverage.until for coverage, _ in manifest.coverage))
        if end is not None
    ]
    return max(ends, default=max(manifest.seen_at or manifest.finished for manifest in imports.values()))
