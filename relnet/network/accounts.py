"""What is known of each account."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.network.activity import Activity
from relnet.network.columns import Columns
from relnet.network.pairs import places
from relnet.network.view import NetworkView
from relnet.store.log import SCHEMAS


class AccountTable(msgspec.Struct):
    """The newest known facts per account, one row each, sorted by key; unknown is NaN or `None`."""

    account: NDArray[np.int64]
    columns: Columns

    def copy(self) -> AccountTable:
        """Return the same table; a column that is then made is made for the copy alone."""
        return AccountTable(self.account, self.columns.copy())

    def row(self, account: int) -> int | None:
        """Return the row of an account; `None` if it is not there."""
        i = int(np.searchsorted(self.account, account))
        return i if i < len(self.account) and self.account[i] == account else None

    def rows(self, accounts: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the rows of accounts that are all there."""
        return places(self.account, accounts)

    def text(self, name: str, account: int) -> str | None:
        """Return one text of one account."""
        i = self.row(account)
        found: str | None = None if i is None else self.columns[name][i]
        return found


LAST_ACT: Final = "last_act_at"
"""The newest dated interaction of an account in the record; its absence proves nothing."""
TEXTS = ("network", "native_id", "handle", "name", "bio", "location", "url", "state")
NUMBERS = (
    "created_at", "followers", "following", "posts", "likes", "listed", "last_active_at", "has_bio", "has_url",
    "has_location", "has_banner", "default_avatar", "default_profile", "verified", "protected", "automated",
    "observed_at", "handle_digits", "gone", LAST_ACT,
)  # fmt: skip
_SHOWN_BY_TEXT = {"has_bio": "bio", "has_url": "url", "has_location": "location"}


def accounts(view: NetworkView) -> pl.DataFrame:
    """Return what is known of each account at the view's moment, sorted by key: per field the newest that was seen.

    What it did is not looked at: `with_activity` adds it.
    """
    facts = [name for name in (*TEXTS[2:], *NUMBERS) if name in SCHEMAS["accounts"]]
    shown = {name: pl.coalesce(name, pl.col(text) != "") for name, text in _SHOWN_BY_TEXT.items()}
    counted = pl.when(pl.coalesce("followers", "posts").is_not_null()).then("seen_at")
    visible = pl.col("seen_at") <= view.seen_by
    rows = (
        view.joined(view.scan("accounts"), "account")
        .with_columns(**shown, observed_at=counted)
        .select("account", "network", "native_id", "seen_at", pl.when(visible).then(pl.col(*facts, "observed_at")))
        .collect()
    )
    several = rows["account"].is_duplicated()
    by_id = ~pl.col("native_id").str.starts_with("@")
    merged = (
        rows.filter(several)
        .sort("seen_at", maintain_order=True)
        .group_by("account", maintain_order=True)
        .agg(
            pl.col("network", "native_id").sort_by(by_id, descending=True, maintain_order=True).first(),
            pl.col(*facts, "observed_at").drop_nulls().last(),
        )
    )
    found = pl.concat([rows.filter(~several).drop("seen_at"), merged]).sort("account")
    # A federated handle names its host after the second @; its digits are not the account's.
    local = pl.col("handle").str.strip_chars_start("@").str.split("@").list.first()
    found = found.with_columns(handle_digits=local.str.count_matches("[0-9]"), gone=pl.col("state") != "active")
    numbers = (pl.col(name).cast(pl.Float64) for name in NUMBERS if name != LAST_ACT)
    found = found.select("account", *TEXTS, *numbers)
    unknown = [column.name for column in found if column.null_count() == len(found)]
    # One value throughout, which takes no room.
    return found.with_columns(pl.lit(None, dtype=found.schema[name]).alias(name) for name in unknown)


def with_activity(people: pl.DataFrame, activity: Activity) -> pl.DataFrame:
    """Return the accounts with the moment of the last thing that each did."""
    newest = np.full(len(people), np.nan)
    newest[np.searchsorted(people["account"].to_numpy(), activity.accounts)] = activity.newest
    return people.with_columns(pl.Series(LAST_ACT, newest))


def table_of(people: pl.LazyFrame | pl.DataFrame) -> AccountTable:
    """Return accounts as a table, of which each column is made when it is asked for."""
    columns = Columns(people)
    return AccountTable(columns.pop("account"), columns)
