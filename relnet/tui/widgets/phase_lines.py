"""The phases of a load as lines with bars."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len

from relnet.text import fit
from relnet.tui.job import Job, Phase
from relnet.tui.widgets.drawn import Drawn, Run

_NAME = 7
_LEAST_BAR = 8


class PhaseLines(Drawn):
    """One line a phase: sign, name, bar, and what is to be said of it."""

    DEFAULT_CSS = """
    PhaseLines { height: 5; }
    PhaseLines > .phase--done { color: $text-success; }
    PhaseLines > .phase--runs { color: $text-primary; }
    PhaseLines > .phase--waits { color: $text-muted; }
    PhaseLines:nocolor > .phase--done { color: $foreground; }
    PhaseLines:nocolor > .phase--runs { color: $foreground; text-style: bold; }
    PhaseLines:nocolor > .phase--waits { color: $foreground; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"phase--done", "phase--runs", "phase--waits"}

    _job: Job | None = None

    def set_job(self, job: Job) -> None:
        """Show how far a job is; called again whenever it may have moved."""
        self._job = job
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Run]]:
        """Return one line a phase."""
        if self._job is None:
            return []
        now = self._job.clock()
        return [self._line(phase, now, width) for phase in self._job.phases.values()][:height]

    def _line(self, phase: Phase, now: float, width: int) -> list[Run]:
        state = "done" if phase.ended is not None else "runs" if phase.started is not None else "waits"
        sign = {"done": "✓", "runs": "▸", "waits": "·"}[state]
        bar = max(_LEAST_BAR, min(30, width // 4))
        full = round(phase.share * bar)
        block, rest = ("#", ".") if self.ascii else ("█", "░")
        said = phase_words(phase, now)
        room = width - cell_len(sign) - 1 - _NAME - 1 - bar - 2
        return [
            (fit(f"{sign} {phase.name}", 2 + _NAME, ascii=self.ascii) + " ", f"phase--{state}"),
            (block * full + rest * (bar - full), f"phase--{state}"),
            ("  " + fit(said, room, ascii=self.ascii), ""),
        ]


def phase_words(phase: Phase, now: float) -> str:
    """Return in words how far a phase is: amount, rate, and the time left where it can be said."""
    if phase.started is None:
        return ""
    seconds = phase.seconds(now)
    if phase.ended is not None:
        return " · ".join(part for part in (phase.detail, f"{seconds:.1f} s") if part)
    if not phase.total:
        return f"{seconds:.0f} s" if seconds >= 1 else ""
    parts = [f"{_size(phase.done)} of {_size(phase.total)}"]
    if phase.rate:
        parts.append(f"{_size(phase.rate)}/s")
    if (left := phase.seconds_left(now)) is not None:
        parts.append(f"{left:.0f} s left")
    return " · ".join([*parts, phase.detail])


def _size(n: float) -> str:
    for unit in ("B", "kB", "MB"):
        if n < 1000:
            return f"{n:.0f} {unit}"
        n /= 1000
    return f"{n:.1f} GB"
