"""Tables of accounts of which it is known whether they are fake, good or bots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.errors import UnknownFormat, UnreadableInput
from relnet.network.accounts import NUMBERS
from relnet.plugin import Column, Inputs, Labeler

TRUTH: Final = {"fake": 1, "good": 0, "human": 0, "bot": -1}
_DATES: Final = {"created_on": "created_at", "last_post_on": "last_active_at", "observed_on": "observed_at"}
_RENAMED: Final = {"private": "protected"}


class Labelled(msgspec.Struct):
    """Accounts with their truth.

    Attributes
    ----------
    columns
        float64[n] by the names of the account table, NaN unknown; times in ms UTC. What is known of nobody is left out.
    fake
        int8[n]: 1 fake, 0 good, −1 a bot, which is neither.
    subset
        object[n]: name of the part of the set that an account is from.
    """

    columns: dict[str, Column]
    fake: NDArray[np.int8]
    subset: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.fake)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Labelled:
        """Return some of the accounts."""
        columns = {name: column[rows] for name, column in self.columns.items()}
        return Labelled(columns, self.fake[rows], self.subset[rows])

    def inputs(self, labeler: Labeler) -> Inputs:
        """Return the columns that a labeler asked for; a text is unknown, since such tables have none."""
        n = len(self)
        numbers = {need: self.columns.get(need, np.full(n, np.nan)).view() for need in labeler.needs if need in NUMBERS}
        texts: Mapping[str, list[str | None]] = {need: [None] * n for need in labeler.needs if need not in NUMBERS}
        observed = self.columns.get("observed_at", np.array([]))
        as_of = int(np.nanmax(observed)) if np.isfinite(observed).any() else 0
        nobody = np.empty(0, dtype=np.int64)
        return Inputs(numbers, np.arange(n, dtype=np.int64), nobody, as_of, texts=texts)


def read(*paths: Path) -> Labelled:
    """Read tables of accounts, several as one; see `read_one`."""
    tables = [read_one(path) for path in paths]
    names = dict.fromkeys(name for each in tables for name in each.columns)
    return Labelled(
        {
            name: np.concatenate([each.columns.get(name, np.full(len(each), np.nan)) for each in tables])
            for name in names
        },
        np.concatenate([each.fake for each in tables]),
        np.concatenate([each.subset for each in tables]),
    )


def read_one(path: Path) -> Labelled:
    """Read a CSV (also `.gz`, `.zst`) with a column `label`: fake, good or human, bot.

    The other columns are those of the account table, `created_on`, `last_post_on`, `observed_on` (dates, UTC), and for
    want of flags `bio_length` and `has_avatar`. An empty cell is unknown.

    Raises
    ------
    UnreadableInput
        It cannot be read as a table.
    UnknownFormat
        It has no labels, or none that is known.
    """
    try:
        frame = pl.read_csv(path, infer_schema=False, null_values=[""])
    except (OSError, pl.exceptions.PolarsError) as error:
        missing = isinstance(error, FileNotFoundError)
        message = "There is no such file." if missing else f"It cannot be read as CSV ({type(error).__name__})."
        raise UnreadableInput(message, "", str(path)) from error
    if "label" not in frame.columns:
        raise UnknownFormat("There is no column called label.", f"There are: {', '.join(frame.columns)}.", str(path))
    truth = frame["label"].replace_strict(TRUTH, default=None, return_dtype=pl.Int8)
    if truth.is_null().any():
        strange = ", ".join(sorted({str(word) for word in frame["label"].filter(truth.is_null()).head(1000)})[:5])
        raise UnknownFormat(f"These labels are not known: {strange}.", f"There are: {', '.join(TRUTH)}.", str(path))
    stem = path.name.split(".")[0]
    subset = frame["subset"].fill_null(stem).to_list() if "subset" in frame.columns else [stem] * len(frame)
    return Labelled(dict(_columns(frame)), truth.to_numpy(), np.array(subset, dtype=object))


def _columns(frame: pl.DataFrame) -> Iterator[tuple[str, Column]]:
    for name in frame.columns:
        ours = _DATES.get(name, _RENAMED.get(name, name))
        if ours not in NUMBERS or frame[name].is_null().all():
            continue
        if name in _DATES:
            day = frame[name].str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("ms"))
            yield ours, _floats(day.cast(pl.Int64))
        else:
            yield ours, _floats(frame[name])
    if "has_bio" not in frame.columns and "bio_length" in frame.columns:
        length = _floats(frame["bio_length"])
        yield "has_bio", np.where(np.isnan(length), np.nan, length > 0)
    if "default_avatar" not in frame.columns and "has_avatar" in frame.columns:
        yield "default_avatar", 1 - _floats(frame["has_avatar"])


def _floats(column: pl.Series) -> Column:
    return column.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().astype(np.float64)
