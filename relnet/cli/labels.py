"""Labels in plain text: those of everybody met, and the reasons of one."""

from __future__ import annotations

import math

import numpy as np
import typer

from relnet.assess.assessment import FAKE_FROM, INACTIVE_FROM, LABELS, Assessment
from relnet.assess.explain import explain_label, verdicts
from relnet.assess.follower_check import judge
from relnet.assess.labeling import judged_accounts, why_no_label
from relnet.cli.check import check_text
from relnet.cli.output import emit, emit_json
from relnet.cli.session import session
from relnet.registry import Registry
from relnet.text import counted, score


def labels(context: typer.Context) -> None:
    """Print how many are good, inactive, fake or unknown, and why."""
    run = session(context)
    assessment = run.assessment(run.workspace())
    found = judge(assessment, run.registry, judged_accounts(assessment))
    if run.json:
        emit_json("show labels", found, assessment.header.warnings)
    else:
        emit(check_text(found, counted(found.seen, "account"), run.settings.ascii), ascii=run.settings.ascii)


def label_lines(assessment: Assessment, account: int, registry: Registry) -> list[str]:
    """Return the label of one account with its cues, and what other rules say of it."""
    row = assessment.accounts.row(account)
    if row is None:
        return []
    given = assessment.labels
    word = LABELS[int(given.label[row])]
    said = "your own word" if given.overridden[row] else f"chance of fake {score(float(given.p_fake[row]))}"
    why = f"; {why_no_label(int(given.why[row]))}" if word == "unknown" and not given.overridden[row] else ""
    lines = [f"Label: {word} ({said}{why})"]
    if not np.isnan(given.p_fake[row]):
        cues = explain_label(assessment, account, registry)
        lines += [f"    {cue.effect:+.3f}  {cue.name}" for cue in cues if cue.effect]
    others = []
    for each in verdicts(assessment, account, registry):
        if not math.isnan(each.p_fake):
            answer = "fake" if each.p_fake >= FAKE_FROM else "not fake"
        elif not math.isnan(each.p_inactive):
            answer = "inactive" if each.p_inactive >= INACTIVE_FROM else "awake"
        else:
            continue
        because = f": {', '.join(each.because)}" if each.because and answer == "fake" else ""
        others.append(f"    {each.labeler:<26} {answer}{because}")
    return lines + (["For comparison:", *others] if others else [])
