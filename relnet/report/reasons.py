"""Why accounts are labelled fake, or not at all, in a few words each."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from relnet.assess.assessment import LABELS, Assessment
from relnet.assess.labeling import inputs_of, labeler_of, why_no_label
from relnet.plugin import Evidence
from relnet.registry import Registry

CUES: Final = 3
"""Strongest cues that are named."""


def label_reasons(assessment: Assessment, rows: NDArray[np.intp], registry: Registry) -> NDArray[Any]:
    """Return why accounts are labelled fake or unknown; empty for the others.

    Parameters
    ----------
    rows
        Rows of the account table.
    """
    labels = assessment.labels
    column = np.full(len(rows), "", dtype=object)
    unknown = np.flatnonzero(labels.label[rows] == LABELS.index("unknown"))
    bits = labels.why[rows[unknown]]
    for each in np.unique(bits):
        column[unknown[bits == each]] = why_no_label(int(each))
    fake = np.flatnonzero(labels.label[rows] == LABELS.index("fake"))
    if len(fake):
        column[fake] = _cues(assessment, rows[fake], registry)
    column[np.flatnonzero(labels.overridden[rows])] = "your own word"
    return column


def _cues(assessment: Assessment, rows: NDArray[np.intp], registry: Registry) -> list[str]:
    evidence = _evidence(assessment, rows, registry)
    if evidence is None or not evidence.parts:
        return [""] * len(rows)
    cues = [name.replace("_", " ") for name in evidence.parts]
    effects = np.nan_to_num(np.column_stack(list(evidence.parts.values())))
    strongest = np.argsort(-effects, axis=1, kind="stable")[:, :CUES]
    return [", ".join(cues[cue] for cue in order if effects[i, cue] > 0) for i, order in enumerate(strongest)]


def _evidence(assessment: Assessment, rows: NDArray[np.intp], registry: Registry) -> Evidence | None:
    try:
        labeler = labeler_of(assessment, registry)
        return None if labeler is None else labeler.explain(inputs_of(labeler, assessment), rows)
    except Exception:  # a labeler that can't explain itself costs its reasons, not the report
        return None
