"""Pictures of the screens, looked at once and kept."""

import msgspec
import pytest
import textual

from relnet.settings import Settings
from relnet.tui import facts
from relnet.tui.app import Dashboard
from relnet.tui.model import Model
from relnet.tui.screens import plugins as plugins_page
from tests.tui.made import loaded, network, plugins, press, write

PINNED = "8.2.8"
SIZES = {"wide": (140, 42), "usual": (80, 24), "small": (60, 20)}

pytestmark = pytest.mark.skipif(textual.__version__ != PINNED, reason=f"pictures are of textual {PINNED}")


@pytest.fixture
def looks_right(snap_compare, workspace, tmp_path, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.chdir(tmp_path)
    # What a clock says, and how many features there are, is no matter of looks.
    found, listed = plugins_page.plugged, facts.action_list
    monkeypatch.setattr(plugins_page, "_seconds", lambda value: "" if value != value else "0.01")
    monkeypatch.setattr(
        plugins_page, "plugged", lambda *given: [each for each in found(*given) if each.kind != "feature"]
    )
    monkeypatch.setattr(
        facts,
        "action_list",
        lambda *given: [msgspec.structs.replace(each, day="2025-01-11") for each in listed(*given)],
    )

    def compare(size, *keys, **settings):
        path = write(network(broken=12), tmp_path).relative_to(tmp_path)  # evidence shows it as it was given
        app = Dashboard(Model(workspace, plugins()), [path], Settings(**settings))

        async def go(pilot):
            await loaded(pilot)
            await press(pilot, *keys)
            app.clear_notifications()  # how long they stay depends on the machine
            await pilot.pause()

        return snap_compare(app, terminal_size=SIZES[size], run_before=go)

    return compare


@pytest.mark.parametrize("size", SIZES)
def test_overview(looks_right, size):
    """Everyone, at three sizes of the terminal."""
    assert looks_right(size)


@pytest.mark.parametrize("size", SIZES)
def test_connection(looks_right, size):
    """One connection, at three sizes of the terminal."""
    assert looks_right(size, "enter")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "keys",
    [["2"], ["3"], ["m", "g", "t", "r", "down", "t", "m", "4"], ["5"], ["enter", "enter"]],
    ids=["labels", "time", "actions", "plugins", "evidence"],
)
def test_other_screens(looks_right, size, keys):
    """The other screens, at three sizes of the terminal."""
    assert looks_right(size, *keys)


def test_sixteen_colours(looks_right):
    """The colours of the terminal itself."""
    assert looks_right("usual", theme="ansi-dark")


@pytest.mark.parametrize("keys", [[], ["enter"]], ids=["overview", "connection"])
def test_without_colour(looks_right, monkeypatch, keys):
    """Weight, underline and signs tell what colour tells."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks_right("usual", *keys)


@pytest.mark.parametrize("keys", [[], ["enter"]], ids=["overview", "connection"])
def test_ascii(looks_right, keys):
    """Nothing but ASCII."""
    assert looks_right("usual", *keys, ascii=True)
