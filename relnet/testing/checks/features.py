"""Checks of features: what they compute is compared column by column, so those that come along cost no further pass."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np

from relnet.network.connections import Connections, columns_of
from relnet.network.periods import periods_of
from relnet.plugin import Column, Feature, Inputs, Periods
from relnet.plugin.kinds import METHODS
from relnet.testing.checks import basis
from relnet.testing.checks.basis import Check, Fault, Given
from relnet.testing.networks import Form, Network, builtin_features, by_tie, network, tiled

SECONDS: Final = 60.0


def checks(feature: Feature, given: Given) -> Iterator[Check]:
    """Yield the checks of a feature."""
    yield from basis.base(feature)
    yield Check(
        1, "fits its table", lambda: _table(feature), "Set `table` and define the method that belongs to it."
    )  # fmt: skip
    yield Check(
        2, "answers", lambda: _answers(feature),
        "Run it through relnet.testing.network().with_features([feature]); an expression uses what `log` offers only.",
    )  # fmt: skip
    yield Check(3, "finite", lambda: _finite(feature), "Unknown is NaN; guard divisions and logarithms.")
    yield Check(4, "says something", lambda: _something(feature), "Return a number where the two were in touch.")
    if feature.table == "columns":
        yield Check(
            5, "inputs unchanged", lambda: basis.unchanged(feature.derive, _inputs(feature)),
            "Copy a column before writing.",
        )  # fmt: skip
        yield Check(
            5, "unknown stays unknown", lambda: _unknown(feature),
            "Return NaN where what you need is NaN: no np.nan_to_num on what may be unseen.",
        )  # fmt: skip
    yield Check(5, "the same again", lambda: _again(feature), "Draw by chance from inputs.rng only; keep no state.")
    for name, (form, told, mend) in basis.FORMS.items():
        yield Check(6, name, partial(_form, feature, form, told), mend)
    if feature.rowwise and feature.table in ("columns", "periods"):
        yield Check(
            7, "any part of the rows", lambda: _part(feature),
            "Use nothing of other connections, such as structure(), the mean or the rank; or set rowwise = False.",
        )  # fmt: skip
    if feature.table == "columns":
        yield Check(7, "speed", lambda: _speed(feature), "Work on whole columns instead of looping over rows.")


def _table(feature: Feature) -> None:
    method = METHODS.get(feature.table)
    if method is None:
        raise Fault(f"There is no table {feature.table!r}; there are {', '.join(METHODS)}.")
    if getattr(type(feature), method) is getattr(Feature, method):
        raise Fault(f"A feature of the table {feature.table} defines {method}(), which is missing.")
    if feature.level != "pair":
        raise Fault("Features of accounts are not offered; compute one for each end of a connection.")
    if not feature.unit:
        raise Fault("It has no unit, so that nobody can read its values.")
    if feature.table == "columns" and not feature.needs:
        raise Fault("It is derived from columns but names none in `needs`.")


def _connections(feature: Feature, form: Form = "plain") -> Connections:
    there = network(form)
    own = next((each for each in builtin_features() if each == feature), None)
    made = there.connections if own is not None else there.with_features([feature])
    failed = [each.message for each in made.failures if each.plugin == feature.name]
    if failed:
        raise Fault(failed[0])
    return made


def _columns(feature: Feature, form: Form = "plain") -> dict[str, Column]:
    made = _connections(feature, form)
    return {name: made.features[name] for name in columns_of(feature)}


def _inputs(feature: Feature) -> Inputs:
    there = network().connections
    columns = {need: there.features[need].copy() for need in feature.needs}
    around = Inputs(columns, there.a.copy(), there.b.copy(), network().as_of, network().view.me)
    with_structure = tiled(around, around.rows)
    return Inputs(columns, around.a, around.b, around.as_of, around.me, structure=with_structure.structure)


def _answers(feature: Feature) -> None:
    if feature.table == "columns":
        basis.answers(feature, "derive", _inputs(feature))
        basis.shaped(basis.quietly(lambda: feature.derive(_inputs(feature))), _inputs(feature).rows)
    for name, column in _columns(feature).items():
        basis.shaped(column, len(network().connections), name)
        basis.typed(column, name)


def _finite(feature: Feature) -> None:
    for name, column in _columns(feature).items():
        if np.isinf(column).any():
            raise Fault(f"{name} holds infinite values.")


def _something(feature: Feature) -> None:
    if all(np.isnan(column).all() for column in _columns(feature).values()):
        raise Fault("It is unknown for every connection of a network of seventy people.")


def _unknown(feature: Feature) -> None:
    inputs = _inputs(feature)
    columns = {name: np.full(inputs.rows, np.nan) for name in inputs}
    nothing = Inputs(columns, inputs.a, inputs.b, inputs.as_of, inputs.me, structure=inputs.structure)
    known = int(np.isfinite(basis.quietly(lambda: feature.derive(nothing))).sum())
    if known:
        raise Fault(f"Where every column is unknown it still gives {known} numbers.")


def _again(feature: Feature) -> None:
    if feature.table != "columns":
        return
    first, second = (basis.quietly(lambda: feature.derive(_inputs(feature))) for _ in range(2))
    if first.tobytes() != second.tobytes():
        raise Fault("The same inputs give other values the second time.")


def _form(feature: Feature, form: Form, told: str) -> None:
    plain, other = _connections(feature), _connections(feature, form)
    ours, theirs = network(), network(form)
    for name in columns_of(feature):
        if not feature.directed:
            found = [by_tie(w, c.a, c.b, c.features[name]) for w, c in ((ours, plain), (theirs, other))]
        else:
            found = [_both_ways(w, c, feature.name) for w, c in ((ours, plain), (theirs, other))]
        basis.same_by_name(found[0], found[1], f"{name}: {told[0].lower()}{told[1:]}")


def _both_ways(there: Network, made: Connections, name: str) -> dict[tuple[str, ...], float]:
    forth = by_tie(there, made.a, made.b, made.features[f"{name}_ab"], directed=True)
    back = by_tie(there, made.b, made.a, made.features[f"{name}_ba"], directed=True)
    return forth | back


def _part(feature: Feature) -> None:
    there = network()
    given: Inputs | Periods = _inputs(feature)
    if feature.table == "periods":
        given = periods_of(there.view, there.connections.a, there.connections.b)
    compute, middle = getattr(feature, METHODS[feature.table]), given.rows // 2
    parts = [given.part(low, high) for low, high in ((0, middle), (middle, given.rows))]
    halves = basis.quietly(lambda: [compute(part) for part in parts])
    basis.same(basis.quietly(lambda: compute(given)), np.concatenate(halves), "Other rows change a row's value")


def _speed(feature: Feature) -> None:
    inputs = tiled(_inputs(feature), basis.MILLION)
    basis.in_time(lambda: feature.derive(inputs), SECONDS)
