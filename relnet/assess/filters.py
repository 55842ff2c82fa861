"""The filter language of screens and command line: words and conditions, all of which must hold.

========================  ===========================================================================
``ana``, ``"de la"``      handle or name contains the text; ``@ana``: handle begins with it
``label:fake``            text is; ``handle: name: note:`` contain; ``tag: list:`` have it among theirs
``engagement<.2``         number below (also ``<= > >= =``); ``20%`` is ``.2``
``last>1y``               time passed, in ``h d w mo y``, without a unit in days
``circle:15``             number is, to the digits written: ``engagement:.9`` goes from .85 to .95
``engagement:unknown``    value is not known; ``engagement:known`` the opposite
``bot:yes``, ``bot:no``   truth
``-label:good``           the rest, but never rows where a compared number is unknown
========================  ===========================================================================

A comparison with an unknown number is neither true nor false, so it selects no row, negated or not.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from relnet.assess.ordering import Column
from relnet.errors import SettingsError
from relnet.text import LABEL_MARKS, UNKNOWN

Mask = npt.NDArray[np.bool_]

TIMES = frozenset({"last", "first"})
"""Columns of days before the as-of date; only these take a unit of time."""

_SEARCHED = frozenset({"handle", "name", "note"})
_SEVERAL = frozenset({"tag", "list"})
"""Columns of collections of words."""
_DAYS = {"h": 1 / 24, "d": 1.0, "w": 7.0, "mo": 365.25 / 12, "y": 365.25}
_EQUAL = (":", "=")
_COMPARE: dict[str, Callable[[Any, float], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TERM = re.compile(r'(-?)(?:([A-Za-z_][\w.]*)(<=|>=|[<>=:]))?("[^"]*"?|\S*)')
_NUMBER = re.compile(r"(-?(?:\d+\.?\d*|\.\d+))(%|h|d|w|mo|y)?")


class FilterError(SettingsError):
    """A filter that cannot be understood, or that names a column there is not."""


@dataclass(frozen=True)
class Condition:
    """One term of a filter: ``field`` is empty for a bare word."""

    field: str
    compare: str
    value: str
    negated: bool = False


class Searchable(dict[str, Column]):
    """Columns of n rows by name, which keep what searching in them takes.

    Numbers and truths are arrays, texts arrays or sequences of texts, ``tag`` and ``list`` sequences of
    collections of texts.  Bare words read ``handle``, which must be there, and ``name``, which may.
    """

    @cached_property
    def folded(self) -> Callable[[str], list[str]]:
        """Case-folded texts of a column, or under the empty name handle and name, a line each."""
        return cache(self._fold)

    def _fold(self, field: str) -> list[str]:
        if field:
            return [text.casefold() if text else "" for text in _values(self[field])]
        handles = _values(self["handle"])
        names = _values(self["name"]) if "name" in self else [""] * len(handles)
        return [f"{handle}\n{name or ''}".casefold() for handle, name in zip(handles, names, strict=True)]


@dataclass(frozen=True)
class Filter:
    """Conditions that all must hold; without any, every row passes."""

    conditions: tuple[Condition, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.conditions)

    def mask(self, columns: Mapping[str, Column]) -> Mask:
        """Return the rows for which every condition holds.

        Parameters
        ----------
        columns
            As `Searchable` says; who filters the same columns again should pass one.

        Returns
        -------
        bool[n]

        Raises
        ------
        FilterError
            A condition names a missing column, or compares a text with a number.
        """
        rows = len(next(iter(columns.values()), ()))
        searchable = columns if isinstance(columns, Searchable) else Searchable(columns)
        kept = np.ones(rows, dtype=bool)
        for condition in self.conditions:
            kept &= _holds(condition, searchable)
        return kept


def parse(text: str) -> Filter:
    """Read a filter.

    Raises
    ------
    FilterError
        A condition has no value, a quotation is open, a label is not one, or a number is not one.

    Examples
    --------
    >>> [c.field for c in parse("ana label:fake last>1y").conditions]
    ['', 'label', 'last']
    """
    conditions = []
    for found in _TERM.finditer(text):
        if found[0]:
            conditions.append(_condition(found))
    return Filter(tuple(conditions))


def _condition(found: re.Match[str]) -> Condition:
    minus, field, compare, value = found.groups()
    if value.startswith('"'):
        if len(value) < 2 or not value.endswith('"'):
            raise FilterError(f"The quotation {value} is not closed.", 'Add the closing ".')
        value = value[1:-1]
    condition = Condition((field or "").casefold(), compare or "", value.casefold(), bool(minus))
    if not value:
        example = f"{field}{compare}" if field else minus or '"'
        raise FilterError(f"“{found[0]}” has no value.", f"Write one after {example}.")
    if condition.field == "label" and condition.value not in LABEL_MARKS:
        raise FilterError(f"“{value}” is not a label.", f"Labels are {', '.join(LABEL_MARKS)}.")
    if condition.compare in _COMPARE:
        _number(condition)
    return condition


def _number(condition: Condition) -> tuple[float, float]:
    """Value of a condition and half of its last digit; shares become fractions, times days."""
    found = _NUMBER.fullmatch(condition.value)
    if found is None:
        raise FilterError(
            f"“{condition.value}” is not a number.", f"For example {condition.field}{condition.compare}3."
        )
    digits, unit = found.groups()
    if unit in _DAYS and condition.field not in TIMES:
        raise FilterError(
            f"“{condition.field}” is not a time, so “{condition.value}” says nothing.",
            f"Units of time go with {' and '.join(sorted(TIMES))}.",
        )
    scale = 0.01 if unit == "%" else _DAYS.get(unit, 1.0)
    return float(digits) * scale, 0.5 * 10.0 ** -len(digits.partition(".")[2]) * scale


def _holds(condition: Condition, columns: Searchable) -> Mask:
    if not condition.field:
        found = _word(condition.value, columns.folded(""))
    elif condition.field not in columns:
        near = get_close_matches(condition.field, columns, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(sorted(columns))}."
        raise FilterError(f"There is no column “{condition.field}”.", f"{hint} Text in quotes is searched for.")
    else:
        column = columns[condition.field]
        kind = column.dtype.kind if isinstance(column, np.ndarray) else "O"
        if kind in "iuf":
            return _number_holds(condition, np.asarray(column))
        if kind == "b":
            found = _truth(condition, np.asarray(column))
        elif condition.field in _SEVERAL:
            found = _tagged(condition, column)
        else:
            found = _text(condition, columns.folded(condition.field))
    return ~found if condition.negated else found


def _number_holds(condition: Condition, column: npt.NDArray[Any]) -> Mask:
    known: Mask = ~np.isnan(column)
    if condition.compare in _EQUAL and condition.value in ("known", UNKNOWN):
        wants_known = (condition.value == "known") != condition.negated
        return known if wants_known else ~known
    number, half_digit = _number(condition)
    found: Mask
    if condition.compare in _EQUAL:
        found = (column >= number - half_digit) & (column < number + half_digit)
    else:
        found = _COMPARE[condition.compare](column, number)
    return known & (~found if condition.negated else found)


def _truth(condition: Condition, column: Mask) -> Mask:
    if condition.compare not in _EQUAL or condition.value not in ("yes", "no"):
        raise FilterError(f"“{condition.field}” is either yes or no.", f"Write {condition.field}:yes.")
    return column if condition.value == "yes" else np.logical_not(column)


def _tagged(condition: Condition, column: Column) -> Mask:
    _check_equality(condition)
    return _bools([any(tag.casefold() == condition.value for tag in tags or ()) for tags in column])


def _text(condition: Condition, texts: list[str]) -> Mask:
    _check_equality(condition)
    if condition.field in _SEARCHED and condition.compare == ":":
        return _contains(condition.value, texts)
    wanted = (condition.value, "") if condition.value == UNKNOWN else (condition.value,)
    return _bools([text in wanted for text in texts])


def _check_equality(condition: Condition) -> None:
    if condition.compare not in _EQUAL:
        raise FilterError(
            f"“{condition.field}” is a text and has no order.", f"Write {condition.field}:{condition.value}."
        )


def _word(value: str, texts: list[str]) -> Mask:
    if value.startswith("@") and len(value) > 1:
        return _bools([text.startswith(value[1:]) for text in texts])
    return _contains(value, texts)


def _contains(value: str, texts: list[str]) -> Mask:
    return _bools([value in text for text in texts])


def _values(column: Column) -> Sequence[Any]:
    # A list: iterating over an array makes one object after another, twice as slow.
    return column.tolist() if isinstance(column, np.ndarray) else column


def _bools(values: list[bool]) -> Mask:
    return np.array(values, dtype=bool)
