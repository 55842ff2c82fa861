"""The connections as one table: the columns that screens, plain text, filters and exports share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from relnet.assess.assessment import LABELS, Assessment, Ties
from relnet.assess.lists import listed
from relnet.errors import InputError
from relnet.text import clean

LEAST_ACTS: Final = 5
"""Fewer acts than this and a tie is shown as thin: its scores say little."""

Columns = dict[str, NDArray[Any]]
Texts = NDArray[Any] | Sequence[str | None]


def tie_columns(ties: Ties, tags: Mapping[int, Sequence[str]] | None = None) -> Columns:
    """Return the columns of the connections table, one row a tie, in the row order of `ties`.

    Texts are cleaned. `in` and `out` are acts towards and from the own side (NaN: not covered and none seen; a
    lower bound where `in_known` or `out_known` is false), `follows` and `follower` 1 where the own side follows or
    is followed, `last` and `first` days before the moment of judging, `label` a word, `circle` 0 outside all, `list`
    and `tag` tuples of words.
    `from` is the own side's handle, of use where nobody is the owner.

    Parameters
    ----------
    tags
        Tags per account key.
    """
    people = ties.assessment.accounts
    rows = ties.account_rows
    columns: Columns = {
        "handle": handles(ties.assessment, rows),
        "name": _texts(people.columns["name"], rows),
        "from": handles(ties.assessment, people.rows(ties.this)),
        "network": _texts(people.columns["network"], rows),
        "state": _texts(people.columns["state"], rows),
    }
    columns |= nameless_columns(ties)
    columns["list"] = listed(ties)
    columns["tag"] = _tags(ties, tags or {})
    return columns


def nameless_columns(ties: Ties) -> Columns:
    """Return those columns of the connections table that hold no stranger's text, scores included."""
    people = ties.assessment.accounts
    rows = ties.account_rows
    columns: Columns = {
        "out": ties.out("count"),
        "in": ties.back("count"),
        "out_known": ties.out("known") > 0,
        "in_known": ties.back("known") > 0,
        "follows": ties.out("follows"),
        "follower": ties.back("follows"),
        "last": ties.feature("last_contact"),
        "first": ties.feature("first_contact"),
        "days": ties.feature("active_days"),
        "interactions": ties.feature("interactions"),
        "circle": ties.circle.astype(np.float64),
        "label": np.array(LABELS, dtype=object)[ties.label],
        "bot": people.columns["automated"][rows] == 1,
        "followers": people.columns["followers"][rows],
        "following": people.columns["following"][rows],
        "community": ties.assessment.community[rows].astype(np.float64),
    }
    return columns | {name: ties.score(name) for name in sorted(ties.assessment.scores)}


def _tags(ties: Ties, marked: Mapping[int, Sequence[str]]) -> NDArray[Any]:
    column = np.empty(len(ties), dtype=object)
    column[:] = [()] * len(ties)
    for i in np.flatnonzero(np.isin(ties.other, np.fromiter(marked, dtype=np.int64, count=len(marked)))):
        column[i] = tuple(marked[int(ties.other[i])])
    return column


def headline(assessment: Assessment) -> str:
    """Return the score that leads: engagement, or where it is not chosen the first by name."""
    return "engagement" if "engagement" in assessment.scores else min(assessment.scores, default="")


def handles(assessment: Assessment, rows: NDArray[np.intp]) -> NDArray[Any]:
    """Return how accounts are shown: `@handle` where one is known, else the native id; cleaned."""
    people = assessment.accounts.columns

    def shown(met: NDArray[np.intp]) -> list[str]:
        return [
            f"@{handle}" if handle and not handle.startswith("@") and "@" not in handle else handle or native or "?"
            for handle, native in zip(people["handle"][met], people["native_id"][met], strict=True)
        ]

    return _cleaned(rows, shown)


def handle_of(assessment: Assessment, account: int) -> str:
    """Return how one account is shown."""
    row = assessment.accounts.row(account)
    return "?" if row is None else str(handles(assessment, np.array([row]))[0])


def find_account(assessment: Assessment, reference: str) -> int:
    """Return the key of `network:handle`, `network:id`, `@handle`, an id, or a bare handle if it is unique.

    Raises
    ------
    InputError
        Nobody, or more than one account, answers to it.
    """
    people = assessment.accounts.columns
    place = only_match(reference, people["network"], people["native_id"], people["handle"])
    return int(assessment.accounts.account[place])


def only_match(reference: str, networks: Texts, native_ids: Texts, handles: Texts) -> int:
    """Return the place of the one account that a reference means, as `find_account` reads it.

    Raises
    ------
    InputError
        Nobody, or more than one account, answers to it.
    """
    network, _, rest = reference.partition(":")
    within, wanted = (network, rest) if rest and network in set(networks) else (None, reference)
    bare = wanted.removeprefix("@").lower()
    found = [
        i
        for i, (handle, native, net) in enumerate(zip(handles, native_ids, networks, strict=True))
        if (within is None or net == within) and (native == wanted or (handle or "").removeprefix("@").lower() == bare)
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(f"Nobody here is called {clean(reference)}.", _near(handles, bare))
    several = ", ".join(f"{networks[i]}:{clean(native_ids[i] or '')}" for i in found[:5])
    raise InputError(f"{len(found)} accounts are called {clean(reference)}.", f"Name one by id: {several}.")


def _near(known: Texts, wanted: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(wanted, [handle.lower() for handle in known[:50_000] if handle], n=3)
    return f"Did you mean {', '.join(clean(each) for each in near)}?" if near else "See `relnet show connections`."


def _texts(column: NDArray[Any], rows: NDArray[np.intp]) -> NDArray[Any]:
    return _cleaned(rows, lambda met: column[met])


def _cleaned(rows: NDArray[np.intp], texts_of: Callable[[NDArray[np.intp]], Iterable[str | None]]) -> NDArray[Any]:
    """Return the texts of some accounts, cleaned; each is looked at once however often it is met."""
    met, place = np.unique(rows, return_inverse=True)
    texts = np.empty(len(met), dtype=object)
    texts[:] = [clean(text) if text else "" for text in texts_of(met)]
    return np.asarray(texts[place])
