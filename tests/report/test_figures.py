"""Health figures against counts by hand, and unknown where the record cannot tell."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from relnet.plugin import Post
from tests.builders import DAY, START, Acts, acts
from tests.report.made import report

HOUR = DAY // 24

# Each act to ana is answered after two hours, each act of ana's only a week later; bob and cy are never answered.
ASKED = tuple(row for day in range(0, 56, 7) for row in acts("me", "ana", [day]))
ANSWERS = tuple(("ana", "me", "message", at + 2 * HOUR) for *_, at in ASKED)
ROWS = (*ASKED, *ANSWERS, *acts("me", "bob", (3, 4)), *acts("cy", "me", (200, 201, 202, 210)))
TOGETHER = tuple(("me", who, "mention", START + 9 * DAY, {"event": "e1", "audience": 2}) for who in ("ana", "bob"))


class Posting(Acts):
    """Acts, and posts of the owner that address nobody."""

    def read(self, reader):
        yield from super().read(reader)
        for i in range(3):
            yield Post(f"post-{i}", "me", START + i * DAY, f"good morning number {i}")


def figures(folder: Path, network: Acts) -> tuple[dict, dict]:
    found = report(folder, network).findings
    return {name: figure.value for name, figure in found.figures.items()}, dict(found.measures)


def test_attention_answers_and_ties_are_counted_as_defined(tmp_path: Path) -> None:
    values, measures = figures(tmp_path, Posting(rows=(*ROWS, *TOGETHER), owner="me"))
    assert values["attention_ties"] == pytest.approx(11**2 / (8.5**2 + 2.5**2)), "an act towards two gives each half"
    assert values["attention_gini"] == pytest.approx((8.5 - 2.5) / (2 * 11))
    assert values["received_ties"] == pytest.approx(12**2 / (8**2 + 4**2))
    assert values["personal_share"] == pytest.approx(10 / 11), "ten to one person each, one to two together"
    assert values["broadcast_share"] == pytest.approx(3 / 14)
    assert values["answered_by_them"] == pytest.approx(8 / 12)
    assert values["answered_by_you"] == pytest.approx(1 / 11), "the mention on day 9; cy's last act is too new to tell"
    assert values["answer_time_them"] == pytest.approx(2, rel=0.01)
    assert values["answer_time_you"] == pytest.approx(46, rel=0.01)
    assert (values["real"], values["one_sided"], values["both_ways"]) == (1, 2, 1)
    assert values["reciprocity"] == pytest.approx(1 / 3)
    assert (values["contacts_now"], values["contacts_before"]) == (1, 1)
    assert not any(measures[name].at_least for name in ("real", "circle_5", "both_ways"))


def test_what_is_not_covered_is_unknown_and_never_flattering(tmp_path: Path) -> None:
    sent = tuple(row for row in ROWS if row[0] == "me")
    values, measures = figures(tmp_path, Acts(rows=(*sent, ANSWERS[0]), owner="me", covered=(("*", "out", "me"),)))
    for name in ("received_ties", "answered_by_them", "reciprocity", "broadcast_share"):
        assert math.isnan(values[name]) and measures[name].unknown
    assert values["attention_ties"] == pytest.approx(10**2 / (8**2 + 2**2)), "what you did is covered"
    assert measures["real"].at_least and measures["both_ways"].at_least


def test_figures_of_one_person_are_unknown_where_nobody_is_the_owner(tmp_path: Path) -> None:
    values, measures = figures(tmp_path, Acts(rows=ROWS))
    assert math.isnan(values["attention_ties"]) and measures["attention_ties"].unknown == "nobody is the owner"
    assert values["reciprocity"] == pytest.approx(1 / 3), "that of the network is known"


def test_every_unknown_figure_says_why_and_every_figure_is_defined(tmp_path: Path) -> None:
    values, measures = figures(tmp_path, Acts(rows=(("me", "ana", "message", None),), owner="me"))
    assert all(each.title and each.meaning for each in measures.values())
    assert not [name for name, each in measures.items() if math.isnan(values[name]) != bool(each.unknown)]


def test_the_documentation_defines_every_figure_in_the_same_words(tmp_path: Path) -> None:
    _, measures = figures(tmp_path, Acts(rows=ROWS, owner="me"))
    told = (Path(__file__).parents[2] / "docs/report.md").read_text()
    for name, each in measures.items():
        assert f"| {each.title} | `{name}` | {each.meaning} | {each.source or '–'} |" in told


def test_a_window_that_nobody_could_have_seen_is_unknown_and_not_empty(tmp_path: Path) -> None:
    values, measures = figures(
        tmp_path,
        Acts(rows=acts("me", "ana", [0, *range(370, 380)]), owner="me", covered=(("*", "out", "me"),)),
    )
    assert values["contacts_now"] == 1
    assert math.isnan(values["contacts_before"])
    assert "not covered" in measures["contacts_before"].unknown
