"""A table of profiles: one observation of one account a row."""

from __future__ import annotations

from typing import Final

import polars as pl

from relnet.builtin.sources.table_interactions import ids, skip
from relnet.builtin.sources.table_times import Times
from relnet.plugin import Reader

_TIMES: Final = ("created_at", "last_active_at", "seen_at")
_COUNTS: Final = ("followers", "following", "posts", "likes", "listed")
_FLAGS: Final = [
    "has_bio",
    "has_url",
    "has_location",
    "default_avatar",
    "has_avatar",
    "default_profile",
    "verified",
    "protected",
    "automated",
]
_TEXTS: Final = ("name", "bio", "location", "url")
_STATES: Final = ("active", "suspended", "deleted", "deactivated", "moved", "unavailable")
_YES: Final = ("1", "true", "yes", "t", "y")
_NO: Final = ("0", "false", "no", "f", "n")


def times(reader: Reader) -> dict[str, Times]:
    """Return a reader of times for each dated column, since each may be written in its own way."""
    return {name: Times(reader) for name in _TIMES}


def accounts(frame: pl.DataFrame, read_times: dict[str, Times], reader: Reader, name: str) -> pl.DataFrame:
    """Return account observations; a cell that says nothing, or less than zero, is unknown."""
    fields: dict[str, pl.Series | pl.Expr] = {}
    if "handle" in frame.columns:
        fields["handle"] = ids(frame["handle"]).str.strip_prefix("@")
    if "native_id" in frame.columns:
        fields["native_id"] = ids(frame["native_id"])
    else:
        fields["native_id"] = "@" + fields["handle"].str.to_lowercase()  # type: ignore[union-attr]
    unreadable = pl.repeat(False, len(frame), eager=True)
    for column in _TIMES:
        if column in frame.columns:
            dated = read_times[column].read(frame[column])
            fields[column] = dated["at"]
            unreadable |= dated["bad"]
    for column in _COUNTS:
        if column in frame.columns:
            number = frame[column].cast(pl.Float64, strict=False).cast(pl.Int64, strict=False)
            fields[column] = pl.when(number >= 0).then(number)
    for column in _FLAGS:
        if column in frame.columns:
            fields[column] = _flag(frame[column])
    if "has_avatar" in fields:
        without = ~fields.pop("has_avatar")
        fields.setdefault("default_avatar", without)
    for column in ("network", *_TEXTS):
        if column in frame.columns:
            text = frame[column].cast(pl.String).str.strip_chars()
            fields[column] = pl.when(text != "").then(text)
    if "state" in frame.columns:
        state = frame["state"].cast(pl.String).str.strip_chars().str.to_lowercase()
        fields["state"] = pl.when(state.is_in(_STATES)).then(state)
    read = frame.select("record", **fields).with_columns(member=pl.lit(name), unreadable=unreadable)
    nobody = read["native_id"].is_null()
    if nobody.any():
        skip(reader, name, "no id or handle", read["record"].filter(nobody))
    if unreadable.any():
        reader.note(
            f"{int(unreadable.sum()):,} profiles have a date that cannot be read; it counts as unknown."
        )
    return read.filter(~nobody).drop("unreadable")


def _flag(raw: pl.Series) -> pl.Expr:
    word = raw.cast(pl.String).str.strip_chars().str.to_lowercase()
    return pl.when(word.is_in(_YES)).then(True).when(word.is_in(_NO)).then(False)
