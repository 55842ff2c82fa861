"""The activities of an outbox: whom each of them addresses, and how."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal, NamedTuple

import msgspec

from relnet.builtin.sources.mastodon_names import author, handle_of, is_profile_page
from relnet.moments import milliseconds
from relnet.plugin import Account, Interaction, Post, Reader

_PUBLIC: Final = {"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"}
_POSTS: Final = ("Note", "Question", "Article", "Page", "Event", "Image", "Video", "Audio")
_MENTION: Final = re.compile(r"(?:\s|&nbsp;|<(?:/?(?:p|span)|br)\b[^>]*>)*<a\s([^>]*)>((?:(?!</a>).)*)</a>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")
_BREAK: Final = re.compile(r"<br[^>]*>|</p>\s*<p[^>]*>")
_LINK: Final = re.compile(r"<a\s([^>]*)>")


class Tag(msgspec.Struct):
    """A mention, hashtag or emoji of a post."""

    type: str | None = None
    href: str | None = None
    name: str | None = None


class Note(msgspec.Struct, rename="camel"):
    """A post or poll; the fields that are read."""

    id: str | None = None
    type: str | None = None
    in_reply_to: Any = None
    attributed_to: Any = None
    published: str | None = None
    updated: str | None = None
    url: Any = None
    to: str | list[Any] | None = None
    cc: str | list[Any] | None = None
    content: str | None = None
    conversation: Any = None
    tag: list[Tag] | Tag | None = None
    attachment: Any = None
    quote: Any = None
    quote_url: Any = None
    quote_uri: Any = None
    misskey_quote: Any = msgspec.field(default=None, name="_misskey_quote")


class Signature(msgspec.Struct):
    """The exporter signs each activity when it writes it."""

    created: str | None = None


class Activity(Note, rename="camel"):
    """An item of the outbox: an activity around a post, or the bare post of other software."""

    actor: Any = None
    object: Note | str | None = None
    signature: Signature | None = None

    @property
    def post(self) -> Note | None:
        """The post of a `Create`, or the item itself if it is a bare post."""
        if self.type in _POSTS:
            return self
        return self.object if self.type == "Create" and isinstance(self.object, Note) else None


def uri(value: Any) -> str | None:
    """Return the link in a value that may be a link, an object with an id or a list of these."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("id") or value.get("href")
    return value if isinstance(value, str) and value else None


def mentions(note: Note) -> list[Tag]:
    """Return the mentions of a post that link to someone."""
    tags = note.tag if isinstance(note.tag, list) else [note.tag] if note.tag else []
    return [tag for tag in tags if tag.type == "Mention" and tag.href]


class Names:
    """The handles that mentions tie to actors in this archive."""

    def __init__(self, ego: str, handle: str | None) -> None:
        self._actor = {handle.lower(): ego} if handle else {}
        self._met: set[str] = set()
        self._seen: dict[tuple[str, str], int] = {}
        self._ego = ego

    def learn(self, actor: str, handle: str | None, at: int | None) -> None:
        """Take in that an actor was called so at some moment."""
        if not handle:
            return
        if not is_profile_page(actor):
            before = self._actor.setdefault(handle.lower(), actor)
            if before != actor:  # the name passed to somebody else, so alone it proves nothing
                self._actor[handle.lower()] = ""
        self._seen[actor, handle] = max(at or 0, self._seen.get((actor, handle), 0))

    def actor(self, link: str) -> str:
        """Return the actor behind `@name@host` or a page `/@name` if a mention proves it, else the link."""
        handle = link[1:] if link.startswith("@") else full_handle_of_page(link)
        actor = (self._actor.get(handle.lower()) if handle else None) or link
        self._met.add(actor)
        return actor

    def accounts(self) -> Iterator[Account]:
        """Yield what others are called, at the last mention of it, or as their link says."""
        said = set()
        for (link, handle), at in self._seen.items():
            actor = self.actor(link)
            said.add(actor)
            if actor != self._ego:
                yield Account(actor, handle=handle, seen_at=at or None)
        for actor in sorted(self._met - said - {self._ego}):
            if named := handle_of(actor):
                yield Account(actor, handle=named)


def full_handle_of_page(link: str) -> str | None:
    """Return `name@host` of a page `/@name`."""
    found = author(link.rstrip("/") + "/0") if is_profile_page(link) else None
    return found[1:] if found else None


class _How(NamedTuple):
    kind: str
    directness: Literal["target", "deliberate", "carried", "list"]
    flag: str = ""


class Outbox:
    """The rules by which the activities of one owner become facts."""

    def __init__(self, reader: Reader, ego: str, followers: str, page: str | None, names: Names) -> None:
        self._reader, self._ego, self._names = reader, ego, names
        self._followers = followers
        self._own = tuple(f"{link.rstrip('/')}/" for link in (ego, page) if link)

    def facts(self, activity: Activity, number: int, member: str) -> Iterator[Interaction | Post]:
        """Yield the facts of one activity."""
        note = activity.post
        if note is not None:
            yield from self._post(activity, note, number, member)
        elif activity.type == "Announce":
            yield from self._boost(activity, number, member)
        elif activity.type == "Create":
            self._reader.skip("post that the archive only links to", number, member)
        else:
            self._reader.skip(f"activity of the kind {str(activity.type)[:40]}", number, member)

    def _boost(self, activity: Activity, number: int, member: str) -> Iterator[Interaction]:
        post = activity.object
        link = post.id if isinstance(post, Note) else post
        others = [each for each in _links(activity) if not self._is_collection(each)]
        found: str | None
        if isinstance(post, Note):
            found = uri(post.attributed_to) or self._ego
        elif len(set(others)) == 1:
            found = others[0]
        else:
            found = self._author(link)
        if found is None:
            self._reader.skip("boost of an unknown author", number, member)
            return
        yield Interaction(
            self._ego, self._names.actor(found), "repost", milliseconds(activity.published), activity.id,
            parent=link, visibility=self._visibility(activity),
        )  # fmt: skip

    def _post(self, activity: Activity, note: Note, number: int, member: str) -> Iterator[Interaction | Post]:
        at = milliseconds(activity.published or note.published)
        visibility = self._visibility(activity if activity.to or activity.cc else note)
        content = note.content or ""
        parent, first = uri(note.in_reply_to), opening(content)
        addressed = {self._names.actor(tag.href or ""): tag for tag in mentions(note)}
        rows: dict[str, _How] = {}
        if parent:
            target, flag = self._replied(parent, addressed)
            if target is None:
                self._reader.skip("reply to an unknown author", number, member)
            else:
                rows[target] = _How("reply", "target", flag)
        quoted = self._quoted(note, number, member)
        if quoted:
            rows.setdefault(quoted[0], _How("quote", "target"))
        others = [actor for actor in addressed if actor != self._ego]
        for actor in others:
            opens = (addressed[actor].name or "").removeprefix("@").partition("@")[0].lower() in first
            if parent:
                how = _How("mention", "carried" if opens else "deliberate")
            elif visibility == "direct":
                how = _How("message", "target" if len(others) == 1 else "deliberate")
            else:  # the exporter drops the link to a parent that is gone
                how = _How("mention", "deliberate", "maybe_reply" if opens else "")
            rows.setdefault(actor, how)
        edited = "edited" if note.updated else ""
        audience = len([actor for actor in rows if actor != self._ego]) or None
        for actor, how in rows.items():
            yield Interaction(
                self._ego, actor, how.kind, at, note.id, thread=uri(note.conversation), audience=audience,
                parent=quoted[1] if quoted and how.kind == "quote" else parent, directness=how.directness,
                visibility=visibility, flags=" ".join(filter(None, (edited, how.flag))),
            )  # fmt: skip
        attached = note.attachment if isinstance(note.attachment, list) else [note.attachment]
        links = sum("mention" not in attributes for attributes in _LINK.findall(content))
        media = sum(map(bool, attached))
        if note.id:
            yield Post(note.id, self._ego, at, plain(content), links=links, media=media, url=uri(note.url))

    def _replied(self, parent: str, addressed: Iterable[str]) -> tuple[str | None, str]:
        """Return whom a reply answers and a flag; never just the first one mentioned."""
        if parent.startswith(self._own):
            return self._ego, ""
        for actor in addressed:
            if parent.startswith(f"{actor.rstrip('/')}/"):
                return actor, ""
        found = self._author(parent)
        if found:
            return found, ""
        others = [actor for actor in addressed if actor != self._ego]
        return (others[0], "inferred") if len(others) == 1 else (None, "")

    def _quoted(self, note: Note, number: int, member: str) -> tuple[str, str] | None:
        said = [value for value in (note.quote, note.quote_url, note.quote_uri, note.misskey_quote) if value]
        if not said:
            return None
        link = next(filter(None, map(uri, said)), None)
        found = self._author(link)
        if link is None or found is None:
            self._reader.skip("quote of an unknown author", number, member)
            return None
        return found, link

    def _author(self, post: str | None) -> str | None:
        if post is None:
            return None
        if post.startswith(self._own):
            return self._ego
        found = author(post)
        return self._names.actor(found) if found else None

    def _visibility(self, item: Note) -> Any:
        if _PUBLIC & set(_listed(item.to)):
            return "public"
        if _PUBLIC & set(_listed(item.cc)):
            return "unlisted"
        return "followers" if self._followers in _links(item) else "direct"

    def _is_collection(self, link: str) -> bool:
        return link in _PUBLIC or link == self._followers or link.rstrip("/").endswith("/followers")


def _listed(value: str | list[Any] | None) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [link for link in map(uri, values) if link]


def _links(item: Note) -> list[str]:
    return [*_listed(item.to), *_listed(item.cc)]


def opening(content: str) -> set[str]:
    """Return the names mentioned before the first word of a post, without hosts, in lower case."""
    names, position = set(), 0
    while match := _MENTION.match(content, position):
        if "mention" not in match[1] or "hashtag" in match[1]:
            break
        name = html.unescape(_TAG.sub("", match[2])).strip().removeprefix("@")
        names.add(name.partition("@")[0].lower())
        position = match.end()
    return names


def plain(content: str) -> str:
    """Return the text of a post without its markup."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", content))).strip()
