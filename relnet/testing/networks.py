"""Small simulated networks, written to a file, read by the importer and turned into columns by the real features.

Each exists in several forms of the same truth: what a plugin says must not depend on which one it is shown.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Final, Literal

import numpy as np

from relnet import runner
from relnet.assess.assessment import Assessment
from relnet.assess.labeling import COMBINED, labeler_inputs
from relnet.assess.plan import GIVEN, LABELLED, features_for
from relnet.assess.run import assess, scorer_inputs, view_of
from relnet.ingest.importer import load
from relnet.network.accounts import AccountTable, accounts, table_of, with_activity
from relnet.network.connections import Connections, columns_of, connect_pairs
from relnet.network.graph import graph_of
from relnet.network.pairs import met
from relnet.network.structure import structure_of
from relnet.network.view import NetworkView
from relnet.plugin import Column, Feature, Findings, Inputs, Keys, Labeler, Scorer
from relnet.registry import BUILT_IN, Registry, find
from relnet.store.workspace import Workspace
from relnet.testing.simulated import AS_OF, SHIFT, Simulated, records, written

Form = Literal["plain", "relabelled", "shuffled", "shifted", "later"]
FORMS: Final[tuple[Form, ...]] = ("plain", "relabelled", "shuffled", "shifted", "later")
"""As it is; other account ids; rows in another order; a year of 52 weeks later; with what happened afterwards."""


class Network:
    """One form of the simulated network, judged at the same moment of its life."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self._folder = tempfile.TemporaryDirectory(prefix="relnet-kit-")
        path = Path(self._folder.name) / "facts.jsonl"
        path.write_bytes(written(records(form)))
        self.workspace = Workspace(Path(self._folder.name) / "workspace")
        source = Simulated(form=form)
        load([path], self.workspace, [source], named=source)
        self.as_of = AS_OF + (SHIFT if form == "shifted" else 0)
        self.view = NetworkView(self.workspace.log, self.workspace.imports(), self.as_of)
        activity = connect_pairs(self.view, ()).activity
        self.people: AccountTable = table_of(with_activity(accounts(self.view), activity))
        self._further: dict[tuple[tuple[type[Feature], str], ...], Connections] = {}

    @cached_property
    def connections(self) -> Connections:
        """All connections with all columns that built-in features make, and what labels say of both ends."""
        features = builtin_features()
        needs = [*GIVEN, *(name for feature in features for name in columns_of(feature))]
        made = connect_pairs(self.view, features_for(needs, features), needs)
        labeler = plugins().make(Labeler, COMBINED)
        p_fake = runner.label(labeler, self.accounts_for(labeler)).value.p_fake
        for name, keys in zip(LABELLED, (made.a, made.b), strict=True):
            made.features[name] = p_fake[self.people.rows(keys)]
        return made

    def with_features(self, features: Iterable[Feature]) -> Connections:
        """Return the connections with the columns of further features."""
        extra = [each for each in features if each.name not in {other.name for other in builtin_features()}]
        if not extra:
            return self.connections
        key = tuple((type(each), repr(each)) for each in extra)
        if key not in self._further:
            needs = [name for feature in extra for name in columns_of(feature)]
            more = connect_pairs(self.view, features_for(needs, [*builtin_features(), *extra]), needs)
            columns = {**self.connections.features, **more.features}
            self._further[key] = Connections(more.a, more.b, columns, more.failures)
        return self._further[key]

    def inputs(self, scorer: Scorer, features: Iterable[Feature] = ()) -> Inputs:
        """Return what a scorer asks for, copied so that nothing it does can last."""
        there = self.with_features(features)
        scores: dict[str, Column] = {}
        for need in scorer.needs:
            if need.startswith("score."):
                other = plugins().make(Scorer, need.removeprefix("score."))
                scores[other.name] = runner.score(other, self.inputs(other)).value
        known = {name: column.copy() for name, column in there.features.items()}
        copied = Connections(there.a.copy(), there.b.copy(), known)
        return scorer_inputs(scorer, copied, scores, self.as_of, self.view.me)

    def accounts_for(self, labeler: Labeler) -> Inputs:
        """Return what a labeler asks for."""
        return labeler_inputs(labeler, self.people, self.as_of, self.view.me)

    @cached_property
    def names(self) -> dict[int, str]:
        """Handles by account key: the same in all forms."""
        handles = self.people.columns["handle"]
        return {int(key): str(handle) for key, handle in zip(self.people.account, handles, strict=True)}

    def ties(self, a: Keys, b: Keys) -> list[tuple[str, str]]:
        """Return the handles of the two ends of each connection."""
        return [(self.names[int(one)], self.names[int(other)]) for one, other in zip(a, b, strict=True)]


@cache
def network(form: Form = "plain") -> Network:
    """Return a form of the network, built once in a process."""
    return Network(form)


@cache
def plugins() -> Registry:
    """Return the installed plugins."""
    return find()


@cache
def builtin_features() -> tuple[Feature, ...]:
    """Return the features that come along."""
    found = plugins()
    return tuple(
        found.make(Feature, name) for name in found.names("feature") if found.entry("feature", name).origin == BUILT_IN
    )


@cache
def assessment() -> Assessment:
    """Return the assessment of the plain form."""
    names = [each for each in plugins().names("scorer") if plugins().entry("scorer", each).origin == BUILT_IN]
    return assess(network().workspace, plugins(), as_of=AS_OF, scorers=names)


@cache
def findings(redact: bool = False) -> Findings:
    """Return what a section of the report reads of the plain form."""
    from relnet.report.findings import findings as found

    return found(assessment(), view_of(network().workspace, assessment()), plugins(), redact=redact)


def tiled(inputs: Inputs, rows: int) -> Inputs:
    """Return the same rows again and again, with accounts of their own each time; graph and structure follow."""
    times = -(-rows // max(inputs.rows, 1))
    columns = {name: np.tile(inputs[name], times)[:rows] for name in inputs}
    texts = {name: (list(values) * times)[:rows] for name, values in inputs.texts.items()}
    step = np.repeat(np.arange(times, dtype=np.int64), inputs.rows)[:rows]
    keys, place = np.unique(np.concatenate([inputs.a, inputs.b]), return_inverse=True)
    numbers = np.where(np.isin(keys, np.array(sorted(inputs.me), dtype=np.int64)), 0, 1 + np.arange(len(keys)))
    wide = np.tile(numbers[place[: inputs.rows]], times)[:rows]
    a = wide + (len(keys) + 1) * step
    me = frozenset({0} if inputs.me else ())
    if not len(inputs.b):
        return Inputs(columns, a, a[:0], inputs.as_of, me, texts=texts)
    b = np.tile(numbers[place[inputs.rows :]], times)[:rows] + (len(keys) + 1) * step
    a, b = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((b, a))
    columns = {name: column[order] for name, column in columns.items()}
    a, b = a[order], b[order]
    ones = {name: columns.get(name, np.ones(rows)) for name in ("count_ab", "count_ba")}
    return Inputs(
        columns, a, b, inputs.as_of, me, texts=texts, graph=partial(graph_of, Connections(a, b, ones)),
        structure=lambda: structure_of(met(a, b)[1], np.ones(rows, dtype=np.bool_)),
    )  # fmt: skip


def by_tie(form: Network, a: Keys, b: Keys, column: Column, *, directed: bool = False) -> dict[tuple[str, ...], float]:
    """Return a column of connections by the handles of the two ends; in their order only where it is `directed`."""
    ends = form.ties(a, b)
    keys = ends if directed else [tuple(sorted(pair)) for pair in ends]
    return dict(zip(keys, column.tolist(), strict=True))
