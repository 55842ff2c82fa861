"""Every sentence of the summary against the numbers, counted anew, on every shared sample."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from relnet import registry
from relnet.assess.run import assess, view_of
from relnet.export.tables import account_table, connections, interactions
from relnet.ingest.importer import load
from relnet.plugin import ReadOptions, Source
from relnet.report.build import build
from relnet.store.workspace import Workspace

SAMPLES = (
    *(f"formats/{name}" for name in ("bluesky", "mastodon-2022", "mastodon-2024", "twarc", "x-archive-2020", "x-archive-2025")),
    *(f"interactions/{name}.csv.gz" for name in (
        "collegemsg", "copenhagen", "dnc-email", "ego-mastodon-a", "ego-mastodon-b", "ego-x-a", "ego-x-b", "enron-email",
        "higgs-twitter", "mathoverflow",
    )),
)  # fmt: skip
N = r"([\d,]+)"
SHARE = r"([\d.]+)% \(95% interval ([\d.]+)% to ([\d.]+)%\)"
EPOCHS = {"copenhagen": "relative"}


def numbers(sentence: str, *forms: str) -> list[float]:
    """The numbers of the sentence, which must have one of these forms."""
    for form in forms:
        if found := re.fullmatch(form, sentence):
            return [float(each.replace(",", "").replace("none", "0")) for each in found.groups() if each is not None]
    raise AssertionError(f"no such sentence was foreseen: {sentence}")


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda name: name.split("/")[1].split(".")[0])
def said(request, shared_data, tmp_path_factory):
    path = shared_data / request.param
    workspace, plugins = Workspace(tmp_path_factory.mktemp("sample") / "workspace"), registry.find()
    options = ReadOptions(epoch=EPOCHS.get(Path(path.name).name.split(".")[0]))
    load([path], workspace, plugins.usable(Source)[0], options)
    assessment = assess(workspace, plugins)
    view = view_of(workspace, assessment)
    report = build(assessment, view, plugins)
    assert not [
        block for chapter in report.chapters for block in chapter.blocks if "left out:" in getattr(block, "text", "")
    ]
    [summary] = [chapter for chapter in report.chapters if chapter.name == "summary"]
    sentences = [block.text for block in summary.blocks]
    rows, everybody = connections(assessment), account_table(assessment)
    met = {*rows["id"], *([] if assessment.header.me else rows["from_id"])}
    dated = interactions(view, private=True)[0].drop_nulls("at")
    return sentences, rows, everybody.filter(pl.col("id").is_in(list(met))), dated


def test_size(said) -> None:
    (sentence, *_), rows, met, dated = said
    owned = rf"The record holds {N} dated interactions?(?: from \S+ to \S+)?; in it you have connections with {N} accounts?\."
    free = (
        rf"The record holds {N} dated interactions?(?: from \S+ to \S+)?(?: \(its times [^)]*\))? in {N} connections? among {N} accounts?; "
        r"nobody is marked as its owner\."
    )
    found = numbers(sentence, owned, free)
    assert found[0] == len(dated) and found[-1] == len(met)
    assert len(found) == 2 or found[1] == len(rows)
    assert not len(dated) or f"from {dated['at'].min()[:10]} to {dated['at'].max()[:10]}" in sentence


def test_direction(said) -> None:
    (_, sentence, *_), rows, _, _ = said
    out, back = rows["acts_out"], rows["acts_in"]
    both = int(((out > 0) & (back > 0)).fill_null(False).sum())
    unclear = int((out.is_null() | back.is_null()).sum())
    one = int(((out > 0) & (back == 0) | (back > 0) & (out == 0)).fill_null(False).sum())
    none = int(((out.fill_null(0) + back.fill_null(0)) == 0).sum())
    if "is unknown" in sentence:
        numbers(sentence, r"How many connections go both ways is unknown: .*\.")
        assert unclear == len(rows) and both == 0
        return
    partly = rf"At least {N} of {N} connections? go both ways; for {N} a direction is not covered, so they are .*\."
    silent = (
        rf"Of {N} connections?, {N} go both ways, in {N} all acts come from one side and in {N} there is no act, .*\."
    )
    whole = rf"Of {N} connections?, {N} go both ways and in {N} all acts come from one side\."
    found = numbers(sentence, partly, silent, whole)
    assert found == ([both, len(rows), unclear] if unclear else [len(rows), both, one, none][: len(found)])


def test_reality(said) -> None:
    (_, _, sentence, *_), _, met, _ = said
    unknown = int((met["label"] == "unknown").sum())
    if "Who is real is unknown" in sentence:
        assert (
            numbers(sentence, rf"Who is real is unknown: of {N} accounts? none could be labelled\.")
            == [len(met)]
            == [unknown]
        )
        return
    form = (
        rf"Of {N} accounts? that can be judged, an estimated {SHARE} are fake, {SHARE} inactive and {SHARE} good; "
        rf"{N} of all {N} accounts? gets? no label: too little is known, or it does not decide\."
    )
    judged, *shares, unlabelled, everybody = numbers(sentence, form)
    assert (unlabelled, everybody) == (unknown, len(met)) and judged <= len(met)
    assert all(low <= value <= high for value, low, high in zip(shares[::3], shares[1::3], shares[2::3], strict=True))
    assert sum(shares[::3]) == pytest.approx(100, abs=0.2)


def test_frequency(said) -> None:
    (_, _, _, sentence, _), rows, _, _ = said
    within = [int((rows["circle"] <= size).sum()) for size in (5, 15, 50, 150)]
    whole = bool(rows["out_known"].all() and rows["in_known"].all())
    if "is unknown" in sentence:
        assert rows["last_contact"].is_null().all()
        return
    if not within[-1]:
        assert numbers(
            sentence, rf"Of {N} connections?, none is in touch yearly or more often(?:, as far as .*)?\."
        ) == [len(rows)]
    else:
        least = "" if whole else "at least "
        form = "; ".join(
            f"{words}: {least}{N}{of}"
            for words, of in (
                ("In touch weekly", rf" of {N} connections?"), ("monthly or more often", ""),
                ("half-yearly or more often", ""), ("yearly or more often", ""),
            )
        )  # fmt: skip
        assert numbers(sentence, form + r"\.") == [within[0], len(rows), *within[1:]]
    assert whole or "at least" in sentence or "as far as" in sentence


def test_loss(said) -> None:
    (*_, sentence), rows, _, _ = said
    often = int((rows["contact_days"] >= 5).sum())
    if not often:
        numbers(sentence, r"No connection has 5 days of contact, so which are fading cannot be said\.")
        return
    form = (
        rf"Of {N} connections? with 5 or more days of contact, ([\d,]+|none) (?:is|are) fading, silent for longer than "
        rf"their own rhythm explains, and ([\d,]+|none) (?:has|have) been silent for over a year(?:; contact .*)?\."
    )
    on = [int(rows["list"].fill_null("").str.split(" ").list.contains(name).sum()) for name in ("fading", "dormant")]
    assert numbers(sentence, form) == [often, *on]
