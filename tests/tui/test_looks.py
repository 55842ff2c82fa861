"""Pictures of the screens, looked at once and kept."""

import pytest
import textual

from relnet.settings import Settings
from relnet.tui.app import Dashboard
from relnet.tui.model import Model
from tests.tui.made import loaded, network, plugins, press, write

PINNED = "8.2.8"
SIZES = {"wide": (140, 42), "usual": (80, 24), "small": (60, 20)}

pytestmark = pytest.mark.skipif(textual.__version__ != PINNED, reason=f"pictures are of textual {PINNED}")


@pytest.fixture
def looks_right(snap_compare, workspace, tmp_path, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)

    def compare(size, *keys, **settings):
        app = Dashboard(Model(workspace, plugins()), [write(network(broken=12), tmp_path)], Settings(**settings))

        async def go(pilot):
            await loaded(pilot)
            await press(pilot, *keys)

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


@pytest.mark.parametrize("keys", [[], ["enter"]], ids=["overview", "connection"])
def test_without_colour(looks_right, monkeypatch, keys):
    """Weight, underline and signs tell what colour tells."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks_right("usual", *keys)


@pytest.mark.parametrize("keys", [[], ["enter"]], ids=["overview", "connection"])
def test_ascii(looks_right, keys):
    """Nothing but ASCII."""
    assert looks_right("usual", *keys, ascii=True)
