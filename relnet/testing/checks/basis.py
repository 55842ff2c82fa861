"""What the checks of several kinds share: how a check is stated, and how a plugin is called and compared."""

from __future__ import annotations

import contextlib
import inspect
import io
import pickle
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.errors import ContractError, PluginError, PluginTimeout
from relnet.network.connections import Connections
from relnet.network.graph import graph_of
from relnet.plugin import Feature, Inputs, Plugin
from relnet.testing.networks import Form
from relnet.worker import worker

SECONDS: Final = 20.0
"""A call on the small network may take as long; a plugin that hangs takes for ever."""
MILLION: Final = 1_000_000


class Fault(Exception):
    """What is wrong with a plugin, in words for its author."""


class Given(msgspec.Struct, frozen=True):
    """What an author hands to the kit beside the plugin: samples of a source's format, features not installed."""

    samples: tuple[Path, ...] = ()
    beside: tuple[Feature, ...] = ()


class Check(msgspec.Struct, frozen=True):
    """One check of one plugin. A failure hides the checks of higher tiers, since one fault would show as five."""

    tier: int
    name: str
    run: Callable[[], None]
    mend: str
    since: str = "0.1"


def declared(plugin: Plugin) -> None:
    """Raise if the plugin does not say what it is."""
    kind = type(plugin)
    if not plugin.name or not isinstance(plugin.name, str) or not plugin.name.replace("_", "").isalnum():
        raise Fault(f"Its name {plugin.name!r} is no name of small letters, digits and underscores.")
    if not plugin.name.islower() or not plugin.name.isascii():
        raise Fault(f"Its name {plugin.name!r} is not in small ASCII letters.")
    if not isinstance(plugin.version, str) or plugin.version in ("", "0"):
        raise Fault(f"Its version is {plugin.version!r}: results of different arithmetic could not be told apart.")
    if not (kind.__doc__ or "").strip() or kind.__doc__ == kind.__mro__[1].__doc__:
        raise Fault("It has no docstring, which is what users read of it.")
    needs = getattr(plugin, "needs", ())
    if not isinstance(needs, tuple) or not all(isinstance(need, str) for need in needs):
        raise Fault(f"`needs` is {needs!r}, not a tuple of names.")
    try:
        again = msgspec.convert(msgspec.json.decode(msgspec.json.encode(plugin)), kind)
    except (msgspec.ValidationError, TypeError) as error:
        raise Fault(f"Its parameters cannot be set from a file: {error}.") from error
    if again != plugin:
        raise Fault("Its parameters are not the same after being written to a file and read back.")


def goes_to_a_worker(plugin: Plugin) -> None:
    """Raise if the plugin cannot be pickled."""
    try:
        same = pickle.loads(pickle.dumps(plugin)) == plugin
    except Exception as error:
        raise Fault(f"It cannot be pickled: {error}.") from error
    if not same:
        raise Fault("It is another after pickling.")


def answers(plugin: Plugin, method: str, *arguments: Any) -> None:
    """Raise if a call fails, hangs, ends its process or prints; it runs in the worker process."""
    try:
        error, printed = apart(_called, plugin, method, *arguments)
    except PluginTimeout as late:
        raise Fault(f"It did not answer within {SECONDS:g} s for a network of seventy people.") from late
    except (ContractError, PluginError) as fault:
        raise Fault(fault.message) from fault
    if "read-only" in error or "WRITEABLE" in error:
        raise Fault(f"It writes into its inputs, which other plugins read, too ({error}).")
    if error:
        raise Fault(f"It raised {error}.")
    if printed:
        raise Fault(f"It prints: {printed[:80]!r}.")


def _called(plugin: Plugin, method: str, *arguments: Any) -> tuple[str, str]:
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), np.errstate(all="ignore"):
            value = getattr(plugin, method)(*arguments)
            if inspect.isgenerator(value):
                list(value)
    except Exception as error:
        return f"{type(error).__name__}: {error}", printed.getvalue()
    except SystemExit as error:
        return f"exit({error.code})", printed.getvalue()
    return "", printed.getvalue()


def apart(function: Callable[..., Any], plugin: Plugin, *arguments: Any) -> Any:
    """Return what a function of this kit returns for a plugin in the worker process."""
    home = type(plugin).home
    files = {type(plugin).__module__: home.file} if home and home.file else {}
    return worker().call(function, plugin, *arguments, seconds=SECONDS, files=files)


def quietly(function: Callable[[], Any]) -> Any:
    """Return what a call returns, without NumPy's warnings."""
    with np.errstate(all="ignore"):
        return function()


def shaped(value: object, rows: int, what: str = "It") -> NDArray[Any]:
    """Return a value if it is an array of one number a row."""
    if not isinstance(value, np.ndarray):
        raise Fault(f"{what} returned {type(value).__name__}, not a NumPy array.")
    if value.shape != (rows,):
        raise Fault(f"{what} returned shape {value.shape}; one value for each of {rows} rows is ({rows},).")
    return value


def typed(value: NDArray[Any], what: str = "It") -> None:
    """Raise if an array is not float64."""
    if value.dtype != np.float64:
        raise Fault(f"{what} returned dtype {value.dtype}; float64 is asked for.")


def within(value: NDArray[Any], what: str = "Scores") -> None:
    """Raise if a known value is outside 0 to 1."""
    outside = value[~np.isnan(value) & ~((value >= 0) & (value <= 1))]
    if len(outside):
        raise Fault(f"{what} lie outside 0 to 1: {outside[0]:g} and {len(outside) - 1} more.")


def fingerprint(inputs: Inputs) -> list[bytes]:
    """Return the bytes of everything a plugin was given."""
    return [inputs.a.tobytes(), inputs.b.tobytes(), *(inputs[name].tobytes() for name in inputs)]


def unchanged(call: Callable[[Inputs], Any], inputs: Inputs) -> None:
    """Raise if a call changes its inputs."""
    before = fingerprint(inputs)
    quietly(lambda: call(inputs))
    if fingerprint(inputs) != before:
        raise Fault("It changes its inputs, which other plugins read, too.")


def unknown(inputs: Inputs) -> Inputs:
    """Return the same rows of which nothing is known; their graph has no edge."""
    nothing = {name: np.full(inputs.rows, np.nan) for name in ("count_ab", "count_ba")}
    graph = partial(graph_of, Connections(inputs.a, inputs.b, nothing)) if len(inputs.b) else None
    columns = {name: np.full(inputs.rows, np.nan) for name in inputs}
    texts: dict[str, list[str | None]] = {name: [None] * inputs.rows for name in inputs.texts}
    return Inputs(columns, inputs.a, inputs.b, inputs.as_of, inputs.me, texts=texts, graph=graph)


def same(one: NDArray[Any], other: NDArray[Any], told: str) -> None:
    """Raise, in the words given, if two columns differ beyond rounding."""
    close = np.isclose(one, other, rtol=1e-7, atol=1e-9, equal_nan=True)
    if not close.all():
        i = int(np.flatnonzero(~close)[0])
        raise Fault(f"{told}: {one[i]:g} became {other[i]:g} ({int((~close).sum())} of {len(one)} rows).")


def same_by_name(one: Mapping[Any, float], other: Mapping[Any, float], told: str) -> None:
    """Raise, in the words given, if two forms of the network do not give the same."""
    if one.keys() != other.keys():
        raise Fault(f"{told}: {len(one.keys() ^ other.keys())} rows are there in one of them only.")
    names = sorted(one)
    same(np.array([one[name] for name in names]), np.array([other[name] for name in names]), told)


def in_time(call: Callable[[], Any], seconds: float) -> None:
    """Raise if a call takes more processor time than it may."""
    started = time.process_time()
    quietly(call)
    taken = time.process_time() - started
    if taken > seconds:
        raise Fault(f"A million rows took {taken:.1f} s of processor time; {seconds:g} s are allowed.")


FORMS: Final[dict[str, tuple[Form, str, str]]] = {
    "relabelling": (
        "relabelled",
        "It depends on account ids",
        "Compute from the columns only: ids and the order of a and b mean nothing.",
    ),
    "order of records": (
        "shuffled",
        "It depends on the order of the records",
        "Sort by time, or sum what has no order.",
    ),
    "time shift": (
        "shifted",
        "The same a year later is judged differently",
        "Count time back from inputs.as_of; never ask the clock and name no date.",
    ),
    "no look into the future": (
        "later",
        "What happened after the moment of judging changes it",
        "Read nothing but the columns given: they end at inputs.as_of.",
    ),
}
"""Forms of the network that must not matter, by check: form, what is wrong, how to mend it."""


def base(plugin: Plugin, tier: int = 1) -> Iterator[Check]:
    """Yield the checks of every kind."""
    yield Check(
        tier, "declares what it is", lambda: declared(plugin),
        'Give it name, version ("1"), a docstring, and parameters of plain types.',
    )  # fmt: skip
    yield Check(
        tier, "goes to a worker", lambda: goes_to_a_worker(plugin),
        "Define the class at the top level of a module that can be imported; keep plain values in its parameters.",
    )  # fmt: skip
