"""The follower check of an account: what share of its followers is fake, asleep, good, and why."""

from __future__ import annotations

import math
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.assess.assessment import LABELS, Assessment
from relnet.assess.labeling import errors_of, inputs_of, labeler_of, why_no_label
from relnet.assess.prevalence import Prevalence, prevalence
from relnet.assess.table import handle_of
from relnet.network.follows import followers
from relnet.network.view import NetworkView
from relnet.plugin import Keys
from relnet.registry import Registry

NO_CUE: Final = "several weak cues"
_LEAST_CLUSTER: Final = 10
_LEAST_TIMES: Final = 3.0
_AROUND_WEEKS: Final = 13
_FALSE_DISCOVERIES: Final = 0.01


class Month(msgspec.Struct):
    """Followers whose accounts were created in one month (`2019-04`), and how many of them are called fake."""

    month: str
    followers: int
    fake: int


class Cluster(msgspec.Struct):
    """A week in which far more of the followers' accounts were created than around it; news does that too."""

    week: str
    followers: int
    expected: float
    fake: int


class FollowerCheck(msgspec.Struct, kw_only=True):
    """The followers of one account (or other accounts), judged.

    Attributes
    ----------
    seen
        Followers in the imported lists; `stated` is how many the account's profile says it has (NaN unknown).
    judged_from
        Size of the sample that everything below speaks of.
    labels
        Accounts by label, as counted.
    states
        Facts beside the label: bot, protected, suspended, moved …
    fake_because, unknown_because
        Fake accounts by their strongest cue; unknown ones by the reason.
    created, clusters
        When the followers' accounts were created, and weeks that stand out; a group, never a label.
    """

    account: str
    handle: str
    seen: int
    stated: float
    judged_from: int
    shares: Prevalence
    labels: dict[str, int]
    states: dict[str, int]
    fake_because: dict[str, int]
    unknown_because: dict[str, int]
    created: list[Month]
    clusters: list[Cluster]


def check(
    assessment: Assessment,
    view: NetworkView,
    registry: Registry,
    account: int,
    limit: int = 0,
    seed: int = 0,
    import_id: str = "",
) -> FollowerCheck:
    """Return the check of an account's followers, or of those in one import; parameters as in `judge`."""
    own = assessment.accounts.row(account)
    found = judge(assessment, registry, followers(view, account, import_id), limit, seed)
    found.account, found.handle = str(account), handle_of(assessment, account)
    found.stated = float("nan") if own is None else float(assessment.accounts.columns["followers"][own])
    return found


def judge(assessment: Assessment, registry: Registry, accounts: Keys, limit: int = 0, seed: int = 0) -> FollowerCheck:
    """Return what the labels say of some accounts.

    Parameters
    ----------
    limit
        Judge a sample of so many, drawn by `seed`; 0 for all.
    """
    rng = np.random.default_rng(seed)
    sample = rng.choice(accounts, limit, replace=False) if 0 < limit < len(accounts) else accounts
    people, labels = assessment.accounts, assessment.labels
    rows = np.flatnonzero(np.isin(people.account, sample))
    codes = labels.label[rows]
    fake = codes == LABELS.index("fake")
    unknown = rows[codes == LABELS.index("unknown")]
    created = people.columns["created_at"][rows].astype(np.float64)
    return FollowerCheck(
        account="",
        handle="",
        seen=len(accounts),
        stated=float("nan"),
        judged_from=len(rows),
        shares=prevalence(labels, rows, errors_of(assessment, rows, registry)),
        labels={word: int((codes == code).sum()) for code, word in enumerate(LABELS)},
        states=_states(assessment, rows),
        fake_because=_strongest_cues(assessment, rows[fake], registry),
        unknown_because=_tally([why_no_label(int(bits)) for bits in labels.why[unknown]]),
        created=months(created, fake),
        clusters=clusters(created, fake),
    )


def _states(assessment: Assessment, rows: NDArray[np.intp]) -> dict[str, int]:
    columns = assessment.accounts.columns
    found = _tally([state for state in columns["state"][rows] if state and state != "active"])
    for name, column in (("bot", "automated"), ("protected", "protected")):
        if number := int((columns[column][rows] == 1).sum()):
            found[name] = number
    return found


def _strongest_cues(assessment: Assessment, rows: NDArray[np.intp], registry: Registry) -> dict[str, int]:
    labeler = labeler_of(assessment, registry)
    said = assessment.labels.overridden[rows]
    named = ["your own word"] * int(said.sum())
    rows = rows[~said]
    evidence = None if labeler is None or not len(rows) else labeler.explain(inputs_of(labeler, assessment), rows)
    if evidence is not None and evidence.parts:
        effects = np.column_stack(list(evidence.parts.values()))
        cues = list(evidence.parts)
        strongest = zip(effects.argmax(axis=1), effects.max(axis=1), strict=True)
        named += [cues[cue] if effect > 0 else NO_CUE for cue, effect in strongest]
    return _tally(named)


def _tally(words: list[str]) -> dict[str, int]:
    found, counts = np.unique(np.array(words, dtype=str), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return {str(found[i]): int(counts[i]) for i in order}


def months(created: NDArray[np.float64], fake: NDArray[np.bool_]) -> list[Month]:
    """Return the months from the first creation to the last, empty ones too; undated accounts are left out."""
    month = _dated(created, "M")
    if not len(month):
        return []
    at = month - month.min()
    every = np.bincount(at)
    called = np.bincount(at, weights=fake[np.isfinite(created)], minlength=len(every))
    names = np.arange(len(every)) + np.datetime64(int(month.min()), "M")
    return [Month(str(name), int(n), int(f)) for name, n, f in zip(names, every, called, strict=True)]


def clusters(created: NDArray[np.float64], fake: NDArray[np.bool_]) -> list[Cluster]:
    """Return the weeks with improbably many creations: P(Poisson(expected) ≥ n), Benjamini–Hochberg at 1 %.

    Expected is the mean of the 13 weeks on each side; at least 10 accounts and three times as many as expected. After
    Zouzou and Varol (EPJ Data Science 2024), without the order of following, which archives do not prove.
    """
    week = _dated(created, "W")
    if not len(week):
        return []
    at = week - week.min() + _AROUND_WEEKS
    every = np.bincount(at, minlength=int(at.max()) + 1 + _AROUND_WEEKS)
    sums = np.concatenate([[0], np.cumsum(every)])
    middle = np.arange(_AROUND_WEEKS, len(every) - _AROUND_WEEKS)
    around = sums[middle + _AROUND_WEEKS + 1] - sums[middle - _AROUND_WEEKS] - every[middle]
    expected = (around + 1) / (2 * _AROUND_WEEKS)
    many = (every[middle] >= _LEAST_CLUSTER) & (every[middle] >= _LEAST_TIMES * expected)
    chances = sorted((_poisson_tail(int(every[m]), float(e)), int(m), float(e)) for m, e in zip(
        middle[many], expected[many], strict=True
    ))  # fmt: skip
    kept = [i for i, (p, _, _) in enumerate(chances, 1) if p <= _FALSE_DISCOVERIES * i / len(middle)]
    called = np.bincount(at, weights=fake[np.isfinite(created)], minlength=len(every))
    first = int(week.min()) - _AROUND_WEEKS
    found = sorted((place, near) for _, place, near in chances[: max(kept, default=0)])
    return [
        Cluster(str(np.datetime64(7 * (first + place), "D")), int(every[place]), near, int(called[place]))
        for place, near in found
    ]


def _poisson_tail(n: int, expected: float) -> float:
    """Return P(X ≥ n), summed upwards from n until nothing more is added."""
    term = math.exp(n * math.log(expected) - expected - math.lgamma(n + 1))
    total, k = 0.0, n
    while term > total * 1e-12:
        total += term
        k += 1
        term *= expected / k
    return total


def _dated(created: NDArray[np.float64], unit: str) -> NDArray[np.int64]:
    known = created[np.isfinite(created)].astype(np.int64).astype("datetime64[ms]")
    return known.astype(f"datetime64[{unit}]").astype(np.int64)
