"""Words for one connection: its scores and their parts, its counts, times and label, and what the user wrote."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from relnet.assess.explain import Explanation, Part
from relnet.assess.labeling import why_no_label
from relnet.text import LABEL_MARKS, UNKNOWN, ago, counted, score
from relnet.tui.phrases import feature, side_of, split, times
from relnet.tui.seen import Seen

if TYPE_CHECKING:
    from relnet.network.evidence import Act

_SCORE: Final = "score."
_SUSPECT: Final = 0.2
"""From this p_fake on it is told what speaks for fake, below what speaks against it."""
_SPANS: Final = 28
"""Exchanges are counted in periods of this part of the horizon."""


class Wording:
    """Words for one connection.

    Parameters
    ----------
    seen, row
        The connection.
    unit
        Gives the unit of a feature's column.
    """

    def __init__(self, seen: Seen, row: int, unit: Callable[[str], str]) -> None:
        self._seen, self._row, self._unit = seen, row, unit
        self._flipped = bool(seen.ties.flipped[row])
        self.you = "you" if seen.has_you else str(seen.columns["from"][row])
        self.they = "they" if seen.has_you else seen.handle(row)

    def _value(self, column: str) -> float:
        return float(self._seen.columns[column][self._row])

    # The connection itself

    def headline(self, explanation: Explanation | None = None) -> str:
        """Return the score that leads with what is to be said of it: `engagement at least .40 (.31–.55)`."""
        seen, name = self._seen, self._seen.headline
        if not name:
            return "no score"
        value = self._value(name)
        bound = "at least " if seen.at_least[self._row] and not math.isnan(value) else ""
        known = explanation is not None and not math.isnan(explanation.low)
        interval = f" ({score(explanation.low)}–{score(explanation.high)})" if known and explanation else ""
        return f"{name} {bound}{score(value)}{interval}"

    def thinness(self) -> str:
        """Return `thin: 2 interactions` where few acts are seen; else nothing."""
        acts = float(self._seen.acts[self._row])
        if not acts:
            return "no interaction seen"
        return f"thin: {counted(acts, 'interaction')}" if self._seen.thin[self._row] else ""

    def unseen(self) -> str:
        """Return whose acts are not covered by what was read; nothing where both sides are."""
        seen, row = self._seen, self._row
        yours, theirs = ("your", "their") if seen.has_you else (f"{self.you}’s", f"{self.they}’s")
        sides = [who for who, known in ((yours, seen.out_known[row]), (theirs, seen.in_known[row])) if not known]
        return f"{' and '.join(sides)} side not covered" if sides else ""

    def counts(self) -> str:
        """Return how often each side wrote: `you wrote 44×, they at least 3×`."""
        seen, row = self._seen, self._row
        out = times(self._value("out"), bool(seen.out_known[row]))
        back = times(self._value("in"), bool(seen.in_known[row]))
        return f"{self.you} wrote {out}, {self.they} {back}"

    def circle(self) -> str:
        """Return which circle the connection is in; nothing outside all."""
        size = self._value("circle")
        return f"circle {size:.0f}" if size else ""

    def times(self) -> str:
        """Return when the two were in touch."""
        last = self._value("last")
        if math.isnan(last):
            return "no dated act"
        return f"last in touch {ago(last)} ago, first {ago(self._value('first'))} ago, {self._days()}"

    def _days(self) -> str:
        return f"on {counted(self._value('days'), 'day')}"

    def label(self, cues: Sequence[Part]) -> str:
        """Return what the label of the other account is, how sure, and why."""
        seen, row = self._seen, self._row
        labels, people = seen.assessment.labels, seen.assessment.accounts
        account = int(people.rows(seen.ties.other[row : row + 1])[0])
        word = str(seen.columns["label"][row])
        said = [f"{LABEL_MARKS[word]} {word}"]
        if labels.overridden[account]:
            said.append("by your word")
        chances = [("fake", float(labels.p_fake[account])), ("inactive", float(labels.p_inactive[account]))]
        said += [f"p({name}) {score(p)}" for name, p in chances if not math.isnan(p)]
        if word == UNKNOWN and not labels.overridden[account]:
            said.append(why_no_label(int(labels.why[account])))
        if seen.columns["bot"][row]:
            said.append("says it is a bot")
        if (state := str(seen.columns["state"][row])) and state != "active":
            said.append(state)
        said += self._cues(cues, float(labels.p_fake[account]))
        return " · ".join(said)

    def _cues(self, cues: Sequence[Part], p_fake: float) -> list[str]:
        """Return the strongest cues for what is likelier; a cue that is absent is no reason a person would give."""
        likely = p_fake >= _SUSPECT
        told = [cue for cue in cues if (cue.effect > 0 if likely else cue.effect < 0 and not math.isnan(cue.value))]
        return [f"{'for' if cue.effect > 0 else 'against'} fake: {self.part(cue)}" for cue in told[:2]]

    def notes(self) -> str:
        """Return what the user wrote; nothing where there is nothing."""
        columns, row = self._seen.columns, self._row
        written = (
            ("list", columns["action"][row]),
            ("tags", ", ".join(columns["tag"][row])),
            ("note", columns["note"][row]),
        )
        return " · ".join(f"{kind}: {text}" for kind, text in written if text)

    def way(self, act: Act) -> str:
        """Return which way an act went: `you→` or `→you`, or who wrote where nobody is “you”."""
        out = act.source == int(self._seen.ties.this[self._row])
        if self._seen.has_you:
            return "you→" if out else "→you"
        return f"{self.you if out else self.they}→"

    # Its scores

    def name(self, part: Part) -> str:
        """Return what a part is called: `count (you)`."""
        base, side = split(part.name.removeprefix(_SCORE))
        whose = f" ({side_of(side, self.you, self.they, self._flipped)})" if side else ""
        return base.replace("_", " ") + whose

    def facts(self, part: Part, explanations: Sequence[Explanation] = ()) -> str:
        """Return the raw features behind a part in words; nothing where they say nothing to a person.

        A part that is a score of its own has the features of that score.
        """
        if not math.isnan(part.value):
            return feature(part.name, part.value, self.you, self.they, self._flipped, self._unit(part.name))
        name = part.name.removeprefix(_SCORE)
        if name in _GROUPS:
            return _GROUPS[name](self)
        score_of = {each.scorer: each for each in explanations}.get(name.replace(" ", "_"))
        return "" if score_of is None or score_of.unknown else self._features(score_of)

    def part(self, part: Part, explanations: Sequence[Explanation] = ()) -> str:
        """Return one part of a score in words, without what it does to the score."""
        facts = self.facts(part, explanations)
        return facts if facts and not math.isnan(part.value) else ": ".join(filter(None, (self.name(part), facts)))

    def reasons(self, explanations: Sequence[Explanation], most: int) -> list[str]:
        """Return what moves the headline most, each with its sign, or why it is unknown."""
        if not explanations:
            return ["No scorer is installed, so nothing is scored."]
        head = explanations[0]
        if head.unknown:
            return [f"{head.scorer} unknown: {head.unknown}"]
        moving = [part for part in head.parts if part.effect]
        told = [part for part in moving if self.facts(part, explanations)] or moving
        return [f"{'+' if part.effect >= 0 else '–'} {self.part(part, explanations)}" for part in told[:most]]

    def ground(self, explanation: Explanation) -> str:
        """Return the raw features behind a score, or why it is unknown."""
        if explanation.unknown:
            return explanation.unknown
        return self._features(explanation) or self.facts(Part(explanation.scorer, 0.0))

    def _features(self, explanation: Explanation) -> str:
        return " · ".join(self.facts(part) for part in explanation.parts if not math.isnan(part.value))

    def _lately(self) -> str:
        ties, row = self._seen.ties, self._row
        sides = ((self.you, ties.out("last_act")[row], "out"), (self.they, ties.back("last_act")[row], "in"))
        return ", ".join(f"{who} last {self._when(days, way)}" for who, days, way in sides)

    def _when(self, days: float, way: str) -> str:
        if math.isnan(days):
            return "never" if self._seen.columns[f"{way}_known"][self._row] else "unknown"
        return f"{ago(days)} ago"

    def _in_common(self) -> str:
        if not self._seen.has_you:
            return ""
        shared = len(self._seen.shared(self._row))
        return f"{shared:,} in common" if shared else "none seen in common"

    def _exchanges(self) -> str:
        features = self._seen.assessment.connections.features
        if "exchanges" not in features:
            return ""
        spans = math.expm1(float(self._seen.ties.feature("exchanges")[self._row]))
        days = self._seen.assessment.header.horizon_days / _SPANS
        if not spans:
            return f"no span of {days:.0f} days seen in which both wrote"
        return f"both wrote in {spans:.1f} spans of {days:.0f} days, late ones counting most"


_GROUPS: Final[dict[str, Callable[[Wording], str]]] = {
    "vitality": lambda wording: f"last in touch {ago(wording._value('last'))} ago",
    "reciprocity": Wording.counts,
    "responsiveness": Wording._lately,
    "conversation": Wording._exchanges,
    "constancy": lambda wording: f"in touch {wording._days()}",
    "embeddedness": Wording._in_common,
}
"""What tells a person most of each part of engagement."""
