import contextlib

import numpy as np
import pytest
from rich.cells import cell_len
from textual.app import App
from textual.selection import Selection

from relnet import text
from relnet.tui.widgets.columns import TableColumn
from relnet.tui.widgets.connection_table import ConnectionTable
from tests.strategies import HOSTILE_NAMES

NAN = float("nan")


class TableApp(App):
    def __init__(self, columns, rows):
        super().__init__()
        self.columns, self.rows = columns, rows
        self.messages = []

    def compose(self):
        yield ConnectionTable()

    def on_mount(self):
        self.table.set_columns(self.columns, self.rows)
        self.table.focus()

    @property
    def table(self):
        return self.query_one(ConnectionTable)

    def on_connection_table_row_highlighted(self, message):
        self.messages.append(("highlighted", message.row))

    def on_connection_table_row_selected(self, message):
        self.messages.append(("selected", message.row))

    def on_connection_table_row_marked(self, message):
        self.messages.append(("marked", message.row, message.marked))

    def on_connection_table_sorted(self, message):
        self.messages.append(("sorted", message.key, message.reverse))

    def lines(self):
        return [self.table.render_line(y).text for y in range(self.table.size.height)]


@contextlib.asynccontextmanager
async def shown(columns, rows, size=(60, 12)):
    app = TableApp(columns, rows)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def people(names, scores=None, labels=None):
    rows = len(names)
    scores = np.arange(rows, dtype=float) / max(rows, 1) if scores is None else np.array(scores)
    return [
        TableColumn("who", "who", 12, names, grow=8),
        TableColumn("engagement", "engag.", 7, scores, text.score, align="right"),
        TableColumn("label", "label", 10, labels or ["good"] * rows, is_label=True, priority=1),
        TableColumn("out", "you→", 6, np.arange(rows), text.count, align="right", priority=2),
        TableColumn("in", "→you", 6, np.arange(rows)[::-1], text.count, align="right", priority=3),
    ], rows


def fifty():
    return people([f"@p{i:02}" for i in range(50)])


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ("j", 1),
        ("down", 1),
        ("j j k", 1),
        ("up", 0),
        ("pagedown", 11),
        ("pagedown pagedown pageup", 11),
        ("G", 49),
        ("end", 49),
        ("G j", 49),
        ("G g", 0),
        ("end home", 0),
    ],
)
async def test_keys_move_the_cursor_and_keep_it_on_screen(keys, row):
    async with shown(*fifty()) as (app, pilot):
        await pilot.press(*keys.split())
        assert app.table.row == row
        assert any(f"@p{row:02}" in line for line in app.lines())
        if row:
            assert app.messages[-1] == ("highlighted", row)


async def test_the_cursor_stays_on_its_row_through_sorting_and_filtering():
    scores = [0.5, NAN, 0.9, 0.1, NAN, 0.5]
    async with shown(*people(list("abcdef"), scores)) as (app, pilot):
        await pilot.press("j", "j", "j")
        table = app.table
        table.sort("engagement")
        assert table.rows.order.tolist() == [3, 0, 5, 2, 1, 4]
        table.sort("engagement", reverse=True)
        assert table.rows.order.tolist() == [2, 0, 5, 3, 1, 4]
        table.filter(np.array([True, True, False, True, True, True]))
        assert table.rows.order.tolist() == [0, 5, 3, 1, 4]
        assert table.row == 3
        await pilot.pause()
        assert app.messages == [("highlighted", 0), *(("highlighted", row) for row in (1, 2, 3))]


async def test_where_the_filter_hides_the_row_the_cursor_stays_in_place():
    async with shown(*fifty()) as (app, pilot):
        await pilot.press("G")
        app.table.filter(np.arange(50) < 3)
        assert app.table.row == 2
        assert not app.table.go_to(7)
        app.table.filter(None)
        assert app.table.row == 2
        assert app.table.go_to(7)
        await pilot.pause()
        assert app.messages[-1] == ("highlighted", 7)


async def test_an_empty_filter_leaves_no_row_and_says_so():
    async with shown(*fifty()) as (app, pilot):
        app.table.placeholder = "0 of 50 match [label:fake]. Esc clears."
        app.table.filter(np.zeros(50, dtype=bool))
        await pilot.press("j", "G", "enter", "space", "pageup")
        assert app.table.row is None
        assert app.messages[-1] == ("highlighted", None)
        assert app.lines()[1].rstrip() == "0 of 50 match [label:fake]. Esc clears."


async def test_enter_opens_and_space_marks_rows_not_places():
    async with shown(*fifty()) as (app, pilot):
        await pilot.press("j", "space", "enter")
        assert app.messages[-2:] == [("marked", 1, True), ("selected", 1)]
        app.table.sort("out", reverse=True)
        assert app.table.marked == {1}
        assert any(line.startswith("✓ @p01") for line in app.lines())
        await pilot.press("space")
        assert app.table.marked == set()


async def test_mouse_moves_opens_and_sorts():
    async with shown(*fifty()) as (app, pilot):
        await pilot.press("pagedown")
        await pilot.click(ConnectionTable, offset=(5, 3))
        row = app.table.row
        assert f"@p{row:02}" in app.lines()[3]
        await pilot.click(ConnectionTable, offset=(5, 5), times=2)
        assert app.messages[-1] == ("selected", row + 2)
        await pilot.click(ConnectionTable, offset=(5, 0))
        await pilot.click(ConnectionTable, offset=(5, 0))
        assert app.messages[-1] == ("sorted", "who", True)
        assert app.table.rows.order[0] == 49
        assert "who↓" in app.lines()[0]
        assert app.table.row == row + 2


async def test_narrow_tables_lose_the_least_important_columns_and_keys_bring_them_back():
    async with shown(*fifty(), size=(46, 8)) as (app, pilot):
        assert [title for title in ("who", "engag.", "label", "you→", "→you") if title in app.lines()[0]] == [
            "who",
            "engag.",
            "label",
            "you→",
        ]
        await pilot.press("l", "l")
        assert "→you" in app.lines()[0]
        assert "engag." not in app.lines()[0]
        assert "who" in app.lines()[0]
        await pilot.press("h", "h", "h")
        assert "engag." in app.lines()[0]
        await pilot.resize_terminal(80, 8)
        assert "→you" in app.lines()[0]


async def test_scores_that_come_later_keep_everything_else():
    names = ["c", "a", "b"]
    async with shown(*people(names, [NAN] * 3)) as (app, pilot):
        app.table.sort("who")
        app.table.filter(np.array([True, True, False]))
        await pilot.press("j", "space")
        assert "unknown" in app.lines()[1]
        app.table.set_columns(*people(names, [0.1, 0.2, 0.3]))
        assert app.table.rows.order.tolist() == [1, 0]
        assert app.table.row == 0
        assert app.table.marked == {0}
        assert ".20" in app.lines()[1]
        app.table.set_columns(*fifty())
        assert app.table.row == 0
        assert len(app.table.rows) == 50
        assert app.table.marked == set()


async def test_a_label_is_a_sign_and_a_word_with_and_without_unicode():
    labels = ["good", "inactive", "fake", "unknown"]
    async with shown(*people(list("abcd"), labels=labels)) as (app, _):
        for line, cell in zip(app.lines()[1:], ("● good", "▲ inactive", "× fake", "? unknown"), strict=False):
            assert cell in line
        app.table.ascii = True
        for line, cell in zip(app.lines()[1:], ("o good", "^ inactive", "x fake", "? unknown"), strict=False):
            assert cell in line
        assert "you->" in app.lines()[0]


async def test_without_colour_labels_and_cursor_differ_in_weight(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with shown(*people(list("abcd"), labels=["good", "inactive", "fake", "unknown"])) as (app, pilot):
        await pilot.press("G")
        styles = {
            text.split()[1]: (bool(style.bold), bool(style.underline))
            for y in range(1, 4)
            for text, style, _ in app.table.render_line(y)
            if text.strip()[:1] in "●▲×" and text.strip()
        }
        assert styles == {"good": (False, False), "inactive": (False, True), "fake": (True, False)}
        cursor = [style for text, style, _ in app.table.render_line(4) if "? unknown" in text]
        assert [style.reverse for style in cursor] == [True]


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("width", [40, 47, 60])
async def test_hostile_names_neither_break_the_grid_nor_reach_the_terminal(ascii_only, width):
    size = (width, len(HOSTILE_NAMES) + 2)
    async with shown(*people(HOSTILE_NAMES), size=size) as (app, pilot):
        app.table.ascii = ascii_only
        await pilot.pause()
        scores_end = set()
        for y in range(1, len(HOSTILE_NAMES) + 1):
            line = app.table.render_line(y)
            assert cell_len(line.text) == app.table.line_width
            assert line.text == text.clean(line.text)
            assert line.text.isascii() or not ascii_only
            scores_end.add(cell_len(line.text[: line.text.rindex(".") + 3]))
        assert len(scores_end) == 1
        await pilot.click(ConnectionTable, offset=(4, HOSTILE_NAMES.index("[@click=app.quit]hi[/]") + 1))
        assert app.is_running
        assert app.return_code is None


async def test_text_can_be_selected_with_the_mouse():
    async with shown(*fifty()) as (app, pilot):
        await pilot.mouse_down(ConnectionTable, offset=(3, 2))
        await pilot.hover(ConnectionTable, offset=(6, 4))
        await pilot.pause()
        colours = {style.bgcolor for text, style, _ in app.table.render_line(3) if "@p02" in text}
        plain = {style.bgcolor for text, style, _ in app.table.render_line(6) if "@p05" in text}
        await pilot.mouse_up(ConnectionTable, offset=(6, 4))
        first, second, last = app.screen.get_selected_text().split("\n")
        assert first.startswith("p01 ")
        assert second.startswith("  @p02 ")
        assert last == "  @p03"
        assert colours != plain


async def test_selecting_everything_is_cut_and_says_so():
    rows = 10_500
    async with shown([TableColumn("n", "n", 8, np.arange(rows))], rows) as (app, _):
        lines = app.table.get_selection(Selection(None, None))[0].split("\n")
        assert len(lines) == 10_001
        assert lines[-1] == "… 501 more lines"
