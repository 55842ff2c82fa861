"""The report in every format: same bytes, no stranger's markup, nobody's name where hidden, and as its schema says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from relnet.assess.run import assess, view_of
from relnet.errors import SettingsError
from relnet.export.files import write_frame
from relnet.plugin import Block, Findings, Section, Text
from relnet.plugin import Table as Rows
from relnet.report.build import build
from relnet.report.document import schema
from relnet.report.formats import FORMATS, write
from relnet.report.tables import tables
from tests.builders import Acts, workspace_of
from tests.report.made import (
    NETWORKS,
    SECRET_PROFILES,
    SECRET_ROWS,
    SECRETS,
    WHOLE,
    FewFollowers,
    Told,
    registry,
    report,
)

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema" / "report.json"
TEXT_FORMATS = [name for name in FORMATS if name != "pdf"]


def made(format: str, folder: Path, network: Acts, *more: type, **options: object) -> str:
    return write(report(folder, network, *more, **options), format).decode()


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_report_is_the_same_bytes(format: str, tmp_path: Path) -> None:
    if format == "pdf":
        pytest.importorskip("weasyprint", exc_type=ImportError)
    written = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        written.append(write(report(tmp_path / name, WHOLE, FewFollowers, sections=["summary", "labels"]), format))
    assert written[0] == written[1]
    assert format != "pdf" or written[0].startswith(b"%PDF-")


def test_an_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="html, md, json, pdf"):
        write(report(tmp_path, WHOLE), "docx")


def test_the_published_schema_is_that_of_the_code() -> None:
    assert json.loads(PUBLISHED.read_text()) == schema(), "run: python docs/schema/publish.py"


@pytest.mark.parametrize("name", NETWORKS)
def test_documents_are_as_their_schema_says(name: str, tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    document = json.loads(made("json", tmp_path, NETWORKS[name], FewFollowers))
    jsonschema.Draft202012Validator(json.loads(PUBLISHED.read_text())).validate(document)
    assert document["schema_version"] == 1
    assert [each["name"] for each in document["sections"]][:2] == ["summary", "health"]
    assert document["figures"]["people"]["value"] == (6 if name == "nobody's" else len(document_people(name)))


def document_people(name: str) -> set[str]:
    return {who for row in NETWORKS[name].rows for who in row[:2]} - {"me"}


HOSTILE = (
    "[x](javascript:alert(1))",
    "<script>",
    "| a | b |",
    "# no",
    "https://evil.example",
    "@someone",
    "`a`",
    "&lt;",
)


class Spiteful(Section):
    """Says what Markdown could take for markup."""

    name, version, title, order = "spiteful", "1", "| <b> #", 1

    def render(self, findings: Findings) -> list[Block]:
        return [*map(Text, HOSTILE), Rows("[c](x)", ["a|b", "c"], [[words, words] for words in HOSTILE])]


def test_markdown_shows_strangers_words_as_they_are(tmp_path: Path) -> None:
    text = made("md", tmp_path, WHOLE, Spiteful, sections=["spiteful"])
    body = text.split("## ", 1)[1]
    assert not re.search(r"(?<!\\)[<>\[\]`]|https?://|@|^# |javascript:alert\(1\)\)(?<!\\)\]", body, re.M)
    rows = [line for line in body.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {3}, "every row has two cells"


@pytest.mark.parametrize("format", [*TEXT_FORMATS, "csv"])
def test_no_format_of_a_hidden_report_names_anybody(format: str, tmp_path: Path) -> None:
    covered = (("message", "between"), ("gossip-kind", "in", "own-3141"))
    told = Told(rows=SECRET_ROWS, owner="own-3141", profiles=SECRET_PROFILES, covered=covered)
    workspace, chosen = workspace_of(tmp_path, told), registry(FewFollowers)
    assessment = assess(workspace, chosen)
    then = assess(workspace, chosen, as_of=assessment.header.as_of - 40 * 86_400_000)
    view, earlier = view_of(workspace, assessment), (then, view_of(workspace, then))
    texts = {}
    for redact in (False, True):
        found = build(assessment, view, chosen, redact=redact, earlier=earlier)
        texts[redact] = csv(found.findings, tmp_path) if format == "csv" else write(found, format).decode()
    [manifest] = view.imports.values()
    secrets = [*SECRETS, manifest.import_id, manifest.digest, assessment.header.run_id, then.header.run_id]
    secrets += [*map(str, assessment.accounts.account), *assessment.accounts.columns["native_id"]]
    secrets += [text for column in ("handle", "name", "bio") for text in assessment.accounts.columns[column] if text]
    plain = {redact: text.replace("\\", "").lower() for redact, text in texts.items()}
    assert "zanzibar" in plain[False] and "p001" in plain[True]
    assert not [secret for secret in secrets if secret.lower() in plain[True]]
    assert not re.search(r"20\d\d-\d\d-\d\d", plain[True])


def csv(found: Findings, folder: Path) -> str:
    written = []
    for name, frame in tables(found).items():
        write_frame(frame, folder / f"{name}.csv", "csv")
        written.append((folder / f"{name}.csv").read_text())
    return "\n".join(written)


def test_whole_tables_hold_every_row_and_leave_the_unknown_empty(tmp_path: Path) -> None:
    found = report(tmp_path, NETWORKS["ego"], FewFollowers).findings
    frames = tables(found)
    assert len(frames["connections"]) == len(found.ties["who"]) == 5
    assert frames["connections"]["in"].null_count() == 2 and not frames["connections"]["in"].is_nan().any()
    assert {"fading"} <= set(frames["lists"]["list"])
    assert frames["figures"].filter(pl.col("figure") == "people")["value"].item() == 5
