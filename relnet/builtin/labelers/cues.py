"""What a profile shows that speaks for a bought account: one number per cue, larger = more suspect.

Every cue is oriented, so that its curve never falls, and ends where it stops telling anything (the last
knot): a genuine account with a million followers is no more genuine than one with a hundred. Left out on
purpose: age and dates (each labelled set was collected on its own day, so they betray the set); location,
language, name length and geotagging (they differ between sellers, countries and years more than between fake
and genuine); link, default design and plain follower count (nothing left to add: no figure moved);
`verified` and `protected` (all but constant).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.plugin import Column


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue: the facts it needs, its formula (larger = more suspect) and the knots of its curve.

    `group` names the cues that are shown together: those of one group share their facts, and count as one
    when it is asked whether a single cue decided.
    """

    name: str
    group: str
    needs: tuple[str, ...]
    formula: Callable[..., Column]
    knots: tuple[float, ...]
    formula_text: str

    def values(self, columns: Mapping[str, Column]) -> Column:
        """Return the cue's number for every account, float64[n], NaN where a fact is missing."""
        return self.formula(*(columns[fact] for fact in self.needs))

    def steps(self, columns: Mapping[str, Column]) -> NDArray[np.float64]:
        """Return how far each account has gone from one knot to the next, float64[n, knots − 1], 0 … 1.

        Where the number is unknown all steps are 0: the most genuine end.
        """
        knots = np.array(self.knots)
        gone: NDArray[np.float64] = (self.values(columns)[:, None] - knots[:-1]) / np.diff(knots)
        return np.nan_to_num(np.clip(gone, 0, 1))


def _few(count: Column) -> Column:
    return -np.log1p(count)


def _few_of_both(posts: Column, followers: Column) -> Column:
    return -np.log1p(np.maximum(posts, followers))


def _many(count: Column) -> Column:
    return np.log1p(count)


def _absent(flag: Column) -> Column:
    return -flag


def _same(value: Column) -> Column:
    return value


def _balance(following: Column, followers: Column) -> Column:
    return np.log((following + 1) / (followers + 1))


def _balance_squared(following: Column, followers: Column) -> Column:
    return np.log((following + 1) / (followers + 1) ** 2)


def _per_post(following: Column, posts: Column) -> Column:
    return np.log((following + 1) / (posts + 1))


def _few_knots(*counts: float) -> tuple[float, ...]:
    return tuple(-float(np.log1p(count)) for count in counts)


_RATIO: Final = "follows far more than follow back"
CUES: Final[tuple[Cue, ...]] = (
    Cue(
        "balance", _RATIO, ("following", "followers"), _balance,
        (0, 0.7, 1.4, 2.1, 2.8, 3.5, 4.2), "ln((following + 1) / (followers + 1))",
    ),
    # Cresci et al. 2015: friends / followers² has the highest sensitivity of the profile-only features.
    Cue(
        "balance_squared", _RATIO, ("following", "followers"), _balance_squared,
        (-5, -4, -3, -2, -1, 0, 1, 2), "ln((following + 1) / (followers + 1)²)",
    ),
    Cue("following", "follows many", ("following",), _many, (2, 3, 4, 5, 6, 7), "ln(following + 1)"),
    Cue("posts", "few posts", ("posts",), _few, _few_knots(300, 100, 30, 10, 3, 0), "−ln(posts + 1)"),
    Cue(
        "per_post", "follows much for how little it posts", ("following", "posts"), _per_post,
        (-3, -2, -1, 0, 1, 2, 3, 4), "ln((following + 1) / (posts + 1))",
    ),
    # Either many posts or many followers clears an account: someone is there, or someone listens.
    Cue(
        "presence", "neither posts nor followers", ("posts", "followers"), _few_of_both,
        _few_knots(300, 100, 50, 30, 10, 3, 0), "−ln(max(posts, followers) + 1)",
    ),
    Cue("likes", "few likes given", ("likes",), _few, _few_knots(10, 3, 1, 0), "−ln(likes + 1)"),
    Cue("listed", "on nobody's list", ("listed",), _few, _few_knots(1, 0), "−ln(listed + 1)"),
    Cue("bio", "no bio", ("has_bio",), _absent, (-1, 0), "no bio"),
    Cue("banner", "no banner picture", ("has_banner",), _absent, (-1, 0), "no banner"),
    Cue("avatar", "no picture", ("default_avatar",), _same, (0, 1), "default picture"),
    Cue("digits", "digits in the handle", ("handle_digits",), _same, (0, 2, 5), "digits in the handle"),
)  # fmt: skip
FACTS: Final = tuple(dict.fromkeys(fact for cue in CUES for fact in cue.needs))
GROUPS: Final = tuple(dict.fromkeys(cue.group for cue in CUES))
