"""Interactions to connections: what is counted, and what stays unknown."""

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relnet.assess.assessment import ties
from relnet.assess.table import find_account, tie_columns
from relnet.errors import InputError
from relnet.facts.coverage import Coverage, covered
from relnet.facts.identity import resolved_handles, unite
from relnet.facts.keys import key, keys
from relnet.network.acts import read_acts
from relnet.network.connections import connect_pairs
from relnet.network.view import NetworkView
from relnet.plugin import Feature
from relnet.plugin import compiled as loops
from relnet.registry import find
from tests.builders import START, Acts, acts, assessed, workspace_of

DAY = 86_400_000
T0 = 1_600_000_000_000


def columns(assessment):
    mine = ties(assessment)
    return dict(zip(mine_handles(assessment, mine), range(len(mine)), strict=True)), tie_columns(mine)


def mine_handles(assessment, mine):
    return [assessment.accounts.text("native_id", key) for key in mine.other]


def test_both_directions_are_counted_and_zero_only_where_covered(tmp_path) -> None:
    rows = (("me", "ana", "reply", T0), ("me", "ana", "reply", T0 + DAY), ("ana", "me", "reply", T0 + 2 * DAY),
            ("me", "bob", "mention", T0 + 3 * DAY))  # fmt: skip
    out_only = (("reply", "out", "me"), ("mention", "out", "me"))
    row, seen = columns(assessed(tmp_path / "a", Acts(rows=rows, owner="me", covered=out_only)))
    assert (seen["out"][row["ana"]], seen["in"][row["ana"]]) == (2, 1)
    assert np.isnan(seen["in"][row["bob"]])
    assert np.isnan(seen["reciprocity"][row["ana"]])
    row, seen = columns(assessed(tmp_path / "b", Acts(rows=rows, owner="me")))
    assert (seen["out"][row["bob"]], seen["in"][row["bob"]]) == (1, 0)
    assert seen["reciprocity"][row["bob"]] == 0


def test_two_sources_widen_the_coverage_and_count_nothing_twice(tmp_path) -> None:
    shared = ("ana", "me", "reply", T0, {"event": "7"})
    outgoing = Acts(
        rows=(("me", "ana", "reply", T0, {"event": "1"}), shared),
        owner="me",
        covered=(("reply", "out", "me"),),
    )
    incoming = Acts(rows=(shared, ("bob", "me", "reply", T0, {"event": "9"})), covered=(("reply", "in", "me"),))
    row, seen = columns(assessed(tmp_path, outgoing, incoming))
    assert (seen["out"][row["ana"]], seen["in"][row["ana"]]) == (1, 1)
    assert (seen["out"][row["bob"]], seen["in"][row["bob"]]) == (0, 1)


def test_an_act_that_two_sources_hold_counts_once_by_handle_and_by_id(tmp_path) -> None:
    """Both definitions of what is visible, of the engine and of the one pass over all of it, see the same rows."""
    by_id = Acts(
        rows=(("1", "2", "reply", T0, {"event": "7"}), ("2", "1", "like", T0 + DAY, {"event": "8"}),
              ("1", "2", "mention", T0, {"event": "9"}), ("1", "2", "reply", T0 + 9 * DAY, {"event": "10"})),
        profiles=({"native_id": "1", "handle": "me"}, {"native_id": "2", "handle": "ana"}),
    )  # fmt: skip
    by_handle = Acts(
        rows=(
            ("@me", "@ana", "mention", T0, {"event": "7"}),
            ("@me", "@me", "reply", T0),
            ("@ana", "1", "reply", None),
        ),
        follows=(("@ana", "1"), ("@me", "@me"), ("1", "2")),
    )
    workspace = workspace_of(tmp_path, by_id, by_handle)
    for since, as_of, number in ((None, None, 4), (T0 + 1, None, 2), (None, T0 + DAY, 3)):
        view = NetworkView(workspace.log, workspace.imports(), as_of, since)
        facts = {"acts": view.dated(view.files("interactions")), "undated": view.undated(), "declared": view.declared()}
        for name, rows in facts.items():
            pair = ["a", "b", "forward", "at", "kind"]
            seen = pair if name == "declared" else ["event", "is_act", *pair]
            found = view.connection.sql(f"""SELECT {", ".join(f'"{column}"' for column in seen)} FROM {name}""")
            assert view.overlaps and sorted(found.fetchall()) == sorted(rows.select(seen).collect().rows())
            assert len(found) == {"acts": number, "undated": as_of is None, "declared": 2 * (as_of is None)}[name]


def test_silence_outside_the_time_covered_is_unknown(tmp_path) -> None:
    rows = (
        ("me", "ana", "reply", T0 + 300 * DAY),
        ("me", "bob", "reply", T0 + 10 * DAY),
        ("me", "cem", "reply", T0 + 399 * DAY),
    )
    sent, received = ("reply", "out", "me"), ("reply", "in", "me")
    late = Acts(
        rows=rows, owner="me", covered=((*sent, T0, T0 + 400 * DAY), (*received, T0 + 100 * DAY, T0 + 350 * DAY))
    )
    row, seen = columns(assessed(tmp_path / "a", late))
    assert seen["in"][row["ana"]] == 0
    assert np.isnan(seen["in"][row["bob"]]) and np.isnan(seen["in"][row["cem"]])
    assert seen["out"].tolist() == [1, 1, 1] and seen["out_known"].all()
    more = Acts(rows=(("bob", "me", "reply", T0 + 9 * DAY),), covered=((*received, T0, T0 + 120 * DAY),))
    row, seen = columns(assessed(tmp_path / "b", late, more))
    assert seen["in"][row["ana"]] == 0 and seen["in_known"][row["bob"]]
    assert not seen["in_known"][row["cem"]]
    old = Acts(rows=rows[1:2], owner="me", covered=((*sent, T0, T0 + 20 * DAY), (*received, T0, T0 + 20 * DAY)))
    row, seen = columns(assessed(tmp_path / "c", old))
    assert seen["in"][row["bob"]] == 0
    row, seen = columns(assessed(tmp_path / "d", old, Acts(rows=(("x", "y", "reply", T0 + 400 * DAY),), covered=())))
    assert np.isnan(seen["in"][row["bob"]])


def test_another_network_takes_no_coverage_away(tmp_path) -> None:
    mail = Acts(rows=(("me", "ana", "message", T0),), owner="me", covered=(("message", "between"),))
    acts = (("me", "bob", "mention", T0, {"network": "other"}),)
    other = Acts(rows=acts, profiles=({"native_id": "me", "owner": True, "network": "other"},), covered=())
    row, seen = columns(assessed(tmp_path, mail, other))
    assert seen["in"][row["ana"]] == 0 and np.isnan(seen["in"][row["bob"]])


spans = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted)


@given(st.lists(st.tuples(st.sampled_from(["out", "in", "between"]), st.sampled_from([None, 1, 2]), spans)), spans)
def test_more_coverage_never_makes_less_known(rows, needed) -> None:
    made = [(Coverage("reply", way, since=since, until=until), account) for way, account, (since, until) in rows]
    one, other = np.array([1, 2, 3]), np.array([2, 1, 4])
    span = np.full(3, needed[0]), np.full(3, needed[1])
    all_known = covered(made, ("reply",), one, other, span=span)
    for i in range(len(made)):
        assert (covered(made[:i] + made[i + 1 :], ("reply",), one, other, span=span) <= all_known).all()
    assert (all_known <= covered(made, ("reply",), one, other)).all()


def test_a_reply_is_not_also_a_mention_and_a_self_thread_is_no_tie(tmp_path) -> None:
    rows = (("me", "ana", "mention", T0, {"event": "1"}), ("me", "ana", "reply", T0, {"event": "1"}),
            ("me", "me", "reply", T0, {"event": "2"}))  # fmt: skip
    assessment = assessed(tmp_path, Acts(rows=rows, owner="me"))
    _, seen = columns(assessment)
    assert seen["out"].tolist() == [1] and assessment.header.interactions == 1


def test_carried_mentions_and_likes_make_no_acts(tmp_path) -> None:
    rows = (("me", "ana", "mention", T0, {"directness": "carried"}), ("bob", "me", "like", None))
    row, seen = columns(assessed(tmp_path, Acts(rows=rows, owner="me")))
    assert seen["out"][row["ana"]] == 0 and seen["in"][row["bob"]] == 0
    assert np.isnan(seen["vitality"]).all()


def test_a_feature_that_fails_is_unknown_where_one_direction_is_not_covered_too(tmp_path, monkeypatch) -> None:
    out_only = (("reply", "out", "me"),)
    workspace = workspace_of(tmp_path, Acts(rows=(("me", "ana", "reply", T0),), owner="me", covered=out_only))
    count = next(each for each in find().usable(Feature)[0] if each.name == "count")
    monkeypatch.setattr(type(count), "over", lambda self, periods: 1 / 0)
    found = connect_pairs(NetworkView(workspace.log, workspace.imports()), [count])
    assert [each.plugin for each in found.failures] == ["count"]
    assert np.isnan([found.features["count_ab"], found.features["count_ba"]]).all()


def test_without_any_act_features_over_acts_say_nothing(tmp_path) -> None:
    workspace = workspace_of(tmp_path, Acts(rows=(("me", "ana", "like", T0), ("bob", "me", "like", None)), owner="me"))
    features = [each for each in find().usable(Feature)[0] if each.table in ("days", "turns", "periods")]
    found = connect_pairs(NetworkView(workspace.log, workspace.imports()), features).features
    said = {each.name: each.nothing for each in features if not each.directed}
    assert len(said) > 10
    for column, value in said.items():
        np.testing.assert_array_equal(found[column], [value, value], err_msg=column)


def test_nothing_after_the_moment_of_judging_is_seen(tmp_path) -> None:
    rows = (
        ("me", "ana", "reply", T0),
        ("me", "ana", "reply", T0 + 9 * DAY),
        ("me", "bob", "reply", T0 + 9 * DAY),
    )
    row, seen = columns(assessed(tmp_path, Acts(rows=rows, owner="me"), as_of=T0 + DAY))
    assert list(row) == ["ana"] and seen["out"].tolist() == [1] and seen["last"].tolist() == [1]


def test_a_handle_joins_its_id_only_when_one_id_had_it(tmp_path) -> None:
    profiles = (
        {"native_id": "1", "handle": "Ana"},
        {"native_id": "2", "handle": "bob"},
        {"native_id": "3", "handle": "bob"},
    )
    rows = (("me", "@ana", "quote", T0), ("me", "1", "reply", T0), ("me", "@bob", "quote", T0))
    row, seen = columns(assessed(tmp_path, Acts(rows=rows, owner="me", profiles=profiles)))
    assert set(row) == {"1", "@bob"} and seen["out"][row["1"]] == 2


def test_accounts_are_found_by_handle_id_and_network(tmp_path) -> None:
    profiles = (
        {"native_id": "1", "handle": "Ana"},
        {"native_id": "2", "handle": "bob"},
        {"native_id": "3", "handle": "bob"},
    )
    assessment = assessed(tmp_path, Acts(rows=(("1", "2", "reply", T0), ("1", "3", "reply", T0)), profiles=profiles))
    assert find_account(assessment, "@ana") == find_account(assessment, "test:1") == key("test", "1")
    with pytest.raises(InputError, match="2 accounts"):
        find_account(assessment, "bob")
    with pytest.raises(InputError, match="Nobody"):
        find_account(assessment, "nobody")


def test_without_an_owner_both_ends_of_a_tie_are_met(tmp_path) -> None:
    mine = ties(assessed(tmp_path, Acts(rows=(("ana", "bob", "reply", T0), ("bob", "cy", "reply", T0)))))
    assert [len(mine.met), len(mine.take(np.array([0])).met)] == [3, 2]
    assert np.array_equal(mine.met, np.unique([mine.this, mine.other]))


def test_the_graph_is_directed_and_weighted(tmp_path) -> None:
    from relnet.network.graph import graph_of

    graph = graph_of(assessed(tmp_path, Acts(rows=(("a", "b", "reply", T0), ("a", "b", "reply", T0 + 1)))).connections)
    assert list(graph.edges(data="weight")) == [(key("test", "a"), key("test", "b"), 2)]


def test_keys_are_fixed_for_good() -> None:
    assert key("x", "12345678") == 2967291543650467335
    assert key("x", "1658268142023786496") == 3815895198425745019
    assert key("mastodon", "https://social.example/users/ana") == 622772257750474761


@given(st.lists(st.integers(1, 2**64 - 1), unique=True, max_size=60))
@settings(max_examples=50)
def test_decimal_ids_never_collide(ids) -> None:
    import polars as pl

    made = keys(pl.Series(["x"] * len(ids), dtype=pl.String), pl.Series(list(map(str, ids)), dtype=pl.String))
    assert made.n_unique() == len(ids) if ids else len(made) == 0


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=40))
def test_united_keys_stand_for_connected_groups(pairs) -> None:
    united = unite(pairs)
    for one, other in pairs:
        assert united[one] == united[other]
    assert all(united[united[each]] == united[each] <= each for each in united)


def test_kinds_that_were_met_are_noted_and_looked_up_where_an_older_import_did_not(tmp_path) -> None:
    rows = [*acts("ana", "me", [1], "reply"), *acts("me", "ana", [2], "like"), *acts("me", "ana", [3, 4], "mention")]
    workspace = workspace_of(tmp_path, Acts(rows=tuple(rows), owner="me"))
    [manifest] = workspace.imports().values()
    first = {"like": 2, "mention": 3, "reply": 1}
    assert manifest.met == [("test", kind, START + day * DAY) for kind, day in first.items()]
    for noted in (manifest, msgspec.structs.replace(manifest, met=None)):
        for until, kinds in ((4, ("mention", "reply")), (2, ("reply",))):
            view = NetworkView(workspace.log, {manifest.import_id: noted}, START + until * DAY)
            assert view.act_kinds == {"test": kinds}
            assert read_acts(view).pieces[0][0].size == until - 1


def test_a_handle_seen_under_two_ids_stays_apart() -> None:
    assert resolved_handles([(9, "x", "ana")], [(1, "x", "Ana"), (1, "x", "ana")]) == [(9, 1)]
    assert resolved_handles([(9, "x", "ana")], [(1, "x", "ana"), (2, "x", "ana")]) == []
    assert resolved_handles([(9, "x", "ana")], [(1, "y", "ana")]) == []


@pytest.mark.parametrize("few", [0, 1 << 30])
def test_loops_count_the_same_compiled_and_as_they_stand(tmp_path, monkeypatch, few) -> None:
    """Busy and quiet pairs, answers that name an act, two acts in one second: against plain Python."""
    rng = np.random.default_rng(5)
    rows, event = [], 0
    for pair, number in (("ana", 150), ("bob", 7), ("cem", 1), ("dia", 70)):
        at, last = T0, {}
        for _ in range(number):
            at += int(rng.choice([0, 5_000, 3_600_000, 2 * DAY]))
            way = ("me", pair) if rng.random() < 0.5 else (pair, "me")
            event += 1
            names = {"parent": str(last[way[::-1]])} if way[::-1] in last and rng.random() < 0.4 else {}
            rows.append((*way, "reply", at, {"event": str(event), **names}))
            last[way] = event
    for rows_below in ("_FEW", "_FEWER"):
        monkeypatch.setattr(loops, rows_below, few)
    made = assessed(tmp_path, Acts(rows=tuple(rows), owner="me"))
    row, seen = columns(made)
    found = {name: made.connections.features[name] for name in ("conversations", "exchanged", "active_days")}
    for pair in ("ana", "bob", "cem", "dia"):
        here = [each for each in rows if pair in each[:2]]
        assert (seen["out"][row[pair]], seen["in"][row[pair]]) == tuple(
            sum(each[side] == "me" for each in here) for side in (0, 1)
        )
        i = ties(made).rows[row[pair]]
        moments = sorted({each[3] // 1000 for each in here})
        pauses = [later - before for before, later in pairwise(moments)]
        assert found["conversations"][i] == 1 + sum(pause > 3 * DAY // 1000 for pause in pauses)
        assert found["active_days"][i] == len({each[3] // DAY for each in here})
        turns = sum(
            any(each[0] == side and each[3] // 1000 == later for each in here)
            and any(each[1] == side and each[3] // 1000 == before for each in here)
            for before, later in pairwise(moments)
            for side in ("me", pair)
        )
        assert found["exchanged"][i] == turns
        for name, way in (("answered", ("me", pair)), ("answered", (pair, "me"))):
            due = made.header.as_of - 3 * DAY
            number = 0
            for each in here:
                back = [
                    other for other in here
                    if other[0] == each[1] and other[3] // 1000 > each[3] // 1000
                    and other[4].get("parent") in (None, each[4]["event"])
                ]  # fmt: skip
                soonest = min((other[3] // 1000 - each[3] // 1000 for other in back), default=1 << 40)
                number += each[:2] == way and each[3] <= due and soonest * 1000 <= 3 * DAY
            key = made.connections.a[i]
            first = "me" if made.accounts.text("native_id", int(key)) == "me" else pair
            column = f"{name}_{'ab' if way[0] == first else 'ba'}"
            assert made.connections.features[column][i] == number
