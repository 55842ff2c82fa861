"""Which features the chosen plugins need, in an order in which each comes after its own needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from relnet.errors import PluginError
from relnet.network.connections import ENDS_KNOWN, columns_of
from relnet.plugin import Feature, Scorer

LABELLED: Final = ("p_fake_a", "p_fake_b")
"""What the labels say of each end: probability of fake, NaN without a label; the owner's own word is certain."""
GIVEN: Final = ENDS_KNOWN | {"interactions", "known_ab", "known_ba", *LABELLED}
"""Columns that no feature makes and every network has."""


def features_for(needs: Iterable[str], available: Iterable[Feature], asker: str = "") -> list[Feature]:
    """Return the features that make the columns in `needs`, each after those it needs itself.

    Raises
    ------
    PluginError
        No feature makes a column that is needed, or features need each other.
    """
    makers: dict[str, Feature] = {}
    for feature in sorted(available, key=lambda each: type(each).home is not None):  # nobody takes a built-in's place
        for column in (feature.name, *columns_of(feature)):
            makers.setdefault(column, feature)
    ordered: dict[str, Feature] = {}
    under_way: list[str] = []

    def visit(column: str, asker: str) -> None:
        if column in GIVEN or column.startswith("score."):
            return
        if column not in makers:
            raise PluginError(f"{asker} needs {column}, which no feature makes.", _nearest(column, makers))
        feature = makers[column]
        if feature.name in ordered:
            return
        if feature.name in under_way:
            raise PluginError(f"Features need each other: {' → '.join([*under_way, feature.name])}.")
        under_way.append(feature.name)
        for need in feature.needs:
            visit(need, feature.name)
        under_way.pop()
        ordered[feature.name] = feature

    for column in needs:
        visit(column, asker)
    return list(ordered.values())


def runnable(scorers: Iterable[Scorer], features: Sequence[Feature]) -> tuple[list[Scorer], list[PluginError]]:
    """Return the scorers for which there is all that they need, in order, and why the others are left out."""
    left: list[Scorer] = []
    errors: list[PluginError] = []
    for scorer in scorers:
        try:
            features_for(scorer.needs, features, scorer.name)
            left.append(scorer)
        except PluginError as error:
            errors.append(error)
    while True:
        names = {scorer.name for scorer in left}
        lacking = [each for each in left if any(f"score.{name}" in each.needs for name in _scores(each) - names)]
        if not lacking:
            break
        left = [each for each in left if each not in lacking]
        errors += [
            PluginError(f"{each.name} needs a score that is not there.", ", ".join(each.needs)) for each in lacking
        ]
    try:
        return in_order(left), errors
    except PluginError as error:
        return in_order([each for each in left if not _scores(each)]), [*errors, error]


def _scores(scorer: Scorer) -> set[str]:
    return {need.removeprefix("score.") for need in scorer.needs if need.startswith("score.")}


def in_order(scorers: Iterable[Scorer]) -> list[Scorer]:
    """Return scorers so that each comes after those whose scores it needs.

    Raises
    ------
    PluginError
        A scorer needs one that is not chosen, or they need each other.
    """
    waiting = {scorer.name: scorer for scorer in scorers}
    ordered: list[Scorer] = []
    while waiting:
        ready = [
            scorer
            for scorer in waiting.values()
            if not any(need.removeprefix("score.") in waiting for need in scorer.needs if need.startswith("score."))
        ]
        if not ready:
            raise PluginError(f"Scorers need each other: {', '.join(waiting)}.")
        for scorer in ready:
            ordered.append(waiting.pop(scorer.name))
    done = {scorer.name for scorer in ordered}
    for scorer in ordered:
        missing = {need for need in scorer.needs if need.startswith("score.")} - {f"score.{name}" for name in done}
        if missing:
            raise PluginError(f"{scorer.name} needs {', '.join(sorted(missing))}, which is not chosen.")
    return ordered


def _nearest(column: str, makers: Mapping[str, Feature]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(column, makers, n=1)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(makers))}."
