"""Ids, handles and times of X, as Polars expressions."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

EPOCH: Final = 1_288_834_974_657
"""Milliseconds at which X's time-ordered ids begin."""

STATUS: Final = re.compile(
    r"^https?://(?:mobile\.|www\.)?(?:twitter|x)\.com/([A-Za-z0-9_]{1,20}(?:/web)?)/status(?:es)?/"
    r"([1-9][0-9]*)((?:[/?#].*)?)$"
)
"""A link to a post: handle, id, and what follows."""

AUTHORLESS: Final = ("i", "i/web")
"""What stands in the handle's place in links that do not name the author."""

_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS: Final = np.full(1 << 16, -1, dtype=np.int64)
_MONTHS[[ord(name[1]) * 256 + ord(name[2]) for name in _NAMES]] = np.arange(12)
_MONTH_STARTS: Final = np.arange("2000-01", "2100-01", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)
_LENGTH: Final = 30
_ROWS: Final = 8192
_NO_TIME: Final = np.iinfo(np.int64).min
_FIXED: Final = [3, 7, 10, 13, 16, 19, 20, 21, 22, 23, 24, 25, 26, 27]
_MARKS: Final = np.frombuffer(b"   :: +0000 20", dtype=np.uint8)
_DIGITS: Final = [8, 9, 11, 12, 14, 15, 17, 18, 28, 29]
_WEIGHTS: Final = np.array(
    [[10, 1, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 36000, 3600, 600, 60, 10, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 10, 1]],
    dtype=np.float32,
).T

ROUNDED: Final = "Many ids end in 000: a spreadsheet may have rounded them, and different posts may count as one."
_EXACT_DIGITS: Final = 15
"""Digits that a spreadsheet keeps."""
_FEW: Final = 20

_FIRST_TIMED: Final = 10**12
_ACCOUNT_DIGITS: Final = 18
"""Account ids of this length are time-ordered; shorter ones were counted up."""


def valid_id(column: str) -> pl.Expr:
    """Return the id, null where it is none: null, empty, `-1` and `0` are never ids."""
    text = pl.col(column)
    return pl.when(text.cast(pl.UInt64, strict=False) > 0).then(text)


def at_handle(column: str) -> pl.Expr:
    """Return `@handle` in lower case, null where there is no usable handle."""
    text = pl.col(column)
    return pl.when(text.str.contains(r"^[A-Za-z0-9_]{1,20}$")).then("@" + text.str.to_lowercase())


def id_time(column: str) -> pl.Expr:
    """Return the time that an id of a post holds, ms UTC; null for ids older than time-ordered ones."""
    number = pl.col(column).cast(pl.Int64, strict=False)
    return pl.when(number >= _FIRST_TIMED).then(number // (1 << 22) + EPOCH)


def english_times(texts: pl.Series) -> pl.Series:
    """Return the ms UTC of texts like `Tue May 16 00:21:51 +0000 2023`: English whatever the locale.

    Texts of another shape are null. Bytes are read as columns, some thousand rows at once, which is four times
    as fast as a parser of dates.
    """
    rows = (texts.str.len_bytes() == _LENGTH).fill_null(False)
    whole = texts.filter(rows)
    parts = [_times(whole.slice(start, _ROWS)) for start in range(0, len(whole), _ROWS)]
    times = np.concatenate(parts) if parts else np.empty(0, np.int64)
    found = pl.Series("at", times).set(pl.Series(times == _NO_TIME), None)
    if len(found) == len(texts):
        return found
    placed = pl.Series("at", np.zeros(len(texts), np.int64)).set(~rows, None)
    return placed.scatter(rows.arg_true(), found)


def _times(texts: pl.Series) -> NDArray[np.int64]:
    letters = np.frombuffer(texts.str.join("").item().encode(), dtype=np.uint8).reshape(-1, _LENGTH)
    digits = letters[:, _DIGITS] - 48
    day, seconds, year = (digits.astype(np.float32) @ _WEIGHTS).astype(np.int64).T
    month = _MONTHS[letters[:, 5].astype(np.int64) * 256 + letters[:, 6]]
    days = _MONTH_STARTS[np.clip(year, 0, 99) * 12 + month] + day - 1
    good = (digits < 10).all(axis=1) & (month >= 0) & (letters[:, _FIXED] == _MARKS).all(axis=1)
    return np.where(good, (days * 86_400 + seconds) * 1000, _NO_TIME)


def iso_times(texts: pl.Series) -> pl.Series:
    """Return the ms UTC of ISO moments, with or without a fraction and with any zone; others are null."""
    times = _parsed(texts, "%Y-%m-%dT%H:%M:%S.%3fZ")  # as X writes them, in a third of the time
    if times.null_count() > texts.null_count():
        times = times.fill_null(_parsed(texts, "%Y-%m-%dT%H:%M:%S%.f%#z"))
    return times


def _parsed(texts: pl.Series, shape: str) -> pl.Series:
    return texts.str.to_datetime(shape, strict=False, time_unit="ms").dt.epoch("ms").alias("at")


def finer(at: str, id_at: str) -> pl.Expr:
    """Return the stated time, with the milliseconds of the id where both name the same second.

    Without a stated time the id's own serves.
    """
    stated, held = pl.col(at), pl.col(id_at)
    return pl.when(stated.is_null() | (stated // 1000 == held // 1000)).then(held).otherwise(stated)


def account_created(column: str, seen: str) -> pl.Expr:
    """Return when an account was made, from its id: null for counted ids and for dates after `seen`."""
    made = pl.when(pl.col(column).str.len_bytes() >= _ACCOUNT_DIGITS).then(id_time(column))
    return pl.when(made <= pl.col(seen)).then(made)


def rounded(ids: pl.Series) -> bool:
    """Tell whether ids look as if a spreadsheet had rounded them."""
    long = ids.filter(ids.str.len_bytes() > _EXACT_DIGITS)
    return len(long) >= _FEW and int(long.str.ends_with("000").sum()) * 2 > len(long)
