"""Computing a column some rows at a time, so that all it takes stays in the processor's cache, on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import Final, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

PART: Final = 1 << 16
"""Rows of a part."""


class Parted(Protocol):
    """Rows that can be looked at some at a time."""

    @property
    def rows(self) -> int:
        """Number of rows."""
        ...

    def part(self, low: int, high: int) -> Self:
        """Return some consecutive rows."""
        ...


class Filled(Protocol):
    """A column that is filled some rows at a time."""

    def __setitem__(self, rows: slice, values: NDArray[np.float64], /) -> None:
        """Fill some rows."""
        ...


P = TypeVar("P", bound=Parted)
T = TypeVar("T")


def spans(rows: int) -> Iterator[tuple[int, int]]:
    """Yield where the parts of so many rows begin and end; without rows there is one, which is empty."""
    return ((low, min(low + PART, rows)) for low in range(0, max(rows, 1), PART))


def by_parts(compute: Callable[[P], NDArray[np.float64]], given: P) -> NDArray[np.float64]:
    """Return the column that `compute` gives, in which each row follows from the same row of what is given.

    Parameters
    ----------
    compute
        Called with parts of `given`, in several threads.
    given
        `Inputs`, `Periods`, or whatever has `rows` and `part(low, high)`.
    """
    if given.rows <= PART:
        return compute(given)
    column = np.empty(given.rows)
    fill_by_parts(column, lambda rows: compute(given.part(rows.start, rows.stop)), given.rows)
    return column


def fill_by_parts(column: Filled, values: Callable[[slice], NDArray[np.float64]], rows: int) -> None:
    """Fill a column with the values of each part, in several threads."""

    def fill(low: int, high: int) -> None:
        column[low:high] = values(slice(low, high))

    each_part(fill, rows)


def each_part(compute: Callable[[int, int], T], rows: int) -> list[T]:
    """Return what `compute` gives for each part, in their order.

    Parameters
    ----------
    compute
        Called with where a part begins and ends, in several threads.
    rows
        Number of rows of all parts.
    """
    if rows <= PART:
        return [compute(0, rows)]
    # What NumPy does about invalid values is a matter of the context.
    running = [_threads().submit(copy_context().run, compute, low, high) for low, high in spans(rows)]
    return [each.result() for each in running]


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count())
