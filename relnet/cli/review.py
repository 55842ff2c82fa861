"""“Check yourself” in plain text: answer for accounts drawn by chance, and see how far the labels agree."""

from __future__ import annotations

import sys

import numpy as np
import typer

from relnet.assess.agreement import ANSWERS, Agreement, agreement, draw, facts_of
from relnet.assess.assessment import LABELS, Assessment, Figure
from relnet.cli.output import emit, emit_json, say, table
from relnet.cli.session import session
from relnet.text import clean, count, counted, share, share_range


def review(
    context: typer.Context,
    n: int = typer.Option(20, "--n", min=1, help="Accounts to draw of each label."),
) -> None:
    """Judge accounts drawn by chance yourself, by g, i, f or u; see how far the labels agree with you.

    The label is not shown before you answer. Answers are read line by line, from a terminal or from a pipe; an
    empty line ends it. What you answered before counts, and is not asked again.
    """
    from relnet.store.judgements import add_review, reviews

    run = session(context)
    workspace = run.workspace()
    assessment = run.assessment(workspace)
    before = reviews(workspace.catalog) if workspace.has_judgements else {}
    drawn = draw(assessment, n, before, run.given["seed"])
    if not run.given["quiet"]:
        say(
            f"{counted(len(drawn), 'account')} to judge: {', '.join(f'{key} {word}' for key, word in ANSWERS.items())}."
        )
    for account in drawn.tolist():
        answer = _answer(assessment, account)
        if answer is None:
            break
        shown = LABELS[int(assessment.labels.label[assessment.accounts.row(account) or 0])]
        add_review(workspace.catalog, assessment.header.run_id, account, shown, answer)
        before[account] = answer
    result = agreement(assessment, before)
    if run.json:
        emit_json("review", {"agreement": result, "left": len(np.setdiff1d(drawn, list(before)))})
    else:
        emit(_text(result), ascii=run.settings.ascii)


def _answer(assessment: Assessment, account: int) -> str | None:
    """Ask until an answer is one; `None` at the end of the answers. Nothing is asked where nobody is there."""
    while True:
        if sys.stdin.isatty():
            say("\n".join(["", *facts_of(assessment, account)]))
            sys.stderr.write("g/i/f/u: ")
            sys.stderr.flush()
        line = sys.stdin.readline().strip().lower()
        if not line:
            return None
        if line in ANSWERS or line in LABELS:
            return ANSWERS[line[0]]
        say(f"{clean(line)[:20]} is none of g, i, f, u.")


def _text(result: Agreement) -> str:
    rows = [[word, count(figure.n), *_share(figure)] for word, figure in result.by_label.items()]
    lines = [table(("label", "answers", "agree", "95%"), rows, right=(1, 2, 3))]
    if result.whole.n:
        value, interval = _share(result.whole)
        lines.append(f"Over all labelled accounts, each label by its size: {value} ({interval})")
    elif not result.answered:
        lines.append("Nothing is answered yet: run it in a terminal, or pipe one letter a line into it.")
    return "\n".join(lines)


def _share(figure: Figure) -> list[str]:
    return [share(figure.value), share_range(figure.low, figure.high)]
