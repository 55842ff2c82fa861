"""What must not break: a storm of sizes, two dashboards on one workspace, and what the user decided, come what may."""

import contextlib
import random

from relnet.settings import Settings
from relnet.store.judgements import annotations, overrides
from relnet.store.workspace import Workspace
from relnet.tui.app import Dashboard
from relnet.tui.job import Job
from relnet.tui.model import Model
from tests.tui.made import AS_OF, DAY, loaded, network, plugins, press, shown, write


async def test_a_storm_of_sizes_ends_on_a_whole_screen(open_dashboard):
    rng = random.Random(3)
    async with open_dashboard() as pilot:
        for keys in (["1"], ["enter"], ["enter"], ["2"], ["3"], ["4"], ["5"], ["comma"]):
            await press(pilot, *keys)
            for _ in range(6):
                await pilot.resize_terminal(rng.randint(1, 220), rng.randint(1, 70))
            await pilot.resize_terminal(100, 30)
            await press(pilot)
            lines = shown(pilot).splitlines()
            assert len(lines) == 30 and "? Help" in lines[-1] and max(map(len, lines)) <= 100


async def test_two_dashboards_on_one_workspace(open_dashboard, workspace):
    async with open_dashboard() as one, contextlib.AsyncExitStack() as stack:
        other_app = Dashboard(Model(Workspace(workspace.path), plugins()), [], Settings())
        other = await stack.enter_async_context(other_app.run_test(size=(120, 31), notifications=True))
        await loaded(other)
        for _ in range(4):
            await one.press("m", "f", "down")
            await other.press("t", "r", "down")
        await press(one)
        await press(other)
        await press(one, "U")
        await press(other, "U")
    with contextlib.closing(Model(workspace, plugins())) as model:
        model.load([], Job())
        assert sum(model.seen.columns["label"] == "fake") >= 3
        assert 6 <= len(overrides(workspace.catalog)) + len(annotations(workspace.catalog)) <= 8


async def test_what_the_user_decided_survives_reading_and_scoring_anew(open_dashboard, workspace, tmp_path):
    async with open_dashboard() as pilot:
        await press(pilot, "m", "f", "e", *"mine", "enter", "#", *"x", "enter", "t", "m")
    more = network()
    more.interactions = [act for act in more.interactions if act.at > AS_OF - 30 * DAY]
    more.accounts[1].name = "Ana, renamed"
    for made in (more, network()):
        app = Dashboard(Model(Workspace(workspace.path), plugins()), [write(made, tmp_path)], Settings())
        async with app.run_test(size=(140, 42), notifications=True) as pilot:
            await loaded(pilot)
            await press(pilot, "5", "space", "space", "4")
            [entry] = pilot.app.screen.entries
            assert (entry.handle, entry.action, entry.label, entry.note) == ("@ana", "mute", "fake", "mine")
            row = app.model.seen.row_of(entry.account)
            assert app.model.seen.columns["tag"][row] == ("x",)
