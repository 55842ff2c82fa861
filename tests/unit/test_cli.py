"""The command line: data on stdout, the rest on stderr, documented exit codes."""

import json
import os

import pytest

from relnet.cli.main import VERBS, hoisted, main

GOOD = (
    "source,target,kind,timestamp\n"
    + "".join(
        f"me,ana,message,{1_600_000_000 + 86_400 * day}\nana,me,message,{1_600_000_500 + 86_400 * day}\n"
        for day in range(30)
    )
    + "me,=cmd|x,message,1600000000\n"
)


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RELNET_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "edges.csv").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys, *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


def test_load_show_and_export(capsys, home) -> None:
    code, out, _ = run(capsys, "load", "edges.csv", "--me", "me", "--complete")
    assert code == 0 and "kept 61 interactions" in out
    code, out, _ = run(capsys, "show", "connections", "--json")
    document = json.loads(out)
    assert (document["schema_version"], document["data"]["total"]) == (1, 2)
    assert {"ana", "@ana"} & {row["handle"] for row in document["data"]["rows"]}
    code, out, _ = run(capsys, "show", "connection", "ana")
    assert code == 0 and "reciprocity" in out and "edges.csv:" in out
    code, out, err = run(capsys, "export", "edges", "--format", "csv")
    lines = out.splitlines()
    assert lines[0] == "event,source,source_handle,target,target_handle,kind,at,directness,parent,network"
    assert len(lines) == 62 and "'=cmd|x" in out and "61 interactions written" in err


def test_interactions_without_a_date_are_counted_apart_and_a_side_that_is_not_covered_bounds(capsys, home) -> None:
    run(capsys, "load", "edges.csv", "--me", "me")
    assert " · 61 dated interactions · 2020   as of" in run(capsys, "show", "overview")[1]
    (home / "more.csv").write_text("source,target,kind,timestamp\nme,bob,message,\nme,bob,like,\n")
    run(capsys, "load", "more.csv", "--me", "me", "-w", "edges")
    out = run(capsys, "show", "overview")[1]
    assert " · 61 dated interactions and 2 undated · 2020   as of" in out
    assert "acts both ways with at least 1 (a direction is not covered for" in out and "Circles     at least " in out
    assert "\nFading: at least 0\n" in run(capsys, "show", "time")[1]


def test_an_import_can_be_removed_and_comes_back(capsys) -> None:
    run(capsys, "load", "edges.csv")
    _, out, _ = run(capsys, "import", "list", "--json")
    [found] = json.loads(out)["data"]
    assert run(capsys, "import", "remove", found["import_id"][:6])[0] == 0
    assert run(capsys, "show", "overview")[0] == 3
    assert "already" not in run(capsys, "load", "edges.csv")[1]


def test_judging_by_command(capsys) -> None:
    run(capsys, "load", "edges.csv", "--me", "me")
    assert run(capsys, "label", "set", "ana", "good")[0] == 0
    assert run(capsys, "tag", "ana", "friend")[0] == 0
    _, out, _ = run(capsys, "show", "connections", "--filter", "label:good tag:friend", "--json")
    assert json.loads(out)["data"]["matching"] == 1
    assert "tag" in run(capsys, "undo")[2] and "label good" in run(capsys, "undo")[2]
    assert run(capsys, "label", "set", "ana", "evil")[0] == 2


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["load", "nowhere.zip"], 3, "no such file"),
        (["show", "overview"], 1, "no workspace"),
        (["show"], 2, ""),
        (["nonsense"], 2, "nonsense"),
        (["load", "edges.csv", "--tz", "Mars/Olympus"], 2, "time zone"),
        (["load", "edges.csv", "--kinds", "message=love"], 2, "love"),
        (["load", "edges.csv", "--as", "telepathy"], 5, "telepathy"),
        (["load", "edges.csv", "--columns", "source"], 2, "no value"),
    ],
)
def test_errors_are_one_clear_sentence_with_a_code(capsys, words, code, says) -> None:
    found, _, err = run(capsys, *words)
    assert found == code and says in err and "Traceback" not in err


def test_errors_are_json_when_asked(capsys) -> None:
    code, out, err = run(capsys, "load", "nowhere.zip", "--json")
    assert code == 3 and out == "" and json.loads(err)["code"] == 3


def test_too_many_skipped_records_are_a_gate(capsys, home) -> None:
    (home / "bad.csv").write_text(GOOD + "1,2,message,never\n")
    code, _, err = run(capsys, "load", "bad.csv", "--max-skipped", "0")
    assert code == 4 and "1 record was skipped" in err
    assert run(capsys, "load", "bad.csv", "--max-skipped", "1")[0] == 0


def test_unreadable_mail_is_counted_and_the_first_ten_are_named(capsys, home) -> None:
    letter = "From x@y Mon Jan  4 10:00:00 2021\n{}To: ana@far.example\nDate: Mon, 4 Jan 2021 10:00:00 +0000\n\nHi.\n\n"
    (home / "in.mbox").write_text(
        letter.format("From: me@home.example\n") + letter.format("Subject: no author\n") * 200
    )
    code, out, err = run(capsys, "load", "in.mbox", "--max-skipped", "199")
    assert code == 4 and "200 records were skipped" in err and "kept 1 interaction, " in out
    assert "skipped 200: message without an author" in out and out.count("in.mbox record") == 10
    assert run(capsys, "load", "in.mbox", "-w", "again", "--max-skipped", "200")[0] == 0


def test_the_order_of_dates_is_found_in_the_help(capsys) -> None:
    assert "date=dmy" in "".join(run(capsys, "load", "--help")[1].split())


def test_settings_are_checked_and_say_where(capsys, home) -> None:
    (home / "config.toml").write_text("\nthem = 'x'\n")
    code, _, err = run(capsys, "config", "show")
    assert code == 2 and "line 2" in err and "theme" in err
    (home / "config.toml").write_text("[plugins.vitality]\nscale_days = -1\n")
    run(capsys, "load", "edges.csv")
    _, _, err = run(capsys, "plugin", "info", "vitality")
    assert "scale_days" in err


def test_settings_are_shown_as_they_are_written_and_fit_a_terminal(capsys, home) -> None:
    long = "last>1y " * 20
    (home / "config.toml").write_text(
        f"plugin_folders = ['a']\n[filters]\n'old ones' = '{long}'\n[live]\nminutes = 5\n"
    )
    _, out, _ = run(capsys, "config", "show", "--refit")
    assert max(map(len, out.splitlines())) <= 80 and "None" not in out and "True" not in out
    said = {" ".join(line.split()) for line in out.splitlines()}
    assert {'plugin_folders user file ["a"]', "refit command line true", "live.minutes user file 5.0"} <= said
    assert "workspace default not set" in said
    assert "".join(f'filters."old ones" user file "{long}"'.split()) in "".join(out.split())


@pytest.mark.parametrize("days", ["-3", "0", "nan", "inf"])
def test_a_horizon_is_a_number_of_days_above_zero(capsys, days) -> None:
    code, _, err = run(capsys, "config", "show", "--horizon", days)
    assert code == 2 and f"A horizon of {days} days is none" in err and "above 0" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--as-of", "2001-01-01"], "--as-of lies outside"),
        (["--since", "2040-01-01"], "--since lies outside"),
        (["--since", "2040-01-01", "--as-of", "2041-01-01"], "--as-of and --since lie outside"),
        (["--since", "2001-01-01", "--as-of", "2020-09-20"], ""),
    ],
)
def test_a_moment_outside_of_the_record_is_said(capsys, words, says) -> None:
    run(capsys, "load", "edges.csv", "--me", "me", "--complete")
    covered = "covers only from 2020-09-13 to 2020-10-12."
    for command in (["show", "overview"], ["show", "connections"]):
        err = run(capsys, *command, *words)[2]
        assert (says in err and covered in err) if says else covered not in err
        warnings = json.loads(run(capsys, *command, *words, "--json")[1])["warnings"]
        assert [each for each in warnings if "outside of the record" in each] == [
            f"{says} of the record: it {covered}" for _ in words if says
        ][:1]


def test_parameters_from_settings_change_scores(capsys, home) -> None:
    run(capsys, "load", "edges.csv", "--me", "me", "--complete")

    def constancy(*words: str) -> float:
        said = run(capsys, "show", "connection", "ana", "--json", *words)[1]
        return json.loads(said)["data"]["columns"]["constancy"]

    before = constancy()
    (home / "config.toml").write_text("[plugins.constancy]\nprior_weeks = 40\n")
    less = constancy()
    assert less < before
    assert constancy("--param", "constancy.prior_weeks=80") < less
    for wrong, says in (
        ("constancy", "sets no parameter"),
        ("nobody.x=1", "no plugin 'nobody'"),
        ("constancy.x=1", "prior_weeks"),
    ):
        _, out, err = run(capsys, "show", "overview", "--param", wrong)
        assert says in out + err


def test_global_options_may_stand_anywhere() -> None:
    assert hoisted(["show", "overview", "--json", "-w", "x"]) == ["--json", "-w", "x", "show", "overview"]
    assert hoisted(["a", "--", "--json"]) == ["a", "--", "--json"]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(capsys, verb) -> None:
    code, out, _ = run(capsys, verb, "--help")
    assert code == 0 and "Usage:" in out


def test_the_dashboard_gets_what_the_command_line_says(capsys, monkeypatch) -> None:
    from relnet.cli import show
    from relnet.tui import app

    seen = {}
    monkeypatch.setattr(show, "is_terminal", lambda: True)
    monkeypatch.setattr(app, "run", lambda *_, **given: seen.update(given) or 0)
    assert run(capsys, "open", "edges.csv", "--as", "table", "--since", "2020-01-01", "--as-of", "2021-01-01")[0] == 0
    assert (seen["source"], seen["since"], seen["as_of"]) == ("table", 1_577_836_800_000, 1_609_459_200_000)


def test_a_file_may_have_any_name(capsys, home) -> None:
    (home / "edges.csv").rename(os.fsdecode(os.fsencode(home) + b"/od\x9b\xff.csv"))
    [name] = [each.name for each in home.glob("*.csv")]
    code, out, _ = run(capsys, "load", name, "--me", "me", "--json")
    assert code == 0 and json.loads(out)["data"]["loaded"][0]["path"] == name
    assert run(capsys, "show", "connection", "ana")[0] == 0


def test_ascii_keeps_the_lines(capsys) -> None:
    run(capsys, "load", "edges.csv", "--me", "me")
    plain, ascii = (run(capsys, "show", "connections", *more)[1] for more in ((), ("--ascii",)))
    assert ascii.isascii() and ascii.count("\n") == plain.count("\n") > 2


@pytest.mark.parametrize("words", [("report",), ("export", "edges"), ("export", "graph", "--format", "sqlite")])
def test_an_output_that_cannot_be_written_is_said(capsys, words) -> None:
    run(capsys, "load", "edges.csv", "--me", "me")
    code, _, err = run(capsys, *words, "-o", "nowhere/out")
    assert code == 2 and "nowhere/out: It cannot be written" in err


def test_the_password_of_the_catalog_is_not_shown(capsys, home, monkeypatch) -> None:
    monkeypatch.setenv("RELNET_CATALOG_URL", "postgresql://ana:pass@word@host:5432/relnet?password=secret&x=1")
    out = "".join(run(capsys, "config", "show")[1].split())
    assert "postgresql://***@host:5432/relnet?password=***&x=1" in out


def test_a_folder_here_may_be_loaded_by_its_name(capsys, home) -> None:
    (home / "export").mkdir()
    (home / "edges.csv").rename(home / "export" / "edges.csv")
    assert run(capsys, "load", "export", "--me", "me")[0] == 0
    assert (home / "data/relnet/export/log").is_dir()


def test_settings_of_the_workspace_that_is_opened_count(capsys, home) -> None:
    run(capsys, "load", "edges.csv", "--me", "me")
    (home / "data/relnet/edges/relnet.toml").write_text("horizon_days = 30\n")
    said = json.loads(run(capsys, "config", "show", "--json")[1])["data"]
    assert {each["name"]: each["value"] for each in said}["horizon_days"] == 30
    assert run(capsys, "load", "edges.csv", "-w", "edges.csv")[0] == 1
