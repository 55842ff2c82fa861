"""What relnet stands on, looked at piece by piece."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from typing import Final

import msgspec

from relnet import __version__
from relnet.cli.output import is_terminal
from relnet.cli.session import Session
from relnet.errors import RelnetError
from relnet.settings import data_folder, user_file
from relnet.text import counted

_EXTRAS: Final = {"pdf": ("weasyprint",), "live": ("httpx", "keyring"), "postgres": ("psycopg",)}
_LEAST: Final = (40, 12)
"""Columns and lines below which the dashboard has no room."""
_LEAST_FREE_MB: Final = 500


class Check(msgspec.Struct, frozen=True):
    """One thing looked at; `hint` says what to do where it is not well."""

    what: str
    found: str
    is_well: bool = True
    hint: str = ""


def checks(run: Session) -> Iterator[Check]:
    """Look at everything."""
    yield Check("relnet", f"{__version__} on Python {platform.python_version()}, {platform.system()}")
    yield from _terminal()
    yield from _folders()
    yield from _plugins(run)
    for extra, modules in _EXTRAS.items():
        has = all(importlib.util.find_spec(module) for module in modules)
        yield Check(f"extra {extra}", "installed" if has else "not installed (optional)")
    yield from _workspace(run)


def _terminal() -> Iterator[Check]:
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    plain = encoding != "utf8"
    yield Check("encoding", encoding or "unknown", not plain, "Use --ascii, or a UTF-8 locale." if plain else "")
    if not is_terminal():
        yield Check("terminal", "none: the dashboard prints its overview instead")
        return
    size = shutil.get_terminal_size()
    fits = size.columns >= _LEAST[0] and size.lines >= _LEAST[1]
    colour = "no colour" if "NO_COLOR" in os.environ else os.environ.get("COLORTERM") or os.environ.get("TERM", "?")
    hint = "" if fits else f"The dashboard needs {_LEAST[0]}×{_LEAST[1]}."
    yield Check("terminal", f"{size.columns}×{size.lines}, {colour}", fits, hint)


def _folders() -> Iterator[Check]:
    folder = data_folder()
    place = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(place).free / 1e6
    writable = os.access(place, os.W_OK)
    hint = "" if writable else "Choose another folder: XDG_DATA_HOME, or -w PATH."
    yield Check("data folder", f"{folder}, {free / 1000:,.1f} GB free", writable and free > _LEAST_FREE_MB, hint)
    yield Check("settings", f"{user_file()}" + ("" if user_file().exists() else " (none)"))


def _plugins(run: Session) -> Iterator[Check]:
    from relnet.plugin import Feature, Labeler, Scorer, Section, Source

    broken = [each for kind in (Source, Feature, Scorer, Labeler, Section) for each in run.registry.usable(kind)[1]]
    yield Check("plugins", "all load" if not broken else f"{len(broken)} do not load", not broken)
    for each in broken:
        yield Check("plugin", each.message, False, each.hint)


def _workspace(run: Session) -> Iterator[Check]:
    from relnet.store.log import damaged

    try:
        workspace = run.workspace()
    except RelnetError as error:
        yield Check("workspace", error.message)
        return
    yield Check("workspace", str(workspace.path))
    imports = workspace.imports()
    rows = sum(sum(manifest.rows.values()) for manifest in imports.values())
    yield Check("imports", f"{len(imports)} with {counted(rows, 'row')}")
    for manifest in imports.values():
        if wrong := damaged(workspace.log, manifest):
            hint = f"relnet import remove {manifest.import_id}, then load its file again."
            yield Check("import", f"{manifest.import_id} has lost {', '.join(wrong)}", False, hint)
    unfinished = len(list(workspace.log.glob(".part-*")))
    if unfinished:
        yield Check("imports", f"{unfinished} begun and not finished; the next import sweeps them")
    if workspace.has_judgements:
        from relnet.store.judgements import annotations, overrides

        said = len(overrides(workspace.catalog)) + len(annotations(workspace.catalog))
        yield Check("judgements", f"{said}: labels, notes, tags and actions")
