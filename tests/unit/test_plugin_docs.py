"""The plugin tutorial works as written, and the reference is what the docstrings say."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```", (ROOT / "docs/plugins.md").read_text(), re.S | re.M)


def test_every_block_of_the_tutorial_works(tmp_path) -> None:
    script = ["set -euo pipefail"]
    for language, name, body in BLOCKS:
        if language == "sh":
            script.append(body)
        else:
            script.append(f"cat > {name} <<'END'\n{body}END\n")
    homes = {name: str(tmp_path / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)], cwd=tmp_path, env=os.environ | homes | {"PATH": path}, text=True,
        capture_output=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "failed" not in done.stdout and done.stdout.count("passed    evidence adds up") == 3
    assert "added to engagement" in done.stdout and "give_and_take" in done.stdout


def _reference() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs/reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


@pytest.mark.parametrize("name", ["built-in.md", "contract.md", "errors.md", "kit.md", "settings.md"])
def test_the_reference_is_current(name) -> None:
    assert (ROOT / "docs/reference" / name).read_text() == _reference()[name], "run python docs/reference.py"
