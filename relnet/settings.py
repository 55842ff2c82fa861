"""Settings: command line > environment > workspace > user file > defaults, merged key by key."""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from relnet.errors import SettingsError

PREFIX: Final = "RELNET_"
_OTHER_VARIABLES: Final = frozenset(
    {"RELNET_MEMORY_GB", "RELNET_SHARED", "RELNET_CONFIG", "RELNET_BLUESKY_PASSWORD", "RELNET_MASTODON_TOKEN"}
)
"""Read where they are used; a secret is no setting, so that none is ever shown or kept."""
USER_ONLY: Final = frozenset({"catalog_url", "live", "plugin_folders", "plugin_seconds", "workspace"})
"""Settings that a workspace cannot make, since a workspace may have been shared."""

HORIZON_DAYS: Final = 90.0
_SECRET: Final = re.compile(r"(?<=//).*(?=@)|(?<=password=)[^&]*")


class Live(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Servers that `sync` and `check` ask, and how far they go.

    Attributes
    ----------
    bluesky_appview, bluesky_plc
        Base URLs of the AppView and of the directory of DIDs.
    bluesky_pds, mastodon_url
        Base URLs to use in place of what the account itself names.
    requests, minutes
        Requests and time that one run may take.
    longest_wait
        Seconds to wait at most where a server asks for patience.
    """

    bluesky_appview: str = "https://public.api.bsky.app"
    bluesky_plc: str = "https://plc.directory"
    bluesky_pds: str | None = None
    mastodon_url: str | None = None
    requests: Annotated[int, Meta(ge=1)] = 20_000
    minutes: Annotated[float, Meta(gt=0)] = 120.0
    longest_wait: Annotated[float, Meta(ge=0)] = 1_000.0


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every setting, with its default.

    Attributes
    ----------
    workspace
        Name or path of the workspace to use where none is named.
    catalog_url
        SQLAlchemy URL of the catalog; by default SQLite in the workspace.
    plugin_folders
        Further folders of trusted plugin files.
    plugin_seconds
        Time limit of one call of a plugin that is not built in.
    ascii
        Draw with ASCII characters only.
    horizon_days
        Days ahead that engagement looks: will both sides act again within them?
    refit
        Fit the scorers to what followed in earlier windows of your own record, held to what is shipped.
    theme
        Name of the dashboard's theme.
    max_skipped
        Records that may be skipped before `load` ends with exit code 4; below zero: any number.
    live
        Servers of live networks, and limits.
    plugins
        Parameters by plugin name.
    keys
        Keys of the dashboard's actions, by action id.
    filters
        Saved filters of the dashboard, by name.
    """

    workspace: str | None = None
    catalog_url: str | None = None
    plugin_folders: tuple[str, ...] = ()
    plugin_seconds: Annotated[float, Meta(gt=0)] = 60.0
    ascii: bool = False
    horizon_days: float = HORIZON_DAYS
    refit: bool = False
    theme: str = "relnet-dark"
    max_skipped: Annotated[int, Meta(ge=-1)] = -1
    marker: Literal["braille", "block", "ascii"] = "braille"
    live: Live = Live()
    plugins: dict[str, dict[str, Any]] = {}
    keys: dict[str, str] = {}
    filters: dict[str, str] = {}

    def __post_init__(self) -> None:
        if not 0 < self.horizon_days < math.inf:
            raise SettingsError(
                f"A horizon of {self.horizon_days:g} days is none.",
                "Give a number above 0, such as 90.",
                "horizon_days",
            )


class Origins(msgspec.Struct):
    """Settings in force and where each value came from."""

    settings: Settings
    origin: dict[str, str]


def shown(settings: Settings) -> dict[str, Any]:
    """Return every setting by name as it may be shown: without who signs in in the catalog's URL."""
    values = {name: getattr(settings, name) for name in Settings.__struct_fields__}
    if settings.catalog_url is not None:
        values["catalog_url"] = _SECRET.sub("***", settings.catalog_url)
    return values


def user_folder() -> Path:
    """Return the user's configuration folder."""
    import platformdirs

    return Path(platformdirs.user_config_dir("relnet", appauthor=False))


def user_file() -> Path:
    """Return the user's settings file; `RELNET_CONFIG` names another."""
    return Path(os.environ["RELNET_CONFIG"]) if "RELNET_CONFIG" in os.environ else user_folder() / "config.toml"


def data_folder() -> Path:
    """Return the platform's folder for workspaces."""
    import platformdirs

    return Path(platformdirs.user_data_dir("relnet", appauthor=False))


def load(workspace: Path | None = None, options: Mapping[str, Any] | None = None) -> Origins:
    """Merge all settings.

    Parameters
    ----------
    workspace
        Folder whose `relnet.toml` counts.
    options
        What the command line said; `None` values say nothing.

    Raises
    ------
    SettingsError
        A key is unknown, a value is wrong, or a file cannot be read.
    """
    layers: list[tuple[str, dict[str, Any]]] = [(str(user_file()), _file(user_file()))]
    if workspace is not None:
        path = workspace / "relnet.toml"
        table = _file(path)
        for key in USER_ONLY & table.keys():
            raise SettingsError(f"A workspace may not set {key}.", f"Move it to {user_file()}.", _where(path, key))
        layers.append((str(path), table))
    layers.append(("environment", dict(_environment())))
    layers.append(("command line", {key: value for key, value in (options or {}).items() if value is not None}))
    merged: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for name, table in layers:
        _merge(merged, table, name, origin)
    try:
        return Origins(msgspec.convert(merged, Settings, strict=False), origin)
    except msgspec.ValidationError as error:
        key = str(error).rpartition("$.")[2].rstrip("`") if "$." in str(error) else ""
        raise SettingsError(f"A setting is wrong: {error}.", "", origin.get(key, "")) from error


def _merge(into: dict[str, Any], table: Mapping[str, Any], name: str, origin: dict[str, str], path: str = "") -> None:
    for key, value in table.items():
        if isinstance(value, Mapping) and isinstance(into.get(key, {}), dict):
            _merge(into.setdefault(key, {}), value, name, origin, f"{path}{key}.")
        else:
            into[key] = value
            origin[f"{path}{key}"] = name


def _file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings cannot be read ({error}).", "Mend the file.", str(path)) from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The settings are no valid TOML ({error}).", "Mend that line.", str(path)) from error
    for key in table:
        if key not in Settings.__struct_fields__:
            near = get_close_matches(key, Settings.__struct_fields__, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(Settings.__struct_fields__)}."
            raise SettingsError(f"There is no setting {key}.", hint, _where(path, key))
    return table


def _where(path: Path, key: str) -> str:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip().lstrip("[").startswith(key):
            return f"{path}, line {number}"
    return str(path)


def _environment() -> Iterator[tuple[str, Any]]:
    """Yield settings from `RELNET_…`; `__` goes one level down."""
    nested: dict[str, Any] = {}
    for variable, value in sorted(os.environ.items()):
        if not variable.startswith(PREFIX) or variable in _OTHER_VARIABLES or variable.startswith("RELNET_TEST_"):
            continue
        *path, last = variable.removeprefix(PREFIX).lower().split("__")
        top = path[0] if path else last
        if top not in Settings.__struct_fields__:
            near = get_close_matches(top, Settings.__struct_fields__, n=1)
            hint = f"Did you mean {PREFIX}{near[0].upper()}?" if near else ""
            raise SettingsError(f"There is no setting {top}.", hint, variable)
        table = nested
        for part in path:
            table = table.setdefault(part, {})
        table[last] = value.split(os.pathsep) if last == "plugin_folders" else value
    yield from nested.items()
