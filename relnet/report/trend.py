"""How many were in contact, window by window back from the moment of judging."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from relnet.assess.assessment import Assessment
from relnet.moments import DAY_MS
from relnet.network.engine import columns
from relnet.network.view import NetworkView

MOST: Final = 12
"""Windows that are told."""


def windows(assessment: Assessment, view: NetworkView) -> dict[str, NDArray[Any]]:
    """Return the last whole windows of engagement's horizon, oldest first.

    A window is whole where the record reaches back to its beginning. `from` is the moment of its beginning (ms UTC),
    `out` and `back` are acts (all are `out` where nobody is the owner), `people` ties with an act and `mutual` with
    acts each way; both are NaN in a window without an act that is not wholly covered.
    """
    header = assessment.header
    length = round(header.horizon_days * DAY_MS)
    start = header.as_of if header.first_at is None else max(header.first_at, header.since or header.first_at)
    number = min((header.as_of - start) // length, MOST)
    me = header.me
    where = "list_contains($me, source) <> list_contains($me, target)" if me else "true"
    out = "list_contains($me, source)" if me else "forward"
    found = columns(
        view.connection.sql(
            f"""SELECT age, sum(out) AS out, sum(back) AS back, count(*) AS people,
                       count(*) FILTER (out > 0 AND back > 0) AS mutual
                FROM (SELECT ({header.as_of} - "at") // {length} AS age, a, b,
                             count(*) FILTER ({out}) AS out, count(*) FILTER (NOT {out}) AS back
                      FROM acts WHERE is_act AND {where} AND "at" > {header.as_of - number * length} GROUP BY ALL)
                GROUP BY age""",
            params={"me": list(me)} if me else {},
        )
    )
    table: dict[str, NDArray[Any]] = {"from": header.as_of - length * np.arange(number, 0, -1, dtype=np.int64)}
    place = number - 1 - found["age"].astype(np.int64)
    for name in ("out", "back", "people", "mutual"):
        table[name] = np.zeros(number, dtype=np.int64)
        table[name][place] = found[name].astype(np.int64)
    ends = table["from"] + length - 1
    known = [view.known_of(np.full(number, account), (table["from"], ends)) for account in me or (0,)]
    unseen = (table["people"] == 0) & ~np.logical_and.reduce([way for ways in known for way in ways])
    for name in ("people", "mutual"):
        table[name] = np.where(unseen, np.nan, table[name])
    if not me:
        table["out"] += table.pop("back")
        table["back"] = np.zeros(number, dtype=np.int64)
    return table
