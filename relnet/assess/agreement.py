"""“Check yourself”: how often the labels agree with what a person says of accounts drawn by chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
import numpy as np

from relnet.assess.assessment import LABELS, Assessment, Figure
from relnet.assess.labeling import judged_accounts
from relnet.assess.prevalence import weighted, wilson
from relnet.assess.table import handle_of
from relnet.plugin import Keys
from relnet.text import clean, count

ANSWERS: Final = {word[0]: word for word in LABELS}
"""What a person says, by its first letter: good, inactive, fake, unknown (cannot tell)."""
_TEXTS: Final = ("name", "bio", "location", "url")
_COUNTS: Final = ("followers", "following", "posts", "likes", "listed")
_DATES: Final = {"created_at": "created", "last_active_at": "last active"}


class Agreement(msgspec.Struct):
    """Share of the judged accounts on which person and label agree; “cannot tell” counts for neither.

    Attributes
    ----------
    by_label
        For good, inactive and fake as the label says.
    whole
        Over all labelled accounts, each label weighing as many accounts as bear it. NaN until each has an answer.
    """

    by_label: dict[str, Figure]
    whole: Figure
    answered: int


def draw(assessment: Assessment, each: int, answered: Iterable[int] = (), seed: int = 0) -> Keys:
    """Return up to `each` accounts of every label that were not answered yet, in random order.

    Accounts that the user gave a label are left out: there is nothing to compare.
    """
    rng = np.random.default_rng(seed)
    met = judged_accounts(assessment)
    met = met[~assessment.labels.overridden[assessment.accounts.rows(met)]]
    open_ = met[~np.isin(met, np.fromiter(answered, dtype=np.int64))]
    codes = assessment.labels.label[assessment.accounts.rows(open_)]
    drawn = [rng.permutation(open_[codes == code])[:each] for code in range(len(LABELS))]
    return rng.permutation(np.concatenate(drawn))


def agreement(assessment: Assessment, answers: Mapping[int, str]) -> Agreement:
    """Return how the labels, as they are now, agree with answers by account; labels that the user gave are left out."""
    people, labels = assessment.accounts, assessment.labels
    codes = labels.label[people.rows(judged_accounts(assessment))]
    counted = {word: [0, 0] for word in LABELS[:3]}
    for account, answer in answers.items():
        row = people.row(account)
        if row is None or answer == "unknown" or labels.overridden[row]:
            continue
        shown = LABELS[int(labels.label[row])]
        if shown != "unknown":
            counted[shown][0] += shown == answer
            counted[shown][1] += 1
    by_label = {word: wilson(agreed, n) for word, (agreed, n) in counted.items()}
    sizes = {word: int((codes == code).sum()) for code, word in enumerate(LABELS[:3])}
    parts = [(float(sizes[word]), figure) for word, figure in by_label.items() if sizes[word]]
    whole = weighted(parts) if all(figure.n for _, figure in parts) else Figure(np.nan, n=0)
    return Agreement(by_label, whole, len(answers))


def facts_of(assessment: Assessment, account: int) -> list[str]:
    """Return what is known of an account's profile, a line each and clean, without what the labels say of it."""
    people = assessment.accounts
    row = people.row(account)
    if row is None:
        return []
    about = " · ".join(clean(people.columns[text][row])[:160] for text in _TEXTS if people.columns[text][row])
    numbers = [f"{count(people.columns[fact][row])} {fact}" for fact in _COUNTS if people.columns[fact][row] >= 0]
    dates = [
        f"{word} {np.datetime64(int(people.columns[fact][row]), 'ms').astype('datetime64[D]')}"
        for fact, word in _DATES.items()
        if not np.isnan(people.columns[fact][row])
    ]
    return [line for line in (handle_of(assessment, account), about, ", ".join(numbers + dates)) if line]
