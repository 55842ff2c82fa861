"""Which handles and names stood for which ids, and when: aliases for ids, and ids for handles known alone."""

from __future__ import annotations

from typing import Final

import polars as pl

from relnet.builtin.sources.x_ids import account_created, at_handle, valid_id

_COMPACT: Final = 32


class Names:
    """Pairs of id and handle with the times at which they were first and last seen."""

    def __init__(self) -> None:
        self._seen: list[pl.DataFrame] = []

    def add(self, seen: pl.DataFrame) -> None:
        """Take sightings: columns id, handle, name (String) and at (ms UTC)."""
        seen = seen.filter(pl.col("id").is_not_null() & pl.col("handle").is_not_null())
        self._keep(seen.select("id", "handle", "name", first="at", last="at"))

    def _keep(self, seen: pl.DataFrame) -> None:
        self._seen.append(_distinct(seen))
        if len(self._seen) > _COMPACT:
            self._seen = [_distinct(pl.concat(self._seen))]

    def table(self) -> pl.DataFrame:
        """Return id, handle, name, first, last: one row a distinct triple."""
        if not self._seen:
            return pl.DataFrame(
                schema={"id": pl.String, "handle": pl.String, "name": pl.String, "first": pl.Int64, "last": pl.Int64}
            )
        self._seen = [_distinct(pl.concat(self._seen))]
        return self._seen[0]

    def resolved(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows with each `@handle` target replaced by the id that bore it nearest to `at`.

        A handle never seen beside an id stays as it is.
        """
        pairs = self.table().select(at_handle("handle").alias("target"), "id", "first", "last")
        rows = rows.with_row_index("n")
        found = rows.select("n", "target", "at").join(pairs, on="target")
        apart = pl.max_horizontal(pl.col("first") - pl.col("at"), pl.col("at") - pl.col("last"), 0)
        found = found.with_columns(apart=apart).sort("apart", -pl.col("last"), "id", nulls_last=True)
        found = found.unique("n", keep="first", maintain_order=True).select("n", "id")
        rows = rows.join(found, on="n", how="left", maintain_order="left")
        return rows.with_columns(target=pl.coalesce("id", "target")).drop("n", "id")

    def accounts(self) -> pl.DataFrame:
        """Return the pairs as observations: columns of `Account`, dated by the last sighting."""
        table = self.table().with_columns(named=pl.col("name").is_not_null().any().over("id", "handle"))
        table = table.filter(pl.col("name").is_not_null() | ~pl.col("named"))
        return table.select("handle", "name", native_id="id", created_at=account_created("id", "first"), seen_at="last")


def _distinct(seen: pl.DataFrame) -> pl.DataFrame:
    return seen.group_by("id", "handle", "name").agg(pl.col("first").min(), pl.col("last").max())


def named(mentions: pl.DataFrame) -> pl.DataFrame:
    """Give mentions their `target`: the id where there is one, else the `@handle`, else null."""
    valid = mentions.with_columns(id=valid_id("id"))
    if not valid["id"].null_count():
        return valid.with_columns(target="id")
    return valid.with_columns(target=pl.coalesce("id", at_handle("handle")))
