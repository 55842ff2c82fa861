"""Rules of the house that a tool does not check."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = [path for folder in ("relnet", "plugins") for path in sorted((ROOT / folder).rglob("*.py"))]
READ_IN_THIS_ORDER = (
    "relnet/plugin/kinds.py",
    "relnet/network/view.py",
    "relnet/assess/plan.py",
    "relnet/assess/run.py",
    "relnet/builtin/scorers/engagement.py",
)


def test_modules_stay_short() -> None:
    long = {str(path.relative_to(ROOT)): n for path in MODULES if (n := len(path.read_text().splitlines())) > 400}
    assert not long


def test_no_drawer_modules() -> None:
    assert not [path for path in MODULES if path.stem in ("utils", "helpers", "common", "misc")]


@pytest.mark.parametrize("name", READ_IN_THIS_ORDER)
def test_the_five_files_of_the_map_exist(name: str) -> None:
    assert (ROOT / name).is_file()
    assert name in (ROOT / "docs/design.md").read_text()
