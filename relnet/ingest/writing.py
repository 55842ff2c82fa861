"""Records and batches become keyed columns of the log."""

from __future__ import annotations

from typing import Any, Final

import duckdb
import msgspec
import polars as pl

from relnet.errors import KeyCollision
from relnet.facts.keys import combine, keys, text_keys
from relnet.facts.records import TWIN_ORDER, Account, Declared, Interaction, Post, Record
from relnet.ingest.occurrences import Occurrences
from relnet.ingest.reader import ArchiveReader
from relnet.plugin import Batch
from relnet.store.log import SCHEMAS, PartImport

FLUSH: Final = 50_000
"""Records held before a piece is written."""
_BARE: Final = 200_000
"""Accounts of which nothing but the id is known, written at a time."""
_MET: Final = 1 << 20
"""Ids met that are held before they are freed of repeats."""

_TYPES: Final[dict[type, str]] = {
    Interaction: "interactions",
    Account: "accounts",
    Post: "posts",
    Declared: "declared",
}
_NATIVE: Final = {
    "interactions": {
        "source": pl.String, "target": pl.String, "event": pl.String, "parent": pl.String,
        "thread": pl.String, "post": pl.String, "member": pl.String,
    },
    "accounts": {"same_as": pl.String, "member": pl.String},
    "posts": {"post": pl.String, "author": pl.String, "member": pl.String},
    "declared": {"source": pl.String, "target": pl.String, "member": pl.String},
}  # fmt: skip


def _fields(record: type, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return dtype and default of each field of a record type."""
    dtypes: dict[str, Any] = {}
    defaults: dict[str, Any] = {}
    for field in msgspec.structs.fields(record):
        dtypes[field.name] = (_NATIVE[kind] | {"record": pl.Int64}).get(field.name) or SCHEMAS[kind][field.name]
        defaults[field.name] = None if field.default is msgspec.NODEFAULT else field.default
    return dtypes, defaults


_FIELDS: Final = {kind: _fields(record, kind) for record, kind in _TYPES.items()}


class Keyed:
    """Takes what a source yields, keys it and writes it into a part import."""

    def __init__(self, part: PartImport, network: str, reader: ArchiveReader) -> None:
        self._part, self._network, self._reader = part, network, reader
        self._held: dict[str, list[Any]] = {kind: [] for kind in SCHEMAS}
        self._met: list[pl.DataFrame] = []
        self._accounts: list[pl.DataFrame] = []
        self._occurrences = Occurrences()
        self.rows = dict.fromkeys(SCHEMAS, 0) | {"self": 0}
        self.members: list[str] = []
        self.kinds: set[str] = set()
        self.owners: list[tuple[int, str, str]] = []
        self.observed = 0
        self._stated = False
        self.seen_at: int | None = None

    def add(self, item: Record | Batch) -> None:
        """Take one record or one batch."""
        if isinstance(item, Batch):
            for kind in SCHEMAS:
                frame = getattr(item, kind)
                if frame is not None:
                    self._write(kind, _completed(kind, frame))
            return
        kind = _TYPES[type(item)]
        if item.record < 0 and self._reader.current[1] >= 0:
            name, item.record = self._reader.current
            item.member = item.member or name
        held = self._held[kind]
        held.append(item)
        if len(held) >= FLUSH:
            self._flush(kind)

    def finish(self) -> None:
        """Write what is held, then the accounts met."""
        for kind in SCHEMAS:
            self._flush(kind)
        self._write_accounts()

    def _flush(self, kind: str) -> None:
        held, self._held[kind] = self._held[kind], []
        if held:
            dtypes, _ = _FIELDS[kind]
            columns = {name: [getattr(record, name) for record in held] for name in dtypes}
            self._write(kind, pl.DataFrame(columns, schema=dtypes))

    def _write(self, kind: str, frame: pl.DataFrame) -> None:
        frame = frame.with_columns(
            pl.col("network").fill_null(self._network), self._origin(frame["member"]).alias("origin")
        )
        if "seen_at" in frame.columns:
            frame = frame.with_columns(pl.col("seen_at").fill_null(self._default_seen_at()))
        write = {
            "interactions": self._interactions, "accounts": self._observations,
            "posts": self._posts, "declared": self._declared,
        }[kind]  # fmt: skip
        write(frame)

    def _default_seen_at(self) -> int:
        found = self._reader.found.get("seen_at")
        return int(found) if found is not None else self._reader.modified_at

    def _origin(self, members: pl.Series) -> pl.Series:
        names = members.fill_null(self._reader.names[0] if self._reader.names else "")
        for name in names.unique(maintain_order=True):
            if name not in self.members:
                self.members.append(name)
        return names.replace_strict(self.members, list(range(len(self.members))), return_dtype=pl.Int32)

    def _interactions(self, frame: pl.DataFrame) -> None:
        apart = frame.filter(pl.col("source") != pl.col("target"))
        self.rows["self"] += len(frame) - len(apart)
        self._reader.widen(frame["at"].min(), frame["at"].max())  # type: ignore[arg-type]
        frame = apart
        self.kinds.update(frame["kind"].unique())
        networks = frame["network"]
        frame = frame.with_columns(_lowered("source"), _lowered("target"))
        source, target = keys(networks, frame["source"]), keys(networks, frame["target"])
        self._meet(networks, frame["source"], source)
        self._meet(networks, frame["target"], target)
        event_keys = event = keys(networks, frame["event"])
        if event.null_count():
            event = self._without_id(frame, event, source, target)
        frame = frame.with_columns(
            source=source, target=target, event_id="event", parent_id="parent", event=event,
            parent=keys(networks, frame["parent"]), thread=keys(networks, frame["thread"]),
            post=pl.coalesce(keys(networks, frame["post"]), pl.lit(event_keys)),
        )  # fmt: skip
        stated = frame["event_id"].null_count() < len(frame)
        self._stated |= stated
        if stated and _repeat(event, source, target):
            rank = pl.col("kind").replace_strict(list(TWIN_ORDER), [0, 1, 2], default=3, return_dtype=pl.Int8)
            frame = frame.sort(rank, maintain_order=True).unique(
                ["event", "source", "target"], keep="first", maintain_order=True
            )
        self._put("interactions", frame)

    def _without_id(self, frame: pl.DataFrame, event: pl.Series, source: pl.Series, target: pl.Series) -> pl.Series:
        """Key rows that have no id by all their fields and their occurrence number within the input."""
        base = combine(
            source.to_numpy(), target.to_numpy(), text_keys(frame["kind"]),
            frame["at"].fill_null(-1).to_numpy(), frame["audience"].fill_null(0).cast(pl.Int64).to_numpy(),
        )  # fmt: skip
        built = pl.Series(combine(base, self._occurrences.number(base)))
        return pl.select(pl.coalesce(event, built)).to_series()

    def _observations(self, frame: pl.DataFrame) -> None:
        frame = frame.with_columns(_lowered("native_id"))
        account = keys(frame["network"], frame["native_id"])
        self._meet(frame["network"], frame["native_id"], account)
        owned = frame["owner"].fill_null(False)
        for row, number in zip(frame.filter(owned).iter_rows(named=True), account.filter(owned), strict=True):
            owner = (number, row["network"], row["native_id"])
            if owner not in self.owners:
                self.owners.append(owner)
        self.observed += len(frame)
        self._accounts.append(
            frame.with_columns(account=account, alias_of=keys(frame["network"], frame["same_as"])).select(
                *SCHEMAS["accounts"]
            )
        )

    def _posts(self, frame: pl.DataFrame) -> None:
        self._reader.widen(frame["at"].min(), frame["at"].max())  # type: ignore[arg-type]
        author = keys(frame["network"], frame["author"])
        self._meet(frame["network"], frame["author"], author)
        frame = frame.with_columns(post_id="post", post=keys(frame["network"], frame["post"]), author=author)
        if frame["post"].n_unique() < len(frame):
            frame = frame.unique("post", keep="last", maintain_order=True)
        self._put("posts", frame)

    def _declared(self, frame: pl.DataFrame) -> None:
        networks = frame["network"]
        source, target = keys(networks, frame["source"]), keys(networks, frame["target"])
        self._meet(networks, frame["source"], source)
        self._meet(networks, frame["target"], target)
        self._put("declared", frame.with_columns(source=source, target=target))

    def _put(self, kind: str, frame: pl.DataFrame) -> None:
        schema = SCHEMAS[kind]
        self.rows[kind] += len(frame)
        self._part.write(kind, frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items()))

    def _meet(self, networks: pl.Series, native: pl.Series, account: pl.Series) -> None:
        self._met.append(pl.DataFrame({"account": account, "network": networks, "native_id": native}).unique())
        if sum(map(len, self._met[1:])) > max(_MET, len(self._met[0])):
            self._met = [pl.concat(self._met).unique()]

    def _write_accounts(self) -> None:
        if not self._met:
            return
        met = pl.concat(self._met).unique().sort("account")
        if met["account"].n_unique() != len(met):
            raise _collision(met)
        self._met = [met]
        seen = self._accounts
        bare = met if not seen else met.join(pl.concat(seen), on="account", how="anti")
        schema = SCHEMAS["accounts"]
        bare = bare.with_columns(
            handle=pl.when(pl.col("native_id").str.starts_with("@")).then(pl.col("native_id").str.slice(1)),
            seen_at=pl.lit(self._default_seen_at()),
            owner=pl.lit(False),
        )
        for piece in bare.iter_slices(_BARE):
            self._put(
                "accounts",
                piece.with_columns(pl.lit(None, schema[n]).alias(n) for n in schema.keys() - {*piece.columns}),
            )
        if seen:
            same = [name for name in schema if name not in ("seen_at", "origin", "record")]
            frame = pl.concat(seen, how="vertical_relaxed").sort("seen_at", maintain_order=True)
            self._put("accounts", frame.unique(same, keep="last", maintain_order=True))
            self.seen_at = frame["seen_at"].max()  # type: ignore[assignment]
        if len(bare):
            self.seen_at = max(self.seen_at or 0, self._default_seen_at())

    def check_collisions(self, files: list[str]) -> None:
        """Compare the accounts met with those of earlier imports.

        Raises
        ------
        KeyCollision
            Two native ids have one key.
        """
        mine = self._part.files("accounts")
        if not files or not mine:
            return
        row = duckdb.execute(
            "SELECT n.native_id FROM read_parquet(?) n JOIN read_parquet(?) o USING (account) "
            "WHERE (n.network, n.native_id) <> (o.network, o.native_id) LIMIT 1",
            [mine, files],
        ).fetchone()
        if row:
            raise KeyCollision("Two accounts fall on the same key.", "Please report this.", str(row[0]))

    def overlap(self, files: list[str]) -> int:
        """Count interactions that this import repeats or that earlier imports hold."""
        mine = self._part.files("interactions")
        if not mine:
            return 0
        repeated = 0
        if len(mine) > 1 and self._stated:  # built keys are numbered and never repeat
            repeated = _count("SELECT count(*) - count(DISTINCT (event, source, target)) FROM read_parquet(?)", [mine])
        if not files:
            return repeated
        return repeated + _count(
            "SELECT count(*) FROM read_parquet(?) n SEMI JOIN read_parquet(?) o "
            "ON n.event = o.event AND n.source = o.source AND n.target = o.target",
            [mine, files],
        )


def _count(query: str, parameters: list[Any]) -> int:
    row = duckdb.execute(query, parameters).fetchone()
    assert row is not None
    return int(row[0])


def _repeat(event: pl.Series, source: pl.Series, target: pl.Series) -> bool:
    """Tell whether two rows may be of one event and one pair."""
    rows = pl.Series(combine(event.to_numpy(), source.to_numpy(), target.to_numpy()))
    return rows.n_unique() < len(rows)


def _completed(kind: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Give a batch the columns it leaves out."""
    dtypes, defaults = _FIELDS[kind]
    return frame.select(
        (pl.col(name).cast(dtype) if name in frame.columns else pl.lit(defaults[name], dtype).alias(name))
        for name, dtype in dtypes.items()
    )


def _lowered(column: str) -> pl.Expr:
    """Fold the case of unresolved `@handle` ids: a handle is one account however it is written."""
    value = pl.col(column)
    return pl.when(value.str.starts_with("@")).then(value.str.to_lowercase()).otherwise(value).alias(column)


def _collision(met: pl.DataFrame) -> KeyCollision:
    twins = met.filter(pl.col("account").is_duplicated())["native_id"].head(2).to_list()
    return KeyCollision("Two accounts fall on the same key.", "Please report this.", " and ".join(twins))
