"""What the user decided, as the screens show it: labels in force, notes, tags and the action list."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np

from relnet.assess.assessment import DEFAULT, LABELS, AccountLabels, Assessment, Thresholds
from relnet.assess.health import summary
from relnet.assess.run import decide, judgements
from relnet.assess.written import Written
from relnet.network.view import NetworkView
from relnet.plugin import LabelResult
from relnet.registry import Registry
from relnet.store.workspace import Workspace
from relnet.tui.seen import Note, Notes


def by_account(rows: Iterable[Written]) -> Notes:
    """Return what the user wrote, by account and kind."""
    notes: dict[int, dict[Note, list[str]]] = {}
    for row in rows:
        kinds = notes.setdefault(row.account, {"note": [], "tag": [], "action": []})
        for kind, texts in kinds.items():
            if row.kind == kind:
                texts.append(row.text)
    return notes


def relabelled(
    assessment: Assessment,
    workspace: Workspace,
    view: NetworkView,
    registry: Registry,
    thresholds: Thresholds = DEFAULT,
) -> Assessment:
    """Return the assessment with the user's labels of now, and the figures that follow from them."""
    labels = _decided(assessment, judgements(workspace).overrides, view, thresholds)
    changed = msgspec.structs.replace(assessment, labels=labels)
    header = msgspec.structs.replace(changed.header, summary=summary(changed, registry))
    return msgspec.structs.replace(changed, header=header)


def _decided(
    assessment: Assessment, overrides: dict[int, str], view: NetworkView, thresholds: Thresholds
) -> AccountLabels:
    labels = assessment.labels
    codes = decide(LabelResult(labels.p_fake, labels.p_inactive, labels.why), thresholds)
    overridden = np.zeros(len(codes), dtype=np.bool_)
    for account, word in overrides.items():
        row = assessment.accounts.row(view.identity.get(account, account))
        if row is not None:
            codes[row], overridden[row] = LABELS.index(word), True
    return msgspec.structs.replace(labels, label=codes, overridden=overridden)
