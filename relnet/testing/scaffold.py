"""A plugin's project, written from templates: working, tested and documented before its author changes a line."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Final

from relnet import __version__
from relnet.errors import SettingsError
from relnet.registry import KINDS, NAME

_TEMPLATES: Final = Path(__file__).parent / "templates"


def scaffold(name: str, kind: str, folder: Path) -> Path:
    """Write the project `relnet-<name>` into a folder and return its own folder.

    Raises
    ------
    SettingsError
        The name or the kind will not do, or the project is there already.
    """
    if kind not in KINDS:
        raise SettingsError(f"There is no kind {kind!r}.", f"There are: {', '.join(KINDS)}.", "--kind")
    if not NAME.fullmatch(name):
        raise SettingsError(f"{name!r} is no name of a plugin.", "Small letters, digits and underscores.", "NAME")
    project = f"relnet-{name.replace('_', '-')}"
    target = folder / project
    if target.exists():
        raise SettingsError("There is something of this name already.", "Choose another name or folder.", str(target))
    words = {
        "name": name,
        "kind": kind,
        "project": project,
        "package": f"relnet_{name}",
        "klass": "".join(part.capitalize() for part in name.split("_")),
        "title": name.replace("_", " ").capitalize(),
        "relnet": ".".join(__version__.split(".")[:2]),
    }
    files = {
        "pyproject.toml": "pyproject.toml.txt",
        "README.md": "README.md.txt",
        f"src/relnet_{name}/__init__.py": f"{kind}.py.txt",
        f"src/relnet_{name}/py.typed": None,
        f"tests/test_{name}.py": f"{kind}_test.py.txt",
    }
    if kind == "source":
        files[f"tests/samples/sample.{name}"] = "sample.txt"
    for path, template in files.items():
        text = Template((_TEMPLATES / template).read_text(encoding="utf-8")).substitute(words) if template else ""
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8")
    return target
