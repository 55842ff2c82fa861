"""What a server says of its rate limit, in whichever header and form it says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_REMAINING: Final = ("ratelimit-remaining", "x-ratelimit-remaining")
_RESET: Final = ("ratelimit-reset", "x-ratelimit-reset")
_MOMENTS: Final = 1_000_000_000
"""From here on a number is a moment (seconds since 1970); below it is a span of seconds."""


def exhausted_until(headers: Mapping[str, str], now: float) -> float | None:
    """Return the moment (seconds since 1970) until which no further request is allowed; `None` where one is."""
    remaining = _first(headers, _REMAINING)
    if remaining is None or not remaining.isdecimal() or int(remaining) > 0:
        return None
    return _moment(_first(headers, _RESET), now)


def patience(status: int, headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that a request put off should wait, at least 1; `None` where the server says nothing.

    The end of the limit's window, which every answer may carry, tells when only if the limit is the reason.
    """
    for names in (("retry-after",), *((_RESET,) if status == 429 else ())):
        moment = _moment(_first(headers, names), now)
        if moment is not None:
            return max(1.0, moment - now)
    return None


def _first(headers: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((headers[name].strip() for name in names if name in headers), None)


def _moment(text: str | None, now: float) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return _date(text)
    if not 0 <= number < 1e11:
        return None
    return number if number >= _MOMENTS else now + number


def _date(text: str) -> float | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            continue
    return None
