"""Accounts as the imports saw them, before any are joined: what they are called, and whom they say they also are."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from relnet.network.view import NetworkView


class Named(msgspec.Struct, frozen=True):
    """One account of one network, by its id and the newest handle seen."""

    account: int
    network: str
    native_id: str
    handle: str | None

    @property
    def reference(self) -> str:
        """What a user may write for this account and no other."""
        return f"{self.network}:{(self.handle or self.native_id).removeprefix('@')}"


def named(view: NetworkView, accounts: Iterable[int]) -> dict[int, Named]:
    """Return what accounts are called, by key; keys that no import knows are left out."""
    rows = view.connection.execute(
        "SELECT account, min(network), min(native_id), arg_max(handle, seen_at) FROM observations "
        "WHERE account IN (SELECT unnest($1::BIGINT[])) GROUP BY 1",
        [list(accounts)],
    ).fetchall()
    return {row[0]: Named(*row) for row in rows}


def claims(view: NetworkView) -> list[tuple[Named, Named, bool]]:
    """Return (account, other, whether both say so) where an account says that another one here is its own, too.

    Pairs that are joined already are left out. A claim alone joins nothing: anyone may write it.
    """
    rows = view.connection.execute(
        """
        WITH said AS (SELECT DISTINCT account, unnest(string_split(also_known_as, ' ')) AS other
                      FROM observations WHERE also_known_as IS NOT NULL)
        SELECT said.account, o.account FROM said JOIN observations o ON o.native_id = said.other
        UNION SELECT said.account, o.account FROM said JOIN observations o ON o.url = said.other
        ORDER BY ALL
        """
    ).fetchall()
    identity = view.identity
    said = {(one, other) for one, other in rows if identity.get(one, one) != identity.get(other, other)}
    found = named(view, {account for pair in said for account in pair})
    return [
        (found[one], found[other], (other, one) in said)
        for one, other in sorted(said)
        if one < other or (other, one) not in said
    ]
