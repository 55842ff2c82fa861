"""Which plugin files of workspaces the user lets run: by digest, kept with the user and never in a workspace."""

from __future__ import annotations

from pathlib import Path

import msgspec

from relnet.errors import SettingsError
from relnet.plugin_file import digest_of
from relnet.registry import Registry, find
from relnet.settings import Settings, user_folder
from relnet.whole_file import whole


def configured(settings: Settings, workspace: Path | None = None) -> Registry:
    """Find plugins as the settings say: installed, in the user's folders, and files of the workspace that are trusted."""
    folders = [user_folder() / "plugins", *map(Path, settings.plugin_folders)]
    return find(folders, settings.plugins, workspace=workspace, trusted=trusted(), seconds=settings.plugin_seconds)


def trusted_file() -> Path:
    """Return the file that holds the digests."""
    return user_folder() / "trusted.json"


def trusted() -> frozenset[str]:
    """Return the digests that are trusted.

    Raises
    ------
    SettingsError
        The file is damaged.
    """
    return frozenset(_read())


def trust(path: Path) -> str:
    """Trust a file as it is now, and return its digest."""
    digest = digest_of(path.read_bytes())
    known = _read() | {digest: str(path.absolute())}
    target = trusted_file()
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole(target) as part:
        part.write_bytes(msgspec.json.format(msgspec.json.encode(known)))
    return digest


def _read() -> dict[str, str]:
    path = trusted_file()
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        raise SettingsError(
            f"The list of trusted plugins cannot be read ({error}).", "Mend or remove it.", str(path)
        ) from error
