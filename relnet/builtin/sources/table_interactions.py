"""The rows of a table become interactions, declared states and handles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from relnet.builtin.sources.table_columns import Columns
from relnet.builtin.sources.table_times import Times
from relnet.plugin import Batch, Reader

_ABSENT: Final = ("", "-1", "null", "NULL", "none", "None", "nan", "NaN")
_DECLARED: Final = {"follow", "block", "mute"}
_DIRECTIONS: Final = {"directed", "undirected", "mixed"}
_WORDS: Final = {
    "directness": ("target", "deliberate", "carried", "list"),
    "visibility": ("public", "unlisted", "followers", "limited", "direct", "private", "unknown"),
}
_SEEN_IDS: Final = 20_000


class Interactions:
    """Turns the frames of one table into batches and says in the end what was odd."""

    def __init__(self, reader: Reader, name: str, columns: Columns) -> None:
        self._reader, self._name = reader, name
        self._times = Times(reader)
        self._columns = columns.at
        self._first = True
        self._zero_is_id = self._gephi = self._message_is_id = False
        self._repeated = self._weighted = self._undirected = 0
        self._me = {word.strip().removeprefix("@").lower() for word in reader.options.me}
        self._owners: set[tuple[str | None, str]] = set()

    def batch(self, frame: pl.DataFrame) -> Batch:
        """Return what one frame states; its unreadable rows are counted by reason."""
        source, target = ids(frame["source"]), ids(frame["target"])
        if self._first:
            self._decide(frame, source, target)
            self._first = False
        if self._gephi and "event" in frame.columns:  # there, Id numbers the rows
            frame = frame.drop("event")
        self._doubt(source, target)
        frame = frame.with_columns(source=source, target=target, **self._fields(frame))
        if "at" in self._columns:
            frame = frame.drop("at").hstack(self._times.read(frame["at"]))
            frame = self._drop(frame, pl.col("bad"), "unreadable time")
        absent = _none("source", self._zero_is_id) | _none("target", self._zero_is_id)
        frame = self._drop(frame, absent, "no id for the source or the target")
        if "weight" in frame.columns:
            frame = self._weigh(frame)
        if "event" in frame.columns:
            frame = _audience(frame)
        else:
            told = [name for name in (*self._columns, "record") if name in frame.columns and name != "record"]
            self._repeated += len(frame) - frame.select(told).hash_rows().n_unique()
        frame = frame.with_columns(member=pl.lit(self._name))
        kinds = self._remember(frame)
        handles = self._handles(frame)
        if self._me:
            self._own(frame)
        declared = frame.clear()
        if kinds & _DECLARED:
            stated = pl.col("kind").is_in(list(_DECLARED))
            frame, declared = frame.filter(~stated), frame.filter(stated)
        return Batch(interactions=_only(frame, _INTERACTION), declared=_only(declared, _STATE), accounts=handles)

    def owners(self) -> pl.DataFrame | None:
        """Return the accounts that the user says are theirs, as far as they occur."""
        if self._me and not self._owners:
            self._reader.note(f"Nobody in it is {' or '.join(self._reader.options.me)}, as --me says.")
        if not self._owners:
            return None
        networks, natives = zip(*sorted(self._owners, key=str), strict=True)
        text = {"network": pl.String, "native_id": pl.String}
        return pl.DataFrame({"network": networks, "native_id": natives}, schema=text).with_columns(owner=True)

    def report(self) -> None:
        """Say once what the load report should hold."""
        if self._repeated:
            self._reader.note(
                f"{self._repeated:,} rows repeat another row exactly; they are kept, because rows without an "
                "event id may be separate acts."
            )
        if self._weighted:
            self._reader.note(
                f"{self._weighted:,} rows carry a weight: a count at an unknown time, kept as the flag "
                "weight=N of one interaction."
            )
        if "at" not in self._columns:
            self._reader.note("It has no times: what depends on time stays unknown.")
        if self._undirected:
            self._reader.note(
                f"{self._undirected:,} rows are undirected: who addressed whom is unknown, so nothing that "
                "depends on direction is complete."
            )
            self._reader.remember("undirected", True)

    def _decide(self, frame: pl.DataFrame, source: pl.Series, target: pl.Series) -> None:
        """Settle by the first frame what the columns mean where the names alone cannot say."""
        self._zero_is_id = bool(source.is_in(["1", "2"]).any() or target.is_in(["1", "2"]).any())
        if "kind" in self._columns:
            self._gephi = set(_words(frame["kind"]).unique()) <= _DIRECTIONS
        if "message" in self._columns:
            self._message_is_id = not frame["message"].cast(pl.String).str.contains(r"\s").any()

    def _fields(self, frame: pl.DataFrame) -> dict[str, pl.Series | pl.Expr]:
        """Read the columns that are neither ids of accounts nor times nor weights."""
        fields: dict[str, pl.Series | pl.Expr] = {"kind": pl.lit("interaction"), "flags": pl.lit("")}
        if "kind" in self._columns:
            words = _words(frame["kind"])
            if self._gephi:  # there, Type is the direction
                undirected = words.is_in(["undirected", "mixed"])
                self._undirected += int(undirected.sum())
                fields["flags"] = pl.when(undirected).then(pl.lit("undirected")).otherwise(pl.lit(""))
            else:
                fields["kind"] = words.fill_null("interaction")
        for ours in ("event", "parent", "thread", "network"):
            if ours in frame.columns:
                fields[ours] = ids(frame[ours], strict=False)
        if self._message_is_id:
            fields["event"] = ids(frame["message"], strict=False)
        if "audience" in self._columns:
            number = frame["audience"].cast(pl.Int32, strict=False)
            fields["audience"] = pl.when(number > 0).then(number)
        for ours, known in _WORDS.items():
            if ours in self._columns:
                word = _words(frame[ours])
                fields[ours] = pl.when(word.is_in(known)).then(word).otherwise(pl.lit(known[0]))
        return fields

    def _drop(self, frame: pl.DataFrame, which: pl.Expr, reason: str) -> pl.DataFrame:
        bad = frame.select(which.fill_null(False).alias("bad"))["bad"]
        if not bad.any():
            return frame
        skip(self._reader, self._name, reason, frame["record"].filter(bad))
        return frame.filter(~bad)

    def _weigh(self, frame: pl.DataFrame) -> pl.DataFrame:
        weight = frame["weight"].cast(pl.String).str.strip_chars()
        number = weight.cast(pl.Float64, strict=False)
        said = weight.is_not_null() & (weight != "")
        frame = frame.with_columns(number=number, weight=weight)
        frame = self._drop(frame.with_columns(bad=said & number.is_null()), pl.col("bad"), "unreadable weight")
        frame = self._drop(frame, pl.col("number") <= 0, "weight of zero or less")
        many = pl.col("number").is_finite() & (pl.col("number") != 1)
        self._weighted += int(frame.select(many.sum()).item())
        mark = pl.when(many).then("weight=" + pl.col("weight").str.replace(r"\.0+$", ""))
        return frame.with_columns(
            flags=pl.concat_str(pl.col("flags").replace("", None), mark, separator=" ", ignore_nulls=True)
        )

    def _doubt(self, source: pl.Series, target: pl.Series) -> None:
        """Warn of ids that went through a spreadsheet or a float, which merges people (C31)."""
        some = pl.concat([source.head(_SEEN_IDS), target.head(_SEEN_IDS)]).unique().drop_nulls()
        if some.str.contains(r"^\d(\.\d+)?[eE]\+?\d+$").any():
            self._reader.note(
                "Some ids are in scientific notation, so different accounts may have become one: "
                "export the ids as text."
            )
        long = some.filter(some.str.contains(r"^\d{16,}$"))
        rounded = int(long.str.ends_with("000").sum())
        if rounded >= 3 and rounded > 0.05 * len(long):
            self._reader.note(
                f"{rounded:,} of {len(long):,} long ids end in 000: they were probably rounded, so different "
                "accounts may have become one. Export the ids as text."
            )

    def _handles(self, frame: pl.DataFrame) -> pl.DataFrame | None:
        sides = []
        for side in ("source", "target"):
            if f"{side}_handle" in self._columns:
                handle = pl.col(f"{side}_handle").cast(pl.String).str.strip_chars().str.strip_prefix("@")
                network = [pl.col("network")] if "network" in frame.columns else []
                sides.append(frame.select(pl.col(side).alias("native_id"), handle.alias("handle"), *network))
        if not sides:
            return None
        known = pl.concat(sides).unique(maintain_order=True).filter(pl.col("handle").fill_null("") != "")
        return known.with_columns(member=pl.lit(self._name))

    def _own(self, frame: pl.DataFrame) -> None:
        network = _network(frame)
        for side in ("source", "target"):
            mine = pl.col(side).str.strip_prefix("@").str.to_lowercase().is_in(list(self._me))
            if f"{side}_handle" in self._columns:
                handle = pl.col(f"{side}_handle").cast(pl.String).str.strip_chars().str.strip_prefix("@")
                mine |= handle.str.to_lowercase().is_in(list(self._me))
            self._owners |= set(frame.filter(mine).select(network, side).unique().rows())

    def _remember(self, frame: pl.DataFrame) -> set[str]:
        """Keep the kinds met, by network, and return those of this frame."""
        if "network" in frame.columns:
            met = set(frame.select("network", "kind").unique().rows())
        else:
            met = {(None, kind) for kind in frame["kind"].unique()}
        self._reader.remember("kinds", self._reader.found.get("kinds", set()) | met)
        return {kind for _, kind in met}


_INTERACTION: Final = [
    "source",
    "target",
    "kind",
    "at",
    "time_quality",
    "event",
    "parent",
    "thread",
    "audience",
    "directness",
    "visibility",
    "network",
    "flags",
    "member",
    "record",
]
_STATE: Final = ["source", "target", "kind", "at", "network", "member", "record"]


def ids(raw: pl.Series, *, strict: bool = True) -> pl.Series:
    """Return ids as text; whole floats lose their `.0`; what stands for no id is null."""
    if raw.dtype.is_float():
        whole = raw.cast(pl.Int64, strict=False)
        is_whole = whole.cast(raw.dtype) == raw
        return pl.select(pl.when(is_whole).then(whole.cast(pl.String)).otherwise(raw.cast(pl.String))).to_series()
    number = raw.cast(pl.Int64, strict=False)
    if not number.has_nulls() and (number.min() or 0) > 0:  # type: ignore[operator]
        return raw.cast(pl.String)  # digits only: nothing to strip and nobody absent
    text = raw.cast(pl.String).str.strip_chars()
    absent = text.is_in(_ABSENT if strict else ("",))
    return pl.select(pl.when(~absent).then(text)).to_series() if absent.any() else text


def skip(reader: Reader, name: str, reason: str, records: pl.Series) -> None:
    """Count rows that are left out, naming the first ten."""
    for number in records.head(10):
        reader.skip(reason, number, name)
    if len(records) > 10:
        reader.skip(reason, name=name, count=len(records) - 10)


def _none(side: str, zero_is_id: bool) -> pl.Expr:
    return pl.col(side).is_null() if zero_is_id else pl.col(side).is_null() | (pl.col(side) == "0")


def _words(raw: pl.Series) -> pl.Series:
    """Return the words of a column with few distinct values, in lower case; null where there is none."""
    distinct = raw.unique()
    words = distinct.cast(pl.String).str.strip_chars().str.to_lowercase().replace("", None)
    if raw.dtype == pl.String and distinct.equals(words, null_equal=True):
        return raw
    return raw.replace_strict(distinct, words, return_dtype=pl.String)


def _network(frame: pl.DataFrame) -> pl.Expr:
    return pl.col("network") if "network" in frame.columns else pl.lit(None, pl.String).alias("network")


def _audience(frame: pl.DataFrame) -> pl.DataFrame:
    """Count the accounts that one event addresses, where the table does not say."""
    if "audience" in frame.columns or frame["event"].n_unique() == len(frame):
        return frame
    count: Callable[[], pl.Expr] = lambda: pl.col("target").n_unique().over("event")  # noqa: E731
    return frame.with_columns(audience=pl.when(pl.col("event").is_not_null()).then(count()).cast(pl.Int32))


def _only(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame | None:
    return frame.select(name for name in names if name in frame.columns) if len(frame) else None
