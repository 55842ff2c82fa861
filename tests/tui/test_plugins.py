"""Plugins: turned off and on, and taken over from a file that changes."""

import asyncio

from relnet import registry
from relnet.registry import Registry
from relnet.settings import Settings
from relnet.tui.app import Dashboard
from relnet.tui.model import Model
from relnet.tui.screens.plugins import PluginsPage
from tests.tui.made import loaded, network, plugins, press, shown, write

PLUGIN = """
import numpy as np
from relnet.plugin import Scorer
class Mine(Scorer):
    \"\"\"Says the same of everybody.\"\"\"
    name, version = "mine", "1"
    needs = ("count_ab",)
    def score(self, inputs):
        return np.full(inputs.rows, {value})
"""


async def test_a_scorer_is_turned_off_and_on(open_dashboard):
    async with open_dashboard(size=(120, 40)) as pilot:
        before = pilot.app.model.seen.columns["engagement"].copy()
        await press(pilot, "5")
        assert isinstance(pilot.app.screen, PluginsPage)
        assert "100%" in shown(pilot) and "reciprocity" in shown(pilot)
        at = next(i for i, each in enumerate(pilot.app.screen.found) if each.name == "reciprocity")
        await press(pilot, *["down"] * at, "space")
        assert "reciprocity" not in pilot.app.model.assessment.scores
        assert any("reciprocity" in line and " off " in line for line in shown(pilot).splitlines())
        await press(pilot, "space")
        assert "reciprocity" in pilot.app.model.assessment.scores
        assert (pilot.app.model.seen.columns["engagement"] == before).all()
        await press(pilot, "enter")
        assert "scorer reciprocity" in shown(pilot) and "Needs:" in shown(pilot)


async def test_a_changed_file_is_taken_over_while_one_looks(tmp_path, workspace):
    folder = tmp_path / "mine"
    folder.mkdir()
    file = folder / "mine.py"
    file.write_text(PLUGIN.format(value=0.25))

    def find() -> Registry:
        found = registry.find([folder])
        ours = [entry for entry in found if entry.name == "mine"]
        return Registry([*plugins(), *ours], failures=found.failures)

    settings = Settings(plugin_folders=(str(folder),))
    app = Dashboard(Model(workspace, find()), [write(network(), tmp_path)], settings, find_plugins=find)
    async with app.run_test(size=(140, 40), notifications=True) as pilot:
        await loaded(pilot)
        await press(pilot, "5")

        async def until(holds) -> None:
            for _ in range(300):
                if holds():
                    return
                await asyncio.sleep(0.05)
            raise AssertionError(shown(pilot))

        assert (app.model.assessment.scores["mine"] == 0.25).all()
        file.write_text(PLUGIN.format(value=0.75))
        await until(lambda: (app.model.assessment.scores["mine"] == 0.75).all())
        file.write_text("this is no Python")
        await until(lambda: "mine" not in app.model.assessment.scores)
        await press(pilot)
        assert "1 failed" in shown(pilot).splitlines()[0]
