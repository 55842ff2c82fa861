"""Checks of scorers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec
import numpy as np

from relnet.assess.plan import features_for
from relnet.errors import PluginError
from relnet.plugin import Column, Feature, Inputs, Scorer
from relnet.testing.checks import basis
from relnet.testing.checks.basis import Check, Fault, Given
from relnet.testing.networks import Form, by_tie, network, plugins, tiled

ROWWISE_SECONDS: Final = 5.0
WHOLE_SECONDS: Final = 60.0


class Tried(msgspec.Struct, frozen=True):
    """A scorer with the features that are there beside those that come along."""

    scorer: Scorer
    features: tuple[Feature, ...]

    def inputs(self, form: Form = "plain") -> Inputs:
        """Return what the scorer asks for, made afresh."""
        bases = {need.removesuffix("_ab").removesuffix("_ba") for need in self.scorer.needs} | {*self.scorer.needs}
        return network(form).inputs(self.scorer, [each for each in self.features if each.name in bases])

    def score(self, inputs: Inputs | None = None) -> Column:
        """Return its scores, by default on the plain network."""
        return _score(self.scorer, self.inputs() if inputs is None else inputs)


def _score(scorer: Scorer, inputs: Inputs) -> Column:
    found: Column = basis.quietly(lambda: scorer.score(inputs))
    return found


def _installed() -> list[Feature]:
    return [each for each in plugins().usable(Feature)[0] if type(each).home is not None]


def checks(scorer: Scorer, given: Given) -> Iterator[Check]:
    """Yield the checks of a scorer."""
    tried = Tried(scorer, (*given.beside, *_installed()))
    yield from basis.base(scorer)
    yield Check(1, "needs what there is", lambda: _needs(tried), "Name features as `relnet plugin list` does.")
    yield Check(
        2, "answers", lambda: basis.answers(scorer, "score", tried.inputs()),
        "Run score() on relnet.testing.network().inputs(scorer) and look; print nothing, write into nothing.",
    )  # fmt: skip
    yield Check(
        3, "shape", lambda: _shape(tried), "Return one value a row: an array of the length of inputs.rows."
    )  # fmt: skip
    yield Check(4, "dtype", lambda: basis.typed(tried.score()), "Return float64: np.asarray(…, dtype=np.float64).")
    yield Check(
        5, "range", lambda: basis.within(tried.score()), "Scale or clip to 0 … 1; unknown is NaN, never a number."
    )  # fmt: skip
    yield from _meaning(tried)
    yield from _invariance(tried)
    seconds = ROWWISE_SECONDS if tried.scorer.rowwise else WHOLE_SECONDS
    yield Check(
        8, "speed", lambda: _speed(tried, seconds), "Work on whole columns with NumPy instead of looping over rows."
    )  # fmt: skip


def _meaning(tried: Tried) -> Iterator[Check]:
    yield Check(
        6, "inputs unchanged", lambda: basis.unchanged(tried.scorer.score, tried.inputs()), "Copy a column before writing."
    )  # fmt: skip
    yield Check(
        6, "unknown stays unknown", lambda: _unknown(tried),
        "Return NaN where what you need is NaN: no np.nan_to_num on what may be unseen.",
    )  # fmt: skip
    yield Check(
        6, "says something", lambda: _something(tried),
        "Return a number at least where both sides wrote often; if it needs what the network lacks, say so in expected.",
    )  # fmt: skip
    yield Check(
        6, "the same again", lambda: _again(tried), "Draw by chance from inputs.rng only; ask no clock and keep no state between calls."
    )  # fmt: skip
    yield Check(
        6, "the same in the worker", lambda: _worker(tried), "Depend on nothing but the inputs: no globals, no files."
    )  # fmt: skip
    if type(tried.scorer).explain is not Scorer.explain:
        yield Check(
            6, "evidence adds up", lambda: _evidence(tried),
            "Let base + Σ parts be the score (identity) or its log odds (logit), to 1e-9.",
        )  # fmt: skip
    if type(tried.scorer).interval is not Scorer.interval:
        yield Check(6, "interval holds the score", lambda: _interval(tried), "Return low ≤ score ≤ high in every row.")
    if type(tried.scorer).fit is not Scorer.fit:
        yield Check(
            6, "fit gives a scorer", lambda: _fit(tried),
            "Return msgspec.structs.replace(self, …), or self where there is too little to learn from.",
        )  # fmt: skip


def _invariance(tried: Tried) -> Iterator[Check]:
    for name, (form, told, mend) in basis.FORMS.items():
        yield Check(7, name, partial(_form, tried, form, told), mend)
    yield Check(
        7, "order of rows", lambda: _order(tried), "Let a row's score follow from the columns, not from its place."
    )  # fmt: skip
    if tried.scorer.rowwise:
        yield Check(
            7, "any part of the rows", lambda: _part(tried),
            "Do not use the greatest, the mean or the rank of a column; or set rowwise = False.",
        )  # fmt: skip


def _needs(tried: Tried) -> None:
    found = plugins()
    try:
        features_for(tried.scorer.needs, [*found.usable(Feature)[0], *tried.features], tried.scorer.name)
    except PluginError as error:
        raise Fault(f"{error.message} {error.hint}") from error
    scores = {need.removeprefix("score.") for need in tried.scorer.needs if need.startswith("score.")}
    if missing := scores - set(found.names("scorer")):
        raise Fault(f"It needs the score {', '.join(sorted(missing))}, which nobody gives.")


def _shape(tried: Tried) -> None:
    inputs = tried.inputs()
    basis.shaped(tried.score(inputs), inputs.rows)
    none = inputs.take(np.array([], dtype=np.intp))
    basis.shaped(tried.score(none), 0, "For no rows it")


def _unknown(tried: Tried) -> None:
    known = int(np.isfinite(tried.score(basis.unknown(tried.inputs()))).sum())
    if known and tried.scorer.needs:
        raise Fault(f"Where every column is unknown it still gives {known} numbers.")


def _something(tried: Tried) -> None:
    if np.isnan(tried.score()).all():
        raise Fault("It is unknown for every connection of a network of seventy people.")


def _again(tried: Tried) -> None:
    inputs = tried.inputs()
    first = tried.score(inputs)
    for given in (inputs, tried.inputs()):
        if tried.score(given).tobytes() != first.tobytes():
            raise Fault("The same inputs give other scores the second time.")


def _worker(tried: Tried) -> None:
    apart = basis.apart(_score, tried.scorer, tried.inputs())
    if apart.tobytes() != tried.score().tobytes():
        raise Fault("In a process of its own it gives other scores.")


def _evidence(tried: Tried) -> None:
    inputs = tried.inputs()
    score = tried.score(inputs)
    rows = np.flatnonzero(np.isfinite(score))
    evidence = basis.quietly(lambda: tried.scorer.explain(inputs, rows))
    if evidence is None:
        return
    for name, part in [("base", evidence.base), *evidence.parts.items()]:
        basis.shaped(part, len(rows), f"The part {name}")
    away = np.abs(evidence.total() - score[rows])
    if not (away <= 1e-9).all():
        raise Fault(f"The parts of its evidence miss the score by up to {np.nanmax(away):g} (NaN counts as missed).")


def _interval(tried: Tried) -> None:
    inputs = tried.inputs()
    score = tried.score(inputs)
    ends = basis.quietly(lambda: tried.scorer.interval(inputs))
    if ends is None:
        return
    low, high = (basis.shaped(end, inputs.rows, "An end of the interval") for end in ends)
    known = np.isfinite(score)
    if not ((low <= score + 1e-12) & (score <= high + 1e-12))[known].all():
        raise Fault("The score is not always inside its interval.")


def _fit(tried: Tried) -> None:
    inputs = tried.inputs()
    truth = np.arange(inputs.rows) % 3 == 0
    fitted = basis.quietly(lambda: tried.scorer.fit(inputs, truth))
    if type(fitted) is not type(tried.scorer):
        raise Fault(f"fit() returned {type(fitted).__name__}, not {type(tried.scorer).__name__}.")
    basis.within(_score(fitted, inputs), "After a fit, scores")
    basis.goes_to_a_worker(fitted)


def _form(tried: Tried, form: Form, told: str) -> None:
    plain, other = network(), network(form)
    ours, theirs = tried.inputs(), tried.inputs(form)
    basis.same_by_name(
        by_tie(plain, ours.a, ours.b, tried.score(ours)),
        by_tie(other, theirs.a, theirs.b, tried.score(theirs)),
        told,
    )


def _order(tried: Tried) -> None:
    inputs = tried.inputs()
    order = np.random.default_rng(1).permutation(inputs.rows)
    basis.same(tried.score(inputs)[order], tried.score(inputs.take(order)), "A row's place changes its score")


def _part(tried: Tried) -> None:
    inputs = tried.inputs()
    for rows in (np.arange(0, inputs.rows, 2), np.arange(inputs.rows // 2)):
        basis.same(tried.score(inputs)[rows], tried.score(inputs.take(rows)), "Other rows change a row's score")


def _speed(tried: Tried, seconds: float) -> None:
    inputs = tiled(tried.inputs(), basis.MILLION)
    basis.in_time(lambda: tried.scorer.score(inputs), seconds)
