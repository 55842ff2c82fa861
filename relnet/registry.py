"""Finding plugins: names from metadata, one class loaded when it is asked for; a value, never global."""

from __future__ import annotations

import contextlib
import inspect
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import msgspec

from relnet.errors import PluginError, PluginLoadError, SettingsError
from relnet.plugin import Feature, Labeler, Plugin, Scorer, Section, Source
from relnet.plugin.kinds import METHODS, Home
from relnet.plugin_file import digest_of, module_of

P = TypeVar("P", bound=Plugin)


KINDS: Final[dict[str, type[Plugin]]] = {
    "source": Source,
    "feature": Feature,
    "scorer": Scorer,
    "labeler": Labeler,
    "section": Section,
}


def kind_of(plugin: Plugin) -> str:
    """Return the word for a plugin's kind."""
    return next(word for word, base in KINDS.items() if isinstance(plugin, base))


BUILT_IN: Final = "built in"
SECONDS: Final = 60.0
"""Time limit of one call of a plugin that is not built in."""


class Entry(msgspec.Struct):
    """One plugin that was found."""

    kind: str
    name: str
    origin: str
    """`built in`, a distribution with its version, or a file."""
    point: EntryPoint | None = None
    found: type[Plugin] | None = None
    seconds: float = SECONDS

    def load(self) -> type[Plugin]:
        """Import the class.

        Raises
        ------
        PluginLoadError
            Its module fails to import, or what it names is no plugin of this kind.
        """
        if self.found is None:
            assert self.point is not None
            if self.origin != BUILT_IN:
                _try_apart(_import_point, (self.point,), f"The {self.kind} {self.name}", self.origin, self.seconds)
            try:
                loaded = self.point.load()
            except Exception as error:
                raise _not_imported(f"The {self.kind} {self.name}", error, self.origin) from error
            home = None if self.origin == BUILT_IN else Home(self.origin, seconds=self.seconds)
            self.found = _checked(self.kind, self.name, loaded, self.origin, home)
        return self.found


class Untrusted(msgspec.Struct):
    """A plugin file of a workspace that the user has not allowed to run, or not in its present form."""

    name: str
    path: Path
    digest: str


class Registry:
    """The plugins of one run.

    Parameters
    ----------
    entries
        What was found; of two of one kind and name the first stays.
    parameters
        Parameters by plugin name.
    failures
        Why something that was found is not among the entries.
    untrusted
        Files that were not looked into.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        parameters: Mapping[str, Mapping[str, Any]] | None = None,
        failures: Iterable[PluginLoadError] = (),
        untrusted: Iterable[Untrusted] = (),
    ) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._parameters = parameters or {}
        self.failures, self.untrusted = [*failures], [*untrusted]
        for entry in entries:
            known = self._entries.setdefault((entry.kind, entry.name), entry)
            if known is not entry:
                self.failures.append(
                    PluginLoadError(
                        f"Two plugins are called {entry.name}: one from {known.origin}, one from {entry.origin}; the "
                        "second is left out.",
                        "Remove or rename one of them.",
                        entry.origin,
                    )
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
        if not given:
            with contextlib.suppress(TypeError):  # it must be given a parameter
                return cast(P, loaded())  # without its annotations being looked at, which takes a while
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


def find(
    folders: Sequence[Path] = (),
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    workspace: Path | None = None,
    trusted: frozenset[str] = frozenset(),
    seconds: float = SECONDS,
) -> Registry:
    """Find what is installed, then what lies in the plugin folders; what fails to import is a failure by name.

    Parameters
    ----------
    folders
        Folders of `*.py` files that the user trusts.
    parameters
        Parameters by plugin name, from the settings.
    workspace
        A workspace, of whose plugin files those in `trusted` are taken.
    trusted
        Digests of files.
    seconds
        Time limit of one call of a plugin that is not built in.
    """
    installed, origin = entry_points(), cache(_origin)  # reading what a distribution says of itself takes a while
    entries = [
        Entry(kind, point.name, origin(point.dist), point, seconds=seconds)
        for kind in KINDS
        for point in installed.select(group=f"relnet.{kind}s")
    ]
    entries.sort(key=lambda entry: entry.origin != BUILT_IN)
    files: list[tuple[Path, bytes | None]] = [
        (path, None) for folder in folders for path in sorted(folder.glob("*.py"))
    ]
    untrusted = []
    for path in sorted((workspace / "plugins").glob("*.py")) if workspace else ():
        content = path.read_bytes()
        if digest_of(content) in trusted:
            files.append((path, content))
        else:
            untrusted.append(Untrusted(path.stem, path, digest_of(content)))
    failures = []
    for path, checked in files:
        try:
            entries.extend(file_entries(path, seconds, checked))
        except PluginLoadError as error:
            failures.append(error)
    return Registry(entries, parameters, failures, untrusted)


def file_entries(path: Path, seconds: float = SECONDS, content: bytes | None = None) -> list[Entry]:
    """Import a plugin file, in the worker first, and return the plugins it defines.

    Parameters
    ----------
    path
        The file.
    seconds
        Time limit of one call.
    content
        What was read from it and checked already; else it is read here, once.

    Raises
    ------
    PluginLoadError
        The file fails to import, or holds no plugin.
    """
    path = path.absolute()  # the worker may stand in another folder
    try:
        content = path.read_bytes() if content is None else content
    except OSError as error:
        raise _not_imported("The plugin file", error, str(path)) from error
    _try_apart(_import_file, (path, content), "The plugin file", str(path), seconds)
    try:
        module = module_of(path, content)
    except Exception as error:
        raise _not_imported("The plugin file", error, str(path)) from error
    entries = []
    for value in vars(module).values():
        if inspect.isclass(value) and issubclass(value, Plugin) and value.__module__ == module.__name__:
            kind = next((word for word, base in KINDS.items() if issubclass(value, base)), None)
            if kind and value.name:
                home = Home(str(path), str(path), digest_of(content), seconds)
                found = _checked(kind, value.name, value, str(path), home)
                entries.append(Entry(kind, value.name, str(path), found=found))
    if not entries:
        raise PluginLoadError(
            "The plugin file holds no plugin.", f"Derive a class from {_bases()} and give it a name.", str(path)
        )
    return entries


def _bases() -> str:
    return ", ".join(base.__name__ for base in KINDS.values())


def _try_apart(function: Any, arguments: tuple[Any, ...], what: str, origin: str, seconds: float) -> None:
    """Import in the worker process first: what hangs or ends its process at import must not do so here."""
    from relnet.worker import worker

    try:
        message = worker().call(function, *arguments, seconds=seconds)
    except PluginError as error:
        raise PluginLoadError(f"{what} cannot be imported: {error.message}", "Mend or remove it.", origin) from error
    if message:
        raise PluginLoadError(f"{what} cannot be imported ({message}).", "Mend or remove it.", origin)


def _not_imported(what: str, error: BaseException, origin: str) -> PluginLoadError:
    return PluginLoadError(
        f"{what} cannot be imported ({type(error).__name__}: {error}).", "Mend or remove it.", origin
    )


def _import_file(path: Path, content: bytes) -> str:
    return _fault(lambda: module_of(path, content))


def _import_point(point: EntryPoint) -> str:
    return _fault(point.load)


def _fault(load: Any) -> str:
    """Return what an import raised, in words; empty if it went well."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            load()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    except SystemExit as error:
        return f"it called exit({error.code})"
    return ""


def _checked(kind: str, name: str, loaded: object, origin: str, home: Home | None) -> type[Plugin]:
    if not (inspect.isclass(loaded) and issubclass(loaded, KINDS[kind])):
        raise PluginLoadError(f"{name} is not a {kind}.", f"It must be a subclass of {KINDS[kind].__name__}.", origin)
    if loaded.name != name:
        raise PluginLoadError(
            f"The {kind} registered as {name} calls itself {loaded.name!r}.",
            "Make the two names one.",
            origin,
        )
    if not NAME.fullmatch(name) or not str(loaded.version):
        raise PluginLoadError(
            f"The {kind} {name!r} has no usable name or no version.",
            "A name is small letters, digits and underscores; a version is a text.",
            origin,
        )
    needs = getattr(loaded, "needs", ())
    if not (isinstance(needs, tuple) and all(isinstance(need, str) for need in needs)):
        raise PluginLoadError(
            f"`needs` of the {kind} {name} is no tuple of names.",
            'Write needs = ("count_ab",), comma included.',
            origin,
        )
    base = KINDS[kind]
    missing = [method for method in _required(kind, loaded) if getattr(loaded, method) is getattr(base, method)]
    if missing:
        raise PluginLoadError(f"The {kind} {name} lacks {', '.join(missing)}().", "Define it.", origin)
    loaded.home = home
    return loaded


NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_REQUIRED: Final = {
    "source": ("sniff", "read", "coverage"),
    "scorer": ("score",),
    "labeler": ("label",),
    "section": ("render",),
}


def _required(kind: str, loaded: type[Plugin]) -> tuple[str, ...]:
    if issubclass(loaded, Feature):
        return (METHODS.get(loaded.table, "aggregate"),)
    return _REQUIRED[kind]


def _origin(distribution: Distribution | None) -> str:
    if distribution is None:
        return "unknown"
    return BUILT_IN if distribution.name == "relnet" else f"{distribution.name} {distribution.version}"
