"""Finding plugins: names from metadata, one class loaded when it is asked for; a value, never global."""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import msgspec

from relnet.errors import PluginError, PluginLoadError, SettingsError
from relnet.plugin import Feature, Labeler, Plugin, Scorer, Section, Source

P = TypeVar("P", bound=Plugin)

KINDS: Final[dict[str, type[Plugin]]] = {
    "source": Source,
    "feature": Feature,
    "scorer": Scorer,
    "labeler": Labeler,
    "section": Section,
}


class Entry(msgspec.Struct):
    """One plugin that was found."""

    kind: str
    name: str
    origin: str
    """`built in`, a distribution with its version, or a file."""
    point: EntryPoint | None = None
    found: type[Plugin] | None = None

    def load(self) -> type[Plugin]:
        """Import the class.

        Raises
        ------
        PluginLoadError
            Its module fails to import, or what it names is no plugin of this kind.
        """
        if self.found is None:
            assert self.point is not None
            try:
                loaded = self.point.load()
            except Exception as error:
                raise PluginLoadError(
                    f"The {self.kind} {self.name} cannot be imported ({type(error).__name__}: {error}).",
                    "Reinstall or remove it.",
                    self.origin,
                ) from error
            self.found = _checked(self.kind, self.name, loaded, self.origin)
        return self.found


class Registry:
    """The plugins of one run."""

    def __init__(self, entries: Iterable[Entry], parameters: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._parameters = parameters or {}
        for entry in entries:
            known = self._entries.setdefault((entry.kind, entry.name), entry)
            if known is not entry:
                raise PluginLoadError(
                    f"Two plugins are called {entry.name}: one from {known.origin}, one from {entry.origin}.",
                    "Remove or rename one of them.",
                )

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def names(self, kind: str) -> list[str]:
        """Return the names of all plugins of a kind, without importing any."""
        return sorted(name for each, name in self._entries if each == kind)

    def entry(self, kind: str, name: str) -> Entry:
        """Return where a plugin comes from.

        Raises
        ------
        PluginLoadError
            There is no such plugin.
        """
        try:
            return self._entries[kind, name]
        except KeyError:
            raise PluginLoadError(
                f"There is no {kind} called {name}.", f"There are: {', '.join(self.names(kind))}."
            ) from None

    def make(self, kind: type[P], name: str, parameters: Mapping[str, Any] | None = None) -> P:
        """Build a plugin with its configured parameters, checked.

        Raises
        ------
        PluginLoadError
            It cannot be found or imported.
        SettingsError
            A parameter is unknown or out of range.
        """
        word = next(word for word, base in KINDS.items() if base is kind)
        loaded = self.entry(word, name).load()
        given = {**self._parameters.get(name, {}), **(parameters or {})}
        try:
            return cast(P, msgspec.convert(given, loaded, strict=False))
        except msgspec.ValidationError as error:
            known = ", ".join(field.name for field in msgspec.structs.fields(loaded)) or "none"
            raise SettingsError(
                f"The parameters of {name} are wrong: {error}.", f"It takes: {known}.", f"plugins.{name}"
            ) from error

    def usable(self, kind: type[P]) -> tuple[list[P], list[PluginError | SettingsError]]:
        """Build every plugin of a kind, by name; return those that fail to load apart."""
        word = next(word for word, base in KINDS.items() if base is kind)
        plugins: list[P] = []
        failures: list[PluginError | SettingsError] = []
        for name in self.names(word):
            try:
                plugins.append(self.make(kind, name))
            except (PluginError, SettingsError) as error:
                failures.append(error)
        return plugins, failures


def find(folders: Sequence[Path] = (), parameters: Mapping[str, Mapping[str, Any]] | None = None) -> Registry:
    """Find what is installed, then what lies in the trusted plugin folders.

    Parameters
    ----------
    folders
        Folders of `*.py` files that the user trusts.
    parameters
        Parameters by plugin name, from the settings.
    """
    entries = [
        Entry(kind, point.name, _origin(point), point)
        for kind in KINDS
        for point in entry_points(group=f"relnet.{kind}s")
    ]
    for folder in folders:
        for path in sorted(folder.glob("*.py")):
            entries.extend(file_entries(path))
    return Registry(entries, parameters)


def file_entries(path: Path) -> list[Entry]:
    """Import a plugin file and return the plugins it defines.

    Raises
    ------
    PluginLoadError
        The file fails to import.
    """
    name = f"relnet_file_plugins.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise PluginLoadError(
            f"The plugin file cannot be imported ({type(error).__name__}: {error}).",
            "Mend it or move it away.",
            str(path),
        ) from error
    entries = []
    for value in vars(module).values():
        if inspect.isclass(value) and issubclass(value, Plugin) and value.__module__ == name and value.name:
            kind = next((word for word, base in KINDS.items() if issubclass(value, base)), None)
            if kind:
                entries.append(Entry(kind, value.name, str(path), found=_checked(kind, value.name, value, str(path))))
    return entries


def _checked(kind: str, name: str, loaded: object, origin: str) -> type[Plugin]:
    if not (inspect.isclass(loaded) and issubclass(loaded, KINDS[kind])):
        raise PluginLoadError(f"{name} is not a {kind}.", f"It must be a subclass of {KINDS[kind].__name__}.", origin)
    if loaded.name != name:
        raise PluginLoadError(
            f"The {kind} registered as {name} calls itself {loaded.name!r}.",
            "Make the two names one.",
            origin,
        )
    base = KINDS[kind]
    missing = [method for method in _REQUIRED.get(kind, ()) if getattr(loaded, method) is getattr(base, method)]
    if missing:
        raise PluginLoadError(f"The {kind} {name} lacks {', '.join(missing)}().", "Define it.", origin)
    return loaded


_REQUIRED: Final = {
    "source": ("sniff", "read", "coverage"),
    "scorer": ("score",),
    "labeler": ("label",),
    "section": ("render",),
}


def _origin(point: EntryPoint) -> str:
    distribution = point.dist
    if distribution is None:
        return "unknown"
    return "built in" if distribution.name == "relnet" else f"{distribution.name} {distribution.version}"
