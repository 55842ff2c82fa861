"""Settings: changed in the user's file without touching the rest, and used at once."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnet.errors import SettingsError
from relnet.settings_file import write_setting
from tests.tui.made import press, shown

VALUES = st.one_of(
    st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
)  # fmt: skip
OTHERS = '# mine\ntheme = "x" # why\n\n[plugins.mine]\nwindow = 3\n\n[[list]]\na = 1\n'


@given(
    VALUES,
    st.sampled_from(["", "filters", "plugins.mine"]),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
)
def test_a_setting_is_read_back_and_the_rest_stays(tmp_path_factory, value, table, key):
    path = tmp_path_factory.mktemp("settings") / "config.toml"
    path.write_text(OTHERS)
    before = tomllib.loads(OTHERS)
    if table == "plugins.mine":  # a table within a table is not written here
        with pytest.raises(SettingsError):
            write_setting(path, key, value, table)
        assert path.read_text() == OTHERS
        return
    name = key if table else "marker"
    write_setting(path, name, value, table)
    write_setting(path, name, value, table)
    after = tomllib.loads(path.read_text())
    found = after.pop(table) if table else {name: after.pop(name)}
    assert found == {name: value} and after == before and path.read_text().startswith("# mine")


async def test_a_changed_setting_counts_at_once_and_is_kept(open_dashboard, tmp_path, monkeypatch):
    file = tmp_path / "config.toml"
    file.write_text('# mine\n[keys]\n"overview.zoom" = "z"\n')
    monkeypatch.setenv("RELNET_CONFIG", str(file))
    async with open_dashboard(size=(100, 30)) as pilot:
        await press(pilot, "comma")
        assert "overview.zoom = z" not in shown(pilot)  # the settings in force were given without the file
        names = pilot.app.screen._names
        await press(pilot, *["down"] * names.index("ascii"), "enter", "down", "enter")
        assert shown(pilot).isascii()
        assert file.read_text() == '# mine\nascii = true\n[keys]\n"overview.zoom" = "z"\n'
        await press(pilot, "home", *["down"] * names.index("horizon_days"), "enter", *"-5", "enter")
        assert "That did not work" in shown(pilot)
        assert "horizon_days" not in file.read_text()


async def test_a_filter_is_saved_and_found(open_dashboard, tmp_path, monkeypatch):
    file = tmp_path / "config.toml"
    monkeypatch.setenv("RELNET_CONFIG", str(file))
    async with open_dashboard(size=(100, 30)) as pilot:
        await press(pilot, "slash", *"label:fake", "enter", "ctrl+p", *"save the filter")
        await pilot.pause(0.3)
        await press(pilot, "enter", *"bad ones", "enter")
        assert tomllib.loads(file.read_text()) == {"filters": {"bad ones": "label:fake"}}
        await press(pilot, "escape")
        assert len(pilot.app.screen.table.rows) == 24
        await press(pilot, "ctrl+p", *"bad ones")
        await pilot.pause(0.3)
        await press(pilot, "enter")
        await pilot.pause(0.1)
        await press(pilot)
        assert len(pilot.app.overview.table.rows) == 6
