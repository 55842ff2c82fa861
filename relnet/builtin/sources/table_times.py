"""Times of a table: numbers by their size, ISO text, dates; nothing is guessed."""

from __future__ import annotations

from typing import Final

import polars as pl

from relnet.builtin.sources.local_times import zone_of
from relnet.moments import DAY_MS
from relnet.plugin import InputError, Reader

NEAR_ZERO: Final = 1e8
"""Numbers below this (1973 in Unix seconds) count from a moment that only the user can name."""

_SHEET_1970: Final = 25_569
"""1970-01-01 as spreadsheets count days, from the end of 1899."""

_ZONED: Final = "%Y-%m-%dT%H:%M:%S%.f%#z"
_LOCAL: Final = "%Y-%m-%dT%H:%M:%S%.f"
_LOOSE: Final = (
    r"^(?P<day>\d{4}-\d{2}-\d{2})(?:[Tt ]+(?P<minute>\d{1,2}:\d{2})(?P<second>:\d{2})?(?P<part>[.,]\d+)?"
    r"\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$"
)


class Times:
    """Reads the time column of one table; its first batch decides what its numbers count from."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._options = reader, reader.options
        self._relative: bool | None = None
        self._in_days = self._options.epoch == "excel"
        self._start = 0

    def read(self, raw: pl.Series) -> pl.DataFrame:
        """Return `at` (ms UTC, null where unknown), `time_quality` and `bad` (it says something unreadable).

        Raises
        ------
        InputError
            The times need a zone or an epoch that the user did not name.
        """
        raw = raw.alias("raw")
        if raw.dtype == pl.Date:
            return _table(raw.cast(pl.Datetime("ms")).dt.epoch("ms"), raw, "date_only")
        if isinstance(raw.dtype, pl.Datetime):
            if raw.dtype.time_zone:
                return _table(raw.dt.epoch("ms"), raw, "act")
            return _table(self._to_utc(raw.cast(pl.Datetime("ms"))), raw, "local")
        if raw.dtype.is_numeric():
            wide = raw.cast(pl.Int64, strict=False) if raw.dtype.is_integer() else raw.cast(pl.Float64, strict=False)
            return self._numbers(wide, raw)
        text = raw.cast(pl.String).str.strip_chars()
        text = pl.select(pl.when(text != "").then(text)).to_series().alias("raw")
        number = text.cast(pl.Int64, strict=False)
        if number.null_count() > text.null_count():
            decimal = text.cast(pl.Float64, strict=False)
            if decimal.null_count() < number.null_count():
                number = pl.select(pl.coalesce(number.cast(pl.Float64), decimal)).to_series()
        if number.null_count() == len(text):
            return self._iso(text)
        read = self._numbers(number, text)
        rest = text.is_not_null() & number.is_null()
        if not rest.any():
            return read
        iso = self._iso(pl.select(pl.when(rest).then(text)).to_series().alias("raw"))
        return pl.select(
            at=pl.coalesce(read["at"], iso["at"]),
            time_quality=pl.when(rest).then(iso["time_quality"]).otherwise(read["time_quality"]),
            bad=pl.when(rest).then(iso["bad"]).otherwise(read["bad"]),
        )

    def _numbers(self, number: pl.Series, raw: pl.Series) -> pl.DataFrame:
        if number.dtype.is_float():
            number = number.fill_nan(None)
            raw = number if raw.dtype.is_float() else raw
        if self._relative is None and number.null_count() < len(number):
            self._relative = float(number.abs().median() or 0) < NEAR_ZERO  # type: ignore[arg-type]
            if self._relative and not self._in_days:
                self._start = self._epoch()
        if self._relative and self._in_days:
            wall = ((number - _SHEET_1970) * DAY_MS).round().cast(pl.Int64, strict=False).cast(pl.Datetime("ms"))
            return _table(self._to_utc(wall), raw, "local")
        if self._relative:
            at = (number * 1000).cast(pl.Int64, strict=False) + self._start
            return _table(at, raw, "act")
        n = pl.col("n")
        scaled = (
            pl.when(n < NEAR_ZERO).then(None)
            .when(n < 1e11).then((n * 1000).cast(pl.Int64, strict=False))
            .when(n < 1e14).then(n.cast(pl.Int64, strict=False))
            .when(n < 1e17).then((n // 1_000).cast(pl.Int64, strict=False))
            .otherwise((n // 1_000_000).cast(pl.Int64, strict=False))
        )  # fmt: skip
        at = number.to_frame("n").select(at=scaled).to_series()
        if at.null_count() > raw.null_count():
            # 0 and -1 among real times stand for "no time", as they do for ids.
            absent = ((number == 0) | (number == -1)).fill_null(False)
            raw = pl.select(pl.when(~absent).then(raw)).to_series()
        return _table(at, raw, "act")

    def _epoch(self) -> int:
        said = self._options.epoch
        if said is None:
            raise InputError(
                "Its times are small numbers, which count from a moment that the file does not name.",
                "Name it with --epoch, as in --epoch 2024-03-01T00:00:00Z, or give --epoch relative to count "
                "from zero, or --epoch excel for the days of a spreadsheet.",
                self._reader.path,
            )
        if said == "relative":
            return 0
        read = self._iso(pl.Series("raw", [said]))
        if read["at"][0] is None:
            raise InputError(f"--epoch {said!r} is no moment.", "Write it as 2024-03-01T00:00:00Z.", self._reader.path)
        return int(read["at"][0])

    def _iso(self, text: pl.Series) -> pl.DataFrame:
        at = text.str.to_datetime(_ZONED, strict=False, time_unit="ms").dt.epoch("ms")
        if at.null_count() == text.null_count():
            return _table(at, text, "act")
        loose = text.str.extract_groups(_LOOSE).struct.unnest()
        minute = loose["minute"].str.zfill(5)
        local = loose["day"] + "T" + minute + loose["second"].fill_null(":00") + loose["part"].fill_null("")
        local = local.str.replace(",", ".", literal=True)
        zone = loose["zone"].str.replace(r"^(?i:z|UTC|GMT)$", "+00:00").str.replace(r"^([+-]\d{2})$", "${1}:00")
        zoned = (local + zone).str.to_datetime(_ZONED, strict=False, time_unit="ms").dt.epoch("ms")
        naive = pl.select(pl.when(zone.is_null()).then(local)).to_series()
        naive = naive.str.to_datetime(_LOCAL, strict=False, time_unit="ms")
        bare = len(naive) - naive.null_count()
        if bare and (self._options.tz or 2 * bare > len(text) - text.null_count()):
            utc = self._to_utc(naive)
        else:  # a few times without zone among many with one are bad rows, not a reason to refuse the table
            utc = pl.repeat(None, len(text), dtype=pl.Int64, eager=True)
        day = pl.select(pl.when(minute.is_null()).then(loose["day"])).to_series()
        date = day.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("ms")).dt.epoch("ms")
        return pl.select(
            at=pl.coalesce(at, zoned, utc, date),
            time_quality=pl.when(utc.is_not_null()).then(pl.lit("local"))
            .when(date.is_not_null()).then(pl.lit("date_only")).otherwise(pl.lit("act")),
            bad=pl.coalesce(at, zoned, utc, date).is_null() & text.is_not_null(),
        )  # fmt: skip

    def _to_utc(self, naive: pl.Series) -> pl.Series:
        """Read wall-clock times in the zone that the user named; an hour that the clocks skip counts on."""
        zone = str(zone_of(self._reader))

        def moment(wall: pl.Series) -> pl.Series:
            return wall.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.epoch("ms")

        later = moment(naive.dt.offset_by("1h"))
        return pl.select(pl.coalesce(moment(naive), later)).to_series()


def _table(at: pl.Series, raw: pl.Series, quality: str) -> pl.DataFrame:
    return pl.select(at=at, time_quality=pl.repeat(quality, len(at)), bad=at.is_null() & raw.is_not_null())
