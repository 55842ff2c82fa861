"""Loading tells how far it is, can be left at once, and leaves no half behind."""

from threading import Event

import pytest
from textual.widgets import Input

from relnet.errors import Cancelled, InputError
from relnet.registry import Entry, Registry
from relnet.store.workspace import Workspace
from relnet.tui.app import Dashboard
from relnet.tui.job import Job
from relnet.tui.model import Model
from relnet.tui.screens.dialogs import Notice
from relnet.tui.screens.loading import LoadingPage
from relnet.tui.screens.overview import OverviewPage
from relnet.tui.screens.start import StartPage
from relnet.tui.widgets.phase_lines import phase_words
from tests.tui.made import Made, loaded, network, plugins, press, shown, write

GO_ON, BEGAN = Event(), Event()


class Slow(Made):
    """Reads half, and the rest once the test lets it."""

    name = "slow"

    def sniff(self, peek):
        return 1.0

    def read(self, reader):
        yield from super().read(reader)
        BEGAN.set()
        GO_ON.wait(20)
        yield from super().read(reader)


@pytest.fixture
def slow_plugins():
    GO_ON.clear()
    BEGAN.clear()
    built_in = [entry for entry in plugins() if entry.name != "made"]
    yield Registry([*built_in, Entry("source", "slow", "tests", found=Slow)])
    GO_ON.set()


async def began(pilot):
    """Wait until the input is half read."""
    while not BEGAN.is_set():
        await pilot.pause(0.01)


def files(workspace):
    return sorted(str(path) for path in workspace.path.rglob("*") if path.is_file() and path.name != "import.lock")


async def test_cancelling_does_not_wait_and_leaves_the_workspace_as_it_was(tmp_path, slow_plugins):
    workspace = Workspace(tmp_path / "workspace")
    before = files(workspace)
    app = Dashboard(Model(workspace, slow_plugins), [write(network(), tmp_path)])
    async with app.run_test(size=(80, 24)) as pilot:
        await began(pilot)
        assert isinstance(app.screen, LoadingPage) and "▸ Read" in shown(pilot)
        await pilot.press("escape")
        assert isinstance(app.screen, StartPage) and not GO_ON.is_set()
        assert [worker.is_running for worker in app.workers] == []  # the thread itself still waits
        GO_ON.set()
        with app.model._loading:  # until the thread has let go of the workspace
            assert files(workspace) == before and not workspace.imports()


async def test_a_cancelled_load_leaves_the_network_that_was_open(open_dashboard, slow_plugins, tmp_path):
    async with open_dashboard() as pilot:
        app = pilot.app
        app.model.registry = slow_plugins
        other = tmp_path / "other"
        other.mkdir()
        app.load([write(network(names=["someone"]), other)])
        await began(pilot)
        await pilot.press("ctrl+c")
        GO_ON.set()
        assert isinstance(app.screen, OverviewPage) and len(app.overview.model.seen) == 24


async def test_an_input_that_cannot_be_read_is_said(tmp_path, workspace):
    path = tmp_path / "odd.bin"
    path.write_bytes(b"\x00\x01")
    app = Dashboard(Model(workspace, plugins()), [path])
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        assert isinstance(app.screen, Notice) and "No reader recognises this input." in shown(pilot)
        await press(pilot, "escape")
        assert isinstance(app.screen, StartPage)
        app.screen.query_one(Input).value = str(tmp_path / "nowhere")
        await press(pilot, "enter")
        assert isinstance(app.screen, StartPage)


async def test_the_same_file_again_adds_nothing(open_dashboard, workspace):
    async with open_dashboard(network()):
        once = workspace.imports().keys()
    async with open_dashboard(network()) as pilot:
        assert workspace.imports().keys() == once and isinstance(pilot.app.screen, OverviewPage)


def test_a_job_counts_phases_and_estimates_only_what_is_steady():
    now = [0.0]
    job = Job(clock=lambda: now[0])
    for now[0] in range(8):
        job.read("tweets.js", int(now[0] * 1e6), 20_000_000)
    read = job.phases["Read"]
    assert read.share == pytest.approx(7 / 20)
    assert read.seconds_left(7.0) == pytest.approx(13, rel=0.01)
    assert phase_words(read, 7.0) == "7 MB of 20 MB · 1 MB/s · 13 s left · tweets.js"
    now[0] = 8.0
    job.read("tweets.js", 19_000_000, 20_000_000)
    assert read.seconds_left(8.0) is None
    job.read("followers.js", 0, 500_000)  # the next input begins at 0
    assert phase_words(read, 8.0) == "0 B of 500 kB · followers.js"
    job.phase("Score")
    assert read.ended == 8.0 and job.phases["Graph"].share == 1 and job.phases["Label"].share == 0


def test_a_cancelled_job_stops_the_worker():
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        job.read("any", 1, 2)


def test_nothing_is_assessed_where_nothing_was_read(workspace):
    with pytest.raises(InputError):
        Model(workspace, plugins()).load((), Job())
