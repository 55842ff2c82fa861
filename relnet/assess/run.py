"""From a view and chosen plugins to an assessment."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from relnet import __version__, runner
from relnet.assess import assessment as kept
from relnet.assess.assessment import LABELS, AccountLabels, Assessment, Header
from relnet.assess.groups import circles, communities
from relnet.assess.health import summary
from relnet.assess.plan import features_for, in_order
from relnet.facts.records import SCHEMA_VERSION
from relnet.network.connections import Connections, connect_pairs
from relnet.network.graph import graph_of
from relnet.network.view import AccountTable, NetworkView, accounts
from relnet.plugin import Column, Feature, Inputs, Labeler, LabelResult, Plugin, Scorer, why_bit
from relnet.registry import Registry
from relnet.store.workspace import Workspace

COMBINED: Final = "relnet"
"""Name of the labeler whose answer becomes the label."""
FAKE_FROM: Final = 0.5
INACTIVE_FROM: Final = 0.5
SHOWN: Final = (
    "count_ab", "signals_ab", "first_contact", "last_contact", "last_act_ab", "active_days", "active_weeks",
)  # fmt: skip
"""Features that every view shows, whether a scorer needs them or not."""

Phase = Callable[[str, float], None]
"""Called with (phase, share done); may raise `Cancelled`."""


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
    phase: Phase | None = None,
) -> Assessment:
    """Return the assessment of a workspace, read back if the same one was made before.

    Parameters
    ----------
    as_of, since
        Moment of judging and first moment looked at, ms UTC.
    scorers
        Names; by default all.
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
    chosen = in_order([registry.make(Scorer, name) for name in scorers or registry.names("scorer")])
    labelers = registry.all(Labeler)
    features = registry.all(Feature)
    run_id = _key(imports, decided, as_of, since, seed, [*features, *chosen, *labelers])
    known = kept.load(workspace.runs / run_id)
    if known is not None:
        return known
    clock = _Clock()
    say("Graph", 0.0)
    view = NetworkView(workspace.log, imports, as_of, since, decided.persons, decided.me)
    clock.lap("Clean")
    plan = features_for([*SHOWN, *(need for scorer in chosen for need in scorer.needs)], features, "the run")
    connections = connect_pairs(view, plan)
    people = accounts(view)
    clock.lap("Graph")
    say("Score", 0.0)
    scores, failures = _score(chosen, connections, view, seed)
    clock.lap("Score")
    say("Label", 0.0)
    labels, more = _label(labelers, people, view, decided.overrides)
    clock.lap("Label")
    circle = circles(connections)
    result = Assessment(
        _header(run_id, view, seed, [*chosen, *labelers], failures + more),
        connections, people, scores, labels, circle, communities(view, connections, people),
    )  # fmt: skip
    result.header.summary = summary(result, view)
    clock.lap("Groups")
    result.header.seconds = clock.laps
    result.save(workspace.runs)
    return result


def _score(
    chosen: Iterable[Scorer], connections: Connections, view: NetworkView, seed: int
) -> tuple[dict[str, Column], list[runner.Failure]]:
    scores: dict[str, Column] = {}
    failures = []
    for scorer in chosen:
        outcome = runner.score(scorer, scorer_inputs(scorer, connections, scores, view.as_of, view.me, seed))
        if outcome.failure:
            failures.append(outcome.failure)
            scores[scorer.name] = np.full(len(connections), np.nan)
        else:
            assert isinstance(outcome.value, np.ndarray)
            scores[scorer.name] = outcome.value
    return scores, failures


def scorer_inputs(
    scorer: Scorer,
    connections: Connections,
    scores: Mapping[str, Column],
    as_of: int,
    me: frozenset[int],
    seed: int = 0,
) -> Inputs:
    """Return the columns a scorer asked for."""
    columns = {}
    for need in scorer.needs:
        made = scores[need.removeprefix("score.")] if need.startswith("score.") else connections.features[need]
        columns[need] = made.view()
    return Inputs(columns, connections.a, connections.b, as_of, me, seed, lambda: graph_of(connections))


def labeler_inputs(labeler: Labeler, people: AccountTable, as_of: int, me: frozenset[int] = frozenset()) -> Inputs:
    """Return the account columns a labeler asked for; texts are given as they are."""
    numbers: dict[str, Column] = {}
    texts: dict[str, list[str | None]] = {}
    for need in labeler.needs:
        column = people.columns[need]
        if column.dtype == object:
            texts[need] = column.tolist()
        else:
            numbers[need] = column.astype(np.float64)
    return Inputs(numbers, people.account, people.account[:0], as_of, me, texts=texts)


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


def decide(result: LabelResult) -> Any:
    """Return int8[n] label codes: unknown before fake before inactive before good.

    An account whose p_fake is unknown may still be inactive by its dates; good needs both to be known.
    """
    codes = np.full(len(result.p_fake), LABELS.index("unknown"), dtype=np.int8)
    codes[(result.p_fake < FAKE_FROM) & (result.p_inactive < INACTIVE_FROM)] = LABELS.index("good")
    codes[(result.p_inactive >= INACTIVE_FROM)] = LABELS.index("inactive")
    codes[result.p_fake >= FAKE_FROM] = LABELS.index("fake")
    return codes


def _header(
    run_id: str, view: NetworkView, seed: int, plugins: Iterable[Plugin], failures: list[runner.Failure]
) -> Header:
    row = view.connection.execute('SELECT count(*), min("at"), max("at") FROM acts').fetchone()
    assert row is not None
    manifests = view.imports.values()
    return Header(
        run_id=run_id,
        as_of=view.as_of,
        since=view.since,
        seed=seed,
        imports=list(view.imports),
        sources=[manifest.source for manifest in manifests],
        paths=[Path(manifest.path).name for manifest in manifests],
        me=sorted(view.me),
        plugins={
            f"{type(plugin).__mro__[1].__name__.lower()} {plugin.name}": {
                "version": plugin.version, "parameters": msgspec.to_builtins(plugin)
            }
            for plugin in plugins
        },
        failures=failures,
        warnings=[f"{failure.plugin} failed and is left out: {failure.message}" for failure in failures],
        seconds={},
        coverage=[coverage.sentence() for coverage, _ in view.coverage],
        skipped={
            reason: count for manifest in manifests for reason, (count, _) in manifest.skips.items()
        },
        interactions=int(row[0]),
        first_at=row[1],
        last_at=row[2],
        summary={},
    )  # fmt: skip


def _key(
    imports: Iterable[str],
    decided: Judgements,
    as_of: int | None,
    since: int | None,
    seed: int,
    plugins: Iterable[Plugin],
) -> str:
    stated = [[type(plugin).__name__, plugin.name, plugin.version, msgspec.to_builtins(plugin)] for plugin in plugins]
    identity: list[Any] = [
        __version__, SCHEMA_VERSION, sorted(imports), sorted(decided.overrides.items()),
        sorted(map(sorted, decided.persons)), sorted(decided.me), as_of, since, seed, stated,
    ]  # fmt: skip
    return hashlib.blake2b(msgspec.json.encode(identity, order="sorted"), digest_size=12).hexdigest()


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name], self._last = now - self._last, now
