"""Writing one setting into the user's file: every other line stays as it is, comments too."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from relnet.errors import SettingsError
from relnet.whole_file import whole

Value = str | bool | int | float
_TABLE: Final = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def literal(value: object) -> str:
    """Return a value as it is written in TOML; nothing for `None`, which TOML cannot say."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{written(str(key))} = {literal(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(literal, value)) + "]"
    return _literal(value) if isinstance(value, (str, bool, int, float)) else _literal(str(value))


def write_setting(path: Path, key: str, value: Value, table: str = "") -> None:
    """Set `key`, at the top or in a table, in a TOML file, which is made where there is none.

    Raises
    ------
    SettingsError
        The file cannot be read, is no valid TOML, or writes the key in a way that only a person can change.
    """
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The settings cannot be changed ({error}).", "Mend the file first.", str(path)) from error
    changed = _changed(text.rstrip("\n").split("\n") if text.strip() else [], written(key), _literal(value), table)
    if not _holds(changed, key, value, table):
        raise SettingsError(f"{key} stands in the file in a way of its own.", "Change it there by hand.", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part:
        part.write_text(changed, encoding="utf-8")


def _changed(lines: list[str], key: str, literal: str, table: str) -> str:
    start, stop = _span(lines, table)
    if start is None:
        lines += [*([""] if lines else []), f"[{written(table)}]", f"{key} = {literal}"]
        return "\n".join(lines) + "\n"
    for i in range(start, stop):
        if re.match(rf"\s*{re.escape(key)}\s*=", lines[i]):
            lines[i] = f"{key} = {literal}"
            return "\n".join(lines) + "\n"
    while stop > start and not lines[stop - 1].strip():
        stop -= 1
    lines.insert(stop, f"{key} = {literal}")
    return "\n".join(lines) + "\n"


def _span(lines: list[str], table: str) -> tuple[int | None, int]:
    """Return the first and the last line of a table, or of what stands before all tables."""
    heads = [(i, found[1]) for i, line in enumerate(lines) if (found := _TABLE.match(line))]
    heads += [(i, "[[") for i, line in enumerate(lines) if line.lstrip().startswith("[[")]
    heads.sort()
    if not table:
        return 0, heads[0][0] if heads else len(lines)
    for n, (i, name) in enumerate(heads):
        if name in (table, written(table)):
            return i + 1, heads[n + 1][0] if n + 1 < len(heads) else len(lines)
    return None, 0


def _holds(text: str, key: str, value: Value, table: str) -> bool:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    within = read.get(table, {}) if table else read
    return isinstance(within, dict) and within.get(key) == value


def written(key: str) -> str:
    """Return a key as it is written in TOML."""
    return key if _BARE.fullmatch(key) else _literal(key)


def _literal(value: Value) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else repr(value)
