"""The way through the dashboard, as a person takes it."""

import json

from textual.widgets import Input, Static

from relnet.tui.app import Dashboard
from relnet.tui.model import Model
from relnet.tui.screens.connection import ConnectionPage
from relnet.tui.screens.data import DataPage
from relnet.tui.screens.dialogs import Notice
from relnet.tui.screens.evidence import EvidencePage
from relnet.tui.screens.overview import OverviewPage
from relnet.tui.screens.start import StartPage
from relnet.tui.widgets.connection_table import ConnectionTable
from tests.tui.made import loaded, network, plugins, press, shown, write


def handle(pilot):
    """Who is under the cursor."""
    overview = pilot.app.overview
    return overview.model.seen.handle(overview.table.row)


def label(pilot):
    overview = pilot.app.overview
    return overview.model.seen.columns["label"][overview.table.row]


async def test_deeper_and_back_to_the_row_left(open_dashboard):
    async with open_dashboard() as pilot:
        assert isinstance(pilot.app.screen, OverviewPage)
        await press(pilot, "down", "down", "enter")
        assert isinstance(pilot.app.screen, ConnectionPage)
        assert "@me ▸ @yuki" in shown(pilot)
        await press(pilot, "down", "enter")
        assert isinstance(pilot.app.screen, EvidencePage)
        assert "@me ▸ @yuki ▸ reply 2 of 48" in shown(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen.query_one("#acts", ConnectionTable).row == 1
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, OverviewPage) and handle(pilot) == "@yuki"


async def test_the_cursor_follows_next_and_previous(open_dashboard):
    async with open_dashboard() as pilot:
        await press(pilot, "enter", "right_square_bracket", "right_square_bracket", "left_square_bracket")
        assert "@me ▸ @marek" in shown(pilot)
        await press(pilot, "enter", "right_square_bracket", "escape")
        assert pilot.app.screen.query_one("#acts", ConnectionTable).row == 1
        await press(pilot, "escape")
        assert handle(pilot) == "@marek"


async def test_escape_never_quits_and_q_does_on_the_first_screen(open_dashboard):
    async with open_dashboard() as pilot:
        await press(pilot, "escape", "escape")
        assert isinstance(pilot.app.screen, OverviewPage)
        await press(pilot, "enter", "q")
        assert isinstance(pilot.app.screen, OverviewPage)
        await pilot.press("q")
    assert pilot.app.return_value == 0


async def test_what_the_header_says(open_dashboard):
    async with open_dashboard(network(broken=12)) as pilot:
        first = shown(pilot).splitlines()[0]
        assert first.startswith("relnet  @me · 1 source · 587 interactions · 2023–2025")
        assert first.endswith("12 left out (d) · as of 2025-01-11")
        await press(pilot, "d")
        assert isinstance(pilot.app.screen, DataPage)
        assert "12 left out: not valid JSON" in shown(pilot) and "made.json record 9" in shown(pilot)


async def test_a_connection_shows_its_numbers_down_to_the_words(open_dashboard):
    async with open_dashboard() as pilot:
        await press(pilot, "enter")
        text = shown(pilot)
        assert "you wrote 29×, they 28×" in text and "57 interactions, newest first" in text
        assert "p(fake) .05" in text and "against fake: following 20" in text
        await press(pilot, "enter")
        text = shown(pilot)
        assert "@ana word number 0, said to ana" in text and "second line" in text
        assert "2025-01-09 23:00:00 UTC" in text and "made.json" in text and "an act: " in text


async def test_filter_and_its_way_back(open_dashboard):
    async with open_dashboard() as pilot:
        table = pilot.app.screen.table
        await press(pilot, "slash", *"label:fake", "enter")
        assert len(table.rows) == 6 and "6 of 24" in shown(pilot)
        await press(pilot, "enter")
        assert "@me ▸ label:fake (6) ▸ @yuki" in shown(pilot)
        await press(pilot, "escape", "slash", "end", *" in>99", "enter")
        assert "0 of 24 match `label:fake in>99`. Esc clears." in shown(pilot)
        await press(pilot, "escape")
        assert len(table.rows) == 24


async def test_a_filter_that_cannot_be_read_leaves_the_table_alone(open_dashboard):
    async with open_dashboard() as pilot:
        await press(pilot, "slash")
        pilot.app.screen.filter_input.value = "labl:fake"
        await pilot.pause(0.1)
        await press(pilot)
        assert len(pilot.app.screen.table.rows) == 24
        assert "Did you mean label?" in shown(pilot)


async def test_figures_lead_to_the_connections_behind_them(open_dashboard):
    async with open_dashboard() as pilot:
        pilot.app.screen.query_one("#real").focus()
        await press(pilot, "right", "right", "enter")
        assert pilot.app.screen.query_one(Input).value == "label:fake"
        assert len(pilot.app.screen.table.rows) == 6


async def test_sort_by_a_column_and_turn_it_round(open_dashboard):
    async with open_dashboard() as pilot:
        await press(pilot, "s", "enter")
        await press(pilot, "home")
        assert pilot.app.screen.table.sorted_by == "handle" and handle(pilot) == "@ana"
        await press(pilot, "S", "home")
        assert handle(pilot) == "@yuki"


async def test_label_of_the_users_own_and_undo(open_dashboard, workspace):
    async with open_dashboard() as pilot:
        await press(pilot, "m", "f")
        assert label(pilot) == "fake" and handle(pilot) == "@ana"
        assert "× 33% fake" in shown(pilot)
        await press(pilot, "enter")
        assert "× fake · by your word" in shown(pilot)
        await press(pilot, "U")
        assert "● good" in shown(pilot)
        await press(pilot, "escape")
        assert label(pilot) == "good" and "× 29% fake" in shown(pilot)
        await press(pilot, "U")
        assert label(pilot) == "good"


async def test_a_judgement_of_marked_rows_is_taken_back_whole(open_dashboard):
    async with open_dashboard() as pilot:
        await press(pilot, "space", "down", "space", "m", "i")
        labels = pilot.app.screen.model.seen.columns["label"]
        assert (labels == "inactive").sum() == 5
        await press(pilot, "U")
        labels = pilot.app.screen.model.seen.columns["label"]
        assert (labels == "inactive").sum() == 3
        await press(pilot, "escape")
        assert not pilot.app.screen.table.marked


async def test_notes_tags_and_the_action_list_stay(open_dashboard, workspace):
    async with open_dashboard() as pilot:
        await press(pilot, "e", *"met in Oslo", "enter", "number_sign", *"work", "enter", "t", "r")
        assert "list: reach out · tags: work · note: met in Oslo" in shown(pilot)
        await press(pilot, "slash", *"tag:work", "enter")
        assert handle(pilot) == "@ana" and len(pilot.app.screen.table.rows) == 1
    async with open_dashboard() as pilot:
        await press(pilot, "enter")
        assert "list: reach out · tags: work · note: met in Oslo" in shown(pilot)


async def test_where_a_direction_is_not_covered_it_is_unknown_and_the_score_a_bound(open_dashboard):
    async with open_dashboard(network(incoming=False)) as pilot:
        text = shown(pilot)
        assert "unknown both ways" in text and "one way unseen: 24" in text
        assert "engagement at least .78 · their side not covered" in text
        row = next(line for line in text.splitlines() if line.startswith("  @ana"))
        assert "≥.78" in row and row[: row.index("1 d")].rstrip().endswith("?")
        await press(pilot, "enter")
        assert "one direction is n" in shown(pilot) and "→you unknown" in shown(pilot)


async def test_thin_ties_say_so(open_dashboard):
    async with open_dashboard() as pilot:
        await press(pilot, "end")
        assert "engagement .08 · thin: 2 interactions" in shown(pilot)


async def test_without_an_owner_both_sides_show_and_one_can_be_you(open_dashboard):
    async with open_dashboard(network(owner=False)) as pilot:
        overview = pilot.app.overview
        assert len(overview.table.rows) == 31 and "one" in shown(pilot) and "the other" in shown(pilot)
        await press(pilot, "down", "f", "2")
        assert overview.model.seen.focus is not None
        assert "▸ as @me" in shown(pilot) and len(overview.table.rows) == 24
        await press(pilot, "enter")
        assert "@me ▸ @ana" in shown(pilot)
        await press(pilot, "escape", "escape")
        assert overview.model.seen.focus is None and overview.table.rows.position == 1


async def test_an_owner_needs_no_focus(open_dashboard):
    async with open_dashboard() as pilot:
        await press(pilot, "f")
        assert isinstance(pilot.app.screen, OverviewPage) and pilot.app.overview.model.seen.focus is None


async def test_the_palette_finds_people(open_dashboard):
    async with open_dashboard() as pilot:
        await press(pilot, "ctrl+p", *"oma")
        while not pilot.app.screen.query_one("CommandList").option_count:
            await pilot.pause(0.01)
        await press(pilot, "enter")
        await press(pilot)
        assert isinstance(pilot.app.screen, ConnectionPage) and "@me ▸ @omar" in shown(pilot)


async def test_copying_says_where(open_dashboard, workspace, monkeypatch):
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    async with open_dashboard() as pilot:
        await press(pilot, "Y")
        row = json.loads((workspace.cache / "copied.txt").read_text())
        assert row["handle"] == "@ana" and row["out"] == 29
        await press(pilot, "y")
        assert (workspace.cache / "copied.txt").read_text() == "@ana"
        assert pilot.app.clipboard == "@ana"


async def test_a_link_is_shown_in_full_before_it_opens(open_dashboard, monkeypatch):
    opened = []
    async with open_dashboard() as pilot:
        monkeypatch.setattr(pilot.app, "open_url", opened.append)
        await press(pilot, "enter", "enter", "o")
        assert "https://example.org/1-0" in shown(pilot) and not opened
        await press(pilot, "escape", "o", "enter")
        assert opened == ["https://example.org/1-0"]


async def test_an_error_is_said_and_the_app_goes_on(open_dashboard, workspace):
    async with open_dashboard() as pilot:
        pilot.app.show_error(ValueError("[/] \x1b[31m broke"))
        await press(pilot)
        assert isinstance(pilot.app.screen, Notice) and "[/] [31m broke" in shown(pilot)
        assert "ValueError" in (workspace.cache / "dashboard.log").read_text()
        await press(pilot, "escape", "down")
        assert handle(pilot) == "@marek"


async def test_resizing_breaks_nothing(open_dashboard):
    sizes = [(160, 40), (1, 1), (60, 20), (40, 12)]
    async with open_dashboard() as pilot:
        for keys in ([], ["enter"], ["enter"], ["question_mark"]):
            await press(pilot, *keys)
            for size in sizes:
                await pilot.resize_terminal(*size)
        await pilot.resize_terminal(30, 8)
        assert "needs 40×12, is 30×8" in shown(pilot)
        await pilot.resize_terminal(100, 30)
        await press(pilot, "escape", "escape", "escape")
        assert "@marek" in shown(pilot)


async def test_nothing_loaded_offers_what_there_is(open_dashboard, workspace):
    app = Dashboard(Model(workspace, plugins()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, StartPage) and "Nothing leaves this machine." in shown(pilot)
        await press(pilot, "escape")
        assert isinstance(app.screen, StartPage)
        app.screen.query_one(Input).value = str(write(network(), workspace.path))
        await press(pilot, "enter")
        await loaded(pilot)
        assert isinstance(app.screen, OverviewPage)


async def test_an_empty_network_says_what_it_holds(open_dashboard):
    async with open_dashboard(network(names=())) as pilot:
        assert "No connections" in shown(pilot)
        await press(pilot, "enter", "m", "down", "y", "d")
        assert "1 accounts" in shown(pilot)


async def test_the_preview_is_not_markup(open_dashboard):
    async with open_dashboard(network(names=["[red]x[/red]"])) as pilot:
        assert "@[red]x[/red]" in str(pilot.app.screen.query_one("#preview", Static).render())
