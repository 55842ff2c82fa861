"""Asking labelers: what they are given, and which of them gives the label."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.assess.assessment import LABELS, AccountLabels, Assessment, ties
from relnet.assess.plan import LABELLED
from relnet.network.accounts import AccountTable
from relnet.network.columns import make_together
from relnet.network.connections import Connections
from relnet.network.pairs import both_ends
from relnet.plugin import Column, Inputs, Keys, Labeler, LabelErrors, Reason, reasons
from relnet.registry import Registry

COMBINED: Final = "relnet"
"""Name of the labeler whose answer becomes the label; the others are asked on demand."""
_WHY: Final[dict[Reason, str]] = {
    "not_covered": "nothing imported tells",
    "too_few": "too little to judge by",
    "undated": "nothing is dated",
    "failed": "no labeler answered",
    "stated": "its state is told instead",
}


def why_no_label(bits: int) -> str:
    """Return in words what a `why` value says."""
    return "; ".join(_WHY[reason] for reason in reasons(bits)) or "what is known does not decide"


def labeler_inputs(labeler: Labeler, people: AccountTable, as_of: int, me: frozenset[int] = frozenset()) -> Inputs:
    """Return the account columns a labeler asked for; texts are given as they are."""
    numbers: dict[str, Column] = {}
    texts: dict[str, list[str | None]] = {}
    make_together(people.columns, labeler.needs)
    for need in labeler.needs:
        column = people.columns[need]
        if column.dtype == object:
            texts[need] = column.tolist()
        else:
            numbers[need] = column.astype(np.float64, copy=False).view()
    return Inputs(numbers, people.account, people.account[:0], as_of, me, texts=texts)


def fakes(connections: Connections, people: AccountTable, labels: AccountLabels) -> dict[str, Column]:
    """Return p_fake of both ends of each connection; the user's own word on an account is certain."""
    said = np.select(
        [labels.label == LABELS.index("fake"), labels.label == LABELS.index("unknown")], [1.0, np.nan], 0.0
    )
    p_fake = np.where(labels.overridden, said, labels.p_fake)
    keys, ends = connections.ends()
    p_fake = p_fake[people.rows(keys)]
    return dict(zip(LABELLED, both_ends(p_fake, ends), strict=True))


def judged_accounts(assessment: Assessment) -> Keys:
    """Return the accounts whose labels are spoken of: those met, or all where nothing but profiles was imported."""
    met = ties(assessment).met
    return met if len(met) else assessment.accounts.account


def inputs_of(labeler: Labeler, assessment: Assessment) -> Inputs:
    """Return what a labeler was given in an assessment."""
    header = assessment.header
    return labeler_inputs(labeler, assessment.accounts, header.as_of, frozenset(header.me))


def labeler_of(assessment: Assessment, registry: Registry) -> Labeler | None:
    """Return the labeler that gave the labels, with its parameters; `None` where it is no longer there."""
    stated = assessment.header.plugins.get(f"labeler {COMBINED}")
    if stated is None or COMBINED not in registry.names("labeler"):
        return None
    return registry.make(Labeler, COMBINED, stated["parameters"])


def errors_of(assessment: Assessment, rows: NDArray[np.intp], registry: Registry) -> LabelErrors | None:
    """Return how often the labels of some accounts are wrong; `None` where nobody measured it."""
    labeler = labeler_of(assessment, registry)
    if labeler is None:
        return None
    try:
        return labeler.errors(inputs_of(labeler, assessment).take(rows))
    except Exception:  # a labeler that can't tell its errors costs the correction, not the figures
        return None
