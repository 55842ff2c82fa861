"""Writes `docs/reference/` from the docstrings: `python docs/reference.py`; a test says when it is out of date."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

import relnet.plugin
from relnet import errors
from relnet.plugin import Feature, Plugin, Scorer, Section, Source
from relnet.registry import BUILT_IN, KINDS, Registry, find
from relnet.settings import Settings
from relnet.testing.checks.basis import Given
from relnet.testing.door import checks_of

FOLDER = Path(__file__).parent / "reference"
NOTE = "Made by `python docs/reference.py` from the docstrings; change those.\n"


def contract() -> Iterator[str]:
    """Yield what `relnet.plugin` offers."""
    yield f"# The contract: `relnet.plugin`\n\n{NOTE}"
    for name in sorted(relnet.plugin.__all__, key=lambda name: (name.islower(), name.lower())):
        value = getattr(relnet.plugin, name)
        if inspect.isclass(value):
            yield f"## {name}\n\n{text(value)}\n"
            yield from members(value)
        elif inspect.isfunction(value):
            yield f"## {name}{inspect.signature(value)}\n\n{text(value)}\n"


def members(value: type[Any]) -> Iterator[str]:
    """Yield the parameters and the methods of a class, those of its own."""
    if issubclass(value, msgspec.Struct):
        own = [field for field in value.__struct_fields__ if field in value.__annotations__]
        if own:
            yield f"Fields: {', '.join(f'`{field}`' for field in own)}.\n"
    for name, member in vars(value).items():
        if not name.startswith("_") and inspect.isfunction(member) and member.__doc__:
            yield f"- `{name}{inspect.signature(member)}`: {paragraph(member)}"
    yield ""


def default(field: Any) -> str:
    """Return the default of a field in words."""
    return "" if field.default in (msgspec.NODEFAULT, msgspec.UNSET) else f" = `{field.default!r}`"


def built_in(registry: Registry) -> Iterator[str]:
    """Yield the plugins that come along."""
    yield f"# Built-in plugins\n\n{NOTE}"
    for kind, base in KINDS.items():
        yield f"## {kind.capitalize()}s\n"
        for name in registry.names(kind):
            if registry.entry(kind, name).origin == BUILT_IN:
                yield f"### {name}\n\n{text(registry.entry(kind, name).load())}\n"
                yield from facts(registry.make(base, name))


def facts(plugin: Plugin) -> Iterator[str]:
    """Yield what a plugin states beside its docstring."""
    stated = []
    if isinstance(plugin, Source):
        stated.append(f"Network: {plugin.network}")
    if isinstance(plugin, Feature):
        ways = f"`{plugin.name}_ab`, `{plugin.name}_ba`" if plugin.directed else f"`{plugin.name}`"
        stated.append(f"Columns: {ways}. Table: {plugin.table}")
    if isinstance(plugin, Section):
        stated.append(f"Order: {plugin.order}")
    if needs := getattr(plugin, "needs", ()):
        stated.append(f"Needs: {', '.join(needs)}")
    if isinstance(plugin, (Feature, Scorer)) and not plugin.rowwise:
        stated.append("Looks at all connections together")
    for field in msgspec.structs.fields(type(plugin)):
        stated.append(f"Parameter `{field.name}`{default(field)}")
    if stated:
        yield f"{'. '.join(stated)}.\n"


def checks(registry: Registry) -> Iterator[str]:
    """Yield the checks of the conformance kit."""
    yield f"# The conformance kit: `relnet.testing`\n\n{NOTE}"
    yield "`relnet plugin test` and `checks_for` make these checks; the first failure hides the checks of later tiers.\n"
    examples = {
        "source": "table",
        "feature": "overlap",
        "scorer": "engagement",
        "labeler": "profile",
        "section": "people",
    }
    for kind, name in examples.items():
        yield f"## Of a {kind}\n\n| tier | check | to mend it |\n| --- | --- | --- |"
        for check in checks_of(registry.make(KINDS[kind], name), Given((Path("sample"),))):
            yield f"| {check.tier} | {check.name} | {check.mend} |"
        yield ""


def failures() -> Iterator[str]:
    """Yield the errors with their exit codes."""
    yield f"# Errors\n\n{NOTE}"
    for name, value in vars(errors).items():
        if inspect.isclass(value) and issubclass(value, errors.RelnetError):
            yield f"## {name}\n\n{text(value)} Exit code {value.exit_code}.\n"


def settings() -> Iterator[str]:
    """Yield the settings."""
    yield f"# Settings\n\n{NOTE}"
    yield "Command line, then `RELNET_…` (`__` for nesting), then the workspace's `relnet.toml`, then the user's file.\n"
    yield text(Settings)


def text(value: Any) -> str:
    """Return a docstring, its underlined headings bold."""
    lines = (inspect.getdoc(value) or "").splitlines()
    shown: list[str] = []
    for line in lines:
        if line and set(line) == {"-"} and shown:
            shown[-1] = f"**{shown[-1]}**\n"
        elif line.startswith("    "):
            shown.append(f"  {line.strip()}" if shown and shown[-1].startswith(("-", "  ")) else line.strip())
        elif shown and any(each.startswith("**") for each in shown) and line and not line.startswith(" "):
            shown.append(f"- `{line}`")
        else:
            shown.append(line)
    return "\n".join(shown).strip()


def paragraph(value: Any) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join((inspect.getdoc(value) or "").partition("\n\n")[0].split())


def pages() -> dict[str, str]:
    """Return the pages by file name."""
    registry = find()
    made = {
        "contract": contract(),
        "built-in": built_in(registry),
        "kit": checks(registry),
        "errors": failures(),
        "settings": settings(),
    }
    return {f"{name}.md": "\n".join(lines).rstrip() + "\n" for name, lines in made.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, page in pages().items():
        (FOLDER / name).write_text(page, encoding="utf-8")
