"""Times of chats: wall clocks that only the user can place, and bounds on what is a time at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from relnet.plugin import InputError, Reader

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_END: Final = 253_402_300_800_000
"""The year 10000, ms UTC."""


def zone_of(reader: Reader) -> tzinfo:
    """Return the zone that the user named for times that carry none.

    Raises
    ------
    InputError
        None was named, or there is no such zone.
    """
    name = reader.options.tz
    if name is None:
        raise InputError(
            "Its times carry no zone.",
            "Name their zone with --tz, as in --tz UTC or --tz Europe/Lisbon.",
            reader.path,
        )
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise InputError(
            f"--tz {name!r} is no time zone.", "Use a name such as UTC or Europe/Lisbon.", reader.path
        ) from error


def millis(moment: datetime) -> int:
    """Return the ms UTC of a moment that knows its zone."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_seconds(seconds: str | int | float) -> int:
    """Return the ms UTC of Unix seconds, also of `seconds.micros` as text.

    Raises
    ------
    ValueError
        They are no time of the years 1970 to 9999.
    """
    whole, _, part = str(seconds).strip().partition(".")
    at = int(whole) * 1000 + int(part[:3].ljust(3, "0") or 0)
    if not 0 < at < _END:
        raise ValueError("a time out of range")
    return at
