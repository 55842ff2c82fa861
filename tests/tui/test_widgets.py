import contextlib

import numpy as np
import pytest
from rich.cells import cell_len
from textual.app import App
from textual.widgets import Input, Static

from relnet.text import LABEL_MARKS, clean
from relnet.tui.widgets.bars import (
    ContributionBars,
    LabelBar,
    MirroredBars,
    Months,
    Part,
    contribution_lines,
    label_lines,
    mirrored_lines,
)
from relnet.tui.widgets.breadcrumb import Breadcrumb
from relnet.tui.widgets.circles import Circles
from relnet.tui.widgets.filter_input import FilterInput
from relnet.tui.widgets.ring_map import People, draw
from tests.strategies import HOSTILE_NAMES

NAN = float("nan")


class OneWidget(App):
    def __init__(self, widget):
        super().__init__()
        self.widget = widget
        self.messages = []

    def compose(self):
        yield self.widget

    def on_circles_person_clicked(self, message):
        self.messages.append(message.row)

    def on_filter_input_changed(self, message):
        self.messages.append(message.text)

    def on_filter_input_left(self, message):
        self.messages.append("left")


@contextlib.asynccontextmanager
async def shown(widget, size=(60, 20)):
    app = OneWidget(widget)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def text_of(lines):
    return ["".join(text for text, _ in line) for line in lines]


def screen(widget):
    return [widget.render_line(y).text for y in range(widget.size.height)]


# Circles


def network(names=None):
    circle = np.repeat([5.0, 15.0, 50.0, 150.0, NAN], [5, 10, 35, 100, 20])
    rows = len(circle)
    rng = np.random.default_rng(2)
    names = [f"@p{i}" for i in range(rows)] if names is None else (names * rows)[:rows]
    labels = rng.choice(list(LABEL_MARKS), rows).tolist()
    return People(names, circle, rng.integers(0, 4, rows), labels, rng.random(rows))


def test_every_person_has_a_cell_of_their_own_further_out_in_outer_circles():
    people = network()
    drawing = draw(people, 54, 33)
    assert drawing.hidden == 0
    assert sorted(drawing.people_at.values()) == list(range(150))
    away = {row: np.hypot((x - 26.5) / 2, y - 16) for (x, y), row in drawing.people_at.items()}
    by_circle = [np.median([away[r] for r in away if people.circle[r] == c]) for c in (5, 15, 50, 150)]
    assert by_circle == sorted(by_circle)
    for (x, y), row in drawing.people_at.items():
        assert text_of(drawing.lines)[y][x] == LABEL_MARKS[people.label[row]]


def test_the_inner_circle_and_the_selected_person_are_named():
    drawing = draw(network(), 70, 40, selected=120, links=[20, 30])
    picture = "\n".join(text_of(drawing.lines))
    assert all(f"@p{row}" in picture for row in (0, 1, 2, 3, 4, 120))
    assert "@p77" not in picture
    assert {"map--line", "map--selected"} <= {component for line in drawing.lines for _, component in line}


@pytest.mark.parametrize("marker", ["braille", "block", "ascii"])
@pytest.mark.parametrize("size", [(54, 33), (38, 12), (7, 3), (1, 1)])
def test_the_map_keeps_its_grid_whatever_the_names(marker, size):
    drawing = draw(network(HOSTILE_NAMES), *size, marker, selected=3)
    assert len(drawing.lines) == size[1]
    assert len(drawing.people_at) + drawing.hidden == 150
    for line in text_of(drawing.lines):
        assert cell_len(line) == size[0]
        assert line == clean(line)
        assert "\u2800" not in line
        assert line.isascii() or marker != "ascii"


async def test_a_click_on_the_map_tells_the_person():
    circles = Circles()
    async with shown(circles) as (app, pilot):
        assert "unknown: no circles yet" in "".join(screen(circles))
        circles.set_people(network())
        await pilot.pause()
        y, line = next((y, line) for y, line in enumerate(screen(circles)) if "●" in line)
        await pilot.click(Circles, offset=(line.index("●"), y))
        row = app.messages[0]
        circles.select(row)
        assert f"@p{row}" in "".join(screen(circles))
        circles.set_people(None)
        assert "unknown" in "".join(screen(circles))


# Bars


def test_parts_are_sorted_by_size_on_the_side_of_their_sign_and_unknown_is_a_word():
    known = [Part("small", 0.1), Part("down", -0.9), Part("up", 0.6)]
    parts = [Part("missing", NAN, "2 seen"), *known, Part("none", None)]
    lines = text_of(contribution_lines(parts, 80))
    assert [line.split()[0] for line in lines] == ["down", "up", "small", "missing", "none"]
    axis = lines[0].index("│")
    assert [("█" in line[:axis], "█" in line[axis:]) for line in lines[:2]] == [(True, False), (False, True)]
    assert "-0.90" in lines[0]
    assert lines[0].count("█") > lines[1].count("█")
    for line in lines[3:]:
        assert "unknown" in line
        assert not set("█▌▐│") & set(line)


@pytest.mark.parametrize("width", [20, 44, 60, 200])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_bars_keep_their_width_and_are_clean(width, ascii_only):
    parts = [Part(name, 1.0, name) for name in HOSTILE_NAMES]
    months = Months([f"2024-{i:02}" for i in range(1, 13)], np.arange(12.0), np.full(12, NAN))
    for line in (
        *text_of(contribution_lines(parts, max(width, 44), ascii_only)),
        *text_of(mirrored_lines(months, width, 11, ascii_only)),
        *text_of(label_lines({"good": 9, "fake": 1}, width, HOSTILE_NAMES[1], ascii_only)),
    ):
        assert cell_len(line) <= max(width, 44)
        assert line == clean(line)
        assert line.isascii() or not ascii_only


def test_months_go_up_and_down_on_one_scale():
    months = Months(["2024-01", "2024-02", "2024-03"], np.array([8.0, 0.0, 1.0]), np.array([4.0, 16.0, NAN]))
    lines = mirrored_lines(months, 3, 7)
    up, down = lines[1:3], lines[4:6]
    assert text_of(up) == ["   ", "█ ▁"]
    assert text_of(down) == ["▄█?", " █ "]
    assert text_of(lines)[0].startswith("yo")
    assert text_of(mirrored_lines(months, 60, 7))[0].rstrip() == "you→ 9  highest: 16 in a month"
    assert text_of(mirrored_lines(months, 60, 7))[-1].rstrip() == "→you 20, 1 month unknown"


def test_a_hanging_bar_is_the_rest_of_its_cell_in_reverse():
    lines = mirrored_lines(Months(["a"], np.array([8.0]), np.array([2.0])), 1, 5)
    assert lines[3][0] == ("▆", "bar--in-part")


def test_many_months_share_bars_and_keep_their_sum():
    months = Months([str(i) for i in range(100)], np.ones(100), np.full(100, NAN))
    lines = text_of(mirrored_lines(months, 40, 9))
    assert max(map(cell_len, lines)) <= 40
    assert "3 months" in lines[0]
    assert lines[5] == "unknown"
    assert lines[-1].rstrip() == "→you unknown"


def test_labels_share_the_bar_and_are_said_in_words():
    bar, legend, note = label_lines({"good": 90, "inactive": 9, "fake": 1, "unknown": 100}, 60, "±1.1 pts")
    assert {name: len(text) for text, name in bar} == {
        "label--good": 27,
        "label--inactive": 2,
        "label--fake": 1,
        "label--unknown": 30,
    }
    assert text_of([legend]) == ["● 90% good  ▲ 9% inactive  × 1% fake  ? 100 unknown"]
    assert text_of([note])[0].rstrip() == "±1.1 pts"
    assert len(label_lines({"good": 90, "inactive": 9, "fake": 1, "unknown": 100}, 30)) == 3


@pytest.mark.parametrize("counts", [None, {}, {"good": 0, "fake": 0}, {"good": NAN}])
def test_without_counts_the_label_bar_says_unknown(counts):
    assert text_of(label_lines(counts, 20))[0].rstrip() == "unknown"


def test_only_unknown_accounts_make_no_shares():
    assert text_of(label_lines({"unknown": 141}, 20)) == ["?" * 20, "? 141 unknown"]


@pytest.mark.parametrize("widget", [ContributionBars, MirroredBars, LabelBar])
async def test_bars_without_data_say_unknown(widget):
    async with shown(widget()) as (app, _):
        assert screen(app.widget)[0].rstrip() == "unknown"


async def test_bars_take_the_height_of_their_parts():
    bars = ContributionBars()
    async with shown(bars) as (_, pilot):
        bars.set_parts([Part("a", 1.0), Part("b", -1.0), Part("c", None)])
        await pilot.pause()
        assert bars.size.height == 3


# Breadcrumb


async def test_the_path_loses_its_first_steps_and_then_the_note():
    crumb = Breadcrumb()
    async with shown(crumb, size=(40, 3)) as (_, pilot):
        crumb.set_steps(["@me", "fake (24)", "@[/]\x1bana"], "skipped 3")
        assert screen(crumb) == ["@me ▸ fake (24) ▸ @[/]ana      skipped 3"]
        crumb.set_steps(["@me", "fake (24)", "@ana", "reply 3 of 41"], "skipped 3")
        assert screen(crumb) == ["… ▸ @ana ▸ reply 3 of 41       skipped 3"]
        await pilot.resize_terminal(20, 3)
        await pilot.pause()
        assert screen(crumb) == ["… ▸ reply 3 of 41   "]
        crumb.ascii = True
        assert screen(crumb)[0].isascii()


# Filter


def status(app):
    return str(app.query_one(FilterInput).query_one(Static).render())


async def test_a_filter_is_read_once_typing_rests():
    line = FilterInput()
    async with shown(line) as (app, pilot):
        line.focus()
        await pilot.press(*"ana in<3")
        await pilot.pause(0.15)
        assert app.messages[-1] == "ana in<3"
        assert len(app.messages) < len("ana in<3")
        line.set_count(24, 1204)
        assert status(app) == "24 of 1,204"


async def test_a_filter_that_cannot_be_read_says_why_and_changes_nothing():
    line = FilterInput()
    async with shown(line, size=(100, 5)) as (app, pilot):
        line.value = "label:fake"
        await pilot.pause(0.15)
        line.set_count(2, 9)
        line.value = "label:fake in<[/]"
        await pilot.pause(0.15)
        assert "[/]" in status(app)
        assert "is not a number" in status(app)
        line.value = "label:fake"
        await pilot.pause(0.15)
        assert status(app) == "2 of 9"
        assert app.messages == ["label:fake"]


async def test_escape_clears_first_and_leaves_then():
    line = FilterInput()
    async with shown(line) as (app, pilot):
        line.focus()
        await pilot.press("x", "enter")
        assert app.messages == ["x", "left"]
        await pilot.press("escape")
        assert app.messages == ["x", "left", ""]
        await pilot.press("escape")
        assert app.messages == ["x", "left", "", "left"]


async def test_pasted_codes_never_reach_the_line():
    async with shown(FilterInput()) as (app, _):
        for name in HOSTILE_NAMES:
            app.widget.value = name
            assert app.query_one(Input).value == clean(name)
