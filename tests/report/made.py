"""Small networks of which a report can be checked by hand, and the way from one to its report."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from relnet import registry as plugins
from relnet.assess.run import assess, view_of
from relnet.plugin import Labeler, LabelResult, Post, Section, why_bit
from relnet.registry import Entry, Registry
from relnet.report.build import Report, build
from relnet.report.page import html
from tests.builders import START, Acts, acts, workspace_of

LAST = 420


# Weekly with ana to the last day, weekly with eve for ten weeks; bob only hears, cy only speaks, dan likes.
ROWS = (
    *acts("me", "ana", range(0, LAST + 1, 7)), *acts("ana", "me", range(0, LAST + 1, 7)),
    *acts("me", "eve", range(0, 71, 7)), *acts("eve", "me", range(0, 71, 7)),
    *acts("me", "bob", (10, 20, 30)), *acts("cy", "me", (100, 110, 120, 130)), *acts("dan", "me", (50,), "like"),
)  # fmt: skip
FOLLOWERS = {"ana": 900, "eve": 500, "bob": 2, "cy": 300}
PROFILES = tuple({"native_id": who, "handle": who, "followers": n} for who, n in FOLLOWERS.items())

WHOLE = Acts(rows=ROWS, owner="me", profiles=PROFILES)
EGO = Acts(rows=ROWS, owner="me", profiles=PROFILES, covered=(("*", "out", "me"),))
SENT_ONLY = Acts(rows=tuple(row for row in ROWS if row[0] == "me"), owner="me", covered=(("*", "out", "me"),))
NOBODYS = Acts(rows=ROWS)
UNDATED = Acts(rows=(("me", "ana", "message", None), ("ana", "me", "message", None)), owner="me")
NETWORKS = {"whole": WHOLE, "ego": EGO, "sent only": SENT_ONLY, "nobody's": NOBODYS, "undated": UNDATED}


class FewFollowers(Labeler):
    """Fake below ten followers."""

    name, version = "relnet", "1"
    needs = ("followers",)

    def label(self, inputs) -> LabelResult:
        followers = inputs["followers"]
        unknown = np.isnan(followers)
        p_fake = np.where(unknown, np.nan, np.where(followers < 10, 0.9, 0.01))
        why = np.where(unknown, why_bit("not_covered"), 0).astype(np.uint8)
        return LabelResult(p_fake, np.where(unknown, np.nan, 0.1), why)


def registry(*more: type) -> Registry:
    kept = [entry for entry in plugins.find() if entry.kind != "labeler"]
    kinds = {Labeler: "labeler", Section: "section"}
    return Registry([*kept, *(Entry(kinds[each.__mro__[1]], each.name, "test", found=each) for each in more)])


def report(folder: Path, network: Acts, *more: type, **options: object) -> Report:
    workspace, chosen = workspace_of(folder, network), registry(*more)
    assessment = assess(workspace, chosen)
    return build(assessment, view_of(workspace, assessment), chosen, **options)


def page(folder: Path, network: Acts, *more: type, **options: object) -> str:
    return html(report(folder, network, *more, **options))


class Told(Acts):
    """Acts with words, and a record that cannot be read."""

    def read(self, reader):
        yield from super().read(reader)
        yield Post("post-7001", self.owner, START, "the walrus flies at midnight", url="https://walrus.example/7001")
        with reader.record(1):
            raise ValueError("secret-in-record")


SECRET_PROFILES = (
    {"native_id": "id-81920", "handle": "zanzibar", "name": "Zoë Zanzibar", "bio": "lives by the pier"},
    {"native_id": "id-55113", "handle": "quetzal", "name": "Quentin Quetzal", "followers": 2},
)
SECRET_ROWS = (
    *acts("own-3141", "id-81920", range(0, 90, 3)), *acts("id-81920", "own-3141", range(1, 90, 3)),
    *acts("id-55113", "own-3141", range(5, 60, 5), "gossip-kind"),
    ("own-3141", "id-55113", "message", START, {"event": "event-9001", "post": "post-7001"}),
)  # fmt: skip
SECRETS = (
    "zanzibar", "Zoë", "id-81920", "pier", "quetzal", "Quentin", "id-55113", "own-3141", "event-9001", "post-7001",
    "walrus", "gossip", "secret-in-record", "acts-0",
)  # fmt: skip
