"""The owner's posts as items of an X archive: numbers as text, text escaped, indices in code points."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from relnet.demo.drafts import SHORT_LINK_LENGTH
from relnet.demo.world import DAY, World, iso_time, mention_spans, snowflake_times

LONG = 280
"""Code points above which X keeps a post's text in a note."""

_SOURCES = (
    '<a href="http://twitter.com/download/iphone" rel="nofollow">Twitter for iPhone</a>',
    '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>',
)


def versions(world: World, row: int) -> Iterator[dict[str, Any]]:
    """Yield one tweet, or both versions of an edited one, the newer first."""
    posts = world.posts
    newest, first = tweet(world, row), str(posts.first_version[row])
    if first == "0":
        yield newest
        return
    slip = posts.text[row].replace(" ", "  ", 1)  # what the edit mends
    earlier = tweet(world, row, slip, int(snowflake_times(posts.first_version[row])), first)
    both = {"editTweetIds": [first, newest["id_str"]], "editsRemaining": "4"}
    control = earlier["edit_info"]["initial"] | both
    yield newest | {"edit_info": {"edit": {"initialTweetId": first, "editControlInitial": control}}}
    yield earlier | {"edit_info": {"initial": control}}


def tweet(world: World, row: int, text: str = "", at: int = 0, post_id: str = "") -> dict[str, Any]:
    """Show the post of this row; text, time and id may be those of an earlier version."""
    posts = world.posts
    text, at, post_id = text or posts.text[row], at or int(posts.at[row]), post_id or str(posts.id[row])
    shown = html.escape(text if len(text) <= LONG else text[: LONG - 6] + "…", quote=False)
    reply = _answered(world, row) if posts.kind[row] == "reply" else {}
    link = {"possibly_sensitive": False} if posts.link[row] else {}
    return {
        "edit_info": {
            "initial": {
                "editTweetIds": [post_id],
                "editableUntil": iso_time(at + DAY // 24),
                "editsRemaining": "5",
                "isEditEligible": not reply and posts.kind[row] != "repost",
            }
        },
        "retweeted": False,
        "source": _SOURCES[int(posts.id[row] % 5 == 0)],
        "entities": _entities(world, row, shown),
        "display_text_range": ["0", str(len(shown))],
        "favorite_count": str(posts.likes[row]),
        "id_str": post_id,
        "truncated": False,
        "retweet_count": str(posts.reposts[row]),
        "id": post_id,
        **link,
        "created_at": x_time(at),
        "favorited": False,
        "full_text": shown,
        "lang": "en",
        **reply,
    }


def _answered(world: World, row: int) -> dict[str, str]:
    to, parent = int(world.posts.to[row]), str(world.posts.parent[row])
    user = str(world.accounts.id[to])
    known = {} if parent == "0" else {"in_reply_to_status_id_str": parent, "in_reply_to_status_id": parent}
    return known | {
        "in_reply_to_user_id": user,
        "in_reply_to_screen_name": world.accounts.handle[to],
        "in_reply_to_user_id_str": user,
    }


def _entities(world: World, row: int, shown: str) -> dict[str, Any]:
    posts, accounts = world.posts, world.accounts
    named = posts.mentions[row]
    entities: dict[str, Any] = {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []}
    spans = mention_spans(shown, [accounts.handle[who] for who in named])
    for who, span in zip(named, spans, strict=True):
        native = str(accounts.id[who])
        entities["user_mentions"].append(
            {
                "name": accounts.name[who],
                "screen_name": accounts.handle[who],
                "indices": [str(place) for place in span],
                "id_str": native,
                "id": native,
            }
        )
    if link := posts.link[row]:
        start = len(shown) - SHORT_LINK_LENGTH
        entities["urls"].append(
            {
                "url": shown[start:],
                "expanded_url": link,
                "display_url": link.removeprefix("https://"),
                "indices": [str(start), str(len(shown))],
            }
        )
    return entities


def note(world: World, row: int) -> dict[str, Any]:
    """Make the note that holds a long post's whole text."""
    at = int(world.posts.at[row])
    # Not the post's own id: readers must join the two by time and opening words.
    return {
        "noteTweet": {
            "noteTweetId": str(int(world.posts.id[row]) - (40 << 22)),
            "updatedAt": iso_time(at),
            "lifecycle": {"value": "visible", "name": "Visible"},
            "createdAt": iso_time(at),
            "core": {
                "styletags": [],
                "urls": [],
                "text": world.posts.text[row],
                "mentions": [],
                "cashtags": [],
                "hashtags": [],
            },
        }
    }


def x_time(at: int) -> str:
    """Write ``Tue May 16 00:21:51 +0000 2023``; ctime never asks the locale."""
    moment = datetime.fromtimestamp(at // 1000, UTC)
    text = moment.ctime()
    return f"{text[:8]}{moment.day:02d}{text[10:19]} +0000{text[19:]}"
