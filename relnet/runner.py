"""Running one plugin: whatever it does, the run goes on, and what it returns is checked."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.errors import ContractError
from relnet.plugin import Column, Inputs, Labeler, LabelResult, Plugin, Scorer

T = TypeVar("T")


class Failure(msgspec.Struct):
    """A plugin that was left out, and why."""

    plugin: str
    message: str


class Outcome(msgspec.Struct):
    """What a plugin returned, or how it failed, and how long it took."""

    value: Column | LabelResult | None
    seconds: float
    failure: Failure | None = None
    printed: str = ""


def score(plugin: Scorer, inputs: Inputs) -> Outcome:
    """Run a scorer: float64[n] in [0, 1] or NaN, or a failure."""
    return _guarded(plugin, lambda: checked_score(plugin.score(inputs), inputs.rows))


def label(plugin: Labeler, inputs: Inputs) -> Outcome:
    """Run a labeler: two probabilities per account, or a failure."""

    def run() -> LabelResult:
        result = plugin.label(inputs)
        if not isinstance(result, LabelResult):
            raise ContractError(f"label() returned {type(result).__name__}, not LabelResult.")
        checked_score(result.p_fake, inputs.rows)
        checked_score(result.p_inactive, inputs.rows)
        return result

    return _guarded(plugin, run)


def fit(plugin: Scorer, inputs: Inputs, outcome: NDArray[np.bool_]) -> tuple[Scorer, Failure | None]:
    """Fit a scorer to what followed; one that fails to stays as it was."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), np.errstate(all="ignore"):
            return plugin.fit(inputs, outcome), None
    except Exception as error:
        return plugin, Failure(plugin.name, f"{type(error).__name__}: {error}")


def checked_score(column: object, rows: int) -> Column:
    """Return a plugin's column if it keeps the contract.

    Raises
    ------
    ContractError
        Its type, length, dtype or range is wrong.
    """
    if not isinstance(column, np.ndarray):
        raise ContractError(f"It returned {type(column).__name__}, not a NumPy array.")
    if column.shape != (rows,):
        raise ContractError(f"It returned shape {column.shape}; one value per row is ({rows},).")
    if column.dtype != np.float64:
        raise ContractError(f"It returned dtype {column.dtype}; it must be float64.")
    if np.isinf(column).any() or (column < 0).any() or (column > 1).any():
        raise ContractError("It returned values outside 0 to 1; unknown is NaN.")
    return column


def _guarded(plugin: Plugin, work: Callable[[], Column | LabelResult]) -> Outcome:
    started, printed = time.perf_counter(), io.StringIO()
    value: Column | LabelResult | None = None
    failure = None
    try:
        with contextlib.redirect_stdout(printed), np.errstate(all="ignore"):
            value = work()
    except Exception as error:
        failure = Failure(plugin.name, f"{type(error).__name__}: {error}")
    return Outcome(value, time.perf_counter() - started, failure, printed.getvalue())
