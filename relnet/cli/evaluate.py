"""Verbs that judge the judges: how scores and labels did where the truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import typer

from relnet.cli.evaluate_ties import ties
from relnet.cli.output import emit, emit_json, table, terminal_width
from relnet.cli.session import session
from relnet.errors import SettingsError
from relnet.text import count, counted

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def evaluate() -> None:
    """Judge scores and labels where the truth is known."""


app.command("ties")(ties)


@app.command("labels")
def labels(
    context: typer.Context,
    paths: list[Path] = typer.Argument(help="CSV of accounts with a column `label`: fake, good or human, bot."),
    train: list[Path] = typer.Option([], "--train", help="Fit on these accounts first; default: as shipped."),
    cv: int = typer.Option(None, "--cv", min=2, help="Fit and judge within the file, in so many folds."),
) -> None:
    """Judge the labelers on accounts of known truth, published rules beside our own; several files as one."""
    from relnet.assess.label_test import judge
    from relnet.assess.labelled import read
    from relnet.plugin import Labeler

    if train and cv is not None:
        raise SettingsError("Fitting on another file and within the file exclude each other.", "Give one.", "--cv")
    run = session(context)
    labelers, broken = run.registry.usable(Labeler)
    test = judge(read(*paths), labelers, train=read(*train) if train else None, folds=cv, seed=run.given["seed"])
    warnings = [str(each) for each in broken]
    warnings += [f"{failure.plugin} failed and is left out: {failure.message}" for failure in test.failures]
    if run.json:
        emit_json("evaluate labels", {"files": [path.name for path in paths], **_plain(test)}, warnings)
    else:
        emit("\n".join(_lines(test, warnings)), ascii=run.settings.ascii)


def _plain(test: Any) -> dict[str, Any]:
    return {name: getattr(test, name) for name in test.__struct_fields__ if name != "failures"}


def _lines(test: Any, warnings: list[str]) -> list[str]:
    left_out = f"; {counted(test.left_out, 'bot')} left out" if test.left_out else ""
    rows, second, few = [], [], []
    for each in test.labelers:
        name = each.name + ("" if each.fitted == "no" else f" ({each.fitted})")
        rows.append([
            name, _figure(each.mcc), _figure(each.f1), _figure(each.auc), _percent(each.recall),
            _percent(each.false_positive_rate), _range(each.false_positive_range), _percent(each.unknown_share),
        ])  # fmt: skip
        rest = each.without_unknown
        second.append([
            name, _figure(rest.mcc), _figure(rest.f1), _percent(rest.recall), _percent(rest.false_positive_rate),
            _figure(each.calibration_error),
        ])  # fmt: skip
        few.append([
            name, _percent(each.few_posts.value), _range(each.few_posts), count(each.few_posts.n),
            _percent(each.inactive_share.value),
        ])  # fmt: skip
    width = terminal_width()
    return [
        f"{count(test.fake)} fake and {count(test.genuine)} genuine accounts{left_out}",
        *(f"Warning: {warning}" for warning in warnings),
        "", "Unknown counts as not fake; FP: genuine accounts called fake.",
        table(("labeler", "MCC", "F1", "AUC", "recall", "FP", "95%", "unknown"), rows, range(1, 8), width),
        "", "Unknown left out. Calibration error at 10% fakes.",
        table(("labeler", "MCC", "F1", "recall", "FP", "calibr."), second, range(1, 6), width),
        "", "Genuine accounts with fewer than 50 posts called fake; share inactive of those it judges.",
        table(("labeler", "FP", "95%", "accounts", "inactive"), few, range(1, 5), width),
    ]  # fmt: skip


def _figure(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.4f}".lstrip("0") if 0 <= value < 1 else f"{value:.4f}"


def _percent(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2%}"


def _range(figure: Any) -> str:
    return "–" if np.isnan(figure.low) else f"{figure.low:.1%}–{figure.high:.1%}"
