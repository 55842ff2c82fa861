"""What is known of each account."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.network.activity import Activity
from relnet.network.engine import columns
from relnet.network.view import NetworkView


class AccountTable(msgspec.Struct):
    """The newest known facts per account, one row each, sorted by key; unknown is NaN or `None`."""

    account: NDArray[np.int64]
    columns: dict[str, NDArray[np.object_] | NDArray[np.float64]]

    def row(self, account: int) -> int | None:
        """Return the row of an account; `None` if it is not there."""
        i = int(np.searchsorted(self.account, account))
        return i if i < len(self.account) and self.account[i] == account else None

    def rows(self, accounts: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the rows of accounts that are all there."""
        order = np.argsort(accounts)  # a sorted search stays in the processor's cache
        rows = np.empty(len(accounts), dtype=np.intp)
        rows[order] = np.searchsorted(self.account, accounts[order])
        return rows

    def text(self, name: str, account: int) -> str | None:
        """Return one text of one account."""
        i = self.row(account)
        return None if i is None else self.columns[name][i]


LAST_ACT: Final = "last_act_at"
"""The newest dated interaction of an account in the record; its absence proves nothing."""
TEXTS = ("network", "native_id", "handle", "name", "bio", "location", "url", "state")
NUMBERS = (
    "created_at", "followers", "following", "posts", "likes", "listed", "last_active_at", "has_bio", "has_url",
    "has_location", "has_banner", "default_avatar", "default_profile", "verified", "protected", "automated",
    "observed_at", "handle_digits", "gone", LAST_ACT,
)  # fmt: skip
_DERIVED = {
    # A federated handle names its host after the second @; its digits are not the account's.
    "handle_digits": "length(regexp_replace(split_part(ltrim(handle, '@'), '@', 1), '[^0-9]', '', 'g'))",
    "gone": "CAST(state <> 'active' AS INTEGER)",
}
"""Numbers that are not stated but follow: digits in the handle, a state in which nobody is there any more."""
_SHOWN_BY_TEXT = {"has_bio": "bio", "has_url": "url", "has_location": "location"}


def accounts(view: NetworkView) -> AccountTable:
    """Return what is known of each account at the view's moment: per field the newest that was seen.

    What it did is not looked at: `with_activity` adds it.
    """
    made_here = {*_DERIVED, "observed_at", LAST_ACT}
    stated = {name: name for name in (*TEXTS[2:], *NUMBERS) if name not in made_here}
    stated |= {name: f"coalesce({name}, {text} <> '')" for name, text in _SHOWN_BY_TEXT.items()}
    newest = ", ".join(
        f"arg_max({value}, seen_at) FILTER (WHERE {value} IS NOT NULL AND seen_at <= {view.seen_by}) AS {name}"
        for name, value in stated.items()
    )
    derived = ", ".join(f"{value} AS {name}" for name, value in _DERIVED.items())
    relation = view.connection.cursor().sql(  # others may be asked in the meantime
        f"""
        WITH stated AS (
        SELECT coalesce(s.stands, o.account) AS account,
               arg_min(network, native_id LIKE '@%') AS network,
               arg_min(native_id, native_id LIKE '@%') AS native_id, {newest},
               max(seen_at) FILTER (WHERE coalesce(followers, posts) IS NOT NULL AND seen_at <= {view.seen_by})
                   AS observed_at
        FROM observations o LEFT JOIN same s ON o.account = s.account
        GROUP BY 1)
        SELECT stated.*, {derived}
        FROM stated
        ORDER BY account
        """
    )
    table = columns(relation)
    keys = table.pop("account")
    texts = {name: table[name].astype(object) for name in TEXTS}
    numbers = {name: table[name].astype(np.float64) for name in NUMBERS if name in table}
    return AccountTable(keys, {**texts, **numbers, LAST_ACT: np.full(len(keys), np.nan)})


def with_activity(people: AccountTable, activity: Activity) -> AccountTable:
    """Return the accounts with the moment of the last thing that each did."""
    newest = np.full(len(people.account), np.nan)
    newest[people.rows(activity.accounts)] = activity.newest
    return AccountTable(people.account, {**people.columns, LAST_ACT: newest})
