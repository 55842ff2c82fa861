"""The plugins behind an assessment, in their own words: what each measures, and by which formula."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from relnet.assess.assessment import Assessment
from relnet.errors import RelnetError
from relnet.network.connections import columns_of
from relnet.plugin import Feature, Method
from relnet.registry import Registry
from relnet.text import clean


def methods(assessment: Assessment, registry: Registry, *, redact: bool = False) -> tuple[Method, ...]:
    """Return the scorers and labelers that ran, then the features that they were given.

    Formulas are the `Formula:` paragraphs of docstrings; a plugin that is no longer installed has none.
    With `redact`, parameters that are texts are hidden.
    """
    judged = [
        _method(*_split(key), stated["version"], stated["parameters"], registry, redact)
        for key, stated in assessment.header.plugins.items()
    ]
    return (*judged, *_features(assessment, registry, redact))


def _split(key: str) -> tuple[str, str]:
    kind, _, name = key.partition(" ")
    return kind, name


def _features(assessment: Assessment, registry: Registry, redact: bool) -> Iterator[Method]:
    features, _ = registry.usable(Feature)
    for feature in features:
        if any(column in assessment.connections.features for column in columns_of(feature)):
            parameters = {name: getattr(feature, name) for name in feature.__struct_fields__}
            yield _method("feature", feature.name, feature.version, parameters, registry, redact)


def _method(
    kind: str, name: str, version: str, parameters: Mapping[str, Any], registry: Registry, redact: bool
) -> Method:
    about, formula = docstring(registry, kind, name)
    stated = ", ".join(
        f"{parameter} = {value:g}"
        if isinstance(value, int | float)
        else f"{parameter} = {'hidden' if redact else value}"
        for parameter, value in parameters.items()
        if value is not None
    )
    return Method(kind, clean(name), clean(version), clean(stated), about, formula)


def docstring(registry: Registry, kind: str, name: str) -> tuple[str, str]:
    """Return a plugin's first docstring line and its formula paragraph, empty where there is none."""
    try:
        text = inspect.getdoc(registry.entry(kind, name).load()) or ""
    except RelnetError:
        return "", ""
    first, *rest = (" ".join(paragraph.split()) for paragraph in text.replace("`", "").split("\n\n"))
    formula = next((paragraph for paragraph in rest if paragraph.startswith("Formula:")), "")
    return clean(first), clean(formula.removeprefix("Formula:").strip())
