"""Balance: who acts towards whom, and which ties are one-sided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from relnet.builtin.sections.lists import tie_table
from relnet.builtin.sections.standing import acts, only_in, only_out, unclear
from relnet.plugin import Block, Chart, Findings, Section, Text
from relnet.text import counted


class Balance(Section):
    """Acts each way, and the ties of which all acts come from one side."""

    name, version, title, order = "balance", "1", "Balance", 40

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return the scatter and the one-sided lists."""
        hidden = int(unclear(findings).sum())
        clear = ~unclear(findings) & (acts(findings) > 0)
        if hidden:
            yield Text(
                f"For {counted(hidden, 'connection')} of {len(clear):,} one direction is not covered by what "
                "was imported. They are left out here: a silence nobody could have seen is not one-sided."
            )
        if not clear.any():
            yield Text("No connection has acts and both directions known, so balance is unknown.")
            return
        yield _scatter(findings, clear)
        if findings.owner:
            yield from _list(findings, only_in(findings), "They wrote, you did not", "in")
            yield from _list(findings, only_out(findings), "You wrote, they did not", "out")
        else:
            one_sided = only_out(findings) | only_in(findings)
            yield from _list(findings, one_sided, "All acts from one side", "interactions")


def _scatter(findings: Findings, clear: NDArray[np.bool_]) -> Chart:
    x, y = findings.ties["out"][clear], findings.ties["in"][clear]
    head = ["you to them", "them to you"]
    if not findings.owner:
        x, y, head = np.maximum(x, y), np.minimum(x, y), ["more active side", "less active side"]
    cells, counts = np.unique(_step(x) * len(STEPS) + _step(y), return_counts=True)
    lows = zip(STEPS[cells // len(STEPS)].tolist(), STEPS[cells % len(STEPS)].tolist(), strict=True)
    places = zip(lows, counts.tolist(), strict=True)
    return Chart(
        "scatter", "Acts each way", ["acts", *head, "connections"],
        [[f"{_span(a)} / {_span(b)}", a, b, n] for (a, b), n in places],
        note="Each dot stands for the connections with about so many acts each way, larger for more of them; "
        "both scales are logarithmic. On the dashed line both sides act equally often.",
        units=["text", "count", "count", "count"],
    )  # fmt: skip


STEPS = np.unique((2 ** (np.arange(-2, 28) / 2)).astype(np.int64))
"""Lower ends of the classes in which acts are counted, steps of √2: 0, 1, 2, 4, 5, 8, 11, 16 …"""


def _step(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.searchsorted(STEPS, values, side="right") - 1


def _span(low: int) -> str:
    i = int(np.searchsorted(STEPS, low))
    if i + 1 == len(STEPS):
        return f"{low:,}+"
    high = int(STEPS[i + 1]) - 1
    return f"{low:,}" if high == low else f"{low:,}–{high:,}"


def _list(findings: Findings, mask: NDArray[np.bool_], caption: str, by: str) -> Iterator[Block]:
    chosen = np.flatnonzero(mask)
    if len(chosen):
        order = chosen[np.argsort(-findings.ties[by][chosen], kind="stable")]
        yield tie_table(findings, caption, order, f"{by} last label")
