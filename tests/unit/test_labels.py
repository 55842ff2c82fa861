"""Labels: no accusation from what is missing, no single cue, states beside them, every answer explained."""

import shutil
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest

from relnet import registry, runner
from relnet.assess.assessment import LABELS
from relnet.assess.labelled import Labelled
from relnet.assess.run import assess, decide
from relnet.builtin.labelers.cues import CUES, FACTS, GROUPS
from relnet.builtin.labelers.curves import shipped
from relnet.network.accounts import NUMBERS
from relnet.plugin import Labeler, LabelResult, reasons
from tests.builders import Acts, assessed, workspace_of

DAY = 86_400_000
NOW = 20_000 * DAY
FLAGS = ("has_bio", "has_url", "has_location", "has_banner", "default_avatar", "default_profile", "automated", "gone")
PLUGINS = registry.find()
# What one seller delivered: follows hundreds, hardly followed, says nothing.
BOUGHT = {
    "followers": 3, "following": 700, "posts": 2, "likes": 0, "listed": 0, "has_bio": 0, "has_banner": 0,
    "default_avatar": 1, "handle_digits": 4,
}  # fmt: skip
PERSON = {
    "followers": 150, "following": 200, "posts": 900, "likes": 400, "listed": 2, "has_bio": 1, "has_banner": 1,
    "default_avatar": 0, "handle_digits": 0,
}  # fmt: skip


def table(*rows: dict) -> Labelled:
    columns = {name: np.array([row.get(name, np.nan) for row in rows], float) for name in NUMBERS}
    return Labelled(columns, np.zeros(len(rows), np.int8), np.full(len(rows), "", object))


def answer(name: str, *rows: dict, **parameters: object) -> LabelResult:
    labeler = PLUGINS.make(Labeler, name, parameters)
    outcome = runner.label(labeler, table(*rows).inputs(labeler))
    assert outcome.failure is None and isinstance(outcome.value, LabelResult)
    return outcome.value


def label(*rows: dict) -> list[str]:
    return [LABELS[code] for code in decide(answer("relnet", *rows))]


@pytest.fixture(scope="module")
def crowd() -> Labelled:
    """Accounts of every kind, some facts of each unknown."""
    rng = np.random.default_rng(1)
    columns = {name: np.floor(rng.lognormal(4, 2.5, 4000)) for name in NUMBERS}
    columns |= {name: rng.integers(0, 2, 4000).astype(float) for name in FLAGS}
    columns |= {name: NOW - rng.integers(0, 3000, 4000) * float(DAY) for name in NUMBERS if name.endswith("_at")}
    columns["handle_digits"] = rng.integers(0, 6, 4000).astype(float)
    for column in columns.values():
        column[rng.random(4000) < 0.15] = np.nan
    return Labelled(columns, (np.arange(4000) % 2).astype(np.int8), np.full(4000, "", object))


def test_a_bought_account_and_a_person() -> None:
    dated = {"observed_at": NOW, "last_active_at": NOW - DAY}
    asleep = {"observed_at": NOW, "last_active_at": NOW - 100 * DAY}
    assert label(BOUGHT | dated, PERSON | dated, PERSON | asleep, BOUGHT | asleep, PERSON) == [
        "fake", "good", "inactive", "fake", "unknown",
    ]  # fmt: skip
    assert reasons(int(answer("relnet", PERSON).why[0])) == ["undated"]


def test_hiding_a_fact_never_accuses_nor_clears(crowd) -> None:
    labeler = PLUGINS.make(Labeler, "profile")
    rng = np.random.default_rng(2)
    hidden = {name: np.where(rng.random(len(crowd)) < 0.4, np.nan, column) for name, column in crowd.columns.items()}
    before = labeler.label(crowd.inputs(labeler)).p_fake
    after = labeler.label(Labelled(hidden, crowd.fake, crowd.subset).inputs(labeler)).p_fake
    both = np.isfinite(before) & np.isfinite(after)
    assert both.sum() > 500 and (after[both] <= before[both] + 1e-12).all()
    assert not ((after >= 0.5) & ~(before >= 0.5)).any()
    assert not ((after < 0.1) & (before >= 0.5)).any()


def test_few_facts_are_unknown_not_good() -> None:
    result = answer("profile", {}, {"followers": 30, "following": 70})
    assert np.isnan(result.p_fake).all()
    assert [reasons(int(bits)) for bits in result.why] == [["not_covered"], ["too_few"]]
    assert label({"followers": 0, "following": 5000, "observed_at": NOW, "last_active_at": NOW}) == ["unknown"]


@pytest.mark.parametrize("group", GROUPS)
def test_no_single_cue_may_decide(group) -> None:
    model = shipped().model
    name = next(cue.name for cue in CUES if cue.group == group)
    curve = model.cues[name]
    steep = msgspec.structs.replace(curve, heights=(*curve.heights[:-1], 12.0))
    with pytest.raises(ValueError, match="alone"):
        msgspec.structs.replace(model, cues=model.cues | {name: steep})


@pytest.mark.parametrize("name", PLUGINS.names("labeler"))
def test_every_labeler_keeps_the_contract_and_explains_itself(crowd, name) -> None:
    labeler = PLUGINS.make(Labeler, name)
    inputs = crowd.inputs(labeler)
    outcome = runner.label(labeler, inputs)
    assert outcome.failure is None and isinstance(outcome.value, LabelResult)
    rows = np.arange(0, len(crowd), 7)
    evidence = labeler.explain(inputs, rows)
    if evidence is not None:
        p = outcome.value.p_fake[rows]
        known = np.isfinite(p)
        assert known.any() and np.allclose(evidence.total()[known], p[known], atol=1e-9)
    answered = np.isfinite(outcome.value.p_fake) | np.isfinite(outcome.value.p_inactive)
    assert (outcome.value.why[~answered] > 0).all()


def test_states_are_told_instead_of_a_label() -> None:
    bot, gone = BOUGHT | {"automated": 1}, BOUGHT | {"gone": 1, "observed_at": NOW, "last_active_at": NOW - 999 * DAY}
    assert label(BOUGHT, bot, gone) == ["fake", "unknown", "unknown"]
    assert {reasons(int(bits))[0] for bits in answer("relnet", bot, gone).why} == {"stated"}


@pytest.mark.parametrize(
    ("dates", "asleep"),
    [
        ({"last_active_at": NOW - 90 * DAY, "observed_at": NOW}, 1),
        ({"last_active_at": NOW - 89 * DAY, "observed_at": NOW}, 0),
        ({"last_active_at": NOW + DAY, "observed_at": NOW}, 0),
        ({"last_active_at": NOW + 2 * DAY, "observed_at": NOW}, np.nan),
        ({"last_active_at": NOW - 99 * DAY}, np.nan),
        ({"posts": 0, "observed_at": NOW}, np.nan),
        ({"last_act_at": NOW - 10 * DAY}, 0),
        ({"last_act_at": NOW - 100 * DAY}, np.nan),
        ({"last_active_at": NOW - 99 * DAY, "observed_at": NOW, "last_act_at": NOW - 10 * DAY}, 0),
        ({"last_active_at": NOW - 400 * DAY, "observed_at": NOW - 300 * DAY, "last_act_at": NOW - 200 * DAY}, np.nan),
    ],
)  # fmt: skip
def test_asleep_by_dates_alone(dates, asleep) -> None:
    now = {"observed_at": NOW}  # sets the moment of judging
    assert answer("activity", dates, now).p_inactive[0] == pytest.approx(asleep, nan_ok=True)


def test_the_user_sets_how_long_a_silence_is() -> None:
    silent = {"last_active_at": NOW - 100 * DAY, "observed_at": NOW}
    assert answer("relnet", silent, least_days=120).p_inactive[0] == 0


@pytest.mark.parametrize(
    ("name", "facts", "fake"),
    [
        ("rules_statuspeople_2012", {"followers": 10, "following": 100, "posts": 0}, 1),
        ("rules_statuspeople_2012", {"followers": 10, "following": 100, "posts": 5}, 0),
        ("rules_statuspeople_2012", {"followers": 2.5, "following": 100, "posts": 5}, 0),  # 2.5 rounds up to 3
        ("rules_statuspeople_2012", {"followers": 0, "following": 0, "posts": 1}, 1),
        ("rules_statuspeople_2013", {"followers": 9, "following": 100, "posts": 5, "has_url": 0, "likes": 0}, 1),
        ("rules_statuspeople_2013", {"followers": 9, "following": 100, "posts": 5, "has_url": 0}, np.nan),
        ("rules_statuspeople_2013", {"followers": 9, "following": 100, "posts": 5, "has_url": 1}, 0),
        ("rules_statuspeople_2019", {"followers": 0, "following": 500, "posts": 0, "likes": 9, "has_url": 1}, 1),
        ("rules_statuspeople_2019", {"followers": 900, "following": 50, "posts": 9, "likes": 9, "has_url": 1}, 0),
        ("rules_socialbakers", {"followers": 0, "following": 50, "posts": 5}, 1),
        ("rules_socialbakers", {"followers": 9, "following": 50, "posts": 5}, np.nan),
        ("rules_camisani_calzolari", {**BOUGHT, "has_location": 1, "has_url": 1}, 1),
        ("rules_camisani_calzolari", {**PERSON, "has_location": 0, "has_url": 0}, 0),
    ],
)  # fmt: skip
def test_published_rules_by_the_letter(name, facts, fake) -> None:
    assert answer(name, facts).p_fake[0] == pytest.approx(fake, nan_ok=True)


def test_doubt_is_unknown() -> None:
    p_fake, awake = np.array([0.09, 0.1, 0.49, 0.5, np.nan]), np.zeros(5)
    codes = decide(LabelResult(p_fake, awake, np.zeros(5, np.uint8)))
    assert [LABELS[code] for code in codes] == ["good", "unknown", "unknown", "fake", "unknown"]


def test_labels_from_the_record(tmp_path) -> None:
    seen = {"seen_at": NOW, "last_active_at": NOW - DAY}
    facts = {key: bool(value) if key in FLAGS else value for key, value in BOUGHT.items() if key != "handle_digits"}
    source = Acts(
        rows=(("bought", "me", "reply", NOW - 2 * DAY), ("bot", "me", "reply", NOW)),
        owner="me",
        profiles=(
            {"native_id": "bought", "handle": "x1234", **facts, **seen},
            {"native_id": "bot", "handle": "x5678", **facts, **seen, "automated": True},
        ),
    )
    workspace = workspace_of(tmp_path, source)
    result = assess(workspace, PLUGINS)
    words = dict(zip(result.accounts.columns["native_id"], [LABELS[code] for code in result.labels.label], strict=True))
    assert words["bought"] == "fake" and words["bot"] == "unknown"
    # A log of an older relnet lacks the column: it reads as unknown.
    for path in workspace.log.glob("*/accounts-*.parquet"):
        pl.read_parquet(path).drop("has_banner").write_parquet(path)
    shutil.rmtree(workspace.cache)  # imports never change, so what follows from them is kept
    older = assess(workspace, PLUGINS, seed=1)
    assert np.isnan(older.accounts.columns["has_banner"]).all()
    assert older.accounts.columns["handle_digits"][older.accounts.columns["native_id"] == "bought"] == 4


def test_an_act_in_the_record_is_activity(tmp_path) -> None:
    facts = {key: bool(value) if key in FLAGS else value for key, value in PERSON.items() if key != "handle_digits"}
    source = Acts(
        rows=(("ana", "me", "reply", NOW - 2 * DAY), ("me", "ana", "reply", NOW)),
        owner="me",
        profiles=({"native_id": "ana", "handle": "ana", **facts, "seen_at": NOW},),
    )
    result = assessed(tmp_path, source)
    row = result.accounts.columns["native_id"].tolist().index("ana")
    assert LABELS[result.labels.label[row]] == "good"


def test_coefficients_say_where_they_are_from() -> None:
    provenance = shipped().provenance
    assert (Path(__file__).parents[2] / provenance["script"]).is_file()
    assert all(len(each["sha256"]) == 64 for each in provenance["data"].values())
    assert set(FACTS) <= set(NUMBERS)
