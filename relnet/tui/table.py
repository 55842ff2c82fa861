"""The columns of the connections table on the screen, and the people of the circles map."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from relnet.assess.assessment import LABELS
from relnet.text import UNKNOWN, ago, count, score
from relnet.tui.seen import Seen
from relnet.tui.widgets.columns import TableColumn
from relnet.tui.widgets.ring_map import People


class _Cells(Sequence[Any]):
    """Cells made when they are drawn: NaN where the number is unknown, else the text of a row."""

    def __init__(self, numbers: npt.NDArray[np.float64], text: Callable[[int], str]) -> None:
        self._numbers, self._text = numbers, text

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, row: Any) -> Any:
        return np.nan if np.isnan(self._numbers[row]) else self._text(row)

    def __iter__(self) -> Iterator[Any]:
        return (self[row] for row in range(len(self)))


def table_columns(seen: Seen, *, scores: bool = True) -> list[TableColumn]:
    """Return the columns for the connections as they are seen, the most needed with the lowest priority.

    Parameters
    ----------
    scores
        Whether scores that do not lead have columns too.
    """
    values, shown = seen.columns, {"engagement": "engage"}
    out, back = ("you→", "→you") if seen.has_you else ("→", "←")
    columns = [TableColumn("handle", "who", 14, values["handle"], grow=16)]
    if not seen.has_you:
        columns = [
            TableColumn("from", "one", 12, values["from"], grow=10),
            TableColumn("handle", "the other", 12, values["handle"], grow=10),
        ]
    if seen.headline:
        columns.append(_leading(seen, shown.get(seen.headline, seen.headline)))
    columns += [
        _label(seen),
        _counted("out", out, values["out"], seen.out_known),
        _counted("in", back, values["in"], seen.in_known),
        TableColumn("last", "last", 6, values["last"], _ago, priority=2, align="right"),
        TableColumn("circle", "circle", 6, values["circle"], _circle, priority=4, align="right"),
    ]
    if any(values["tag"]):
        columns.append(
            TableColumn("tag", "tags", 10, values["tag"], ", ".join, priority=5, order=_joined(values["tag"]))
        )
    columns += [
        TableColumn(name, name, max(len(name), 7), values[name], score, priority=6, align="right")
        for name in sorted(seen.assessment.scores)
        if scores and name != seen.headline
    ]
    columns += [
        TableColumn("interactions", "all", 6, values["interactions"], count, priority=7, align="right"),
        TableColumn("first", "first", 6, values["first"], _ago, priority=8, align="right"),
        TableColumn("name", "name", 16, values["name"], priority=9, grow=12),
    ]
    return columns


def _label(seen: Seen) -> TableColumn:
    by_name = np.argsort(np.argsort(LABELS))  # the place of each code when its words are in order
    title = "label" if seen.has_you else "other is"
    return TableColumn(
        "label", title, 10, seen.columns["label"], priority=1, is_label=True, order=by_name[seen.ties.label]
    )


def _leading(seen: Seen, title: str) -> TableColumn:
    """Column of the headline: `.92`, `≥.40` where a side is not covered, `thin .92` where acts are few."""
    numbers = seen.columns[seen.headline]

    def text(row: int) -> str:
        bound = "≥" if seen.at_least[row] else ""
        return f"{'thin ' if seen.thin[row] else ''}{bound}{score(float(numbers[row]))}"

    width = max(len(title) + 1, 9)
    return TableColumn(
        seen.headline, title, width, _Cells(numbers, text), _known, priority=1, align="right", order=numbers
    )


def _counted(key: str, title: str, numbers: npt.NDArray[np.float64], known: npt.NDArray[np.bool_]) -> TableColumn:
    """Column of acts one way: `44`, `≥3` where more may have been, `?` where none could be seen."""

    def text(row: int) -> str:
        return f"{'' if known[row] else '≥'}{count(float(numbers[row]))}"

    return TableColumn(key, title, 6, _Cells(numbers, text), _mark, priority=3, align="right", order=numbers)


def _known(value: Any) -> str:
    return value if isinstance(value, str) else UNKNOWN


def _mark(value: Any) -> str:
    return value if isinstance(value, str) else "?"


def _ago(days: float) -> str:
    return "?" if np.isnan(days) else ago(days)


def _circle(size: float) -> str:
    return str(int(size)) if size else "–"


def _joined(tags: npt.NDArray[Any]) -> list[str]:
    return [", ".join(each) for each in tags]


def people(seen: Seen) -> People | None:
    """Return who stands on the circles map; `None` where there is no middle to stand around."""
    if not seen.has_you:
        return None
    columns = seen.columns
    circle = np.where(columns["circle"] > 0, columns["circle"], np.nan)
    strength = columns[seen.headline] if seen.headline else columns["interactions"]
    community = columns["community"].astype(np.int64)
    return People(columns["handle"].tolist(), circle, community, columns["label"].tolist(), strength)
