"""Writes the owner's side of a simulated world as an X archive in the layout of 2025."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec
import numpy as np

from relnet.demo.archive_posts import LONG, note, tweet, versions, x_time
from relnet.demo.world import NOBODY, OWNER, Int, World, iso_time
from relnet.errors import SettingsError

_POSTS_PER_PART = 8000
_ALWAYS_EMPTY = (
    "community-tweet", "deleted-note-tweet", "direct-message-mute", "periscope-followers", "smartblock",
    "tweetdeck",
)  # fmt: skip
_MEDIA = {"tweets": "tweets", "deleted-tweets": "deleted_tweets", "profile": "profile"}


def write_x_archive(world: World, target: Path) -> Path:
    """Write what the owner would get from X: posts, likes, follows, messages, and no answers to them.

    Parameters
    ----------
    world
        What `relnet.demo.simulator.simulate` returned.
    target
        A folder, or a file that ends in ``.zip``.  The bytes depend on the world alone.

    Returns
    -------
    Path
        The target.

    Raises
    ------
    SettingsError
        The target exists and is not an empty folder.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise SettingsError("The archive would overwrite what is there.", "Name a new folder or file.", str(target))
    files = [(f"data/{name}", content) for name, content in _members(world)]
    if target.suffix == ".zip":
        target.parent.mkdir(parents=True, exist_ok=True)
        made = datetime.fromtimestamp(world.as_of // 1000, UTC).timetuple()[:6]
        with ZipFile(target, "w") as archive:
            for name, content in files:
                # Level 1: the file is read once, a moment later.
                archive.writestr(ZipInfo(name, made), content, ZIP_DEFLATED, compresslevel=1)
        return target
    (target / "data").mkdir(parents=True, exist_ok=True)
    for name, content in files:
        (target / name).write_bytes(content)
    return target


def _members(world: World) -> Iterator[tuple[str, bytes]]:
    types: dict[str, Any] = {}
    size = 0
    for name, parts in sorted(_tables(world).items()):
        table = name.replace("-", "_")
        listed = []
        for number, items in enumerate(parts):
            file = f"{name}.js" if number == 0 else f"{name}-part{number}.js"
            symbol = f"YTD.{table}.part{number}"
            content = f"window.{symbol} = ".encode() + _javascript(items)
            listed.append({"fileName": f"data/{file}", "globalName": symbol, "count": str(len(items))})
            size += len(content)
            yield file, content
        first, *rest = name.split("-")
        media = {"mediaDirectory": f"data/{_MEDIA[name]}_media"} if name in _MEDIA else {}
        types[first + "".join(word.title() for word in rest)] = media | {"files": listed}
    yield "manifest.js", b"window.__THAR_CONFIG = " + _javascript(_manifest(world, types, size))


def _javascript(value: Any) -> bytes:
    """Lay JSON out as X does: ``"key" : value``, ``[ ]``.

    Plain replacements, since a pattern takes ten times as long on 25 MB.  JSON has no bare line break and no
    bare NUL in a text, and a quote in a text stands behind a backslash: that one is set aside.
    """
    text = msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
    text = text.replace(b'\\": ', b'\\"\0: ').replace(b'": ', b'" : ').replace(b"\0", b"")
    for bare in (b"[]\n", b"[],\n", b"{}\n", b"{},\n"):
        text = text.replace(bare, bare[:1] + b" " + bare[1:])
    return text.removesuffix(b"\n")


def _manifest(world: World, types: dict[str, Any], size: int) -> dict[str, Any]:
    accounts = world.accounts
    return {
        "userInfo": {
            "accountId": str(accounts.id[OWNER]),
            "userName": accounts.handle[OWNER],
            "displayName": accounts.name[OWNER],
        },
        "archiveInfo": {
            "sizeBytes": str(size),
            "generationDate": iso_time(world.as_of),
            "isPartialArchive": False,
            "maxPartSizeBytes": "53687091200",
        },
        "dataTypes": types,
    }


def _tables(world: World) -> dict[str, list[list[Any]]]:
    """Collect the items of every file by table name, in parts."""
    posts, ids = world.posts, world.accounts.id
    owner = str(ids[OWNER])
    own = np.flatnonzero(posts.author == OWNER)[::-1]
    gone = posts.deleted_at[own] != NOBODY
    # Encoded one by one: a million small objects kept alive cost a third more in garbage collection.
    tweets = [
        msgspec.Raw(msgspec.json.encode({"tweet": item}))
        for row in own[~gone].tolist()
        for item in versions(world, row)
    ]
    headers = [
        {"tweet_id": str(posts.id[row]), "user_id": owner, "created_at": x_time(int(posts.at[row]))}
        for row in own.tolist()
    ]
    deletions = [
        {"deleted_at": x_time(int(posts.deleted_at[row]))} if lost else {}
        for row, lost in zip(own.tolist(), gone.tolist(), strict=True)
    ]
    single = {
        "account": [_account(world)],
        "profile": [_profile(world)],
        "expanded-profile": [{"expandedProfile": {}}],
        "note-tweet": [note(world, row) for row in own.tolist() if len(posts.text[row]) > LONG],
        "tweet-headers": [{"tweet": h} for h, d in zip(headers, deletions, strict=True) if not d],
        "deleted-tweet-headers": [{"tweet": h | d} for h, d in zip(headers, deletions, strict=True) if d],
        "deleted-tweets": [
            {"tweet": tweet(world, row) | d} for row, d in zip(own.tolist(), deletions, strict=True) if d
        ],
        "like": [_like(world, row) for row in world.liked.tolist()],
        "follower": _people(ids[world.followers], "follower"),
        "following": _people(ids[world.following], "following"),
        "block": _people(ids[world.blocked], "blocking"),
        "mute": _people(ids[world.muted], "muting"),
        "direct-messages": _conversations(world),
        "direct-messages-group": [_group_conversation(world)],
        **{name: [] for name in _ALWAYS_EMPTY},
    }
    parts = [tweets[k : k + _POSTS_PER_PART] for k in range(0, len(tweets), _POSTS_PER_PART)]
    return {name: [items] for name, items in single.items()} | {"tweets": parts}


def _account(world: World) -> dict[str, Any]:
    accounts = world.accounts
    return {
        "account": {
            "email": "robin@example.com",
            "createdVia": "web",
            "username": accounts.handle[OWNER],
            "accountId": str(accounts.id[OWNER]),
            "createdAt": iso_time(int(accounts.created_at[OWNER])),
            "accountDisplayName": accounts.name[OWNER],
        }
    }


def _profile(world: World) -> dict[str, Any]:
    accounts = world.accounts
    return {
        "profile": {
            "description": {
                "bio": accounts.bio[OWNER],
                "website": accounts.url[OWNER],
                "location": accounts.location[OWNER],
            },
            "avatarMediaUrl": f"https://pbs.twimg.com/profile_images/{accounts.id[OWNER]}/avatar.jpg",
        }
    }


def _like(world: World, row: int) -> dict[str, Any]:
    post_id = str(world.posts.id[row])
    return {
        "like": {
            "tweetId": post_id,
            "fullText": html.escape(world.posts.text[row], quote=False),
            "expandedUrl": f"https://twitter.com/i/web/status/{post_id}",
        }
    }


def _people(ids: Int, key: str) -> list[dict[str, Any]]:
    return [
        {key: {"accountId": str(i), "userLink": f"https://twitter.com/intent/user?user_id={i}"}} for i in ids.tolist()
    ]


def _conversations(world: World) -> list[dict[str, Any]]:
    """List one conversation per person, the newest message of each first."""
    said = world.messages
    other = np.where(said.author == OWNER, said.to, said.author)
    found = []
    for who in np.unique(other[said.to != NOBODY]).tolist():
        rows = np.flatnonzero((other == who) & (said.to != NOBODY))[::-1]
        ids = sorted((int(world.accounts.id[OWNER]), int(world.accounts.id[who])))
        messages = [{"messageCreate": _message(world, row)} for row in rows.tolist()]
        found.append(_conversation(f"{ids[0]}-{ids[1]}", messages))
    return found


def _group_conversation(world: World) -> dict[str, Any]:
    rows = np.flatnonzero(world.messages.to == NOBODY)[::-1]
    messages: list[dict[str, Any]] = [{"messageCreate": _message(world, row)} for row in rows.tolist()]
    members = [str(i) for i in world.accounts.id[world.group].tolist()]
    begun = {
        "initiatingUserId": members[0],
        "participantsSnapshot": members,
        "createdAt": iso_time(world.since),
    }
    messages.append({"joinConversation": begun})
    return _conversation(str(int(world.accounts.id[OWNER]) + 1), messages)


def _conversation(native: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
    return {"dmConversation": {"conversationId": native, "messages": messages}}


def _message(world: World, row: int) -> dict[str, Any]:
    said, ids = world.messages, world.accounts.id
    author, to = int(said.author[row]), int(said.to[row])
    addressee = {} if to == NOBODY else {"recipientId": str(ids[to])}
    heart = {
        "senderId": str(ids[to]),
        "reactionKey": "like",
        "eventId": str(int(said.id[row]) + (60_000 << 22)),
        "createdAt": iso_time(int(said.at[row]) + 60_000),
    }
    return addressee | {
        "reactions": [heart] if said.thanked[row] else [],
        "urls": [],
        "text": said.text[row],
        "mediaUrls": [],
        "senderId": str(ids[author]),
        "id": str(said.id[row]),
        "createdAt": iso_time(int(said.at[row])),
        "editHistory": [],
    }
