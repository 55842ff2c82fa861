"""Writes the others' side of a simulated world as X API v2 JSON lines, flattened as twarc does."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from relnet.demo.drafts import SHORT_LINK_LENGTH
from relnet.demo.world import OWNER, Int, World, iso_time, mention_spans

_POST_FIELDS = "tweet.fields=author_id,created_at,entities,in_reply_to_user_id,referenced_tweets"
_USER_FIELDS = "user.fields=created_at,description,most_recent_tweet_id,protected,public_metrics,url,verified"
_REFERENCES = {"reply": "replied_to", "quote": "quoted", "repost": "retweeted"}
_AVATARS = (
    "https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png",
    "https://pbs.twimg.com/profile_images/{}/avatar_normal.jpg",
)


def write_api_jsonl(world: World, target: Path) -> tuple[Path, Path]:
    """Write what others did as ``incoming.jsonl``, and who follows the owner as ``followers.jsonl``.

    Parameters
    ----------
    world
        What `relnet.demo.simulator.simulate` returned.
    target
        Folder, made if absent; files of these names are replaced.  The bytes depend on the world alone.

    Returns
    -------
    tuple
        The two files: posts (to the owner and among friends), and user objects; one a line.
    """
    target.mkdir(parents=True, exist_ok=True)
    encoder = msgspec.json.Encoder()
    users = _users(world)
    authors = [msgspec.Raw(encoder.encode(user)) for user in users]
    posts = _posts(world)
    rows = np.flatnonzero(world.posts.author != OWNER).tolist()
    listing = f"users/{world.accounts.id[OWNER]}"
    found, named = (
        {"__twarc": msgspec.Raw(encoder.encode(_twarc(world, path, _POST_FIELDS)))}
        for path in ("tweets/search/all", f"{listing}/mentions")
    )
    incoming = target / "incoming.jsonl"
    with incoming.open("wb") as out:
        for row in rows:
            author = {"author": authors[world.posts.author[row]]}
            # What names the owner comes from their mentions timeline, complete; the rest from a search, which is not.
            origin = named if _names_owner(world, row) else found
            out.write(encoder.encode(posts[row] | _references(world, posts, row) | author | origin) + b"\n")

    origin = {"__twarc": msgspec.Raw(encoder.encode(_twarc(world, f"{listing}/followers", _USER_FIELDS)))}
    followers = target / "followers.jsonl"
    followers.write_bytes(encoder.encode_lines([users[k] | origin for k in world.followers.tolist()]))
    return incoming, followers


def _names_owner(world: World, row: int) -> bool:
    p = world.posts
    return p.kind[row] != "repost" and (OWNER in p.mentions[row] or (p.kind[row] == "reply" and p.to[row] == OWNER))


def _twarc(world: World, path: str, query: str) -> dict[str, str]:
    retrieved = _seconds(np.array([world.as_of]))[0].replace(".000Z", "+00:00")
    return {
        "url": f"https://api.twitter.com/2/{path}?{query}",
        "version": "2.14.0",
        "retrieved_at": retrieved,
    }


def _seconds(at: Int) -> list[str]:
    """Write ISO times as the API does: cut to the second, with three zeros behind."""
    return [iso_time(moment) for moment in (at // 1000 * 1000).tolist()]


def _users(world: World) -> list[dict[str, Any]]:
    """Make a v2 user object of each account."""
    a = world.accounts
    created = _seconds(a.created_at)
    users = []
    for k in range(len(created)):
        user = {
            "protected": bool(a.protected[k]),
            "location": a.location[k],
            "description": a.bio[k],
            "public_metrics": {
                "followers_count": int(a.followers[k]),
                "following_count": int(a.following[k]),
                "tweet_count": int(a.posts[k]),
                "listed_count": int(a.listed[k]),
                "like_count": int(a.likes[k]),
            },
            "name": a.name[k],
            "url": a.url[k],
            "profile_image_url": _AVATARS[int(a.has_avatar[k])].format(a.id[k]),
            "verified": False,
            "id": str(a.id[k]),
            "created_at": created[k],
            "username": a.handle[k],
            "most_recent_tweet_id": str(a.last_post[k]),
        }
        # The API leaves out what is not there.
        if not a.location[k]:
            del user["location"]
        if not a.last_post[k]:
            del user["most_recent_tweet_id"]
        users.append(user)
    return users


def _posts(world: World) -> list[dict[str, Any]]:
    """Make a v2 post object of each post, the owner's too, since others' posts hold what they refer to."""
    p, ids = world.posts, world.accounts.id.astype(str).tolist()
    handles = world.accounts.handle.tolist()
    columns = (p.kind, p.author, p.to, p.mentions, p.text, p.link, p.likes, p.reposts)
    texts = (p.id.astype(str), p.parent.astype(str), p.conversation.astype(str))
    found = []
    for kind, author, to, named, text, link, likes, reposts, post_id, parent, root, at in zip(
        *(column.tolist() for column in columns + texts), _seconds(p.at), strict=True
    ):
        shown = html.escape(text, quote=False)
        post = {
            "possibly_sensitive": False,
            "conversation_id": root,
            "public_metrics": {
                "retweet_count": reposts, "reply_count": 0, "like_count": likes, "quote_count": 0
            },
            "lang": "en",
            "id": post_id,
            "edit_history_tweet_ids": [post_id],
            "author_id": ids[author],
            "reply_settings": "everyone",
            "created_at": at,
            "text": shown,
        }  # fmt: skip
        entities: dict[str, Any] = {}
        if named:
            spans = mention_spans(shown, [handles[who] for who in named])
            entities["mentions"] = [
                {"start": start, "end": end, "username": handles[who], "id": ids[who]}
                for who, (start, end) in zip(named, spans, strict=True)
            ]
        if link:
            start = len(shown) - SHORT_LINK_LENGTH
            entities["urls"] = [
                {
                    "start": start,
                    "end": len(shown),
                    "url": shown[start:],
                    "expanded_url": link,
                    "display_url": link.removeprefix("https://"),
                }
            ]
        if entities:
            post["entities"] = entities
        if kind == "reply":
            post["in_reply_to_user_id"] = ids[to]
        if parent != "0":
            post["referenced_tweets"] = [{"type": _REFERENCES[kind], "id": parent}]
        found.append(post)
    return found


def _references(world: World, posts: list[dict[str, Any]], row: int) -> dict[str, Any]:
    """Put the referenced post in place of its id, as far as the API would have sent it along."""
    parent = int(world.posts.parent_row[row])
    # Over a third of the posts answered are missing from such files; those quoted and reposted are there.
    if parent < 0 or (world.posts.kind[row] == "reply" and parent % 5 < 2):
        return {}
    return {"referenced_tweets": [posts[row]["referenced_tweets"][0] | posts[parent]]}
