"""Time: lists with their reasons, circles against a year before, and a period that every screen follows."""

from relnet.tui.screens.connection import ConnectionPage
from relnet.tui.screens.overview import OverviewPage
from relnet.tui.screens.time import TimePage
from tests.tui.made import Network, network, press, shown, until


async def test_lists_name_people_and_say_what_puts_them_there(open_dashboard):
    async with open_dashboard(size=(120, 40)) as pilot:
        await press(pilot, "3")
        assert isinstance(pilot.app.screen, TimePage)
        assert "fading" in shown(pilot) and "At least 5 days of contact" in shown(pilot)
        await press(pilot, *["down"] * 3, "enter")
        assert "Acts from one side" in shown(pilot)
        listed = len(pilot.app.screen.table.rows)
        expected = pilot.app.model.seen.columns["list"]
        assert listed == sum("one-sided" in each for each in expected) > 0
        await press(pilot, "down")
        who = pilot.app.model.seen.handle(pilot.app.screen.connection_at(pilot.app.screen.table.row))
        await press(pilot, "t", "r")
        assert pilot.app.model.seen.handle(pilot.app.screen.meant()[0]) == who  # the cursor stays with them
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ConnectionPage)
        assert f"one-sided ({listed}) ▸ {who}" in shown(pilot)
        await press(pilot, "escape", "escape")
        assert isinstance(pilot.app.screen, OverviewPage)


async def test_what_cannot_be_told_says_so(open_dashboard):
    made = network(incoming=False)
    young = Network(
        made.accounts, [act for act in made.interactions if act.at > 1_736_553_600_000 - 300 * 86_400_000], made.posts,
        made.coverage,
    )  # fmt: skip
    async with open_dashboard(young, size=(120, 40)) as pilot:
        await press(pilot, "3", *["down"] * 3)
        assert "→you unknown" in shown(pilot) and "→you 0" not in shown(pilot)
        assert "Unknown: a direction of" in shown(pilot) and "not covered" in shown(pilot)
        await press(pilot, "end")
        assert "shorter than two years" in shown(pilot)
        assert "circles                 ?" in shown(pilot)


async def test_a_period_is_used_by_every_screen_and_left_again(open_dashboard):
    async with open_dashboard(size=(120, 40)) as pilot:
        whole = pilot.app.model.seen.columns["interactions"].sum()
        await press(pilot, "3", "shift+tab", *["left"] * 6, "right_square_bracket")
        await until(pilot, lambda: "until 2024-07-31" in shown(pilot).splitlines()[0])
        await press(pilot, *["left"] * 3, "left_square_bracket")
        header = "from 2024-04-01 until 2024-07-31"
        await until(pilot, lambda: header in shown(pilot).splitlines()[0])
        assert "period 2024-04 to 2024-07" in shown(pilot)
        assert 0 < pilot.app.model.seen.columns["interactions"].sum() < whole / 2
        for keys in (["4"], ["1"], ["enter"], ["enter"]):
            await press(pilot, *keys)
            assert header in shown(pilot).splitlines()[0]
        await press(pilot, "3", "w")
        await until(pilot, lambda: header not in shown(pilot).splitlines()[0])
        await press(pilot, "1")
        assert "as of 2025-01-11" in shown(pilot)
        assert pilot.app.model.seen.columns["interactions"].sum() == whole
