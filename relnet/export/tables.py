"""Connections, accounts and interactions as frames: flat, with native ids as text, ISO times, and null for unknown."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.assess.assessment import LABELS, Assessment, Ties, ties
from relnet.assess.lists import listed
from relnet.moments import DAY_MS
from relnet.network.accounts import accounts
from relnet.network.view import NetworkView
from relnet.plugin import Column
from relnet.text import clean_column

EDGE_COLUMNS: Final = (
    "event", "source", "source_handle", "target", "target_handle", "kind", "at", "directness", "parent", "network",
)  # fmt: skip
PRIVATE: Final = ("direct", "private", "followers", "limited")
"""Visibilities left out of shared output by default."""

_COUNTS: Final = {
    "followers": pl.Int64, "following": pl.Int64, "posts": pl.Int64, "likes": pl.Int64, "listed": pl.Int64
}  # fmt: skip
_FLAGS: Final = ("verified", "protected", "automated")


def connections(assessment: Assessment) -> pl.DataFrame:
    """Return the connections of the owner, or all where nobody is: one row each, scores by their names.

    `acts_out` and `acts_in` are lower bounds where `out_known` or `in_known` is false; `list` holds words by space.
    """
    mine = ties(assessment)
    people, rows = assessment.accounts.columns, mine.account_rows
    own = assessment.accounts.rows(mine.this)
    columns: dict[str, Any] = {
        "network": _text(people["network"][rows]),
        "id": _text(people["native_id"][rows]),
        "handle": _text(people["handle"][rows]),
        "name": _text(people["name"][rows]),
        "from_id": _text(people["native_id"][own]),
        "from_handle": _text(people["handle"][own]),
        "acts_out": _whole(mine.out("count")),
        "acts_in": _whole(mine.back("count")),
        "out_known": mine.out("known") > 0,
        "in_known": mine.back("known") > 0,
        "signals_out": _whole(mine.out("signals")),
        "signals_in": _whole(mine.back("signals")),
        "follows": _flag(mine.out("follows")),
        "follower": _flag(mine.back("follows")),
        "interactions": _whole(mine.feature("interactions")),
        "contact_days": _whole(mine.feature("active_days")),
        "first_contact": _ago(mine, "first_contact"),
        "last_contact": _ago(mine, "last_contact"),
        "circle": _whole(np.where(mine.circle > 0, mine.circle, np.nan)),
        "label": pl.Series(np.array(LABELS)[mine.label].tolist(), dtype=pl.String),
        "p_fake": assessment.labels.p_fake[rows],
        "p_inactive": assessment.labels.p_inactive[rows],
        "state": _text(people["state"][rows]),
        "community": _community(assessment, rows),
        "list": pl.Series([" ".join(each) or None for each in listed(mine)], dtype=pl.String),
    }
    columns |= {name: mine.score(name) for name in sorted(assessment.scores)}
    return pl.DataFrame(columns).fill_nan(None)


def rows_of(assessment: Assessment) -> NDArray[np.intp]:
    """Return which rows of the assessment's connections are told by `connections`, in its order."""
    return ties(assessment).rows


def account_table(assessment: Assessment) -> pl.DataFrame:
    """Return every account with the newest known facts and its label."""
    people, labels = assessment.accounts.columns, assessment.labels
    columns: dict[str, Any] = {
        name: _text(people[name])
        for name in ("network", "native_id", "handle", "name", "bio", "location", "url", "state")
    }
    columns["id"] = columns.pop("native_id")
    columns |= {name: _moments(np.asarray(people[name], dtype=np.float64)) for name in ("created_at", "last_act_at")}
    columns |= {name: _whole(np.asarray(people[name], dtype=np.float64)) for name in _COUNTS}
    columns |= {name: _flag(np.asarray(people[name], dtype=np.float64)) for name in _FLAGS}
    columns |= {
        "label": pl.Series(np.array(LABELS)[labels.label].tolist(), dtype=pl.String),
        "p_fake": labels.p_fake,
        "p_inactive": labels.p_inactive,
        "overridden": labels.overridden,
        "community": _community(assessment, np.arange(len(labels.label), dtype=np.intp)),
        "owner": np.isin(assessment.accounts.account, assessment.header.me),
    }
    found = pl.DataFrame(columns).fill_nan(None)
    return found.select("network", "id", pl.exclude("network", "id"))


def interactions(view: NetworkView, *, private: bool = False) -> tuple[pl.DataFrame, int]:
    """Return the interactions as a frame of `EDGE_COLUMNS`, oldest first, and how many were withheld.

    Parameters
    ----------
    private
        With direct and private ones.
    """
    found = pl.DataFrame(
        view.connection.sql(
            'SELECT event_id AS event, source AS s, target AS t, kind, "at" AS ms, directness, '
            "parent_id AS parent, network, visibility "
            "FROM (FROM acts UNION ALL FROM undated) ORDER BY ms NULLS LAST, event, t"
        )
    )
    shown = found if private else found.filter(~pl.col("visibility").is_in(PRIVATE))
    people = accounts(view)
    handles = pl.Series("handle", clean_column(people["handle"].to_list()), dtype=pl.String)
    names = people.select(key="account", id="native_id").with_columns(handles.replace("", None))
    for side, column in (("s", "source"), ("t", "target")):
        named = names.rename({"key": side, "id": column, "handle": f"{column}_handle"})
        shown = shown.join(named, on=side, how="left", maintain_order="left")
    return shown.with_columns(at=iso(pl.col("ms"))).select(EDGE_COLUMNS), len(found) - len(shown)


def iso(ms: pl.Expr) -> pl.Expr:
    """Return moments as text: ISO 8601, UTC, milliseconds only where there are some."""
    moment = pl.from_epoch(ms, time_unit="ms")
    whole = moment.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return pl.when(ms % 1000 == 0).then(whole).otherwise(moment.dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))


def _text(values: NDArray[Any]) -> pl.Series:
    cleaned = clean_column(values.tolist())
    return pl.Series([text or None for text in cleaned], dtype=pl.String)


def _whole(values: Column) -> pl.Series:
    return pl.Series(values).fill_nan(None).cast(pl.Int64)


def _flag(values: Column) -> pl.Series:
    return pl.Series(values).fill_nan(None).cast(pl.Boolean)


def _moments(ms: Column) -> pl.Series:
    whole = pl.DataFrame({"ms": ms}).with_columns(pl.col("ms").fill_nan(None).round(0).cast(pl.Int64))
    return whole.select(iso(pl.col("ms"))).to_series()


def _ago(mine: Ties, name: str) -> pl.Series:
    ms = mine.assessment.header.as_of - mine.feature(name) * DAY_MS
    return _moments(np.floor(ms / 1000 + 1e-3) * 1000)  # ages of acts are in whole seconds


def _community(assessment: Assessment, rows: NDArray[np.intp]) -> pl.Series:
    found = assessment.community[rows].astype(np.float64)
    return _whole(np.where(found < 0, np.nan, found))
