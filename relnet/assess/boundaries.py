"""What would change a tie's circle and an account's label: the nearest boundaries, and the fact that crosses each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from relnet.assess.assessment import DEFAULT, LABELS, Thresholds, Ties
from relnet.assess.explain import Part
from relnet.assess.groups import CIRCLES, YEAR_DAYS
from relnet.text import count, score


def boundaries(ties: Ties, row: int, cues: Sequence[Part] = (), thresholds: Thresholds = DEFAULT) -> list[str]:
    """Return in words, for one tie, what is missing to the next circle, when it leaves its own, and the nearest label.

    Parameters
    ----------
    cues
        What speaks for and against the account being fake, strongest first.
    """
    return [*_circle(ties, row), *_label(ties, row, cues, thresholds)]


def _circle(ties: Ties, row: int) -> Iterator[str]:
    if not ties.assessment.header.me:
        return
    circle = int(ties.circle[row])
    days, first, last = (float(ties.feature(name)[row]) for name in ("active_days", "first_contact", "last_contact"))
    if math.isnan(days) or math.isnan(first):
        return
    years = max(first / YEAR_DAYS, 1.0)
    closer = [(size, least) for size, least in CIRCLES if not circle or size < circle]
    if closer:
        size, least = closer[-1]
        missing = max(math.ceil(least * years - days), 1)
        yield f"{count(missing)} more day{'s' * (missing > 1)} in touch: circle {size}"
    if circle:
        silent = max(math.ceil(YEAR_DAYS - last), 1)
        yield f"{count(silent)} more day{'s' * (silent > 1)} of silence: outside all circles"


def _label(ties: Ties, row: int, cues: Sequence[Part], thresholds: Thresholds) -> Iterator[str]:
    labels, account = ties.assessment.labels, int(ties.account_rows[row])
    if labels.overridden[account]:
        yield "only you change the label that you gave"
        return
    fake, asleep = float(labels.p_fake[account]), float(labels.p_inactive[account])
    if math.isnan(fake):
        return
    word = LABELS[int(labels.label[account])]
    towards = [(abs(fake - thresholds.fake_from), f"fake from p(fake) {score(thresholds.fake_from)} on")]
    if word != "inactive":
        towards.append((abs(fake - thresholds.good_below), f"good below p(fake) {score(thresholds.good_below)}"))
    if not math.isnan(asleep) and word in ("good", "inactive"):
        limit = thresholds.inactive_from
        towards.append((abs(asleep - limit), f"inactive from p(inactive) {score(limit)} on"))
    _, said = min(towards)
    now = f"now {score(asleep)}" if "inactive" in said else f"now {score(fake)}"
    against = fake < thresholds.fake_from
    strongest = next((cue.name for cue in cues if (cue.effect < 0) == against and cue.effect), "")
    way = "against" if against else "for"
    fact = f"; the cue “{strongest}” speaks most {way} fake" if strongest and "fake" in said else ""
    yield f"label: {said}, {now}{fact}"
