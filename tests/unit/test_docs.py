"""The documentation is under test: what it shows works."""

import re
from pathlib import Path

import numpy as np
import pytest

from relnet import registry
from relnet.cli.main import VERBS
from tests.builders import Acts, workspace_of

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_the_scorer_of_the_readme_works_when_pasted(tmp_path) -> None:
    from relnet.assess.run import assess

    (tmp_path / "loyalty.py").write_text(re.findall(r"```python\n(.*?)```", README, re.S)[0])
    plugins = registry.find([tmp_path])
    rows = tuple(("me", "ana", "reply", 1_600_000_000_000 + week * 7 * 86_400_000) for week in range(8))
    found = assess(workspace_of(tmp_path / "data", Acts(rows=rows, owner="me")), plugins)
    assert np.allclose(found.scores["loyalty"], 1) and not found.header.warnings


@pytest.mark.parametrize(
    "verb", sorted(set(re.findall(r"^relnet (\w+)", "".join(re.findall(r"```sh\n(.*?)```", README, re.S)), re.M)))
)
def test_verbs_of_the_readme_exist(verb) -> None:
    assert verb in VERBS


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_two_promised_commands_are_targets(target) -> None:
    assert f"\n{target}:" in (ROOT / "Makefile").read_text() and f"make {target}" in README


def test_every_source_has_its_page() -> None:
    assert {path.stem for path in (ROOT / "docs/formats").glob("*.md")} >= set(registry.find().names("source"))
