"""Communities and suggested actions: what they name, why, and what they leave alone."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

from relnet.plugin import Chart, Table, Text
from tests.builders import DAY, START, Acts, acts
from tests.report.made import FewFollowers, report

FRIENDS = tuple(row for a, b in permutations(("ana", "bob", "cy"), 2) for row in acts(a, b, range(0, 300, 10)))
MINE = (
    *(row for who in ("ana", "bob", "cy") for a, b in (("me", who), (who, "me")) for row in acts(a, b, range(0, 300, 10))),
    *acts("me", "eve", range(0, 60, 4)), *acts("eve", "me", range(0, 60, 4)),
    *acts("dan", "me", (280,)), *acts("me", "fay", (10, 20, 30)), *acts("spam", "me", (290,)), *acts("me", "ana", (399,)),
)  # fmt: skip
PROFILES = tuple(
    {"native_id": who, "handle": who, "followers": n} for who, n in (("spam", 1), ("eve", 500), ("ana", 90))
)


def blocks(folder: Path, section: str, network: Acts, **options: object) -> tuple[dict[str, Table], str]:
    [chapter] = report(folder, network, FewFollowers, sections=[section], **options).chapters
    tables = {block.caption: block for block in chapter.blocks if isinstance(block, Table)}
    words = " ".join(block.text for block in chapter.blocks if isinstance(block, Text))
    return tables, words


def names(table: Table) -> list[str]:
    return [row[0].removeprefix("@") for row in table.rows]


def test_communities_name_their_members_and_say_what_is_unknown(tmp_path: Path) -> None:
    network = Acts(rows=(*FRIENDS, *MINE), owner="me", profiles=PROFILES)
    [chapter] = report(tmp_path, network, sections=["communities"]).chapters
    [chart] = [block for block in chapter.blocks if isinstance(block, Chart)]
    [table] = [block for block in chapter.blocks if isinstance(block, Table)]
    assert chart.rows == [["community 1", 3]]
    assert sorted(who.removeprefix("@") for who in table.rows[0][2].split(", ")) == ["ana", "bob", "cy"]
    words = " ".join(block.text for block in chapter.blocks if isinstance(block, Text))
    assert "Leiden" in words and "4 accounts in no community" in words and "does not say that there is none" in words


def test_without_contact_among_the_others_communities_are_unknown(tmp_path: Path) -> None:
    _, words = blocks(tmp_path, "communities", Acts(rows=MINE, owner="me", covered=(("*", "out", "me"),)))
    assert "unknown and not none" in words


def test_hidden_members_are_numbers(tmp_path: Path) -> None:
    tables, _ = blocks(tmp_path, "communities", Acts(rows=(*FRIENDS, *MINE), owner="me"), redact=True)
    [table] = tables.values()
    assert all(who.startswith("P0") for who in table.rows[0][2].split(", "))


def test_each_action_names_who_and_why(tmp_path: Path) -> None:
    tables, words = blocks(tmp_path, "actions", Acts(rows=MINE, owner="me", profiles=PROFILES))
    assert "never acts online" in words
    assert "dan" in names(tables["Answer"]) and "spam" not in names(tables["Answer"]), "nobody need answer a fake"
    [reason] = [why for who, why in tables["Answer"].rows if "dan" in who]
    assert reason == "wrote last, 4 mo ago; no act of yours is in the record"
    assert "eve" in names(tables["Reach out: fading"])
    assert {"fay", "dan"} <= set(names(tables["Look at one-sided ties"]))
    [[who, why]] = tables["Review: labelled fake"].rows
    assert "spam" in who and why.startswith("fake with probability 90%")


def test_nothing_is_suggested_where_nothing_asks_for_it(tmp_path: Path) -> None:
    rows = (
        tuple(("me", "ana", "message", START + day * DAY) for day in range(3)),
        (("ana", "me", "message", START + 3 * DAY),),
    )
    tables, words = blocks(tmp_path, "actions", Acts(rows=(*rows[0], *rows[1]), owner="me"))
    assert not tables and "Nothing in the record asks for one." in words
