"""What changed since an earlier assessment, and gates on figures, by the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from relnet.cli.main import main

DAY = 86_400
START = 1_600_000_000


@pytest.fixture(autouse=True)
def loaded(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("RELNET_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    lines = ["source,target,kind,timestamp"]
    for day in range(0, 400, 5):
        lines += [f"me,ana,message,{START + DAY * day}", f"ana,me,message,{START + DAY * day + 3600}"]
    for day in range(0, 200, 5):
        lines += [f"me,bob,message,{START + DAY * day}", f"bob,me,message,{START + DAY * day + 3600}"]
    lines += [f"cy,me,message,{START + DAY * day}" for day in range(320, 330)]
    Path("acts.csv").write_text("\n".join(lines) + "\n")
    assert run(capsys, "load", "acts.csv", "--me", "me", "--complete")[0] == 0


def run(capsys, *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


def document(capsys, *words: str) -> dict:
    code, out, err = run(capsys, "report", "-o", "-", "--format", "json", *words)
    assert code == 0, err
    return json.loads(out)


def test_a_comparison_with_a_date_names_who_moved(capsys) -> None:
    change = document(capsys, "--compare", "2021-03-31")["change"]
    moved = {name: (then, now) for name, then, now in change["figures"]}
    assert moved["people"] == (2, 3) and moved["one_sided"] == (0, 1)
    assert ["fading", "@bob", "new"] in change["lists"] or ["fading", "bob", "new"] in change["lists"]
    assert any(who.endswith("cy") and name == "one-sided" for name, who, _ in change["lists"])
    assert any(who.endswith("cy") and then == 0 for who, then, _ in change["circles"])


def test_a_comparison_with_a_kept_run_takes_its_id(capsys) -> None:
    run(capsys, "report", "--as-of", "2021-03-31", "--json")
    [kept] = [path.name for path in Path("data").rglob("runs/*") if path.is_dir()]
    assert document(capsys, "--compare", kept[:8])["change"]["since"] == "2021-03-31"
    assert document(capsys)["change"] is None
    same = document(capsys, "--as-of", "2021-03-31", "--compare", kept)["change"]
    assert not (same["figures"] or same["lists"] or same["circles"])
    code, _, err = run(capsys, "report", "--compare", "nonsense")
    assert code == 2 and "neither a run of this workspace nor a date" in err


@pytest.mark.parametrize(
    ("gate", "code", "says"),
    [
        ("people=2", 0, ""),
        ("people=4", 6, "people is 3, below 4"),
        ("share_fake=0", 6, "share_fake is unknown"),
        ("peopel=1", 2, "There is no figure 'peopel'"),
        ("people", 2, "FIGURE=VALUE"),
    ],
)
def test_gates_name_the_figure(capsys, gate, code, says) -> None:
    found, _, err = run(capsys, "report", "--fail-under", gate, "-o", "r.html")
    assert found == code and says in err
    assert Path("r.html").exists() == (code in (0, 6)), "a report that fails its gate is there to be read"


def test_the_format_follows_the_name_and_tables_lie_beside_it(capsys) -> None:
    assert run(capsys, "report", "-o", "r.md", "--csv", "tables")[0] == 0
    assert Path("r.md").read_text().startswith("# Relationship report")
    assert {"connections.csv", "figures.csv", "lists.csv"} <= {path.name for path in Path("tables").iterdir()}


def test_what_is_looked_at_can_be_narrowed(capsys) -> None:
    found = document(capsys, "--since", "2021-08-01", "--section", "summary")
    assert [each["name"] for each in found["sections"]] == ["summary"] and found["since"] == "2021-08-01"
