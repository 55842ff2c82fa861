"""What one does beside reading: step through matches, take rows away, join accounts, see what would change."""

import csv

from relnet.assess.boundaries import boundaries
from tests.tui.made import network, press, shown


async def test_next_and_previous_match_go_round(open_dashboard):
    async with open_dashboard() as pilot:
        table = pilot.app.screen.table
        await press(pilot, "n")
        assert table.rows.position == 0 and "Type a filter first" in shown(pilot)
        await press(pilot, "slash", *"label:fake", "enter", "N")
        assert table.rows.position == 5
        await press(pilot, "n", "n", "enter", "n")
        assert "2 of 6" not in shown(pilot) and "3 of 6" in shown(pilot)


async def test_the_rows_shown_are_written_as_they_stand(open_dashboard, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with open_dashboard(network(["=1+1", "ana", "+cmd|x"]), size=(200, 30)) as pilot:
        await press(pilot, "slash", *"-ana", "enter", "x")
        assert "Written:" in shown(pilot)
        rows = list(csv.DictReader((tmp_path / "relnet-connections.csv").read_text().splitlines()))
        order = [pilot.app.model.seen.columns["handle"][row] for row in pilot.app.screen.table.rows.order]
        assert [row["handle"].removeprefix("'") for row in rows] == order and len(order) == 2
        assert not any(cell.startswith(("=", "+")) for row in rows for cell in row.values())
        await press(pilot, "r")
        assert "<script" not in (tmp_path / "relnet-report.html").read_text()


async def test_accounts_are_joined_and_parted_again(open_dashboard):
    async with open_dashboard() as pilot:
        model = pilot.app.model
        acts = model.seen.columns["interactions"][:].sum()
        await press(pilot, "e", *"mine", "enter", "space", "down", "space", "ctrl+p", *"join accounts")
        await pilot.pause(0.3)
        await press(pilot, "enter")
        assert "one person now" in shown(pilot) and len(model.seen) == 23
        assert model.seen.columns["interactions"].sum() == acts
        assert sorted(filter(None, model.seen.columns["note"])) == ["mine"]
        await press(pilot, "U")
        assert len(model.seen) == 24 and "join of a person" in shown(pilot)
        await press(pilot, "U")
        assert not any(model.seen.columns["note"])


async def test_what_would_change_names_the_next_circle_and_the_label(open_dashboard):
    async with open_dashboard(size=(140, 42)) as pilot:
        seen = pilot.app.model.seen
        words = [boundaries(seen.ties, row, pilot.app.model.cues(seen.account(row))) for row in range(len(seen))]
        for row, lines in enumerate(words):
            circle, text = int(seen.columns["circle"][row]), "\n".join(lines)
            assert ("of silence: outside all circles" in text) == bool(circle)
            assert ("in touch: circle" in text) == (circle != 5)
        assert any(
            "label: good below p(fake) .10, now .05; the cue “following” speaks most against fake" in "\n".join(each)
            for each in words
        )
        await press(pilot, "enter")
        assert "What would change this" in shown(pilot)
        await press(pilot, "down", "down", "down", "enter")
        assert "What the two wrote around it" in shown(pilot) and shown(pilot).count("word number") == 8
