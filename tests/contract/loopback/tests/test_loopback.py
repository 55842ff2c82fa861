"""Built in or from outside, in this process or in the worker: the same bytes. So built-ins use what others may use."""

import numpy as np
import pytest
import relnet_loopback

from relnet import registry, runner
from relnet.assess.plan import features_for
from relnet.network.connections import columns_of, connect_pairs
from relnet.plugin import Feature, Plugin
from relnet.plugin.kinds import Home
from relnet.testing import network
from relnet.testing.networks import builtin_features, findings

PLUGINS = registry.find()


def both(kind: str, name: str) -> tuple[Plugin, Plugin]:
    outside = getattr(relnet_loopback, f"{kind}s__{name}")
    outside.home = Home("loopback")
    return PLUGINS.make(registry.KINDS[kind], name), outside()


def names(kind: str) -> list[str]:
    return [entry.name for entry in PLUGINS if entry.kind == kind and entry.origin == registry.BUILT_IN]


@pytest.mark.parametrize("name", names("scorer"))
def test_scores(name) -> None:
    one, other = both("scorer", name)
    inputs = network().inputs(one)
    rows = np.arange(inputs.rows)
    for ask in (runner.score, lambda plugin, given: runner.explain(plugin, given, rows), runner.interval):
        here, there = ask(one, inputs), ask(other, inputs)
        assert here.failure is None and there.failure is None, there.failure
        assert flat(here.value) == flat(there.value)


@pytest.mark.parametrize("name", names("labeler"))
def test_labels(name) -> None:
    one, other = both("labeler", name)
    inputs = network().accounts_for(one)
    here, there = runner.label(one, inputs), runner.label(other, inputs)
    assert there.failure is None and flat(here.value) == flat(there.value)


def test_features() -> None:
    outside = [both("feature", each.name)[1] for each in builtin_features()]
    needs = [column for feature in (*builtin_features(), *outside) for column in columns_of(feature)]
    found = connect_pairs(network().view, features_for(needs, [*builtin_features(), *outside]), needs)
    assert not found.failures
    for feature in builtin_features():
        for column in columns_of(feature):
            assert found.features[column].tobytes() == found.features[f"loop_{column}"].tobytes(), column


@pytest.mark.parametrize("name", names("section"))
def test_sections(name) -> None:
    one, other = both("section", name)
    here, there = runner.render(one, findings()), runner.render(other, findings())
    assert there.failure is None and repr(here.value) == repr(there.value)


def test_once_installed_all_are_found() -> None:
    installed = [entry for entry in PLUGINS if entry.name.startswith("loop_")]
    if not installed:
        pytest.skip("the loopback distribution is not installed")
    assert not PLUGINS.failures
    assert len(installed) == sum(len(names(kind)) for kind in registry.KINDS)
    assert PLUGINS.make(Feature, "loop_count").home is not None


def flat(value: object) -> list[bytes]:
    """Return the bytes of every array in a value."""
    if isinstance(value, np.ndarray):
        return [value.tobytes()]
    if isinstance(value, (list, tuple)):
        return [piece for each in value for piece in flat(each)]
    if isinstance(value, dict):
        return [piece for name in sorted(value) for piece in (name.encode(), *flat(value[name]))]
    fields = getattr(value, "__struct_fields__", ())
    return [piece for name in fields for piece in flat(getattr(value, name))]
