"""Published rule sets, by name and year, for comparison only.

Sources: StatusPeople, its author's public code (RobDWaller/StatusPeopleSpam, 9756d1e, Nov 2012, and 74c0312, Jan 2013;
fakers-zero, 2019). Socialbakers and Camisani-Calzolari as given in Cresci, Di Pietro, Petrocchi, Spognardi, Tesconi,
Decision Support Systems 80, 2015 (arXiv 1509.04098); of these only the criteria that need no posts are here. A
criterion whose facts are missing is unknown, never met.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.moments import DAY_MS
from relnet.plugin import Column, Evidence, Inputs, Labeler, LabelResult, why_bit

_TWO_MONTHS: Final = 61
_RATIO_FACTS: Final = ("followers", "following", "posts")


def _clause(met: NDArray[np.bool_], *facts: Column) -> Column:
    known = ~np.any([np.isnan(fact) for fact in facts], axis=0)
    return np.where(known, met, np.nan)


def _any(*clauses: Column) -> Column:
    """Return 1 if one is met, 0 if all are known not to be, else NaN (Kleene)."""
    stack = np.stack(clauses)
    return np.where((stack == 1).any(0), 1.0, np.where(np.isnan(stack).any(0), np.nan, 0.0))


def _all(*clauses: Column) -> Column:
    return np.subtract(1.0, _any(*(1 - clause for clause in clauses)))


def _ratio(inputs: Inputs, digits: int = 0) -> Column:
    """Return followers per 100 followed, halves away from zero as the original language rounds; 0 if none followed."""
    followers, following = inputs["followers"], inputs["following"]
    exact = np.where(following == 0, 0 * followers, 100 * followers / np.where(following == 0, 1, following))
    rounded: Column = np.floor(exact * 10**digits + 0.5) / 10**digits
    return rounded


def _past(points: Mapping[str, float], clauses: Mapping[str, Column], cut: float) -> Column:
    """Return 1 where the points are above the cut, 0 where they can't be, NaN where unknown clauses decide."""
    low = sum(weight * np.nan_to_num(clauses[name]) for name, weight in points.items())
    high = sum(weight * np.nan_to_num(clauses[name], nan=1.0) for name, weight in points.items())
    return np.where(np.asarray(low) > cut, 1.0, np.where(np.asarray(high) <= cut, 0.0, np.nan))


def _result(fake: Column, idle: Column) -> LabelResult:
    why = np.where(np.isnan(fake), why_bit("not_covered"), np.uint8(0))
    return LabelResult(fake, idle, why)


def _evidence(fake: Column, clauses: Mapping[str, Column], rows: NDArray[np.intp]) -> Evidence:
    """Return each clause's verdict as a part of 1: met, or not met; the base is what the cut takes off."""
    parts = {name: np.nan_to_num(clause[rows]) / len(clauses) for name, clause in clauses.items()}
    return Evidence(fake[rows] - sum(parts.values()), parts)


def _statuspeople_clauses(inputs: Inputs) -> dict[str, Column]:
    followers, following, posts = (inputs[fact] for fact in _RATIO_FACTS)
    ratio = _ratio(inputs)
    small = _all(*(_clause(count < 20, count) for count in (followers, following, posts)))
    return {
        "ratio < 20": _clause(ratio < 20, ratio),
        "no posts": _clause(posts == 0, posts),
        "no followers": _clause(followers == 0, followers),
        "ratio ≤ 2": _clause(ratio <= 2, ratio),
        "followers, following and posts all < 20": small,
    }


class StatusPeople2012(Labeler):
    """StatusPeople's Fakers as its code of November 2012 had it.

    Formula: ratio = round(100 · followers / following). Below 20: fake if no posts or no followers or ratio ≤ 2, else
    inactive. Otherwise inactive if followers, following and posts are all < 20. No dates are used.
    """

    name, version = "rules_statuspeople_2012", "1"
    needs = _RATIO_FACTS

    def label(self, inputs: Inputs) -> LabelResult:
        """Return the verdicts, 0 or 1."""
        met = _statuspeople_clauses(inputs)
        fake = _all(met["ratio < 20"], _any(met["no posts"], met["no followers"], met["ratio ≤ 2"]))
        return _result(fake, _any(met["ratio < 20"], met["followers, following and posts all < 20"]))

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return the clauses that are met."""
        return _evidence(self.label(inputs).p_fake, _statuspeople_clauses(inputs), rows)


class StatusPeople2013(Labeler):
    """StatusPeople's Fakers from January 2013 on: one more clause for quiet accounts.

    Formula: as in 2012, and fake too with a ratio below 10, no website and no favourites.
    """

    name, version = "rules_statuspeople_2013", "1"
    needs = (*_RATIO_FACTS, "has_url", "likes")

    def label(self, inputs: Inputs) -> LabelResult:
        """Return the verdicts, 0 or 1."""
        met = self._clauses(inputs)
        suspect = _any(met["no posts"], met["no followers"], met["ratio ≤ 2"], met[_QUIET])
        return _result(
            _all(met["ratio < 20"], suspect), _any(met["ratio < 20"], met["followers, following and posts all < 20"])
        )

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return the clauses that are met."""
        return _evidence(self.label(inputs).p_fake, self._clauses(inputs), rows)

    def _clauses(self, inputs: Inputs) -> dict[str, Column]:
        ratio, url, likes = _ratio(inputs), inputs["has_url"], inputs["likes"]
        quiet = _all(_clause(ratio < 10, ratio), _clause(url == 0, url), _clause(likes == 0, likes))
        return {**_statuspeople_clauses(inputs), _QUIET: quiet}


_QUIET: Final = "ratio < 10, no website, no favourites"


class StatusPeople2019(Labeler):
    """StatusPeople's rewrite of 2019, by points; whether it went live is unknown.

    Formula: fake above 7 of 14 points, else inactive above 4.5 of 9; the clauses and their points are in the code.
    """

    name, version = "rules_statuspeople_2019", "1"
    needs = (*_RATIO_FACTS, "likes", "has_url", "created_at", "last_active_at", "observed_at")

    def label(self, inputs: Inputs) -> LabelResult:
        """Return the verdicts, 0 or 1."""
        met = self._clauses(inputs)
        return _result(_past(_FAKE_2019, met, 7), _past(_IDLE_2019, met, 4.5))

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return the clauses that are met."""
        return _evidence(self.label(inputs).p_fake, self._clauses(inputs), rows)

    def _clauses(self, inputs: Inputs) -> dict[str, Column]:
        followers, following, posts, likes, url = (inputs[fact] for fact in (*_RATIO_FACTS, "likes", "has_url"))
        ratio = _ratio(inputs, 1)
        a_day = posts / np.maximum((inputs["observed_at"] - inputs["created_at"]) / DAY_MS, 1)
        silent = (inputs["observed_at"] - inputs["last_active_at"]) / DAY_MS
        return {
            "ratio < 20": _clause(ratio < 20, ratio),
            "ratio ≤ 2": _clause(ratio <= 2, ratio),
            "following ≥ 50": _clause(following >= 50, following),
            "following ≥ 500": _clause(following >= 500, following),
            "followers < 50": _clause(followers < 50, followers),
            "no followers": _clause(followers == 0, followers),
            "no posts": _clause(posts == 0, posts),
            "no favourites": _clause(likes == 0, likes),
            "no website": _clause(url == 0, url),
            "posts a day < .25": _clause(a_day < 0.25, a_day),
            "followers < 20": _clause(followers < 20, followers),
            "following < 20": _clause(following < 20, following),
            "posts < 20": _clause(posts < 20, posts),
            "posts a day < .1": _clause(a_day < 0.1, a_day),
            "last post ≥ 90 days ago": _clause(silent >= 90, silent),
        }


_FAKE_2019: Final = {
    "ratio < 20": 2, "ratio ≤ 2": 3, "following ≥ 50": 1, "following ≥ 500": 2, "followers < 50": 1, "no followers": 1,
    "no posts": 1, "no favourites": 1, "no website": 1, "posts a day < .25": 1,
}  # fmt: skip
_IDLE_2019: Final = {
    "followers < 20": 1, "following < 20": 1, "posts < 20": 1, "posts a day < .1": 2, "last post ≥ 90 days ago": 2,
    "ratio < 20": 2,
}  # fmt: skip


class Socialbakers(Labeler):
    """Socialbakers' FakeFollowerCheck, its four criteria that need no posts; its weights were never published.

    Formula: fake if any holds: following ≥ 50 · followers; never posted; over two months old with the default picture;
    no bio and no location while following over 100. Else inactive with < 3 posts or the last over 90 days ago.
    """

    name, version = "rules_socialbakers", "1"
    needs = (
        *_RATIO_FACTS, "has_bio", "has_location", "default_avatar", "created_at", "last_active_at", "observed_at",
    )  # fmt: skip

    def label(self, inputs: Inputs) -> LabelResult:
        """Return the verdicts, 0 or 1."""
        posts = inputs["posts"]
        silent = (inputs["observed_at"] - inputs["last_active_at"]) / DAY_MS
        idle = _any(_clause(posts < 3, posts), _clause(silent > 90, silent))
        return _result(_any(*self._clauses(inputs).values()), idle)

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return the criteria that are met."""
        return _evidence(self.label(inputs).p_fake, self._clauses(inputs), rows)

    def _clauses(self, inputs: Inputs) -> dict[str, Column]:
        followers, following, posts = (inputs[fact] for fact in _RATIO_FACTS)
        bio, location, avatar = (inputs[fact] for fact in ("has_bio", "has_location", "default_avatar"))
        age = (inputs["observed_at"] - inputs["created_at"]) / DAY_MS
        return {
            "following : followers ≥ 50 : 1": _clause(following >= 50 * np.maximum(followers, 1), following, followers),
            "never posted": _clause(posts == 0, posts),
            "over two months old, default picture": _all(_clause(avatar == 1, avatar), _clause(age > _TWO_MONTHS, age)),
            "no bio, no location, follows over 100": _all(
                _clause(bio == 0, bio), _clause(location == 0, location), _clause(following > 100, following)
            ),
        }


class CamisaniCalzolari(Labeler):
    """Camisani-Calzolari's points of 2012, the eight that a profile shows; the cut was never published.

    Formula: fake where five or more are missed: picture, address, biography, ≥ 30 followers, in a list, ≥ 50 posts,
    website, 2 · followers ≥ following.
    """

    name, version = "rules_camisani_calzolari", "1"
    needs = (*_RATIO_FACTS, "listed", "default_avatar", "has_location", "has_bio", "has_url")

    def label(self, inputs: Inputs) -> LabelResult:
        """Return the verdicts, 0 or 1; it knows no inactive accounts."""
        missed = self._clauses(inputs)
        return _result(_past(dict.fromkeys(missed, 1), missed, 4), np.full(inputs.rows, np.nan))

    def explain(self, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence:
        """Return the points that are missed."""
        return _evidence(self.label(inputs).p_fake, self._clauses(inputs), rows)

    def _clauses(self, inputs: Inputs) -> dict[str, Column]:
        followers, following, posts = (inputs[fact] for fact in _RATIO_FACTS)
        listed, avatar = inputs["listed"], inputs["default_avatar"]
        location, bio, url = (inputs[fact] for fact in ("has_location", "has_bio", "has_url"))
        return {
            "no picture": _clause(avatar == 1, avatar),
            "no address": _clause(location == 0, location),
            "no biography": _clause(bio == 0, bio),
            "followers < 30": _clause(followers < 30, followers),
            "in no list": _clause(listed == 0, listed),
            "posts < 50": _clause(posts < 50, posts),
            "no website": _clause(url == 0, url),
            "2 · followers < following": _clause(2 * followers < following, followers, following),
        }
