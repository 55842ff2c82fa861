"""What the user wrote on accounts, and the action list made of it, as text files too."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from relnet.assess.assessment import LABELS, Assessment, ties
from relnet.assess.run import judgements
from relnet.assess.table import handles
from relnet.store.workspace import Workspace
from relnet.text import UNKNOWN, ago, clean, count, inert, score

ACTIONS: Final = ("reach out", "review", "mute", "unfollow", "note")
"""What may be put on the list; relnet does none of it."""
_DETAIL: Final = ": "
_HEAD: Final = ("who", "name", "network", "id", "action", "detail", "label", "engagement", "last", "note", "added")


class Written(msgspec.Struct):
    """A note, tag or action as it is in force; its account is the one that stands for the person."""

    number: int
    account: int
    kind: str
    text: str
    day: str


class Entry(msgspec.Struct):
    """A line of the action list: who, what to do, and what is known of them; NaN is unknown."""

    number: int
    account: int
    handle: str
    name: str
    network: str
    native_id: str
    action: str
    detail: str
    label: str
    engagement: float
    last: float
    note: str
    day: str


def written(assessment: Assessment, workspace: Workspace) -> list[Written]:
    """Return all that the user wrote and did not take back, oldest first."""
    if not workspace.has_judgements:
        return []
    from relnet.store.judgements import annotations

    stands: dict[int, int] = {}
    for keys in judgements(workspace).persons:
        there = [key for key in keys if assessment.accounts.row(key) is not None]
        stands |= dict.fromkeys(keys, there[0]) if there else {}
    return [
        Written(row.id or 0, stands.get(row.account, row.account), row.kind, row.text, f"{row.created_at:%Y-%m-%d}")
        for row in annotations(workspace.catalog)
    ]


def action_text(action: str, detail: str = "") -> str:
    """Return an action as it is stored."""
    return f"{action}{_DETAIL}{detail}" if detail else action


def action_list(assessment: Assessment, rows: Sequence[Written]) -> list[Entry]:
    """Return the action list, in the order in which it was made."""
    people, mine = assessment.accounts, ties(assessment)
    place = {int(account): i for i, account in enumerate(mine.other)}
    last = mine.feature("last_contact")
    engagement = mine.score("engagement") if "engagement" in assessment.scores else np.full(len(mine), np.nan)
    entries = []
    for each in rows:
        row = people.row(each.account)
        if each.kind != "action":
            continue
        action, _, detail = each.text.partition(_DETAIL)
        tie = place.get(each.account)
        facts = {
            name: people.columns[name][row] if row is not None else "" for name in ("name", "network", "native_id")
        }
        notes = [other.text for other in rows if other.account == each.account and other.kind == "note"]
        entries.append(
            Entry(
                number=each.number,
                account=each.account,
                handle="?" if row is None else str(handles(assessment, np.array([row]))[0]),
                **{name: clean(text or "") for name, text in facts.items()},
                action=clean(action),
                detail=clean(detail),
                label=UNKNOWN if row is None else LABELS[int(assessment.labels.label[row])],
                engagement=float("nan") if tie is None else float(engagement[tie]),
                last=float("nan") if tie is None else float(last[tie]),
                note=clean("; ".join(notes)),
                day=each.day,
            )
        )
    return entries


def as_csv(entries: Sequence[Entry]) -> str:
    """Return the list as CSV; no cell is a formula."""
    return csv_text(_HEAD, [_cells(each) for each in entries])


def csv_text(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as CSV that a spreadsheet may open: what it would run as a formula has an apostrophe before it."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return file.getvalue()


def as_markdown(entries: Sequence[Entry]) -> str:
    """Return the list as Markdown: an action a heading, a person a line to tick off."""
    lines = ["# What I want to do", ""]
    for action in dict.fromkeys(each.action for each in entries):
        chosen = [each for each in entries if each.action == action]
        lines += [f"## {_marked(action.capitalize())} ({count(len(chosen))})", ""]
        for each in chosen:
            name = f" {_marked(each.name)}" if each.name else ""
            facts = [f"last {ago(each.last)} ago" if each.last == each.last else "", each.label, each.detail, each.note]
            said = ", ".join(_marked(fact) for fact in facts if fact)
            lines.append(f"- [ ] {_marked(each.handle)}{name}: {said}")
        lines.append("")
    return "\n".join(lines) if entries else "# What I want to do\n\nNothing is on the list.\n"


def _cells(each: Entry) -> list[str]:
    engagement = UNKNOWN if each.engagement != each.engagement else score(each.engagement)
    return [
        each.handle, each.name, each.network, each.native_id, each.action, each.detail, each.label, engagement,
        ago(each.last), each.note, each.day,
    ]  # fmt: skip


def _marked(text: str) -> str:
    """Escape what Markdown would read as markup."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|!~&" else sign for sign in clean(text))
