"""Sorting of columns: stable, unknown last in either direction, text without regard to case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Column = npt.NDArray[Any] | Sequence[Any]

_COMPARED_BYTES = 32


def sort_keys(values: Column) -> npt.NDArray[Any]:
    """Return numbers that order as the column does, NaN where there is no value.

    Numbers and truths are their own keys.  Texts become dense ranks, equal where the texts are equal
    without regard to case; they are compared by their first 32 bytes.

    Parameters
    ----------
    values
        n numbers or truths as an array, or n texts as an array or a sequence; absent and empty texts are
        no value.

    Returns
    -------
    array[n] of a numeric type; float64 for texts
    """
    if isinstance(values, np.ndarray) and values.dtype.kind in "biuf":
        return values
    texts = values.tolist() if isinstance(values, np.ndarray) else values
    # Eight bytes read as one number sort four times as fast as the texts themselves.
    folded = [text.casefold().encode("utf-8", "surrogatepass") if text else b"" for text in texts]
    heads = np.array(folded, dtype=f"S{_COMPARED_BYTES}").view(">u8").reshape(-1, _COMPARED_BYTES // 8)
    words = np.ascontiguousarray(heads.T, dtype=np.uint64)
    order = np.lexsort(words[::-1])
    ordered = words[:, order]
    ranks = np.zeros(len(folded))
    ranks[order[1:]] = np.cumsum((ordered[:, 1:] != ordered[:, :-1]).any(axis=0))
    ranks[words[0] == 0] = np.nan
    return ranks


def sort_order(values: Column, descending: bool = False) -> npt.NDArray[np.int32]:
    """Return the row numbers that put a column, or its `sort_keys`, in order.

    Rows that compare equal keep their order; rows without a value come last in both directions.

    Returns
    -------
    int32[n]
    """
    keys = pl.DataFrame({"key": pl.Series(sort_keys(values), nan_to_null=True)})
    order = pl.arg_sort_by("key", descending=descending, nulls_last=True, maintain_order=True)
    return keys.select(order).to_series().to_numpy().astype(np.int32)
