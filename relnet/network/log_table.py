"""The table `log` that features are computed from: every interaction and declared state, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from relnet.network.view import NetworkView

if TYPE_CHECKING:
    import duckdb

LEAST_WORDS: Final = 5
"""Shorter texts (thanks, congratulations) are said to many without being the same message."""

_UNDATED: Final = """
    SELECT a, b, forward, NOT forward AS back, NULL::BIGINT AS "at", kind, false AS is_act, audience, false AS declared
    FROM undated
    UNION ALL SELECT a, b, forward, NOT forward, NULL, kind, false, NULL, true FROM declared
"""


def log_table(view: NetworkView) -> duckdb.DuckDBPyRelation:
    """Return the rows of the log: a, b, which way, when, and what each counts as."""
    return view.connection.sql(
        f"""
        SELECT a, b, forward, NOT forward AS back, "at", kind, is_act, audience, false AS declared FROM acts
        UNION ALL {_UNDATED}
        """
    )


def undated(view: NetworkView) -> pl.DataFrame:
    """Return those rows that have no moment: undated interactions and declared states."""
    rows = [
        facts.select(
            "a", "b", "forward", back=~pl.col("forward"), at=pl.lit(None, pl.Int64), kind="kind", is_act=False,
            audience=audience, declared=states,
        )
        for facts, audience, states in (
            (view.undated(), pl.col("audience"), False), (view.declared(), pl.lit(None, pl.Int32), True),
        )
    ]  # fmt: skip
    return pl.concat(rows).collect()


def copies_of(view: NetworkView) -> tuple[str, str]:
    """Return the expression of the accounts that got the same text as an act `x`, and the join that it takes."""
    if not view.files("posts"):
        return "1", ""
    _count_copies(view)
    return "copies", "LEFT JOIN copied c ON coalesce(x.post, x.event) = c.post AND x.source = c.source"


def copied(view: NetworkView) -> pl.DataFrame | None:
    """Return the accounts that got the same text (`copies`) by `post` and `source`; `None` without posts."""
    if not view.files("posts"):
        return None
    _count_copies(view)
    return pl.DataFrame(view.connection.table("copied"))


def _count_copies(view: NetworkView) -> None:
    """Make the table `copied`: posts whose text, but for names and links, its author sent to several in other posts."""
    view.connection.execute(
        rf"""
        CREATE OR REPLACE TABLE copied AS
        WITH worded AS (
            SELECT DISTINCT post, trim(regexp_replace(
                regexp_replace(lower(text), '@\S+|https?://\S+', ' ', 'g'), '\s+', ' ', 'g')) AS words FROM posts
        ), said AS (
            SELECT post, hash(words) AS said FROM worded
            WHERE length(words) - length(replace(words, ' ', '')) >= {LEAST_WORDS - 1}
            QUALIFY count(*) OVER (PARTITION BY said) > 1
        ), sent AS (
            SELECT DISTINCT source, target, s.post, said
            FROM acts x JOIN said s ON coalesce(x.post, x.event) = s.post WHERE is_act
        ), counted AS (
            SELECT source, said, count(DISTINCT target) AS copies FROM sent GROUP BY ALL
        )
        SELECT DISTINCT source, post, copies FROM sent JOIN counted USING (source, said) WHERE copies > 1
        """
    )
