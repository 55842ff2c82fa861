"""A load under way: what the worker says of it, what the screen draws of it, and the wish to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Final

from relnet.errors import Cancelled

PHASES: Final = ("Read", "Clean", "Graph", "Score", "Label")
_ETA_AFTER_SECONDS: Final = 2.0
_RATE_SECONDS: Final = 0.5
_UNSTABLE: Final = 0.3
"""Rates of the last moments and of the whole that differ by more than this share give no estimate."""


@dataclass
class Phase:
    """One phase. `done` and `total` are bytes for reading, and 0 where there is nothing to count."""

    name: str
    started: float | None = None
    ended: float | None = None
    done: int = 0
    total: int = 0
    detail: str = ""
    rate: float = 0.0
    """Bytes a second of the last moments."""
    _began: float | None = None
    _last: tuple[float, int] = (0.0, 0)

    def advance(self, now: float, done: int, total: int, detail: str) -> None:
        """Say how far the phase is with the present input; each begins at 0 again."""
        if self._began is None or done < self.done:
            self._began, self._last, self.rate = now, (now, done), 0.0
        self.done, self.total, self.detail = done, max(total, done), detail
        before, bytes_before = self._last
        if now - before >= _RATE_SECONDS:
            fresh = (done - bytes_before) / (now - before)
            self.rate = fresh if not self.rate else 0.7 * self.rate + 0.3 * fresh
            self._last = (now, done)

    @property
    def share(self) -> float:
        """Part that is done, 0 to 1."""
        if self.ended is not None:
            return 1.0
        return min(self.done / self.total, 1.0) if self.total else 0.0

    def seconds(self, now: float) -> float:
        """Return how long the phase takes or took."""
        return 0.0 if self.started is None else (self.ended or now) - self.started

    def seconds_left(self, now: float) -> float | None:
        """Return the time left; `None` where it cannot be said: too early, unsteady, or nothing to count."""
        seconds = 0.0 if self._began is None else now - self._began
        if seconds < _ETA_AFTER_SECONDS or not self.rate:
            return None
        overall = self.done / seconds
        if abs(self.rate - overall) > _UNSTABLE * overall:
            return None
        return (self.total - self.done) / self.rate


@dataclass
class Job:
    """A load under way, told by one thread and watched by another.

    The worker calls `read` and `phase` as the importer and the assessment ask it to; both raise `Cancelled`
    once `cancel` was called.
    """

    title: str = ""
    clock: Callable[[], float] = time.monotonic
    phases: dict[str, Phase] = field(default_factory=lambda: {name: Phase(name) for name in PHASES})
    _stop: Event = field(default_factory=Event)

    def cancel(self) -> None:
        """Ask the worker to stop at its next step."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether it is to stop."""
        return self._stop.is_set()

    def read(self, member: str, done: int, total: int) -> None:
        """Say how many bytes are read."""
        self.phase("Read")
        self.phases["Read"].advance(self.clock(), done, total, member)

    def phase(self, name: str, share: float = 0.0) -> None:
        """Say which phase runs; those before it are done.

        Raises
        ------
        Cancelled
            The user wants no more of it.
        """
        if self.cancelled:
            raise Cancelled("The load was cancelled.")
        now = self.clock()
        for each in self.phases.values():
            if each.name == name:
                each.started = each.started if each.started is not None else now
                return
            if each.ended is None:
                each.started = each.started if each.started is not None else now
                each.ended = now

    def finish(self, notes: dict[str, str]) -> None:
        """Say that all is done, and what came of some phases."""
        self.phase("")
        for name, note in notes.items():
            self.phases[name].detail = note
