"""A table of profiles: one observation of one account a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from relnet.builtin.sources.table_interactions import ids, skip
from relnet.builtin.sources.table_times import Times
from relnet.plugin import Reader

_TIMES: Final = ("created_at", "last_active_at", "seen_at")
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
        fields["native_id"] = "@" + fields["handle"].str.to_lowercase()
    unreadable = pl.repeat(False, len(frame), eager=True)
    for column in _TIMES:
        if column in frame.columns:
            dated = read_times[column].read(frame[column])
            fields[column] = dated["at"]
            unreadable |= dated["bad"]
    for column, convert in _CONVERT.items():
        if column in frame.columns:
            fields[column] = convert(frame[column])
    if "has_avatar" in fields:
        without = ~fields.pop("has_avatar")
        fields.setdefault("default_avatar", without)
    read = frame.select("record", **fields).with_columns(member=pl.lit(name), unreadable=unreadable)
    nobody = read["native_id"].is_null()
    if nobody.any():
        skip(reader, name, "no id or handle", read["record"].filter(nobody))
    if unreadable.any():
        reader.note(f"{int(unreadable.sum()):,} profiles have a date that cannot be read; it counts as unknown.")
    return read.filter(~nobody).drop("unreadable")


def _count(raw: pl.Series) -> pl.Expr:
    number = raw.cast(pl.Float64, strict=False).cast(pl.Int64, strict=False)
    return pl.when(number >= 0).then(number)


def _flag(raw: pl.Series) -> pl.Expr:
    word = raw.cast(pl.String).str.strip_chars().str.to_lowercase()
    return pl.when(word.is_in(_YES)).then(True).when(word.is_in(_NO)).then(False)


def _text(raw: pl.Series) -> pl.Expr:
    text = raw.cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)


def _state(raw: pl.Series) -> pl.Expr:
    state = raw.cast(pl.String).str.strip_chars().str.to_lowercase()
    return pl.when(state.is_in(_STATES)).then(state)


_CONVERT: Final[dict[str, Callable[[pl.Series], pl.Expr]]] = {
    **dict.fromkeys(("followers", "following", "posts", "likes", "listed"), _count),
    **dict.fromkeys(("has_bio", "has_url", "has_location", "has_banner", "has_avatar"), _flag),
    **dict.fromkeys(("default_avatar", "default_profile"), _flag),
    **dict.fromkeys(("verified", "protected", "automated"), _flag),
    **dict.fromkeys(("network", "name", "bio", "location", "url"), _text),
    "state": _state,
}
