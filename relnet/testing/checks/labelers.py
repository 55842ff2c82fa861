"""Checks of labelers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np

from relnet.network.accounts import NUMBERS, TEXTS
from relnet.plugin import Inputs, Labeler, LabelResult
from relnet.testing.checks import basis
from relnet.testing.checks.basis import Check, Fault, Given
from relnet.testing.networks import Form, network, tiled

SECONDS: Final = 20.0
_PARTS: Final = ("p_fake", "p_inactive")


def checks(labeler: Labeler, given: Given) -> Iterator[Check]:
    """Yield the checks of a labeler."""
    yield from basis.base(labeler)
    yield Check(1, "needs what there is", lambda: _needs(labeler), "Name columns of accounts; see the reference.")
    yield Check(
        2, "answers", lambda: basis.answers(labeler, "label", _inputs(labeler)),
        "Run label() on relnet.testing.network().accounts_for(labeler) and look; print nothing, write into nothing.",
    )  # fmt: skip
    yield Check(
        3, "shape", lambda: _shape(labeler), "Return LabelResult(p_fake, p_inactive, why), one value an account."
    )  # fmt: skip
    yield Check(4, "dtype", lambda: _dtype(labeler), "Probabilities are float64, `why` is uint8 made of why_bit().")
    yield Check(5, "range", lambda: _range(labeler), "Probabilities lie in 0 … 1; unknown is NaN.")
    yield Check(
        6, "inputs unchanged", lambda: basis.unchanged(labeler.label, _inputs(labeler)), "Copy before writing."
    )  # fmt: skip
    yield Check(
        6, "unknown stays unknown", lambda: _unknown(labeler), "An account of which nothing is known gets NaN, and why."
    )  # fmt: skip
    yield Check(6, "says something", lambda: _something(labeler), "Return a number where the profile is known.")
    yield Check(6, "the same again", lambda: _again(labeler), "Keep no state between calls.")
    if type(labeler).explain is not Labeler.explain:
        yield Check(
            6, "evidence adds up", lambda: _evidence(labeler), "Let base + Σ parts be p_fake or its log odds, to 1e-9."
        )  # fmt: skip
    for name, (form, told, mend) in basis.FORMS.items():
        yield Check(7, name, partial(_form, labeler, form, told), mend)
    yield Check(7, "any part of the rows", lambda: _part(labeler), "Judge each account by its own columns.")
    yield Check(8, "speed", lambda: _speed(labeler), "Work on whole columns instead of looping over accounts.")


def _needs(labeler: Labeler) -> None:
    if missing := set(labeler.needs) - set(TEXTS) - set(NUMBERS):
        known = ", ".join([*TEXTS, *NUMBERS])
        raise Fault(f"It needs {', '.join(sorted(missing))}; accounts have {known}.")


def _inputs(labeler: Labeler) -> Inputs:
    given = network().accounts_for(labeler)
    columns = {name: given[name].copy() for name in given}
    return Inputs(columns, given.a.copy(), given.b.copy(), given.as_of, given.me, texts=given.texts)


def _label(labeler: Labeler, inputs: Inputs | None = None) -> LabelResult:
    given = _inputs(labeler) if inputs is None else inputs
    found = basis.quietly(lambda: labeler.label(given))
    if not isinstance(found, LabelResult):
        raise Fault(f"label() returned {type(found).__name__}, not LabelResult.")
    return found


def _shape(labeler: Labeler) -> None:
    rows = _inputs(labeler).rows
    found = _label(labeler)
    for part in (*_PARTS, "why"):
        basis.shaped(getattr(found, part), rows, f"{part}:")


def _dtype(labeler: Labeler) -> None:
    found = _label(labeler)
    for part in _PARTS:
        basis.typed(getattr(found, part), f"{part}:")
    if found.why.dtype != np.uint8:
        raise Fault(f"why: it returned dtype {found.why.dtype}; uint8 is asked for.")


def _range(labeler: Labeler) -> None:
    found = _label(labeler)
    for part in _PARTS:
        basis.within(getattr(found, part), f"Values of {part}")


def _unknown(labeler: Labeler) -> None:
    found = _label(labeler, basis.unknown(_inputs(labeler)))
    for part in _PARTS:
        if np.isfinite(getattr(found, part)).any():
            raise Fault(f"For accounts of which nothing is known it gives numbers as {part}.")


def _something(labeler: Labeler) -> None:
    found = _label(labeler)
    if np.isnan(found.p_fake).all() and np.isnan(found.p_inactive).all():
        raise Fault("It is unknown for every account of the network.")


def _again(labeler: Labeler) -> None:
    first, second = _label(labeler), _label(labeler)
    if any(getattr(first, part).tobytes() != getattr(second, part).tobytes() for part in _PARTS):
        raise Fault("The same inputs give other labels the second time.")


def _evidence(labeler: Labeler) -> None:
    inputs = _inputs(labeler)
    p_fake = _label(labeler, inputs).p_fake
    rows = np.flatnonzero(np.isfinite(p_fake))
    evidence = basis.quietly(lambda: labeler.explain(inputs, rows))
    if evidence is not None and len(rows) and not np.allclose(evidence.total(), p_fake[rows], rtol=0, atol=1e-9):
        away = float(np.nanmax(np.abs(evidence.total() - p_fake[rows])))
        raise Fault(f"The parts of its evidence miss p_fake by up to {away:g}.")


def _form(labeler: Labeler, form: Form, told: str) -> None:
    ours, theirs = network(), network(form)
    one, other = _label(labeler, ours.accounts_for(labeler)), _label(labeler, theirs.accounts_for(labeler))
    for part in _PARTS:
        found = [
            dict(
                zip([there.names[int(key)] for key in there.people.account], getattr(made, part).tolist(), strict=True)
            )
            for there, made in ((ours, one), (theirs, other))
        ]
        basis.same_by_name(found[0], found[1], f"{part}: {told[0].lower()}{told[1:]}")


def _part(labeler: Labeler) -> None:
    inputs = _inputs(labeler)
    rows = np.arange(0, inputs.rows, 2)
    whole, half = _label(labeler, inputs), _label(labeler, inputs.take(rows))
    for part in _PARTS:
        basis.same(getattr(whole, part)[rows], getattr(half, part), f"{part}: other accounts change it")


def _speed(labeler: Labeler) -> None:
    inputs = tiled(_inputs(labeler), basis.MILLION)
    basis.in_time(lambda: labeler.label(inputs), SECONDS)
