"""The plugins that a path or a name stands for, ready to be checked."""

from __future__ import annotations

import importlib
import sys
import tomllib
from pathlib import Path

import msgspec

from relnet.errors import PluginLoadError, SettingsError
from relnet.plugin import Feature, Plugin
from relnet.registry import KINDS, Entry, Registry, file_entries
from relnet.testing.door import Record, check


class Tested(msgspec.Struct, frozen=True):
    """What the kit found of one plugin."""

    kind: str
    name: str
    records: list[Record]

    @property
    def failed(self) -> bool:
        """Whether a check failed."""
        return any(record.outcome == "failed" for record in self.records)


def tested(named: str, registry: Registry) -> list[Tested]:
    """Run the kit over a plugin file, a project folder, or the plugins of a name.

    Raises
    ------
    PluginLoadError
        Nothing of it can be imported.
    """
    path = Path(named)
    samples: list[Path] = []
    if path.is_dir():
        entries = _of_project(path)
        samples = sorted((path / "tests" / "samples").glob("*"))
    elif path.is_file():
        entries = file_entries(path)
    else:
        entries = [entry for entry in registry if entry.name == named]
    if not entries:
        raise PluginLoadError(f"There is no plugin called {named}, nor such a path.", "See `relnet plugin list`.")
    made = [(entry, _made(entry)) for entry in entries]
    beside = [plugin for _, plugin in made if isinstance(plugin, Feature)]
    return [Tested(entry.kind, entry.name, check(plugin, samples=samples, beside=beside)) for entry, plugin in made]


def _made(entry: Entry) -> Plugin:
    try:
        return msgspec.convert({}, entry.load())
    except msgspec.ValidationError as error:
        raise PluginLoadError(
            f"{entry.name} cannot be built without parameters ({error}).", "Give each a default.", entry.origin
        ) from error


def _of_project(folder: Path) -> list[Entry]:
    """Return the plugins that a project registers, imported from its folder whether it is installed or not."""
    path = folder / "pyproject.toml"
    try:
        project = tomllib.loads(path.read_text(encoding="utf-8")).get("project", {})
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"The project cannot be read ({error}).", "Name a folder with pyproject.toml.", str(path)
        ) from error
    source = folder / "src"
    sys.path.insert(0, str((source if source.is_dir() else folder).resolve()))
    entries = []
    for kind in KINDS:
        for name, value in project.get("entry-points", {}).get(f"relnet.{kind}s", {}).items():
            module, _, attribute = value.partition(":")
            try:
                found = getattr(importlib.import_module(module), attribute)
            except Exception as error:
                raise PluginLoadError(
                    f"{value} cannot be imported ({type(error).__name__}: {error}).", "Mend it.", str(folder)
                ) from error
            entries.append(Entry(kind, name, str(folder), found=found))
    if not entries:
        raise PluginLoadError(
            "The project registers no plugin.", 'Add [project.entry-points."relnet.scorers"].', str(path)
        )
    return entries
