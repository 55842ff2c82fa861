"""Do scores find the ties that live on? On a file of interactions, or on a workspace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import typer

from relnet.cli.data import import_paths, read_options
from relnet.cli.output import emit, emit_json, table, terminal_width
from relnet.cli.session import Session, session
from relnet.errors import SettingsError
from relnet.facts.records import KIND_CLASSES
from relnet.text import counted, share

if TYPE_CHECKING:
    from relnet.assess.backtest import Backtest, Measured
    from relnet.network.view import NetworkView

DAYS: Final = {"": 1.0, "d": 1.0, "h": 1 / 24, "w": 7.0, "m": 30.4375, "y": 365.25}
_FIGURES: Final = ("auc", "average_precision", "brier", "ece")
_BAR: Final = 40


def ties(
    context: typer.Context,
    path: Path = typer.Argument(None, help="CSV of interactions, or another table; default: the workspace."),
    cut: list[float] = typer.Option([0.6], "--cut", min=0, max=1, help="Share of acts before the cut; may repeat."),
    window: str = typer.Option("90d", "--window", help="What follows the cut, as 60d, 8w or 12h."),
    target: str = typer.Option("mutual", "--target", help="mutual: both sides act again; any: one does."),
    defaults: bool = typer.Option(False, "--defaults", help="As shipped: nothing is refitted on earlier windows."),
    plugin: list[str] = typer.Option(
        [], "--plugin", help="A scorer to judge alone, beside the built-in ones and added to engagement; may repeat."
    ),
    epoch: str = typer.Option(None, "--epoch", help="Start of relative times: ISO moment or 'relative'."),
    tz: str = typer.Option(None, "--tz", help="Zone of times that carry none, as Europe/Berlin."),
    columns: list[str] = typer.Option([], "--columns", help="Column map of a table: source=from,target=to."),
    kinds: list[str] = typer.Option([], "--kinds", help="Class of a kind: repost=signal takes it out."),
) -> None:
    """Cut a history and see which scores find the ties that live on, baselines beside ours.

    Of a file every kind counts as an act, and nothing in it is missing.
    """
    from relnet.assess.backtest import backtest
    from relnet.assess.history import prepared
    from relnet.plugin import Feature, Scorer

    if target not in ("mutual", "any"):
        raise SettingsError(f"There is no target {target!r}.", "It is mutual or any.", "--target")
    run, length = session(context), days(window)
    options = read_options([], tz, epoch, columns, kinds, complete=True)
    options = msgspec.structs.replace(options, kinds=dict.fromkeys(_signals(), "act") | options.kinds)
    beside = _built_in(run) if plugin else []
    scorers = [run.registry.make(Scorer, name) for name in dict.fromkeys(["engagement", *beside, *plugin])]
    features, broken = run.registry.usable(Feature)
    tests = []
    with _view(run, path, options) as view, prepared(view) as history:
        for share_before in cut:
            as_of = history.quantile(share_before)
            test = backtest(
                history, scorers, features, as_of=as_of, window_days=length, target=target,  # type: ignore[arg-type]
                refit=not defaults, seed=run.given["seed"], add=[name for name in plugin if name != "engagement"],
            )  # fmt: skip
            tests.append((share_before, test))
    warnings = [str(each) for each in broken] + _warnings(tests, asked=bool({*plugin} - {"engagement"}))
    if run.json:
        named = {"file": None if path is None else path.name, "target": target, "window_days": length}
        emit_json("evaluate ties", {**named, **_plain(tests)}, warnings)
        return
    lines = [line for share_before, test in tests for line in _lines(share_before, test)]
    emit("\n".join([*(f"Warning: {warning}" for warning in warnings), *lines]), ascii=run.settings.ascii)


def days(text: str) -> float:
    """Return a length of time in days.

    Raises
    ------
    SettingsError
        It is none, or is not above zero.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([dhwmy]?)", text.strip().lower())
    if not found or float(found[1]) <= 0:
        raise SettingsError(f"{text!r} is no length of time.", "Write it as 60d, 8w or 12h.", "--window")
    return float(found[1]) * DAYS[found[2]]


def _built_in(run: Session) -> list[str]:
    """Return the built-in scorers that a history without labels can say anything about."""
    from relnet.assess.plan import LABELLED
    from relnet.plugin import Scorer
    from relnet.registry import BUILT_IN

    names = [entry.name for entry in run.registry if entry.kind == "scorer" and entry.origin == BUILT_IN]
    return [name for name in names if not set(LABELLED) & set(run.registry.make(Scorer, name).needs)]


def _signals() -> list[str]:
    return [kind for kind, word in KIND_CLASSES.items() if word == "signal"]


@contextmanager
def _view(run: Session, path: Path | None, options: Any) -> Iterator[NetworkView]:
    from relnet.assess.run import judgements
    from relnet.network.view import NetworkView
    from relnet.store.workspace import Workspace

    if path is None:
        workspace = run.workspace()
        decided = judgements(workspace)
        yield NetworkView(workspace.log, workspace.imports(), run.as_of, run.since, decided.persons, decided.me)
        return
    with TemporaryDirectory(prefix="relnet-") as folder:
        workspace = Workspace(Path(folder) / "workspace")
        import_paths(run, workspace, [path], options, None)
        yield NetworkView(workspace.log, workspace.imports(), run.as_of, run.since)


def _warnings(tests: list[tuple[float, Backtest]], *, asked: bool) -> list[str]:
    found = []
    for cut, test in tests:
        if not test.whole_window:
            found.append(f"After the cut at {cut:g} the record ends before the window does.")
        if asked and not test.added:
            found.append(f"Before the cut at {cut:g} too few ties lived on to learn what a score adds to engagement.")
        found += [f"{failure.plugin} failed: {failure.message}" for failure in test.failures]
    return list(dict.fromkeys(found))


def _plain(tests: list[tuple[float, Backtest]]) -> dict[str, Any]:
    cuts = [
        {
            "cut": cut, "as_of": test.as_of, "pairs": test.pairs, "positives": test.positives,
            "whole_window": test.whole_window, "fitted": {each.name: each for each in test.fitted},
            "added": test.added,
        }
        for cut, test in tests
    ]  # fmt: skip
    return {"cuts": cuts, "scorers": [_figures(cut, each) for cut, test in tests for each in test.scorers]}


def _figures(cut: float, scorer: Measured) -> dict[str, Any]:
    figures = {name: getattr(scorer, name) for name in _FIGURES}
    return {
        "name": scorer.name,
        "cut": cut,
        **{name: figure.value for name, figure in figures.items()},
        "interval": {
            name: None if np.isnan(figure.value) else [figure.low, figure.high] for name, figure in figures.items()
        },
        "skill": scorer.skill,
        "read_as": scorer.read_as,
        "seen_before": scorer.seen_before,
        "new": scorer.new,
        "unknown": scorer.unknown,
        "calibration": scorer.calibration,
    }


def _lines(cut: float, test: Backtest) -> list[str]:
    rate = test.positives / test.pairs
    rows = [
        (
            each.name, _figure(each.auc.value), _figure(each.average_precision.value), _range(each.average_precision),
            _figure(each.brier.value, 4), _figure(each.skill), _figure(each.ece.value),
            _figure(each.seen_before["average_precision"]), _figure(each.new["average_precision"]),
        )
        for each in test.scorers
    ]  # fmt: skip
    head = ("score", "AUC", "AP", "95%", "Brier", "skill", "ECE", "AP, old", "AP, new")
    what = "both sides act" if test.target == "mutual" else "one side acts"
    return [
        f"Cut at {cut:g}, {test.window_days:g} days: {counted(test.pairs, 'pair')}; in {share(rate)} of them {what} again.",
        table(head, rows, range(1, len(head)), terminal_width()),
        "AP, old and new: pairs in touch before the last window, and first in touch in it.",
        *_added(test),
        "",
        *_picture(next(each for each in test.scorers if each.name == "engagement")),
    ]


def _added(test: Backtest) -> list[str]:
    """Say what each score adds to engagement as shipped."""
    rows = [
        (
            each.name, _figure(each.average_precision), _gain(each.gained_precision), _figure(each.auc),
            _gain(each.gained_auc), share(each.unknown),
        )
        for each in test.added
    ]  # fmt: skip
    head = ("added to engagement", "AP", "gain (95%)", "AUC", "gain (95%)", "unknown")
    return ["", table(head, rows, range(1, len(head)), terminal_width())] if rows else []


def _gain(figure: Any) -> str:
    return "–" if np.isnan(figure.low) else f"{figure.value:+.3f} ({figure.low:+.3f} to {figure.high:+.3f})"


def _picture(scorer: Measured) -> list[str]:
    """Draw how often what was given a chance came true, a line for each tenth of the pairs."""
    if scorer.read_as == "rank":
        return ["engagement did no better here than one chance for all pairs: read it as a rank, not as a chance.", ""]
    most = max((max(p, f) for p, f, _ in scorer.calibration), default=0.0) or 1.0
    lines = ["engagement by tenths of the pairs: said and came true"]
    for said, true, _ in scorer.calibration:
        bar = "█" * round(true / most * _BAR)
        lines.append(f"  {said:6.1%}  {true:6.1%}  {bar}")
    return [*lines, ""]


def _figure(value: float, digits: int = 3) -> str:
    return "–" if np.isnan(value) else f"{value:.{digits}f}".replace("0.", ".", 1)


def _range(figure: Any) -> str:
    return "–" if np.isnan(figure.low) else f"{_figure(figure.low)}–{_figure(figure.high)}"
