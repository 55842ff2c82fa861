"""The two doors of the kit: records for programs, a parametrised test for pytest."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from relnet import __version__
from relnet.errors import SettingsError
from relnet.plugin import Feature, Labeler, Plugin, Scorer, Section, Source
from relnet.testing.checks import features, labelers, scorers, sections, sources
from relnet.testing.checks.basis import Check, Fault, Given

Outcome = Literal["passed", "failed", "expected", "preview"]
_BY_KIND: Final[dict[type[Plugin], Callable[[Any, Given], Iterator[Check]]]] = {
    Source: sources.checks,
    Feature: features.checks,
    Scorer: scorers.checks,
    Labeler: labelers.checks,
    Section: sections.checks,
}


class Record(msgspec.Struct, frozen=True):
    """What one check found.

    Attributes
    ----------
    outcome
        `expected`: it fails, as the author said it would; `preview`: it fails, but is younger than the oldest relnet
        that the plugin accepts.
    wrong, mend
        What is wrong and how to mend it; empty where it passed.
    """

    name: str
    outcome: Outcome
    wrong: str = ""
    mend: str = ""


def check(
    plugin: Plugin | type[Plugin],
    expected: Mapping[str, str] | None = None,
    *,
    samples: Sequence[Path] = (),
    beside: Sequence[Feature] = (),
    speed: bool = True,
) -> list[Record]:
    """Return what each check finds of a plugin; after the first failure of a tier the later tiers are left out.

    Parameters
    ----------
    plugin
        An instance, or a class that is built with its defaults.
    expected
        Names of checks that fail and why that is right; one that passes after all is a failure.
    samples
        Inputs of a source's own format.
    beside
        Features that the plugin needs and that are not installed.
    speed
        Whether to time it on a million rows.

    Raises
    ------
    SettingsError
        `expected` names a check that there is not.
    """
    return list(_records(_built(plugin), dict(expected or {}), Given(tuple(samples), tuple(beside)), speed))


def checks_for(
    plugin: Plugin | type[Plugin],
    expected: Mapping[str, str] | None = None,
    *,
    samples: Sequence[Path] = (),
    beside: Sequence[Feature] = (),
    speed: bool = True,
) -> Callable[..., None]:
    """Return a pytest test, one case a check; arguments as of `check`."""
    import pytest

    made = _built(plugin)

    @cache
    def found() -> dict[str, Record]:
        return {
            record.name: record
            for record in _records(made, dict(expected or {}), Given(tuple(samples), tuple(beside)), speed)
        }

    @pytest.mark.parametrize(
        "name", [each.name for each in checks_of(made, Given(tuple(samples), tuple(beside)), speed)]
    )
    def test_contract(name: str) -> None:
        record = found().get(name)
        if record is None:
            pytest.skip("an earlier check failed")
        if record.outcome == "expected":
            pytest.xfail(record.wrong)
        if record.outcome == "preview":
            pytest.skip(f"would fail from the next relnet on: {record.wrong}")
        if record.outcome == "failed":
            pytest.fail(f"{record.wrong}\nTo mend it: {record.mend}", pytrace=False)

    return test_contract


def _built(plugin: Plugin | type[Plugin]) -> Plugin:
    return msgspec.convert({}, plugin) if inspect.isclass(plugin) else plugin


def checks_of(plugin: Plugin, given: Given, speed: bool = True) -> list[Check]:
    """Return the checks that follow from what a plugin declares."""
    made = next(make for base, make in _BY_KIND.items() if isinstance(plugin, base))
    return [each for each in made(plugin, given) if speed or each.name != "speed"]


def _records(plugin: Plugin, expected: dict[str, str], given: Given, speed: bool) -> Iterator[Record]:
    checks = checks_of(plugin, given, speed)
    if unknown := expected.keys() - {each.name for each in checks}:
        raise SettingsError(
            f"There is no check {', '.join(sorted(unknown))}.", f"There are: {', '.join(each.name for each in checks)}."
        )
    bound = _version(_lowest(type(plugin).__module__.partition(".")[0]))
    failed_in: int | None = None
    for each in checks:
        if failed_in is not None and each.tier > failed_in:
            return
        wrong = _wrong(each)
        mend = each.mend if wrong else ""
        if each.name in expected:
            if wrong:
                yield Record(each.name, "expected", f"{expected[each.name]} ({wrong})")
                continue
            wrong, mend = "It passes, although it was expected to fail.", "Take it out of `expected`."
        if wrong and _version(each.since) > bound:
            yield Record(each.name, "preview", wrong, mend)
            continue
        yield Record(each.name, "failed" if wrong else "passed", wrong, mend)
        failed_in = each.tier if wrong else failed_in


def _wrong(each: Check) -> str:
    try:
        each.run()
    except Fault as fault:
        return str(fault)
    except Exception as error:  # the plugin's own
        return f"It raised {type(error).__name__}: {error}"
    except SystemExit as error:
        return f"It called exit({error.code})."
    return ""


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


@cache
def _lowest(package: str) -> str:
    """Return the oldest relnet that the distribution of a package accepts; this one where it says nothing."""
    for name in metadata.packages_distributions().get(package, []):
        for line in metadata.requires(name) or []:
            found = re.match(r"relnet\b[^;]*>=\s*([\d.]+)", line)
            if found:
                return found[1]
    return __version__
