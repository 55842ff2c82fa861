"""The action list: written down, taken away as a file that no spreadsheet obeys, never executed."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from relnet.assess.written import Entry, as_csv, as_markdown
from relnet.tui.screens.actions import ActionsPage
from tests.tui.made import press, shown


async def test_put_on_the_list_take_off_and_undo(open_dashboard, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with open_dashboard() as pilot:
        await press(pilot, "t", "r", "down", "t", "n", *"call", "enter", "4")
        page = pilot.app.screen
        assert isinstance(page, ActionsPage)
        assert [(each.handle, each.action, each.detail) for each in page.entries] == [
            ("@ana", "reach out", ""), ("@marek", "note", "call"),
        ]  # fmt: skip
        await press(pilot, "x", "X", "x")
        assert sorted(path.name for path in tmp_path.glob("relnet-actions*")) == [
            "relnet-actions-2.csv", "relnet-actions.csv", "relnet-actions.md",
        ]  # fmt: skip
        assert "@ana" in (tmp_path / "relnet-actions.md").read_text()
        await press(pilot, "delete")
        assert [each.handle for each in page.entries] == ["@marek"] and "@ana: off your list" in shown(pilot)
        await press(pilot, "U")
        assert [each.handle for each in page.entries] == ["@ana", "@marek"]
        await press(pilot, "enter")
        assert "actions (2) ▸ @ana" in shown(pilot)


@given(st.text(), st.text())
def test_no_cell_is_a_formula_and_no_line_is_markup(name, detail):
    entry = Entry(1, 1, "@ana", name, "x", "1", "note", detail, "good", float("nan"), 3.0, "", "2025-01-01")
    [_, row] = csv.reader(as_csv([entry]).splitlines())
    for cell in (row[1], row[5]):
        assert not cell.startswith(("=", "\t", "\r")) and (cell[:1] not in ("+", "-") or cell[1:].isdigit())
    assert len(as_markdown([entry]).splitlines()) == 5
