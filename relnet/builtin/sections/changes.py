"""What changed since an earlier assessment of the same network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from relnet.builtin.sections.wording import unit_value
from relnet.plugin import Block, Findings, Param, Section, Table, Text

OUTSIDE = "no circle"


class Changes(Section):
    """Figures before and now, and the ties that entered or left a list or a circle; silent without a comparison."""

    name, version, title, order = "changes", "1", "What changed", 12
    listed: Annotated[int, Param(ge=1, le=100, description="people named of each list and change")] = 8
    circles: Annotated[int, Param(ge=1, le=200, description="people named who changed circles")] = 25

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return the differences."""
        change = findings.change
        if change is None:
            return
        yield Text(f"Compared with the assessment as of {change.since}. More data may have been imported since.")
        if not (change.figures or change.lists or change.circles):
            yield Text("Nothing changed: every figure, list and circle is as it was.")
        measures = findings.measures
        if change.figures:
            yield Table(
                "Figures that changed", ["figure", "then", "now"],
                [
                    [measures[name].title, *(unit_value(value, measures[name].unit) for value in (then, now))]
                    for name, then, now in change.figures
                ],
                units=["text"] * 3,
            )  # fmt: skip
        if change.lists:
            yield from self._lists(change.lists)
        if change.circles:
            yield Table(
                "Who changed circles", ["who", "then", "now"],
                [
                    [who, *(str(size) if size else OUTSIDE for size in sizes)]
                    for who, *sizes in change.circles[: self.circles]
                ],
                len(change.circles), ["text"] * 3,
            )  # fmt: skip

    def _lists(self, moved: Iterable[tuple[str, str, str]]) -> Iterable[Block]:
        """Return how many entered and left each list, and the first of them by name."""
        who: dict[str, dict[str, list[str]]] = {}
        for name, person, word in moved:
            who.setdefault(name, {"new": [], "gone": []})[word].append(person)
        yield Table(
            "Who entered or left a list", ["list", "entered", "left"],
            [[name, *(len(people) for people in each.values())] for name, each in who.items()],
            units=["text", "count", "count"],
        )  # fmt: skip
        for name, each in who.items():
            rows = [[person, word] for word, people in each.items() for person in people[: self.listed]]
            total = sum(map(len, each.values()))
            yield Table(f"List {name}: new and gone", ["who", "change"], rows, total, ["text", "text"])
