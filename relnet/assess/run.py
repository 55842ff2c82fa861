"""From a view and chosen plugins to an assessment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from relnet import __version__, runner
from relnet.assess import assessment as kept
from relnet.assess.assessment import (
    DEFAULT,
    LABELS,
    AccountLabels,
    Assessment,
    Header,
    Thresholds,
)
from relnet.assess.cache import Cache, key_of, stated
from relnet.assess.groups import circles
from relnet.assess.health import summary
from relnet.assess.labeling import COMBINED, labeler_inputs
from relnet.assess.plan import LABELLED, features_for, in_order, runnable
from relnet.assess.results import Results
from relnet.errors import InputError, RelnetError
from relnet.facts.coverage import sentences
from relnet.facts.records import SCHEMA_VERSION
from relnet.network.accounts import AccountTable
from relnet.network.activity import Activity
from relnet.network.columns import Columns, held, make_together
from relnet.network.connections import Connections
from relnet.network.graph import graph_of
from relnet.network.view import NetworkView
from relnet.plugin import Column, Feature, Inputs, Labeler, LabelResult, Plugin, Scorer, why_bit
from relnet.plugin.narrow import Held
from relnet.registry import Registry, kind_of
from relnet.settings import HORIZON_DAYS
from relnet.store.workspace import Workspace

SHOWN: Final = (
    "count_ab", "signals_ab", "follows_ab", "first_contact", "last_contact", "last_act_ab", "active_days",
    "active_weeks", "recent_count", "previous_count",
)  # fmt: skip
"""Features that every view shows, whether a scorer needs them or not."""

Phase = Callable[[str, float], None]
"""Called with (phase, share done); may raise `Cancelled`."""
_COUNTS: Final = ("count_ab", "count_ba")


class Judgements(msgspec.Struct, frozen=True):
    """What the user decided and a run obeys."""

    overrides: dict[int, str] = {}
    persons: tuple[tuple[int, ...], ...] = ()
    me: frozenset[int] = frozenset()


def judgements(workspace: Workspace) -> Judgements:
    """Read the user's judgements; a workspace without a catalog has none."""
    if not workspace.has_judgements:
        return Judgements()
    from relnet.store import judgements as rows

    people = rows.persons(workspace.catalog)
    mine = frozenset(account for person, keys in people if person.is_me for account in keys)
    return Judgements(rows.overrides(workspace.catalog), tuple(tuple(keys) for _, keys in people), mine)


def assess(
    workspace: Workspace,
    registry: Registry,
    *,
    as_of: int | None = None,
    since: int | None = None,
    seed: int = 0,
    scorers: Sequence[str] | None = None,
    horizon_days: float = HORIZON_DAYS,
    refit: bool = False,
    phase: Phase | None = None,
) -> Assessment:
    """Return the assessment of a workspace, read back if the same one was made before.

    Parameters
    ----------
    as_of, since
        Moment of judging and first moment looked at, ms UTC.
    scorers
        Names; by default all.
    horizon_days
        Days ahead that engagement looks.
    refit
        Fit the scorers to what followed in earlier windows of this record first.
    phase
        Told how far the run is.

    Raises
    ------
    InputError
        The workspace is empty.
    PluginError
        A chosen plugin cannot be built.
    """
    say = phase or (lambda name, share: None)
    imports = workspace.imports()
    decided = judgements(workspace)
    features, broken_features = registry.usable(Feature)
    broken: list[RelnetError]
    if scorers is None:
        found, broken_scorers = registry.usable(Scorer)
        chosen, lacking = runnable(found, features)
        broken = [*registry.failures, *broken_scorers, *lacking]
    else:
        chosen, broken = in_order([registry.make(Scorer, name) for name in scorers]), []
    found_labelers, broken_labelers = registry.usable(Labeler)
    labelers = [each for each in found_labelers if each.name == COMBINED]  # the others are asked on demand
    broken += [*broken_labelers, *broken_features]
    run_id = _key(imports, decided, as_of, since, seed, horizon_days, refit, [*features, *chosen, *labelers])
    known = kept.load(workspace.runs / run_id)
    if known is not None:
        return known
    clock = _Clock()
    say("Graph", 0.0)
    view = NetworkView(workspace.log, imports, as_of, since, decided.persons, decided.me, horizon_days)
    clock.lap("Clean")
    unfit: list[runner.Failure] = []
    if refit:
        chosen, unfit = _refitted(chosen, features, view)
    facts = sorted(imports), sorted(map(sorted, decided.persons)), sorted(decided.me), as_of, since, horizon_days
    results = Results(Cache(workspace.cache), __version__, SCHEMA_VERSION, *facts)
    needs = [*SHOWN, *(need for scorer in chosen for need in scorer.needs)]
    connections = results.connections(view, features_for(needs, features, "the run"), needs)
    people = results.accounts(view, connections.activity)
    grouped = results.later(results.communities, view, connections, people)
    clock.lap("Graph")
    say("Label", 0.0)
    labels, failures = _label(labelers, people.copy(), view, decided.overrides)  # facts asked for take much room
    results.labelled(labelers, decided.overrides, failed=bool(failures))
    clock.lap("Label")
    say("Score", 0.0)
    _let_go(connections, chosen, results)
    if any(need in LABELLED for scorer in chosen for need in scorer.needs):
        connections.features.update(results.fakes(connections, people, labels))
    taken: dict[str, float] = {}
    scores, more = _score(chosen, connections, view, seed, taken, results)
    clock.lap("Score")
    circle = circles(connections)
    result = Assessment(
        _header(run_id, view, seed, [*chosen, *labelers], unfit + connections.failures + failures + more, list(map(str, broken)), connections.activity),
        connections, people, scores, labels, circle, grouped.result(),
    )  # fmt: skip
    result.header.summary = summary(result, registry)
    for name, seconds in taken.items():
        result.header.plugins[f"scorer {name}"]["seconds"] = seconds
    clock.lap("Groups")
    result.header.seconds = clock.laps
    results.read_from(result.save(workspace.runs, results.files), connections)
    return result


def _refitted(
    scorers: list[Scorer], features: Sequence[Feature], view: NetworkView
) -> tuple[list[Scorer], list[runner.Failure]]:
    # The backtest is made of this module's parts, so it is known here only when it is wanted.
    from relnet.assess.backtest import refitted
    from relnet.assess.history import prepared

    try:
        with prepared(view) as history:
            return refitted(history, scorers, features, as_of=view.as_of, window_days=view.horizon_days)
    except InputError:  # no dated act, nothing to learn from
        return scorers, []


def view_of(workspace: Workspace, assessment: Assessment) -> NetworkView:
    """Return the view that an assessment was made from, for its evidence."""
    decided = judgements(workspace)
    imports = {name: manifest for name, manifest in workspace.imports().items() if name in assessment.header.imports}
    header = assessment.header
    return NetworkView(
        workspace.log, imports, header.asked_as_of, header.since, decided.persons, decided.me, header.horizon_days
    )


def _score(
    chosen: Sequence[Scorer],
    connections: Connections,
    view: NetworkView,
    seed: int,
    seconds: dict[str, float],
    results: Results,
) -> tuple[Columns, list[runner.Failure]]:
    scores = Columns()
    failures = []
    for done, scorer in enumerate(chosen, 1):
        known = results.score(scorer, seed)
        if known is not None:
            scores.add(known)
            continue
        outcome = runner.score(scorer, scorer_inputs(scorer, connections, scores, view.as_of, view.me, seed))
        seconds[scorer.name] = outcome.seconds
        if outcome.failure:
            failures.append(outcome.failure)
            scores[scorer.name] = np.full(len(connections), np.nan)
        else:
            assert isinstance(outcome.value, np.ndarray)
            scores[scorer.name] = outcome.value
            results.keep_score(scorer, outcome.value)
        _let_go(connections, chosen[done:], results)
    return scores, failures


def _let_go(connections: Connections, waiting: Iterable[Scorer], results: Results) -> None:
    """Let go the features that no scorer needs any more."""
    needed = {*_COUNTS, *(need for scorer in waiting for need in scorer.needs)}
    results.let_go(connections, connections.features.keys() - needed)


def scorer_inputs(
    scorer: Scorer,
    connections: Connections,
    scores: Mapping[str, Column],
    as_of: int,
    me: frozenset[int],
    seed: int = 0,
) -> Inputs:
    """Return the columns a scorer asked for; what labels say is unknown where nobody was labelled."""
    columns: dict[str, Held] = {}
    make_together(connections.features, (need for need in scorer.needs if need in connections.features))
    for need in scorer.needs:
        if need.startswith("score."):
            columns[need] = scores[need.removeprefix("score.")]
        elif need in LABELLED and need not in connections.features:
            columns[need] = np.full(len(connections), np.nan)
        else:
            columns[need] = held(connections.features, need)
    counts = Columns()
    counts.hold({name: held(connections.features, name) for name in _COUNTS})
    graph = partial(graph_of, Connections(connections.a, connections.b, counts))
    return Inputs(columns, connections.a, connections.b, as_of, me, seed, graph)


def _label(
    labelers: Iterable[Labeler], people: AccountTable, view: NetworkView, overrides: Mapping[int, str]
) -> tuple[AccountLabels, list[runner.Failure]]:
    n = len(people.account)
    combined = LabelResult(np.full(n, np.nan), np.full(n, np.nan), np.full(n, why_bit("failed")))
    failures = []
    for labeler in labelers:
        outcome = runner.label(labeler, labeler_inputs(labeler, people, view.as_of, view.me))
        if outcome.failure:
            failures.append(outcome.failure)
        elif labeler.name == COMBINED:
            assert isinstance(outcome.value, LabelResult)
            combined = outcome.value
    codes = decide(combined)
    overridden = np.zeros(n, dtype=np.bool_)
    for account, word in overrides.items():
        row = people.row(view.identity.get(account, account))
        if row is not None:
            codes[row], overridden[row] = LABELS.index(word), True
    return AccountLabels(codes, combined.p_fake, combined.p_inactive, combined.why, overridden), failures


def decide(result: LabelResult, thresholds: Thresholds = DEFAULT) -> Any:
    """Return int8[n] label codes: fake where that is likelier than not, else inactive by its dates, else good.

    Good needs both to be known and p_fake to be below what was expected before looking; the rest is unknown.
    """
    codes = np.full(len(result.p_fake), LABELS.index("unknown"), dtype=np.int8)
    codes[(result.p_fake < thresholds.good_below) & (result.p_inactive < thresholds.inactive_from)] = LABELS.index(
        "good"
    )
    codes[(result.p_inactive >= thresholds.inactive_from)] = LABELS.index("inactive")
    codes[result.p_fake >= thresholds.fake_from] = LABELS.index("fake")
    return codes


def _header(
    run_id: str,
    view: NetworkView,
    seed: int,
    plugins: Iterable[Plugin],
    failures: list[runner.Failure],
    warnings: list[str],
    activity: Activity,
) -> Header:
    manifests = view.imports.values()
    return Header(
        run_id=run_id,
        as_of=view.as_of,
        asked_as_of=view.as_of if view.seen_by == view.as_of else None,
        since=view.since,
        seed=seed,
        horizon_days=view.horizon_days,
        imports=list(view.imports),
        sources=[manifest.source for manifest in manifests],
        paths=[Path(manifest.path).name for manifest in manifests],
        me=sorted(view.me),
        plugins={
            f"{kind_of(plugin)} {plugin.name}": {
                "version": plugin.version, "parameters": msgspec.to_builtins(plugin)
            }
            for plugin in plugins
        },
        failures=failures,
        warnings=warnings + [f"{failure.plugin} failed and is left out: {failure.message}" for failure in failures],
        seconds={},
        coverage=sentences(coverage for coverage, _ in view.coverage),
        skipped={
            reason: count for manifest in manifests for reason, (count, _) in manifest.skips.items()
        },
        interactions=activity.interactions,
        first_at=activity.first,
        last_at=activity.last,
        summary={},
    )  # fmt: skip


def _key(
    imports: Iterable[str],
    decided: Judgements,
    as_of: int | None,
    since: int | None,
    seed: int,
    horizon_days: float,
    refit: bool,
    plugins: Iterable[Plugin],
) -> str:
    return key_of(
        __version__, SCHEMA_VERSION, sorted(imports), sorted(decided.overrides.items()),
        sorted(map(sorted, decided.persons)), sorted(decided.me), as_of, since, seed, horizon_days, refit,
        [stated(plugin) for plugin in plugins],
    )  # fmt: skip


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name], self._last = now - self._last, now
