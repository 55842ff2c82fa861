"""The interactions behind the numbers: between two accounts, and counted by month."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.network.engine import columns
from relnet.network.view import NetworkView


class Act(msgspec.Struct):
    """One interaction as evidence: what, when, which way, the words, and where in which file it stands."""

    event: str | None
    source: int
    target: int
    kind: str
    at: int | None
    directness: str
    visibility: str
    flags: str
    time_quality: str
    text: str | None
    url: str | None
    member: str
    record: int
    import_id: str


def acts_between(view: NetworkView, one: Iterable[int], other: int, limit: int = 200, offset: int = 0) -> list[Act]:
    """Return interactions between some accounts of one side and another account, newest first, undated last."""
    rows = view.connection.execute(
        """
        WITH found AS (
            SELECT * FROM interactions
            WHERE ((list_contains(?, source) AND target = ?) OR (list_contains(?, target) AND source = ?))
              AND ("at" <= ? OR ("at" IS NULL AND seen_at <= ?))
            ORDER BY "at" DESC NULLS LAST, event LIMIT ? OFFSET ?
        )
        SELECT f.event_id, f.source, f.target, f.kind, f."at", f.directness, f.visibility, f.flags, f.time_quality,
               any_value(p.text), any_value(p.url), f.origin, f.record, f.filename
        FROM found f LEFT JOIN posts p ON p.post = coalesce(f.post, f.event)
        GROUP BY ALL ORDER BY f."at" DESC NULLS LAST
        """,
        [list(one), other, list(one), other, view.as_of, view.seen_by, limit, offset],
    ).fetchall()
    return [_act(view, row) for row in rows]


def _act(view: NetworkView, row: tuple[Any, ...]) -> Act:
    import_id = row[13].replace("\\", "/").rsplit("/", 2)[-2]
    member = view.imports[import_id].members[row[11]]
    values = dict(zip(Act.__struct_fields__, (*row[:11], member, row[12], import_id), strict=True))
    return Act(**values)


def months(view: NetworkView, one: Iterable[int] = (), other: int | None = None) -> dict[str, NDArray[Any]]:
    """Count acts by calendar month (UTC) and direction.

    Parameters
    ----------
    one
        Accounts of the own side; empty counts all acts as out.
    other
        The other account; `None` counts all.

    Returns
    -------
    dict
        month (datetime64[M]), out, back: int64, months without acts included.
    """
    mine = list(one)
    where = "true" if not mine else "(list_contains($mine, source) OR list_contains($mine, target))"
    if other is not None:
        where += " AND (source = $other OR target = $other)"
    out = "list_contains($mine, source)" if mine else "true"
    parameters: dict[str, Any] = {"mine": mine} if mine else {}
    if other is not None:
        parameters["other"] = other
    relation = view.connection.sql(
        f"""SELECT year(epoch_ms("at")) * 12 + month(epoch_ms("at")) - 1 - 1970 * 12 AS month,
                   count(*) FILTER ({out}) AS out, count(*) FILTER (NOT {out}) AS back
            FROM acts WHERE is_act AND {where} GROUP BY 1 ORDER BY 1""",
        params=parameters,
    )
    found = columns(relation)
    if not len(found["month"]):
        return {
            "month": np.array([], dtype="datetime64[M]"),
            "out": np.array([], int),
            "back": np.array([], int),
        }
    first = int(found["month"][0])
    span = int(found["month"][-1]) - first + 1
    place = found["month"].astype(np.int64) - first
    table: dict[str, NDArray[Any]] = {"month": np.arange(first, first + span).astype("datetime64[M]")}
    for name in ("out", "back"):
        table[name] = np.zeros(span, dtype=np.int64)
        table[name][place] = found[name]
    return table
