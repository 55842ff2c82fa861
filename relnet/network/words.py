"""What the two sides of connections wrote, and at which hours accounts act: tables for features that ask for them."""

from __future__ import annotations

import numpy as np

from relnet.network.engine import columns
from relnet.network.pairs import met
from relnet.network.view import NetworkView
from relnet.plugin import Hours, Keys, Texts

HOUR_MS = 3_600_000


def texts_of(view: NetworkView, a: Keys, b: Keys, directed: bool) -> tuple[Texts, ...]:
    """Return the texts of the pairs (a, b): once, or for each direction."""
    view.connection.register("_pairs", {"a": a, "b": b, "row": np.arange(len(a))})
    rows = view.connection.execute(
        """
        WITH said AS (SELECT post, any_value(text) AS text, any_value(lang) AS lang FROM posts GROUP BY post)
        SELECT row, forward, text, lang FROM acts x JOIN _pairs USING (a, b)
        JOIN said ON said.post = coalesce(x.post, x.event) WHERE is_act AND text <> ''
        ORDER BY row, "at", forward, text
        """
    ).fetchall()
    view.connection.unregister("_pairs")
    tie = np.array([row[0] for row in rows], dtype=np.int32)
    forward = np.array([row[1] for row in rows], dtype=np.bool_)
    text, language = [row[2] for row in rows], [row[3] for row in rows]
    ways = (forward, ~forward) if directed else (np.ones(len(rows), dtype=np.bool_),)
    return tuple(Texts(rows=len(a), tie=tie, this_way=way, text=text, language=language) for way in ways)


def hours_of(view: NetworkView, a: Keys, b: Keys, directed: bool) -> tuple[Hours, ...]:
    """Return the hours of the ends of the pairs (a, b): once, or with the ends turned round as well."""
    found = columns(
        view.connection.sql(
            f"""SELECT source, "at" // {HOUR_MS} % 24 AS hour, count(DISTINCT event) AS acts FROM acts GROUP BY 1, 2"""
        )
    )
    ends = met(a, b)[1]
    accounts = np.unique(np.concatenate([a, b]))
    acts = np.zeros((len(accounts), 24))
    place = np.minimum(np.searchsorted(accounts, found["source"]), max(len(accounts) - 1, 0))
    known = accounts[place] == found["source"] if len(accounts) else np.zeros(len(place), dtype=np.bool_)
    acts[place[known], found["hour"][known].astype(np.intp)] = found["acts"][known]
    ways = (ends, ends[:, ::-1].copy()) if directed else (ends,)
    return tuple(Hours(acts=acts, ends=each) for each in ways)
