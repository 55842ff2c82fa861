"""Labels: how many are good, inactive, fake or unknown, by which thresholds and for which reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
import numpy as np
from textual import work
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from relnet.assess.assessment import DEFAULT, LABELS, Assessment, Thresholds
from relnet.assess.follower_check import FollowerCheck
from relnet.assess.labeling import judged_accounts
from relnet.assess.run import decide
from relnet.plugin import LabelResult
from relnet.text import LABEL_MARKS, clean, count, counted, score, share, share_range
from relnet.tui.bindings import bindings
from relnet.tui.screens.check import CheckPage
from relnet.tui.screens.page import Page
from relnet.tui.widgets.bars import LabelBar
from relnet.tui.widgets.steps import Step, Steps
from relnet.tui.widgets.tile import Figure, Tile

_TAKEN_AFTER_SECONDS: Final = 0.4
"""Thresholds that are still being turned are counted at once, and used on the other screens when they rest."""
_NAMES: Final = ("fake_from", "inactive_from", "good_below")
_RULES: Final = {
    "good": "p(fake) below {good_below}, p(inactive) below {inactive_from}",
    "inactive": "p(inactive) {inactive_from} or more",
    "fake": "p(fake) {fake_from} or more",
    "unknown": "neither can be said",
}


class LabelsPage(Page):
    """Four labels side by side, and the thresholds between them."""

    place = "labels"
    BINDINGS = bindings("labels")

    def __init__(self) -> None:
        super().__init__()
        self._timer: Timer | None = None
        self.thresholds = DEFAULT

    def body(self) -> Iterable[Widget]:
        """Return thresholds and columns."""
        yield Steps(id="steps")
        yield LabelBar(id="bar")
        with Horizontal(id="columns"):
            for label in LABELS:
                with Vertical(classes="column"):
                    yield Tile(f"{LABEL_MARKS[label]} {label}", stacked=True, id=f"label-{label}")
                    with VerticalScroll():
                        yield Static(id=f"why-{label}")
        yield Static(id="note", classes="hint")

    def on_mount(self) -> None:
        """Show the labels as they are."""
        steps = self.query_one(Steps)
        steps.border_title = "thresholds"
        steps.focus()
        self.judged()

    def path(self) -> tuple[list[str], str]:
        """Return the steps."""
        return ["relnet", f"labels of {counted(len(judged_accounts(self.model.assessment)), 'account')}"], ""

    def judged(self) -> None:
        """Show everything anew."""
        self.thresholds = self.model.thresholds
        self._count()
        self._compose_by_reason()

    # Counting

    def _count(self) -> None:
        """Count at once, by the thresholds on the screen."""
        limits = {name: score(value) for name, value in msgspec.structs.asdict(self.thresholds).items()}
        words = (
            "from this chance of being fake on an account is fake",
            "from this chance of being asleep on it is inactive",
            "below this chance of being fake, and awake, it is good",
        )
        self.query_one(Steps).set_steps(
            [
                Step(name.replace("_", " "), text, getattr(self.thresholds, name))
                for name, text in zip(_NAMES, words, strict=True)
            ]
        )
        counts = label_counts(self.model.assessment, self.thresholds)
        self.query_one(LabelBar).set_counts(counts)
        for label, number in counts.items():
            tile = self.query_one(f"#label-{label}", Tile)
            tile.set_figures([Figure(count(number), f"label:{label}", f"label--{label}")], self._interval(label))
            self.query_one(f"#why-{label}", Static).update(Content(_RULES[label].format(**limits)))
        self.query_one("#note", Static).update(
            Content(
                "Shares with intervals are of the accounts that can be judged, corrected for the labels' measured "
                "errors, at the default thresholds. c: how far do you agree?"
            )
        )

    def _interval(self, label: str) -> str:
        figure = self.model.assessment.header.summary.get(f"share_{label}")
        if figure is None or np.isnan(figure.value):
            return ""
        return f"{share(figure.value)} ({share_range(figure.low, figure.high)})"

    @work(thread=True, exclusive=True, exit_on_error=False, group="labels")
    def _compose_by_reason(self) -> None:
        self.show_later(self._show_reasons, self.thresholds, self.model.judged_labels())

    def _show_reasons(self, thresholds: Thresholds, found: FollowerCheck) -> None:
        if thresholds != self.thresholds:
            return
        limits = {name: score(value) for name, value in msgspec.structs.asdict(thresholds).items()}
        reasons = {"fake": found.fake_because, "unknown": found.unknown_because, "good": found.states}
        heads = {"fake": "by the strongest cue", "unknown": "because", "good": "of all: states, not labels"}
        for label in LABELS:
            lines = [Content(_RULES[label].format(**limits))]
            if reasons.get(label):
                lines += [Content(""), Content.styled(heads[label], "bold")]
                lines += [Content(f"{count(n):>6} {clean(word)}") for word, n in reasons[label].items()]
            self.query_one(f"#why-{label}", Static).update(Content("\n").join(lines))

    # Thresholds

    def on_steps_turned(self, event: Steps.Turned) -> None:
        """Count by another threshold."""
        self._use(msgspec.structs.replace(self.thresholds, **{_NAMES[event.index]: event.value}))

    def action_reset(self) -> None:
        """Go back to the default thresholds."""
        self._use(DEFAULT)

    def _use(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds
        self._count()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_TAKEN_AFTER_SECONDS, self._take)

    def _take(self) -> None:
        chosen = self.thresholds
        if chosen != self.model.thresholds:
            said = "by default" if chosen == DEFAULT else "by your thresholds, until you leave relnet"
            self.dashboard.judge_anew(lambda: self.model.set_thresholds(chosen), lambda: f"Labels are given {said}.")

    def on_tile_followed(self, event: Tile.Followed) -> None:
        """Show the connections behind a count."""
        overview = self.dashboard.overview
        if overview is not None:
            self.dashboard.return_to(overview)
            overview.on_tile_followed(event)

    def action_check(self) -> None:
        """Let the user judge accounts drawn by chance."""
        self.app.push_screen(CheckPage())


def label_counts(assessment: Assessment, thresholds: Thresholds) -> dict[str, int]:
    """Return accounts by label, as other thresholds would give it; the user's own word stays."""
    labels = assessment.labels
    codes = decide(LabelResult(labels.p_fake, labels.p_inactive, labels.why), thresholds)
    codes = np.where(labels.overridden, labels.label, codes)[assessment.accounts.rows(judged_accounts(assessment))]
    return dict(zip(LABELS, np.bincount(codes, minlength=len(LABELS)).tolist(), strict=True))
