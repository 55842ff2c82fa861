"""Every plugin that comes along keeps the contract that others are held to."""

from pathlib import Path

import pytest

from relnet import registry
from relnet.testing import check

PLUGINS = registry.find()
BUILT_IN = [(entry.kind, entry.name) for entry in PLUGINS if entry.origin == registry.BUILT_IN]
DATA = Path(__file__).parents[1] / "data"
SAMPLES = {
    "bluesky": "bluesky/ego.car",
    "discord": "discord/Hikers - general.json",
    "mail": "mail/all.mbox",
    "slack": "slack",
    "telegram": "telegram/result.json",
    "whatsapp": "whatsapp/WhatsApp Chat with Bo.txt",
}


@pytest.mark.parametrize("kind, name", BUILT_IN, ids=[f"{kind}-{name}" for kind, name in BUILT_IN])
def test_it_keeps_the_contract(kind, name) -> None:
    plugin = PLUGINS.make(registry.KINDS[kind], name)
    samples = [DATA / SAMPLES[name]] if kind == "source" and name in SAMPLES else []
    wrong = [record for record in check(plugin, samples=samples) if record.outcome != "passed"]
    assert not wrong
