"""Labels: thresholds with a live recount, and check-yourself with an honest figure."""

import numpy as np

from relnet.assess.assessment import DEFAULT
from relnet.tui.screens.check import CheckPage
from relnet.tui.screens.labels import LabelsPage, label_counts
from relnet.tui.screens.overview import OverviewPage
from tests.tui.made import press, shown


async def test_thresholds_count_at_once_and_then_everywhere(open_dashboard):
    async with open_dashboard(size=(120, 40)) as pilot:
        before = label_counts(pilot.app.model.assessment, DEFAULT)
        await press(pilot, "2")
        page = pilot.app.screen
        assert isinstance(page, LabelsPage) and before["fake"] == 6
        await pilot.press("down", "down", *["left"] * 2)
        assert page.thresholds.good_below == 0.0 and "p(fake) below .00" in shown(pilot)
        await pilot.pause(0.5)
        await press(pilot)
        assert label_counts(pilot.app.model.assessment, pilot.app.model.thresholds)["good"] == 0
        await press(pilot, "1")
        assert not any(pilot.app.model.seen.columns["label"] == "good")
        await press(pilot, "2", "0")
        await pilot.pause(0.5)
        await press(pilot)
        assert label_counts(pilot.app.model.assessment, DEFAULT) == before


async def test_a_count_leads_to_its_connections(open_dashboard):
    async with open_dashboard(size=(120, 40)) as pilot:
        await press(pilot, "2")
        pilot.app.screen.query_one("#label-fake").focus()
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, OverviewPage) and "6 of 24" in shown(pilot)


async def test_check_yourself_counts_what_agrees(open_dashboard):
    async with open_dashboard(size=(100, 30)) as pilot:
        await press(pilot, "2", "c")
        page = pilot.app.screen
        assert isinstance(page, CheckPage) and len(page.drawn) == 24
        labels = pilot.app.model.assessment.labels.label
        rows = pilot.app.model.assessment.accounts.rows(np.array(page.drawn))
        truth = ["gifu"[labels[row]] for row in rows]
        wrong = next(i for i, key in enumerate(truth) if key == "f")
        await press(pilot, *(key if i != wrong else "g" for i, key in enumerate(truth)))
        assert "That was all" in shown(pilot) and "6 answers   83% (44–97%)" in shown(pilot)
        await press(pilot, *["U"] * (len(truth) - wrong), "f")
        assert "6 answers   100% (61–100%)" in shown(pilot)
        await press(pilot, "escape", "c")
        assert "nobody to judge" in shown(pilot)
