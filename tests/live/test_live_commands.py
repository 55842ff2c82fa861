"""`relnet sync` and `relnet check` of live accounts, as commands against invented servers on loopback."""

import json
import sys

import pytest

from relnet.cli.main import main
from relnet.live.sample import Sample, sample_size
from tests.live.worlds import BlueskyWorld, MastodonWorld, served


@pytest.fixture
def relnet(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RELNET_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setitem(sys.modules, "keyring", None)

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main(list(words))
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return run


@pytest.fixture
def bluesky(monkeypatch):
    world = BlueskyWorld(followers=30)
    with served(world) as url:
        world.pds = url
        for name in ("APPVIEW", "PLC"):
            monkeypatch.setenv(f"RELNET_LIVE__BLUESKY_{name}", url)
        yield world


@pytest.fixture
def mastodon(monkeypatch):
    world = MastodonWorld(followers=30)
    with served(world) as url:
        world.base = url
        monkeypatch.setenv("RELNET_LIVE__MASTODON_URL", url)
        yield world


def test_sync_says_what_it_would_ask_and_what_it_brought(relnet, bluesky, tmp_path) -> None:
    code, out, _ = relnet("sync", "bluesky:ego.test", "--dry-run")
    assert code == 0 and "own feed" in out and "Nothing else was fetched or kept." in out
    assert not (tmp_path / "data").exists() and len(bluesky.requests) == 3
    code, out, err = relnet("sync", "bluesky:ego.test")
    assert code == 0 and "imported by bluesky_live" in out and "without signing in" in out and "requests" in err
    code, out, _ = relnet("show", "overview", "--json")
    assert code == 0
    code, out, _ = relnet("sync", "bluesky:ego.test", "--json")
    assert json.loads(out)["data"]["requests"] > 3


def test_under_a_new_name_the_record_goes_on(relnet, bluesky, tmp_path) -> None:
    relnet("sync", "bluesky:@ego.test")
    bluesky.handle = "new.test"
    _, out, _ = relnet("sync", "bluesky:new.test")
    assert "already known from other imports" not in out
    assert [place.name for place in (tmp_path / "data" / "relnet").iterdir()] == ["bluesky-ego.test"]
    assert len(json.loads(relnet("import", "list", "--json")[1])["data"]) == 2


def test_check_of_a_stranger_keeps_nothing(relnet, bluesky, tmp_path) -> None:
    code, out, _ = relnet("check", "bluesky:ego.test", "--dry-run")
    assert code == 0 and "30  newest posts" in out
    code, out, _ = relnet("check", "bluesky:ego.test", "--limit", "20", "--json")
    [found] = json.loads(out)["data"]["accounts"]
    assert code == 0 and (found["seen"], found["stated"], found["judged_from"]) == (30, 30, 20)
    assert sum(found["labels"].values()) == 20 and found["labels"]["inactive"] + found["labels"]["fake"] == 20
    assert not (tmp_path / "data").exists()


def test_a_check_that_stops_says_that_nothing_is_kept_unless_it_is(relnet, bluesky, monkeypatch) -> None:
    monkeypatch.setenv("RELNET_LIVE__REQUESTS", "34")
    code, _, err = relnet("check", "bluesky:ego.test")
    assert code == 3 and "Nothing of it is kept: with -w NAME" in err
    assert "What was fetched is kept" in relnet("check", "bluesky:ego.test", "-w", "mine")[2]
    assert relnet("check", "bluesky:ego.test", "-w", "mine")[0] == 0


def test_check_in_a_workspace_makes_nobody_the_owner(relnet, bluesky, mastodon) -> None:
    relnet("sync", "bluesky:ego.test", "-w", "mine")
    code, out, _ = relnet("check", "mastodon:ego@home.example", "-w", "mine")
    assert code == 0 and "30 seen of 30" in out
    _, out, _ = relnet("show", "overview", "--json", "-w", "mine")
    _, out, _ = relnet("check", "bluesky:ego.test", "mastodon:ego@home.example", "-w", "mine", "--json")
    assert [each["seen"] for each in json.loads(out)["data"]["accounts"]] == [30, 30]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["sync", "ego.test"], 2, "bluesky:HANDLE"),
        (["sync", "friendster:ego"], 2, "no network"),
        (["sync", "mastodon:ego"], 2, "USER@HOST"),
        (["sync", "bluesky:nobody.test"], 3, "Unable to resolve"),
        (["check", "bluesky:ego.test", "@ana"], 2, "apart"),
        (["check", "@ana", "--dry-run"], 2, "asks nobody"),
    ],
)
def test_what_is_wrong_is_said(words, code, says, relnet, bluesky, mastodon) -> None:
    found, _, err = relnet(*words)
    assert found == code and says in err


def test_a_workspace_cannot_send_us_elsewhere(relnet, bluesky, tmp_path) -> None:
    relnet("sync", "bluesky:ego.test", "-w", str(tmp_path / "w"))
    (tmp_path / "w" / "relnet.toml").write_text('[live]\nbluesky_appview = "https://evil.test"\n')
    code, _, err = relnet("sync", "bluesky:ego.test", "-w", str(tmp_path / "w"))
    assert code == 2 and "may not set live" in err


def test_sample_sizes_and_uniformity() -> None:
    assert [sample_size(n) for n in (0, 10, 1_000, 100_000, 10**9)] == [0, 10, 278, 383, 385]
    chosen = [0] * 200
    for seed in range(300):
        sample = Sample(20, seed)
        for i in range(200):
            sample.offer(str(i), b"%d" % i)
        for line in sample.lines():
            chosen[int(line)] += 1
    assert sum(chosen) == 6_000 and min(chosen) > 8 and max(chosen) < 60
