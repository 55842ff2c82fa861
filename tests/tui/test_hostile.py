"""Strangers choose their names and words; no screen may obey them."""

import pytest
from textual.app import App

from relnet.facts.records import Post
from relnet.tui.screens.connection import ConnectionPage
from relnet.tui.screens.evidence import EvidencePage
from relnet.tui.screens.overview import OverviewPage
from tests.strategies import HOSTILE_NAMES
from tests.tui.made import network, press, shown

LONELY = "\ud800"


def hostile_network(names):
    """Every name, text and address is one of the names."""
    # No file can hold a lone surrogate, so no source can yield one.
    names = [name for name in names if LONELY not in name]
    made = network(names=names)
    posts = [
        Post(post.post, post.author, post.at, names[i % len(names)] + "\n" + names[-i % len(names)])
        for i, post in enumerate(made.posts)
    ]
    for post, was in zip(posts, made.posts, strict=True):
        post.url = names[int(was.author) % len(names)]
    made.posts = posts
    for account, name in zip(made.accounts[1:], names, strict=True):
        account.name, account.handle = name, name
    return made


def is_safe(text, ascii):
    """Whether nothing in it could move a cursor or turn a line; in ASCII mode, whether all of it is ASCII."""
    codes = [sign for sign in text if (ord(sign) < 32 and sign != "\n") or 127 <= ord(sign) < 160]
    return not codes and not set(text) & set("\u202e\u2066\ufeff") and (not ascii or text.isascii())


@pytest.mark.parametrize(("ascii", "names"), [(False, HOSTILE_NAMES), (True, HOSTILE_NAMES[::3])], ids=["", "ascii"])
async def test_every_screen_shows_hostile_names_as_text(open_dashboard, ascii, names):
    async with open_dashboard(hostile_network(names), size=(60, 20), ascii=ascii) as pilot:
        app: App = pilot.app
        rows = len(app.overview.table.rows)
        assert rows == sum(LONELY not in name for name in names)
        await press(pilot, "enter")
        for row in range(rows):
            assert isinstance(app.screen, ConnectionPage)
            assert is_safe(shown(pilot), ascii)
            if row % 5 == 0:
                await pilot.press("m")
                assert is_safe(shown(pilot), ascii)
                await pilot.press("escape")
            await pilot.press("right_square_bracket")
        await press(pilot, "enter")
        assert isinstance(app.screen, EvidencePage)
        for _ in range(3):
            assert is_safe(shown(pilot), ascii)
            await press(pilot, "o", "escape", "right_square_bracket", "y")
        for keys in (["question_mark"], ["escape", "escape", "e", *"[/]", "enter"], ["escape", "ctrl+p", "["]):
            await press(pilot, *keys)
            assert is_safe(shown(pilot), ascii)
        await press(pilot, "escape", "escape")
        while not isinstance(app.screen, OverviewPage):
            await press(pilot, "escape")
        for keys in (
            ["t", "n", *"[/]", "enter"],
            ["4"],
            ["3"],
            ["down", "down", "down"],
            ["2"],
            ["c"],
            ["g"],
            ["5"],
            ["comma"],
        ):
            await press(pilot, *keys)
            assert is_safe(shown(pilot), ascii), keys
        await press(pilot, "1", "d")
        assert is_safe(shown(pilot), ascii)
        app.say("[/] \x1b[31m [@click=app.quit]")
        await press(pilot, "escape")
        assert is_safe(shown(pilot), ascii) and app.is_running
