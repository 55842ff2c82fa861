"""Moments are ms UTC: how they are read and shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import numpy as np

from relnet.text import UNKNOWN

DAY_SECONDS: Final = 86_400
DAY_MS: Final = DAY_SECONDS * 1000


def milliseconds(iso: Any) -> int | None:
    """Return an ISO moment with its zone as ms UTC; `None` if it is none."""
    try:
        moment = datetime.fromisoformat(iso)
    except (TypeError, ValueError):
        return None
    return None if moment.tzinfo is None else round(moment.timestamp() * 1000)


def day(at: int | None) -> str:
    """Return the UTC day of a moment."""
    return UNKNOWN if at is None else str(np.datetime64(at, "ms").astype("datetime64[D]"))
