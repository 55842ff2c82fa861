"""Who is meant by a link: actors, profile pages and posts of the Fediverse."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_PROFILE = re.compile(r"/@([^/@]+)(?:@([^/]+))?(/.*)?")
_ACTOR = re.compile(r"/users/([^/]+)/?")


def host(url: str) -> str:
    """Return the host of a link, in lower case; empty if it has none."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def author(post: str) -> str | None:
    """Return who wrote a post, from the form of its link: an actor, `@name@host`, or None.

    A number in `/ap/users/<number>/` is no handle, so that actor stays as it is.
    """
    before, found, _ = post.partition("/statuses/")
    if found:
        return before if _path(before).strip("/") else None
    profile = _PROFILE.fullmatch(_path(post))
    return f"@{profile[1]}@{profile[2] or host(post)}".lower() if profile and (profile[3] or "").strip("/") else None


def handle_of(actor: str) -> str | None:
    """Return `name@host` where an actor's link itself says it: `/users/name` or `/@name`."""
    path = _path(actor)
    named = _ACTOR.fullmatch(path)
    if named:
        return f"{named[1]}@{host(actor)}"
    profile = _PROFILE.fullmatch(path)
    return f"{profile[1]}@{profile[2] or host(actor)}" if profile and not (profile[3] or "").strip("/") else None


def is_profile_page(link: str) -> bool:
    """Tell whether a link is of the form `/@name`, which is a page about an actor and not its id."""
    return _path(link).startswith("/@")


def full_handle(name: str | None, actor: str) -> str | None:
    """Return `name@host` of a mention's name, which is bare where it is local to the actor's host."""
    bare = (name or "").strip().removeprefix("@")
    if not bare:
        return None
    return bare if "@" in bare else f"{bare}@{host(actor)}"


def _path(link: str) -> str:
    try:
        return urlsplit(link).path
    except ValueError:
        return ""
