"""Every key is said once, described, and listed in help."""

import pytest
from textual.binding import Binding

from relnet.tui.bindings import PLACES, shown
from relnet.tui.screens.help import HelpPage
from relnet.tui.widgets.connection_table import ConnectionTable
from relnet.tui.widgets.filter_input import FilterInput
from tests.tui.made import press
from tests.tui.made import shown as screen

WAYS = {
    "overview": [],
    "filter": ["slash"],
    "tile": ["shift+tab"],
    "connection": ["enter"],
    "evidence": ["enter", "enter"],
    "data": ["d"],
    "labels": ["2"],
    "check": ["2", "c"],
    "time": ["3"],
    "months": ["3", "shift+tab"],
    "actions": ["t", "r", "4"],
    "plugins": ["5"],
    "settings": ["comma"],
}


@pytest.mark.parametrize("way", WAYS)
async def test_help_lists_every_key_that_works_now(open_dashboard, way):
    async with open_dashboard(size=(100, 90)) as pilot:
        await press(pilot, *WAYS[way])
        active = [each.binding for each in pilot.app.screen.active_bindings.values() if each.enabled]
        await press(pilot, "f1")
        assert isinstance(pilot.app.screen, HelpPage)
        lines = screen(pilot).splitlines()
        for binding in active:
            if binding.id:
                words = binding.tooltip or binding.description
                assert words
                assert any(words in line and shown(binding.key) in line.split() for line in lines), binding
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, HelpPage)


async def test_every_place_has_a_way_to_it_here():
    apart = {"start", "loading", "help", "dialog", "page", "everywhere", "steps", "plugin_table"}
    assert set(PLACES) - set(WAYS) <= apart  # those have no help of their own, or lie within another


def test_every_binding_has_a_name_and_words():
    for widget in (ConnectionTable, FilterInput):
        for binding in widget.BINDINGS:
            assert isinstance(binding, Binding) and binding.id and binding.description
    for keys in PLACES.values():
        assert all(key.id and key.words and key.action for key in keys)
        assert sum(key.shown for key in keys) <= 7


def test_no_key_that_terminals_swallow():
    for keys in PLACES.values():
        for key in ",".join(each.keys for each in keys).split(","):
            assert key not in ("ctrl+enter", "ctrl+slash") and not key.startswith(("alt+", "cmd+"))


async def test_settings_give_an_action_another_key(open_dashboard):
    async with open_dashboard(keys={"overview.filter": "x"}) as pilot:
        await press(pilot, "x", *"marek")
        assert "1 of 24" in screen(pilot)


async def test_the_last_line_keeps_help_in_view(open_dashboard):
    async with open_dashboard(size=(40, 12)) as pilot:
        assert "? Help" in screen(pilot).splitlines()[-1]
