"""Running one plugin: whatever it does, the run goes on, and what it returns is checked.

Built-in plugins run here, all others in the worker process.
"""

from __future__ import annotations

import contextlib
import io
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.errors import ContractError, PluginError
from relnet.plugin import (
    Block,
    Column,
    Evidence,
    Feature,
    Findings,
    Inputs,
    Labeler,
    LabelResult,
    Periods,
    Plugin,
    Scorer,
    Section,
    by_parts,
)
from relnet.plugin.narrow import Held, Narrow, Room, many
from relnet.plugin.parts import fill_by_parts, spans

_BY_ROW: Final = ("score", "derive", "over")
"""Methods that give a column, of which a plugin may say that it is `rowwise`."""


class Failure(msgspec.Struct):
    """A plugin that was left out, and why."""

    plugin: str
    message: str


class Outcome(msgspec.Struct):
    """What a plugin returned, or how it failed, and how long it took."""

    value: Any
    seconds: float
    failure: Failure | None = None
    printed: str = ""


def score(plugin: Scorer, inputs: Inputs) -> Outcome:
    """Run a scorer: float64[n] in [0, 1] or NaN, or a failure."""
    return run(plugin, "score", inputs)


def label(plugin: Labeler, inputs: Inputs) -> Outcome:
    """Run a labeler: two probabilities per account, or a failure."""
    return run(plugin, "label", inputs)


def explain(plugin: Scorer | Labeler, inputs: Inputs, rows: NDArray[np.intp]) -> Outcome:
    """Ask a plugin for the parts of some rows: `Evidence` or `None`, or a failure."""
    if type(plugin).explain in (Scorer.explain, Labeler.explain):
        return Outcome(None, 0.0)
    return run(plugin, "explain", inputs, rows)


def interval(plugin: Scorer, inputs: Inputs) -> Outcome:
    """Ask a scorer for its 95 % interval: two float64[n] or `None`, or a failure."""
    if type(plugin).interval is Scorer.interval:
        return Outcome(None, 0.0)
    return run(plugin, "interval", inputs)


def fit(plugin: Scorer, inputs: Inputs, outcome: NDArray[np.bool_]) -> tuple[Scorer, Failure | None]:
    """Fit a scorer to what followed; one that fails to stays as it was."""
    if type(plugin).fit is Scorer.fit:
        return plugin, None
    done = run(plugin, "fit", inputs, outcome)
    return (plugin, done.failure) if done.failure else (done.value, None)


def render(plugin: Section, findings: Findings) -> Outcome:
    """Run a section of the report: a list of blocks, or a failure."""
    return run(plugin, "render", findings)


def run(plugin: Plugin, method: str, *arguments: Any) -> Outcome:
    """Call a method of a plugin where plugins of its origin run, and check what it returns."""
    home = type(plugin).home
    if home is None:
        return here(plugin, method, *arguments)
    # The worker is known where there is something for it to do only.
    from relnet.worker import worker

    started = time.perf_counter()
    files = {type(plugin).__module__: home.file} if home.file else {}
    try:
        outcome: Outcome = worker().call(here, plugin, method, *arguments, seconds=home.seconds, files=files)
        return outcome
    except PluginError as error:
        seconds = time.perf_counter() - started
        return Outcome(None, seconds, Failure(plugin.name, f"{type(error).__name__}: {error.message}"))


def here(plugin: Plugin, method: str, *arguments: Any) -> Outcome:
    """Call a method of a plugin in this process, and check what it returns."""
    started, printed = time.perf_counter(), io.StringIO()
    value = failure = None
    # Features run in threads, for which there is one stdout.
    quiet = contextlib.nullcontext() if isinstance(plugin, Feature) else contextlib.redirect_stdout(printed)
    try:
        with quiet, np.errstate(all="ignore"):
            value = _called(plugin, method, *arguments)
            if method in _CHECKED:
                value = _CHECKED[method](value, plugin, *arguments)
    except Exception as error:
        failure = Failure(plugin.name, f"{type(error).__name__}: {error}")
    except SystemExit as error:
        failure = Failure(plugin.name, f"It called exit({error.code}).")
    return Outcome(None if failure else value, time.perf_counter() - started, failure, printed.getvalue())


def _called(plugin: Plugin, method: str, *arguments: Any) -> Any:
    call, given = getattr(plugin, method), arguments[0]
    # An author may have overlooked what `rowwise` says.
    apart = plugin.home is None and method in _BY_ROW and getattr(plugin, "rowwise", False)
    if not apart or not isinstance(given, (Inputs, Periods)):
        return call(*arguments)
    if isinstance(plugin, Scorer) or not many(given.rows):
        return by_parts(call, given)
    room = Room(given.rows)
    fill_by_parts(room, lambda rows: call(given.part(rows.start, rows.stop)), given.rows)
    return room.column()


def checked_score(column: object, rows: int) -> Column:
    """Return a plugin's column if it keeps the contract.

    Raises
    ------
    ContractError
        Its type, length, dtype or range is wrong.
    """
    checked_column(column, rows)
    assert isinstance(column, np.ndarray)
    pieces = (column[low:high] for low, high in spans(rows))
    if any((piece < 0).any() or (piece > 1).any() for piece in pieces):
        raise ContractError("It returned values outside 0 to 1; unknown is NaN.")
    return column


def checked_column(column: object, rows: int) -> Column:
    """Return a plugin's column if it is float64[rows].

    Raises
    ------
    ContractError
        Its type, length or dtype is wrong.
    """
    if not isinstance(column, np.ndarray):
        raise ContractError(f"It returned {type(column).__name__}, not a NumPy array.")
    if column.shape != (rows,):
        raise ContractError(f"It returned shape {column.shape}; one value per row is ({rows},).")
    if column.dtype != np.float64:
        raise ContractError(f"It returned dtype {column.dtype}; it must be float64.")
    return column


def _scored(value: object, plugin: Plugin, inputs: Inputs) -> Column:
    return checked_score(value, inputs.rows)


def _labelled(value: object, plugin: Plugin, inputs: Inputs) -> LabelResult:
    if not isinstance(value, LabelResult):
        raise ContractError(f"label() returned {type(value).__name__}, not LabelResult.")
    checked_score(value.p_fake, inputs.rows)
    checked_score(value.p_inactive, inputs.rows)
    why = value.why
    if not (isinstance(why, np.ndarray) and why.shape == (inputs.rows,) and why.dtype == np.uint8):
        raise ContractError(f"`why` must be uint8[{inputs.rows}]; see why_bit().")
    return value


def _explained(value: object, plugin: Plugin, inputs: Inputs, rows: NDArray[np.intp]) -> Evidence | None:
    if value is None:
        return None
    if not isinstance(value, Evidence):
        raise ContractError(f"explain() returned {type(value).__name__}, not Evidence.")
    for name, column in [("base", value.base), *value.parts.items()]:
        if not isinstance(column, np.ndarray) or column.shape != rows.shape:
            raise ContractError(f"The part {name} of the evidence is no array of {rows.shape}.")
    return value


def _fitted(value: object, plugin: Plugin, *arguments: Any) -> Plugin:
    if type(value) is not type(plugin):
        raise ContractError(f"fit() returned {type(value).__name__}, not a {type(plugin).__name__}.")
    assert isinstance(value, Plugin)
    return value


def _rendered(value: Any, plugin: Plugin, findings: Findings) -> list[Block]:
    blocks = list(value)
    for block in blocks:
        if not isinstance(block, Block):
            raise ContractError(f"render() gave {type(block).__name__}, not Text, Table or Chart.")
    return blocks


def _computed(value: object, plugin: Plugin, given: Any) -> Held:
    if isinstance(value, Narrow):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        value = value.astype(np.float64, copy=False)
    column = checked_column(value, given.rows)
    if any(np.isinf(column[low:high]).any() for low, high in spans(len(column))):
        raise ContractError("It returned infinite values; unknown is NaN.")
    return column


def _expression(value: Any, plugin: Plugin, *arguments: Any) -> Any:
    expected = sys.modules.get("narwhals.stable.v2")
    if expected is None or not isinstance(value, expected.Expr):
        raise ContractError(f"aggregate() returned {type(value).__name__}, not an expression of `nw`.")
    return value


_CHECKED: Final[dict[str, Callable[..., Any]]] = {
    "score": _scored,
    "label": _labelled,
    "explain": _explained,
    "fit": _fitted,
    "render": _rendered,
    "derive": _computed,
    "over": _computed,
    "aggregate": _expression,
}
