"""Loops over columns: compiled where there are many rows, run as they stand where there are few."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

import numpy as np

from relnet.plugin.machine_code import machine_code, ready

P = ParamSpec("P")
R = TypeVar("R")

_FEW: Final = 1 << 14
"""Rows below which a loop is run as it stands: to compile it, once on a machine, takes half a second."""
_FEWER: Final = 1 << 9
"""The same once loops were compiled."""


def compiled(loop: Callable[P, R]) -> Callable[P, R]:
    """Make a loop over NumPy columns fast.

    The loop reads and writes arrays and numbers only, makes no arrays, calls nothing but NumPy and `math`, and returns
    nothing or a number, as its annotation says. Other threads run meanwhile. Whole numbers must not be meant to
    overflow: they do so silently when compiled only. Elements are read and written one by one: as it stands, a loop
    gets memory views.

    Parameters
    ----------
    loop
        Its first argument is a column: the length of this one decides.
    """
    fast = machine_code(loop)

    @wraps(loop)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        many = len(args[0]) >= (_FEWER if ready() else _FEW)  # type: ignore[arg-type]
        return fast(*args, **kwargs) if many else loop(*map(_plain, args), **kwargs)

    return run


def _plain(arg: Any) -> Any:
    """Return an array as what gives Python's own numbers: reading and writing them one by one is far faster."""
    return arg.data if isinstance(arg, np.ndarray) else arg
