"""The health figures of a report: how much is real, how attention is spread, who answers whom, and how soon."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.assess.assessment import LABELS, Assessment, Figure, Ties
from relnet.assess.groups import YEAR_DAYS
from relnet.assess.lists import LEAST_DAYS, is_bound, is_whole
from relnet.network.log_table import copies_of
from relnet.network.view import NetworkView
from relnet.plugin import Column, Measure, TieList
from relnet.report.measures import MEASURES

_UNKNOWN: Final = float("nan")
_BLIND: Final = "no tie has both directions covered"
NO_OWNER: Final = "nobody is the owner"


class _Told(msgspec.Struct):
    """A figure with what there is to say about it."""

    figure: Figure
    unknown: str = ""
    at_least: bool = False


_YOURS: Final = (
    "attention_ties", "attention_gini", "received_ties", "answered_by_them", "answered_by_you", "answer_time_them",
    "answer_time_you", "personal_share", "broadcast_share",
)  # fmt: skip
_LABELLED: Final = ("share_good", "share_inactive", "share_fake")


def figures_of(
    assessment: Assessment,
    mine: Ties,
    view: NetworkView,
    lists: Mapping[str, TieList],
    windows: Mapping[str, NDArray[Any]],
    share_note: str = "",
) -> tuple[dict[str, Figure], dict[str, Measure]]:
    """Return every figure by its name, those of the overview among them, and what each says.

    Parameters
    ----------
    lists
        As `relnet.assess.lists.tie_lists` gives them.
    windows
        As `relnet.report.trend.windows` gives them.
    share_note
        Why the shares of the labels are unknown, where they are.
    """
    told = {name: _Told(figure) for name, figure in assessment.header.summary.items()}
    told |= _ties(mine, lists) | _trend(windows, assessment.header.horizon_days)
    if assessment.header.me:
        told |= _attention(mine, view) | _answers(mine) | _personal(view)
    else:
        told |= {name: _Told(Figure(_UNKNOWN), NO_OWNER) for name in _YOURS}
    unclear = told["direction_unknown"].figure.value > 0
    told["both_ways"].at_least = unclear
    whole = is_whole(mine)
    for name in ("real", "contacts_now", "contacts_before", *(f"circle_{size}" for size in (5, 15, 50, 150))):
        told[name].at_least = not whole
    if np.isnan(told["both_ways"].figure.value):
        told["both_ways"].unknown = _BLIND
    if told["label_unknown"].figure.value == told["people"].figure.value:
        for name in ("label_good", "label_inactive", "label_fake"):
            told[name] = _Told(Figure(_UNKNOWN), "no account could be labelled")
    for name in _LABELLED:
        if np.isnan(told[name].figure.value):
            told[name].unknown = share_note or "no dates tell good from inactive"
    measures = {
        name: Measure(title, group, unit, meaning, source, told[name].unknown, told[name].at_least)
        for group, defined in MEASURES.items()
        for name, (title, unit, meaning, source) in defined.items()
    }
    return {name: each.figure for name, each in told.items()}, measures


def _ties(mine: Ties, lists: Mapping[str, TieList]) -> dict[str, _Told]:
    out, back = mine.out("count"), mine.back("count")
    both = (out > 0) & (back > 0)
    acted = (np.nan_to_num(out) + np.nan_to_num(back)) > 0
    clear = (mine.out("known") > 0) & (mine.back("known") > 0) & acted
    real = (
        both
        & (mine.feature("active_days") >= LEAST_DAYS)
        & (mine.feature("last_contact") <= YEAR_DAYS)
        & (mine.label != LABELS.index("fake"))
    )
    covered = int(clear.sum())
    seen = covered > 0 or both.any()
    found = {"real": _Told(Figure(float(real.sum()) if seen else _UNKNOWN, n=len(mine)), "" if seen else _BLIND)}
    found["reciprocity"] = _Told(
        Figure(float(both[clear].mean()) if covered else _UNKNOWN, n=covered),
        "" if covered else _BLIND,
    )
    for name, each in lists.items():
        count = float(len(each.rows))
        # A list that no tie could be on is unknown, not empty.
        blind = bool(each.unknown) and not len(each.rows)
        found[name.replace("-", "_")] = _Told(
            Figure(_UNKNOWN if blind else count, n=len(mine)), each.unknown if blind else "", is_bound(mine, name, each)
        )
    return found


def _trend(windows: Mapping[str, NDArray[Any]], days: float) -> dict[str, _Told]:
    people = windows["people"].tolist()
    short = f"the record is shorter than two windows of {days:g} days"
    found = {}
    for i, name in enumerate(("contacts_now", "contacts_before"), 1):
        value = float(people[-i]) if len(people) >= 2 else _UNKNOWN
        why = "" if value == value else short if len(people) < 2 else "no act is seen, and the window is not covered"
        found[name] = _Told(Figure(value), why)
    return found


def _attention(mine: Ties, view: NetworkView) -> dict[str, _Told]:
    sent, received = view.known_of(np.array(sorted(view.me), dtype=np.int64))
    gave, got = (_weights(mine, way) if known.all() else None for way, known in (("out", sent), ("back", received)))
    blind = "not all that you do is covered" if not sent.all() else "no act of yours is seen"
    unheard = "not all that others do towards you is covered" if not received.all() else "no act towards you is seen"
    return {
        "attention_ties": _concentration(gave, _effective, blind),
        "attention_gini": _concentration(gave, _gini, blind),
        "received_ties": _concentration(got, _effective, unheard),
    }


def _weights(mine: Ties, way: str) -> Column | None:
    if "words_ab" not in mine.assessment.connections.features:
        return None
    words = mine.out("words") if way == "out" else mine.back("words")
    return words[words > 0]


def _concentration(weights: Column | None, measure: Callable[[Column], float], unknown: str) -> _Told:
    if weights is None or not len(weights):
        return _Told(Figure(_UNKNOWN), unknown)
    return _Told(Figure(measure(weights), n=len(weights)))


def _effective(weights: Column) -> float:
    """Return 1 / Σ p²."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def _gini(weights: Column) -> float:
    """Return Σ (2i − n − 1) x_i / (n Σ x), ascending."""
    n = len(weights)
    rank = 2 * np.arange(1, n + 1) - n - 1
    return float((rank * np.sort(weights)).sum() / (n * weights.sum()))


def _answers(mine: Ties) -> dict[str, _Told]:
    found: dict[str, _Told] = {}
    for whose, asking, answering in (("them", mine.out, mine.back), ("you", mine.back, mine.out)):
        share, time = f"answered_by_{whose}", f"answer_time_{whose}"
        if "asked_ab" not in mine.assessment.connections.features:
            found |= {name: _Told(Figure(_UNKNOWN), "the scorer responsiveness did not run") for name in (share, time)}
            continue
        asked, answered, delay = asking("asked"), np.nan_to_num(asking("answered")), asking("answer_delay")
        # Where answers could not have been seen, their absence says nothing.
        judged = (asked > 0) & (answering("known") > 0)
        total = float(asked[judged].sum())
        if whose == "you" and not (asking("known") > 0).any():
            blind = "what others write to you is not covered"
        elif (answering("known") > 0).any():
            blind = f"no act towards {'others' if whose == 'them' else 'you'} is old enough to be answered"
        else:
            blind = f"what {'others write to you' if whose == 'them' else 'you write'} is not covered"
        found[share] = _Told(
            Figure(float(answered[judged].sum()) / total if total else _UNKNOWN, n=int(total)), "" if total else blind
        )
        known = delay[judged & (answered > 0)]
        found[time] = _Told(
            Figure(float(np.median(known)) if len(known) else _UNKNOWN, n=len(known)),
            "" if len(known) else "no answer is seen",
        )
    return found


def _personal(view: NetworkView) -> dict[str, _Told]:
    me = sorted(view.me)
    sent, _ = view.known_of(np.array(me, dtype=np.int64))
    if not sent.all():
        blind = "not all that you do is covered"
        return {name: _Told(Figure(_UNKNOWN), blind) for name in ("personal_share", "broadcast_share")}
    copies, joined = copies_of(view)
    [(personal, addressed)] = view.connection.execute(
        f"""SELECT count(*) FILTER (crowd <= 1), count(*) FROM (
            SELECT greatest(max(greatest(x.audience, {copies}, 1)), count(DISTINCT x.target)) AS crowd
            FROM acts x {joined} WHERE x.is_act AND list_contains($me, x.source) GROUP BY x.event)""",
        {"me": me},
    ).fetchall()
    since = -(1 << 62) if view.since is None else view.since
    [(own, broadcast)] = view.connection.execute(
        """SELECT count(*), count(*) FILTER (post NOT IN (
               SELECT coalesce(post, event) FROM interactions
               WHERE list_contains($me, source) AND (is_act OR kind = 'repost')))
           FROM (SELECT DISTINCT post FROM posts p LEFT JOIN same s ON p.author = s.account
                 WHERE list_contains($me, coalesce(s.stands, p.author)) AND "at" <= $until AND "at" >= $since)""",
        {"me": me, "until": view.as_of, "since": since},
    ).fetchall()
    total = addressed + broadcast
    return {
        "personal_share": _Told(
            Figure(personal / addressed if addressed else _UNKNOWN, n=addressed),
            "" if addressed else "no dated act of yours is seen",
        ),
        "broadcast_share": _Told(
            Figure(broadcast / total if own else _UNKNOWN, n=total), "" if own else "the record holds no posts of yours"
        ),
    }
