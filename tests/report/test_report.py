"""The report: what it may say, what it must not show, and that it is one inert file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from relnet.assess.run import assess, view_of
from relnet.errors import PluginLoadError
from relnet.plugin import Block, Chart, Findings, Section, Table, Text
from relnet.report.build import build
from relnet.report.charts import draw
from relnet.report.page import html
from tests.builders import Acts, acts, workspace_of
from tests.report.made import (
    NETWORKS,
    PROFILES,
    ROWS,
    SECRET_PROFILES,
    SECRET_ROWS,
    SECRETS,
    WHOLE,
    FewFollowers,
    Told,
    page,
    registry,
)


class Seen(HTMLParser):
    """Elements, attributes and words of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def section(text: str, title: str) -> str:
    [found] = re.findall(rf"<section[^>]*>\s*<h2[^>]*>{title}</h2>(.*?)</section>", text, re.DOTALL)
    return found


def sentences(text: str) -> list[str]:
    return re.findall(r"<p>(.*?)</p>", section(text, "Summary"))


SAID = {
    "whole": [
        f"{len(ROWS)} dated interactions from 2024-01-01 to 2025-02-24; in it you have connections with 5 accounts",
        "Of 5 connections, 2 go both ways, in 2 all acts come from one side and in 1 there is no act",
        "Of 4 accounts that can be judged, an estimated 25.0% (95% interval 4.6% to 69.9%) are fake, ",
        "In touch weekly: 1 of 5 connections; monthly or more often: 1; half-yearly or more often: 3; yearly or more often: 3",
        "Of 2 connections with 5 or more days of contact, 1 is fading",
    ],
    "ego": [
        "in it you have connections with 5 accounts",
        "At least 2 of 5 connections go both ways; for 2 a direction is not covered",
        "Of 4 accounts that can be judged",
        "weekly: at least 1 of 5 connections; monthly or more often: at least 1; half-yearly or more often: at least 3",
        "Of 2 connections with 5 or more days of contact, 1 is fading",
    ],
    "sent only": [
        "in it you have connections with 3 accounts",
        "How many connections go both ways is unknown: what was imported does not cover what others wrote to you",
        "Who is real is unknown: of 3 accounts none could be labelled",
        "weekly: at least 1 of 3 connections; ",
        "contact that was not imported cannot be seen",
    ],
    "nobody's": [
        "in 5 connections among 6 accounts; nobody is marked as its owner",
        "Of 5 connections, 2 go both ways, in 2 all acts come from one side and in 1 there is no act",
        "Who is real is unknown: of 6 accounts none could be labelled",
        "weekly: 1 of 5 connections; ",
        "Of 2 connections with 5 or more days of contact, 1 is fading",
    ],
    "undated": [
        "0 dated interactions; in it you have connections with 1 account.",
        "How many connections go both ways is unknown: no act is dated",
        "Who is real is unknown: of 1 account none could be labelled",
        "How often people are in touch is unknown: no act is dated",
        "No connection has 5 days of contact, so which are fading cannot be said",
    ],
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_summary_says_what_the_numbers_say_and_no_more(name: str, tmp_path: Path) -> None:
    said = sentences(page(tmp_path, NETWORKS[name], FewFollowers))
    assert len(said) == 5
    for sentence, expected in zip(said, SAID[name], strict=True):
        assert expected in sentence


def test_silence_that_was_not_covered_is_not_called_one_sided(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "ego").mkdir()
    whole, ego = (section(page(tmp_path / name, NETWORKS[name]), "Balance") for name in ("whole", "ego"))
    assert "You wrote, they did not" in whole and "@bob" in whole
    assert "You wrote, they did not" not in ego and "@bob" not in ego
    assert "@cy" in ego, "what you wrote is covered: that you did not answer is known"


@pytest.mark.parametrize("name", [*NETWORKS, "profiles only"])
def test_a_page_is_one_accessible_file_without_script_or_request(name: str, tmp_path: Path) -> None:
    text = page(tmp_path, NETWORKS.get(name, Acts(profiles=PROFILES)), FewFollowers)
    seen = Seen(text)
    assert "left out: " not in text, "a built-in section failed"
    assert not {"script", "img", "iframe", "object", "embed", "form", "base"} & set(seen.tags)
    links = [value for _, attribute, value in seen.attributes if attribute in ("href", "src", "xlink:href")]
    assert all(value == "data:," or re.fullmatch(r"#s\d+", value or "") for value in links)
    assert set(re.findall(r"url\(([^)]*)\)", text)) <= {f"#pattern-{i}" for i in range(4)}
    assert not re.search(r"https?:|@import", text)
    [policy] = [
        value for tag, name, value in seen.attributes if tag == "meta" and (value or "").startswith("default-src")
    ]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

    assert ("html", "lang", "en") in seen.attributes
    assert [seen.tags.count(tag) for tag in ("h1", "main", "header", "nav", "footer")] == [1] * 5
    assert [tag for tag in seen.tags if re.fullmatch(r"h\d", tag)] == [
        "h1",
        *["h2"] * seen.tags.count("section"),
    ]
    assert seen.tags.count("table") == seen.tags.count("caption")
    assert seen.tags.count("th") == sum(attribute == "scope" for _, attribute, _ in seen.attributes)
    ids = [value for _, attribute, value in seen.attributes if attribute == "id"]
    assert len(ids) == len(set(ids))
    for figure in re.findall(r"<figure>.*?</figure>", text, re.DOTALL):
        assert all(part in figure for part in ("<figcaption>", 'role="img"', "<title", "<desc", "<details>"))


HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title></style></svg><b>", "{{ 7 * 7 }}",
    "a\x1b]52;c;eA==\x07b", "\u202etxt.exe", "[/]", "&lt;", "x" * 5000,
)  # fmt: skip


class Spiteful(Section):
    """Puts hostile words wherever a section can put words."""

    name, version, title, order = "spiteful", "1", "".join(HOSTILE[:-1]), 1

    def render(self, findings: Findings) -> Iterable[Block]:
        for words in HOSTILE[:-1]:
            yield Text(words)
            yield Table(words, [words, words], [[words, words]])
            for kind, *values in (("bars", 1), ("stack", 1), ("rings", 5, words), ("scatter", 1, 1), ("months", 1, 1)):
                yield Chart(kind, words, [words] * (len(values) + 1), [[words, *values]], words)


def test_words_of_strangers_are_inert(tmp_path: Path) -> None:
    rows = tuple(
        row
        for i in range(len(HOSTILE))
        for a, b in (("me", f"h{i}"), (f"h{i}", "me"))
        for row in acts(a, b, range(0, 90, 3))
    )
    profiles = tuple({"native_id": f"h{i}", "handle": f"h{i}", "name": name} for i, name in enumerate(HOSTILE))
    text = page(tmp_path, Acts(rows=rows, owner="me", profiles=profiles), Spiteful)
    seen = Seen(text)
    assert "left out: " not in text
    assert not {"script", "img", "b"} & set(seen.tags)
    assert not [name for _, name, _ in seen.attributes if name.startswith("on")]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    words = "".join(seen.words)
    assert all(f"({name})" in words for name in HOSTILE if len(name) < 60 and name.isprintable())
    assert "x" * 100 not in text


def test_the_same_inputs_make_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    first = page(tmp_path / "one", WHOLE, FewFollowers)
    assert page(tmp_path / "other", WHOLE, FewFollowers) == first
    assert page(tmp_path / "one", WHOLE, FewFollowers) == first, "read back from disk"


def test_redaction_leaves_no_name_id_text_file_or_day(tmp_path: Path) -> None:
    covered = (("message", "between"), ("gossip-kind", "in", "own-3141"))
    told = Told(rows=SECRET_ROWS, owner="own-3141", profiles=SECRET_PROFILES, covered=covered)
    workspace, chosen = workspace_of(tmp_path, told), registry(FewFollowers)
    assessment = assess(workspace, chosen)
    view = view_of(workspace, assessment)
    open_page = html(build(assessment, view, chosen))
    hidden = html(build(assessment, view, chosen, redact=True))
    [manifest] = view.imports.values()
    machine = [
        manifest.import_id,
        manifest.digest,
        assessment.header.run_id,
        *map(str, assessment.accounts.account),
    ]
    shown = [secret for secret in (*SECRETS, *machine) if secret.lower() in open_page.lower()]
    assert {"zanzibar", "Zoë", "own-3141", "gossip", "secret-in-record", "acts-0", manifest.digest} <= set(shown), (
        "the open page names them"
    )
    assert not [secret for secret in (*SECRETS, *machine) if secret.lower() in hidden.lower()]
    assert not re.search(r"20\d\d-\d\d-\d\d", hidden)
    assert "P001" in hidden and "P002" in hidden
    assert "".join(Seen(hidden.split("<body>")[1]).words).strip().startswith("Names are hidden in this report")


class Broken(Section):
    """Raises."""

    name, version, title, order = "broken", "1", "Broken", 1

    def render(self, findings: Findings) -> Iterable[Block]:
        yield Text("before")
        raise RuntimeError("<i>no</i>")


class Odd(Section):
    """Yields what can't be laid out."""

    name, version, title, order = "odd", "1", "Odd", 2

    def render(self, findings: Findings) -> Iterable[Block]:
        yield Chart("bars", "bars", ["a", "b"], [["x", "not a number"]])


class Long(Section):
    """Yields more rows than a page holds."""

    name, version, title, order = "long", "1", "Long", 3

    def render(self, findings: Findings) -> Iterable[Block]:
        yield Table("rows", ["n", "half"], [[i, float("nan") if i else 0.5] for i in range(300)], 1200)


def test_a_section_that_fails_says_so_and_the_others_stand(tmp_path: Path) -> None:
    text = page(tmp_path, WHOLE, Broken, Odd)
    assert "left out: RuntimeError: &lt;i&gt;no&lt;/i&gt;" in section(text, "Broken")
    assert "left out: ValueError" in section(text, "Odd")
    assert len(sentences(text)) == 5


def test_long_tables_are_cut_and_say_so(tmp_path: Path) -> None:
    text = section(page(tmp_path, WHOLE, Long), "Long")
    assert "rows (200 of 1,200)" in text
    assert text.count("<tr>") == 201
    assert text.count("unknown") == 199, "a value that is not known is said, not left empty"


def test_sections_are_chosen_by_name(tmp_path: Path) -> None:
    text = page(tmp_path, WHOLE, sections=["time", "summary"])
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", text) == ["Summary", "Over time"]
    (tmp_path / "again").mkdir()
    with pytest.raises(PluginLoadError, match="no section called tome"):
        page(tmp_path / "again", WHOLE, sections=["tome"])


def test_sections_cannot_change_what_the_next_one_reads(tmp_path: Path) -> None:
    class Greedy(Section):
        """Writes into a column."""

        name, version, title, order = "greedy", "1", "Greedy", 1

        def render(self, findings: Findings) -> Iterable[Block]:
            findings.ties["out"][:] = 0
            return []

    assert "read-only" in section(page(tmp_path, WHOLE, Greedy), "Greedy")


CHARTS = {
    "bars": [["a", 3.0], ["b", 0.0], ["<c>", float("nan")]],
    "stack": [["good", 3], ["fake", 1], ["<x>", 2]],
    "months": [[f"20{year}-{month:02d}", month, year] for year in (24, 25) for month in range(1, 13)],
    "rings": [
        ["<ana> & co", 5, "good"],
        ["bob", 15, "fake"],
        ["cy", 150, "inactive"],
        ["dan", 50, "unknown"],
    ],
    "scatter": [["<3 / 4>", 3, 4, 2], ["0 / 0", 0, 0, 1]],
}


@pytest.mark.parametrize("kind", CHARTS)
def test_charts_are_wellformed_images_with_title_and_description(kind: str) -> None:
    drawn = draw(Chart(kind, "T & <t>", ["a", "b", "c"][: len(CHARTS[kind][0])], CHARTS[kind], "N < n"), "k")
    assert drawn is not None
    root = ElementTree.fromstring(drawn)
    assert (root.attrib["role"], root[0].text, root[1].text) == ("img", "T & <t>", "N < n")
    assert (root.attrib["aria-labelledby"], root.attrib["aria-describedby"]) == (
        root[0].attrib["id"],
        root[1].attrib["id"],
    )
    numbers = [float(n) for n in re.findall(r'(?:width|height|r)="([-\d.]+)', drawn)]
    assert numbers and min(numbers) >= 0
    assert "nan" not in drawn


def test_a_chart_of_nothing_known_is_not_drawn() -> None:
    assert draw(Chart("bars", "t", ["a", "b"], [["x", float("nan")]]), "k") is None


def test_bars_are_as_long_as_their_numbers_say() -> None:
    drawn = draw(Chart("bars", "t", ["a", "b"], [["x", 50], ["y", 100], ["z", 25]]), "k")
    widths = [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)%"', drawn or "")]
    assert np.allclose(np.array(widths) / widths[1], [0.5, 1, 0.25])
