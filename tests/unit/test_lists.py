"""The lists that ask for attention: what puts a tie on one, and what is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from relnet.assess.assessment import ties
from relnet.assess.lists import MEANINGS, listed, tie_lists
from relnet.assess.table import tie_columns
from tests.builders import Acts, acts, assessed

END = 700
"""Days of the record; judged at its end."""


def both(who: str, days: Iterable[int]) -> list[tuple]:
    return [*acts("me", who, days), *acts(who, "me", days)]


ROWS = (
    *both("steady", range(0, END + 1, 7)),
    *both("fading", range(0, 560, 7)),
    *both("dormant", range(0, 300, 7)),
    *both("rising", (*range(530, 610, 40), *range(620, END, 6))),
    *acts("me", "waiting", (600,)), *acts("waiting", "me", (600, 650)),
    *acts("me", "answered", (660,)), *acts("answered", "me", (650,)),
    *acts("fresh", "me", (END - 1,)),
    *acts("me", "idol", range(0, END, 100)),
)  # fmt: skip
EXPECTED = {
    "fading": {"fading"},
    "rising": {"rising"},
    "unanswered": {"waiting"},
    "one-sided": {"idol", "fresh"},
    "dormant": {"dormant"},
}


def on_lists(given: Acts, folder: Path) -> dict[str, set[str]]:
    mine = ties(assessed(folder, given))
    native = mine.assessment.accounts.columns["native_id"][mine.account_rows]
    return {name: set(native[found.rows]) for name, found in tie_lists(mine).items()}


def test_each_tie_is_on_the_lists_that_its_history_puts_it_on(tmp_path: Path) -> None:
    found = on_lists(Acts(rows=ROWS, owner="me"), tmp_path)
    assert found == EXPECTED
    assert found.keys() == MEANINGS.keys()


def test_the_column_says_the_same_as_the_lists(tmp_path: Path) -> None:
    mine = ties(assessed(tmp_path, Acts(rows=ROWS, owner="me")))
    column = tie_columns(mine)["list"]
    assert {name: set(found.rows.tolist()) for name, found in tie_lists(mine).items()} == {
        name: {row for row, names in enumerate(column) if name in names} for name in MEANINGS
    }
    assert listed(mine).tolist() == column.tolist()


def test_what_others_wrote_is_neither_missing_nor_unanswered_where_it_was_not_covered(tmp_path: Path) -> None:
    sent = Acts(rows=tuple(row for row in ROWS if row[0] == "me"), owner="me", covered=(("*", "out", "me"),))
    mine = ties(assessed(tmp_path, sent))
    found = tie_lists(mine)
    assert not len(found["one-sided"].rows)
    assert not len(found["unanswered"].rows)
    assert "not covered" in found["one-sided"].unknown
    assert "not covered" in found["unanswered"].unknown


def test_a_record_shorter_than_two_windows_shows_no_rise(tmp_path: Path) -> None:
    short = Acts(rows=tuple(both("new", range(600, END + 1, 7))), owner="me")
    found = tie_lists(ties(assessed(tmp_path, short)))["rising"]
    assert not len(found.rows)
    assert "shorter than two windows" in found.unknown


def test_communities_are_groups_that_keep_each_other_company_without_the_owner(tmp_path: Path) -> None:
    one, other = ("ana", "bob", "cy", "dan"), ("eve", "fay", "gus")
    rows = [row for group in (one, other) for a in group for b in group if a < b for row in acts(a, b, range(0, 60, 7))]
    rows += [row for who in (*one, *other, "alone") for row in both(who, range(0, 60, 7))]
    found = assessed(tmp_path, Acts(rows=(*rows, *acts("dan", "eve", (3,))), owner="me"))
    named = dict(zip(found.accounts.columns["native_id"], found.community.tolist(), strict=True))
    assert named == {**dict.fromkeys(one, 0), **dict.fromkeys(other, 1), "alone": -1, "me": -1}
