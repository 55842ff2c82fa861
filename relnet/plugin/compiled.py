"""Loops over columns: compiled where there are many rows, run as they stand where there are few.

Importing the compiler takes two thirds of a second, which some ten thousand rows make good; once it is there, some
hundred rows do. Machine code is kept on disk, so that a loop is compiled once on a machine and not in every run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, wraps
from threading import Thread
from typing import Final, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")

FEW: Final = 1 << 14
"""Rows below which the compiler is not loaded."""
_FEWER: Final = 1 << 9
"""Rows below which a loop is run as it stands though the compiler is there."""


def compiled(loop: Callable[P, R]) -> Callable[P, R]:
    """Make a loop over NumPy columns fast.

    The loop reads and writes arrays and numbers only, calls nothing but NumPy and `math`, and lets other threads run.
    Whole numbers must not be meant to overflow: they do so silently when compiled only.

    Parameters
    ----------
    loop
        Its first argument is a column: the length of this one decides.
    """

    @wraps(loop)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        many = len(args[0]) >= (_FEWER if "numba" in sys.modules else FEW)  # type: ignore[arg-type]
        return (machine_code(loop) if many else loop)(*args, **kwargs)

    return run


def load_compiler() -> None:
    """Load the compiler beside what else is done, so that the first loop over many rows need not wait for it."""
    Thread(target=lambda: machine_code(_nothing)(np.zeros(1)), daemon=True).start()


def _nothing(column: NDArray[np.float64]) -> int:
    return len(column)


@cache
def machine_code(loop: Callable[P, R]) -> Callable[P, R]:
    """Return a loop as machine code; each is compiled when it is first called with columns of some types."""
    import numba

    try:
        found: Callable[P, R] = numba.njit(cache=True, nogil=True, error_model="numpy")(loop)
    except RuntimeError:  # no folder that can be written to, so that it is compiled again in every run
        found = numba.njit(nogil=True, error_model="numpy")(loop)
    return found
