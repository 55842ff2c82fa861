"""What every verb needs: settings, registry, workspace and the moment of judging."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from relnet import settings as _settings
from relnet.cli.output import say
from relnet.errors import SettingsError, WorkspaceError
from relnet.moments import day
from relnet.settings import Origins, Settings

if TYPE_CHECKING:
    from relnet.assess.assessment import Assessment
    from relnet.registry import Registry
    from relnet.store.log import Manifest
    from relnet.store.workspace import Workspace


@dataclass
class Session:
    """One run of the command line."""

    given: dict[str, Any]
    """Global options as parsed."""
    named: str | None = None
    """What a command calls the workspace that it makes, where the user names none."""

    @property
    def json(self) -> bool:
        """Whether one JSON document is asked for."""
        return bool(self.given["json"])

    @cached_property
    def origins(self) -> Origins:
        """Settings with their origins."""
        names = {"ascii": "ascii", "horizon_days": "horizon", "refit": "refit"}
        options = {name: self.given[option] for name, option in names.items()}
        return _settings.load(self._folder, options | {"plugins": _parameters(self.given.get("param") or ())})

    @property
    def settings(self) -> Settings:
        """Settings in force."""
        return self.origins.settings

    @cached_property
    def registry(self) -> Registry:
        """The plugins: installed ones, then the user's folders, then files of the workspace that the user trusts."""
        from relnet.trust import configured

        found = configured(self.settings, self._folder)
        for name in _parameters(self.given.get("param") or ()):
            if name not in {entry.name for entry in found}:
                raise SettingsError(f"There is no plugin {name!r}.", "See `relnet plugin list`.", "--param")
        for file in () if self.given["quiet"] else found.untrusted:
            say(f"{file.path} is not run. To allow it: relnet plugin trust {file.name}")
        return found

    @property
    def as_of(self) -> int | None:
        """Moment of judging, ms UTC."""
        return moment(self.given["as_of"], "--as-of")

    @property
    def since(self) -> int | None:
        """First moment looked at, ms UTC."""
        return moment(self.given["since"], "--since")

    def place(self, named: str | None = None) -> Path:
        """Return the folder of the workspace that was named, or of the most recent one.

        Raises
        ------
        WorkspaceError
            There is none.
        """
        self.named = named or self.named
        if self._folder is None:
            raise WorkspaceError("There is no workspace yet.", "Load something: relnet load PATH, or try relnet demo.")
        return self._folder

    @property
    def _folder(self) -> Path | None:
        if self.given["workspace"]:
            return workspace_path(self.given["workspace"])
        if self.named:  # never a path, whatever lies in the present folder
            return _settings.data_folder() / self.named
        usual = _settings.load().settings.workspace
        return workspace_path(usual) if usual else next(iter(recent()), None)

    def workspace(self, named: str | None = None, *, create: bool = False) -> Workspace:
        """Open the workspace that was named, or the most recent one.

        Raises
        ------
        WorkspaceError
            There is none.
        """
        from relnet.store.workspace import Workspace

        return Workspace(self.place(named), create=create, catalog_url=self.settings.catalog_url)

    def assessment(self, workspace: Workspace) -> Assessment:
        """Assess a workspace with the options given; say where they lie outside of its record."""
        from relnet.assess.run import assess

        found = assess(
            workspace,
            self.registry,
            as_of=self.as_of,
            since=self.since,
            seed=self.given["seed"],
            horizon_days=self.settings.horizon_days,
            refit=self.settings.refit,
        )
        if said := _outside(workspace.imports(), self.as_of, self.since):
            if self.json:
                found.header.warnings.append(said)
            elif not self.given["quiet"]:
                say(f"Warning: {said}")
        return found


def _parameters(given: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return what the command line says of parameters, by plugin."""
    found: dict[str, dict[str, str]] = {}
    for text in given:
        name, equals, value = text.partition("=")
        plugin, dot, parameter = name.partition(".")
        if not (plugin and dot and parameter and equals):
            raise SettingsError(f"{text!r} sets no parameter.", "Write --param NAME.PARAMETER=VALUE.", "--param")
        found.setdefault(plugin, {})[parameter] = value
    return found


def _outside(imports: Mapping[str, Manifest], as_of: int | None, since: int | None) -> str:
    """Return in words which of the options lie outside of the record; nothing where none does."""
    from relnet.network.view import end_of_coverage

    starts = [
        start
        for each in imports.values()
        for start in (each.first_at, *(coverage.since for coverage, _ in each.coverage))
        if start is not None
    ]
    if not starts:
        return ""
    first, last = min(starts), end_of_coverage(imports)
    beyond = {
        "--as-of": as_of is not None and not first <= as_of <= last,
        "--since": since is not None and since > last,
    }
    options = [option for option, is_beyond in beyond.items() if is_beyond]
    lie = "lies" if len(options) == 1 else "lie"
    covered = f"it covers only from {day(first)} to {day(last)}"
    return f"{' and '.join(options)} {lie} outside of the record: {covered}." if options else ""


def session(context: typer.Context) -> Session:
    """Return the session of a command."""
    return Session(context.obj)


def workspace_path(name: str) -> Path:
    """Return the folder of a workspace: a path where it looks like one, else a name in the data folder."""
    path = Path(name).expanduser()
    is_path = path.is_absolute() or any(sep in name for sep in (os.sep, "/")) or path.exists()
    return path if is_path else _settings.data_folder() / name


def recent() -> list[Path]:
    """Return the workspaces in the data folder, most recently used first."""
    logs = _settings.data_folder().glob("*/log")
    return [log.parent for log in sorted(logs, key=lambda log: -log.stat().st_mtime)]


def moment(text: str | None, option: str) -> int | None:
    """Return an ISO date or time as ms UTC; a time without zone is UTC.

    Raises
    ------
    SettingsError
        It is no ISO moment.
    """
    if text is None:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"{text!r} is no date.", "Write it as 2025-01-31 or 2025-01-31T12:00Z.", option) from None
    return int(parsed.replace(tzinfo=parsed.tzinfo or UTC).timestamp() * 1000)
