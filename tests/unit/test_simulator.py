"""The simulated world keeps its promises: what the truth says is what the posts show."""

import re

import numpy as np
import pytest

from relnet.demo.simulator import simulate
from relnet.demo.world import DAY, HORIZON, OWNER, World, snowflake_times
from relnet.errors import SettingsError

HOUR = DAY // 24
CIRCLES = ("inner", "sympathy", "affinity", "active")


@pytest.fixture(scope="module")
def world() -> World:
    return simulate()


def rows(world: World, *roles: str) -> np.ndarray:
    return np.flatnonzero(np.isin(world.truth.role, roles))


def acts(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Author, addressee and time of every deliberate act on somebody else, public and private."""
    p, m = world.posts, world.messages
    public = (p.to >= 0) & (p.to != p.author) & (p.kind != "repost")
    private = m.to >= 0
    return (
        np.append(p.author[public], m.author[private]),
        np.append(p.to[public], m.to[private]),
        np.append(p.at[public], m.at[private]),
    )


def contact_times(world: World, who: int) -> np.ndarray:
    author, to, at = acts(world)
    return np.sort(at[((author == OWNER) & (to == who)) | ((author == who) & (to == OWNER))])


def test_the_same_seed_gives_the_same_world_and_another_seed_does_not() -> None:
    first, again, other = (simulate(seed=seed, people=80, years=1) for seed in (5, 5, 6))
    for table in ("accounts", "posts", "messages", "truth"):
        for name, column in vars(getattr(first, table)).items():
            assert np.array_equal(column, vars(getattr(again, table))[name]), name
    assert not np.array_equal(first.posts.id, other.posts.id)


def test_ids_are_unique_and_hold_their_own_time(world: World) -> None:
    assert np.array_equal(snowflake_times(world.posts.id), world.posts.at)
    assert np.array_equal(snowflake_times(world.accounts.id), world.accounts.created_at)
    assert np.array_equal(snowflake_times(world.messages.id), world.messages.at)
    for ids in (world.posts.id, world.accounts.id, world.messages.id):
        assert len(np.unique(ids)) == len(ids)
    assert (np.diff(world.posts.id) > 0).all()
    assert world.posts.at.max() <= world.as_of


def test_the_default_world_has_the_promised_size(world: World) -> None:
    own = (world.posts.author == OWNER).sum()
    label = world.truth.label[world.followers]
    assert 1100 <= len(world.followers) <= 1200
    assert 8_000 <= own <= 15_000
    assert 15_000 <= len(world.posts.id) - own <= 40_000
    assert 0.02 <= np.mean(label == "fake") <= 0.04
    assert 0.08 <= np.mean(label == "inactive") <= 0.12
    cumulative = np.cumsum([len(rows(world, role)) for role in CIRCLES])
    assert cumulative.tolist() == [5, 15, 50, 150]


def test_handles_could_exist_and_nobody_shares_one(world: World) -> None:
    handles = world.accounts.handle.tolist()
    assert len(set(handles)) == len(handles)
    assert all(re.fullmatch(r"[a-zA-Z0-9_]{1,15}", handle) for handle in handles)


def test_nobody_writes_or_is_named_before_joining(world: World) -> None:
    posts, joined = world.posts, world.accounts.created_at
    assert (posts.at > joined[posts.author]).all()
    for at, named in zip(posts.at.tolist(), posts.mentions.tolist(), strict=True):
        assert all(joined[who] < at for who in named)


def test_bought_followers_take_no_part(world: World) -> None:
    bought = rows(world, "bought")
    named = np.array([who for mentions in world.posts.mentions for who in mentions])
    for part in (world.posts.author, world.posts.to, named, world.messages.author, world.messages.to):
        assert not np.isin(part, bought).any()
    assert np.isin(bought, world.followers).all()
    assert (world.accounts.following[bought] > 20 * world.accounts.followers[bought]).all()


def test_fading_ties_broke_their_own_rhythm_and_living_ones_did_not(world: World) -> None:
    def broken(who: int) -> float:
        days = np.unique(contact_times(world, who) // DAY)
        return float((world.as_of / DAY - days[-1]) / np.mean(np.diff(days)))

    fading = [broken(who) for who in rows(world, "fading")]
    alive = [broken(who) for who in rows(world, "inner", "sympathy")]
    assert min(fading) > 5
    assert np.median(fading) > 8 > 2 > np.median(alive)


def test_bursts_are_over_within_days(world: World) -> None:
    lengths = [np.ptp(contact_times(world, who)) for who in rows(world, "burst")]
    assert max(lengths) < 7 * DAY
    assert np.median([len(contact_times(world, who)) for who in rows(world, "burst")]) >= 4


def test_sleepers_went_quiet_and_everybody_else_posted_lately(world: World) -> None:
    last = np.where(world.accounts.last_post > 0, snowflake_times(world.accounts.last_post), 0)
    quiet = (world.as_of - last) / DAY
    asleep = world.truth.label == "inactive"
    assert (quiet[asleep] > 90).all()
    assert (quiet[world.truth.label == "good"] < 90).all()
    assert (world.accounts.last_post[world.accounts.posts == 0] == 0).all()


def test_one_sided_ties_are_one_sided(world: World) -> None:
    author, to, _ = acts(world)
    to_owner = np.bincount(author[to == OWNER], minlength=len(world.accounts.id))
    from_owner = np.bincount(to[author == OWNER], minlength=len(world.accounts.id))
    fans, idols, senders = (rows(world, role) for role in ("fan", "idol", "broadcaster"))
    assert from_owner[fans].sum() < 0.1 * to_owner[fans].sum()
    assert to_owner[idols].sum() == 0 < from_owner[idols].min()
    assert from_owner[senders].sum() == 0


def test_mass_mentions_repeat_one_text_to_many(world: World) -> None:
    for who in rows(world, "broadcaster"):
        own = np.flatnonzero(world.posts.author == who)
        assert min(len(world.posts.mentions[row]) for row in own) >= 6
        assert len({world.posts.text[row].partition(" @")[0] for row in own}) == 1


def test_the_alive_rates_are_those_of_the_last_year(world: World) -> None:
    author, to, at = acts(world)
    year = at > world.as_of - 365 * DAY
    close = rows(world, "inner", "sympathy")
    seen_out = (np.isin(to, close) & (author == OWNER) & year).sum() / 365
    seen_in = (np.isin(author, close) & (to == OWNER) & year).sum() / 365
    assert seen_out == pytest.approx(world.truth.alive_out[close].sum(), rel=0.15)
    assert seen_in == pytest.approx(world.truth.alive_in[close].sum(), rel=0.15)


def test_the_future_belongs_to_living_ties(world: World) -> None:
    truth = world.truth
    dead = rows(world, "fading", "burst", "sleeper", "bought", "broadcaster", "idol", "follower")
    assert not truth.future_mutual[dead].any()
    assert truth.future_mutual[rows(world, "inner")].all()
    share = [truth.future_mutual[rows(world, role)].mean() for role in CIRCLES]
    assert share == sorted(share, reverse=True)
    assert 0.05 < share[-1] < 0.6  # not foreseeable tie by tie
    assert (truth.strength[dead] == 0).all()


def test_the_future_agrees_with_the_rates(world: World) -> None:
    # Over 90 days a Poisson tie of that rate acts both ways at least once; conversations come in clumps,
    # so fewer do, but the order must hold.
    truth = world.truth
    rate = np.minimum(truth.alive_out, truth.alive_in)[1:]
    met = truth.future_mutual[1:]
    order = np.argsort(np.argsort(rate))
    n, k = len(met), met.sum()
    auc = (order[met].sum() - k * (k - 1) / 2) / (k * (n - k))
    assert auc > 0.95
    assert met.sum() < (1 - np.exp(-rate * HORIZON / DAY)).sum()


def test_friends_know_each_other(world: World) -> None:
    author, to, _ = acts(world)
    friends = rows(world, *CIRCLES)
    between = np.isin(author, friends) & np.isin(to, friends)
    pairs = set(zip(author[between].tolist(), to[between].tolist(), strict=True))
    mutual = {pair for pair in pairs if pair[::-1] in pairs}
    assert len(mutual) / 2 > len(friends)
    # Communities: most who know each other share a third friend.
    near = {who: {b for a, b in pairs if a == who} for who in friends.tolist()}
    assert np.mean([bool(near[a] & near[b]) for a, b in mutual]) > 0.5


def test_conversations_take_turns_at_human_pace(world: World) -> None:
    p = world.posts
    answers = (p.kind == "reply") & (p.parent_row >= 0) & (p.to != p.author)
    delay = (p.at[answers] - p.at[p.parent_row[answers]]) / (HOUR / 60)
    by_bot = np.isin(p.author[answers], rows(world, "bot"))
    assert delay.min() > 0
    assert 10 < np.median(delay[~by_bot]) < 180
    assert np.median(delay[by_bot]) < 1
    assert np.array_equal(p.to[answers], p.author[p.parent_row[answers]])
    _, turns = np.unique(p.conversation, return_counts=True)
    assert turns.max() >= 6


def test_the_owner_sleeps_and_prefers_weekends(world: World) -> None:
    own = world.posts.at[world.posts.author == OWNER] + HOUR
    hour = own % DAY // HOUR
    assert np.mean(hour < 6) < 0.5 * np.mean((hour >= 18) & (hour < 24))
    weekday = (own // DAY + 3) % 7
    assert np.mean(weekday >= 4) > 3.2 / 7


def test_the_truth_table_names_every_other_account_once(world: World) -> None:
    table = world.truth_table()
    assert len(set(table["account"].tolist())) == len(world.accounts.id) - 1
    assert {len(column) for column in table.values()} == {len(world.accounts.id) - 1}
    assert str(world.accounts.id[OWNER]) not in table["account"]
    assert table["automated"].sum() == len(rows(world, "bot"))
    assert table["strength"].min() == 0 and table["strength"].max() < 1


def test_smaller_and_larger_worlds_keep_their_shape() -> None:
    small, large = simulate(people=60, years=0.5), simulate(people=3000, years=0.5)
    assert set(small.truth.role) == set(large.truth.role)
    assert len(rows(large, *CIRCLES)) == 150
    assert len(rows(large, "bought")) == 90


@pytest.mark.parametrize("wrong", [{"people": 10}, {"years": 0.1}, {"years": 14}])
def test_a_world_without_meaning_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match=r"at least 60 people|at least half a year|since 2014"):
        simulate(**wrong)  # type: ignore[arg-type]
