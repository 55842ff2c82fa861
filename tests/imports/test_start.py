"""What a start may import: seen from a fresh process, since no static check sees deferral."""

import subprocess
import sys

import pytest

HEAVY = ("textual", "polars", "networkx", "sqlmodel", "sqlalchemy", "duckdb", "numpy", "rich", "jinja2")


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("from relnet.cli.main import main; main(['--help'])", ()),
        ("from relnet.cli.main import main; main(['--version'])", ()),
        ("import relnet", ()),
        ("import relnet.plugin", ("numpy",)),
        ("import relnet.registry", ("numpy",)),
    ],
)
def test_light_start(statement: str, allowed: tuple[str, ...]) -> None:
    code = f"""
import sys
try:
    {statement}
except SystemExit:
    pass
print(','.join(sorted(name for name in {HEAVY!r} if name in sys.modules)), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.strip().split(",")) - {""}
    assert loaded <= set(allowed)
