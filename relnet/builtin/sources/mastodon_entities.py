"""Accounts and posts as a Mastodon server tells them, and the rules by which they become facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from relnet.builtin.sources.mastodon_names import host
from relnet.builtin.sources.mastodon_posts import opening, plain
from relnet.moments import milliseconds
from relnet.plugin import Account, Interaction, Post, Reader, Record

_VISIBILITIES: Final = {"public": "public", "unlisted": "unlisted", "private": "followers", "direct": "direct"}


class Person(msgspec.Struct):
    """An account as the server knows it; ids are the server's own."""

    id: str | int
    acct: str
    uri: str | None = None
    url: str | None = None
    display_name: str | None = None
    note: str | None = None
    avatar: str | None = None
    bot: bool | None = None
    created_at: str | None = None
    last_status_at: str | None = None
    followers_count: int | None = None
    following_count: int | None = None
    statuses_count: int | None = None
    suspended: bool | None = None
    moved: Any = None


class Status(msgspec.Struct):
    """A post."""

    id: str | int
    account: Person
    uri: str | None = None
    url: str | None = None
    created_at: str | None = None
    edited_at: str | None = None
    visibility: str | None = None
    content: str | None = None
    language: str | None = None
    in_reply_to_id: str | int | None = None
    in_reply_to_account_id: str | int | None = None
    mentions: list[Person] | None = None
    media_attachments: list[dict[str, Any]] | None = None
    reblog: Status | None = None
    quote: Any = None


class Entities:
    """What one server says, its own ids turned into actors.

    Parameters
    ----------
    owner
        Whose view it is.
    """

    def __init__(self, reader: Reader, name: str, owner: Person) -> None:
        self._reader, self._name = reader, name
        self._domain = host(owner.uri or owner.url or "")
        self._own = str(owner.id)
        self._people: dict[str, str] = {}
        self._posts: dict[str, str] = {}
        self._written: set[str] = set()

    def know(self, person: Person) -> str:
        """Keep whom a local id stands for and return the account's key."""
        key = self._people[str(person.id)] = self.key(person)
        return key

    def learn(self, status: Status) -> None:
        """Keep which local ids stand for whom and for which post: a mention gives an id and no actor."""
        self.know(status.account)
        for person in status.mentions or ():
            self._people.setdefault(str(person.id), self.key(person))
        if status.uri:
            self._posts[str(status.id)] = status.uri
        if status.reblog:
            self.learn(status.reblog)

    def posted(self, status: Status, number: int) -> Iterator[Record]:
        """Yield the facts of a post or boost; its author is told by `met`."""
        ego, own = self.key(status.account), str(status.account.id)
        at, event = milliseconds(status.created_at), status.uri or str(status.id)
        visibility = self.visibility(status)
        if status.reblog:
            yield from self.met(status.reblog.account)
            yield Interaction(
                ego, self.key(status.reblog.account), "repost", at, event, parent=status.reblog.uri,
                visibility=visibility,
            )  # fmt: skip
            return
        rows: dict[str, tuple[str, Literal["target", "deliberate", "carried"], str]] = {}
        parent = self._posts.get(str(status.in_reply_to_id))
        if status.in_reply_to_account_id is not None:
            target = self._people.get(str(status.in_reply_to_account_id))
            if target:
                rows[target] = ("reply", "target", "" if status.in_reply_to_id is not None else "parent_unknown")
            else:
                self._reader.skip("reply to an unknown author", number, self._name)
        quoted = self._quoted(status, number)
        if quoted:
            rows.setdefault(quoted[0], ("quote", "target", ""))
        first = opening(status.content or "")
        others = [person for person in status.mentions or () if str(person.id) != own]
        for person in others:
            if status.in_reply_to_account_id is not None:
                carried = person.acct.partition("@")[0].lower() in first
                how: tuple[str, Literal["target", "deliberate", "carried"], str]
                how = ("mention", "carried" if carried else "deliberate", "")
            elif visibility == "direct":
                how = ("message", "target" if len(others) == 1 else "deliberate", "")
            else:
                how = ("mention", "deliberate", "")
            rows.setdefault(self._people[str(person.id)], how)
            yield from self.met(person)
        audience = len(rows.keys() - {ego}) or None
        edited = "edited" if status.edited_at else ""
        for target, (kind, directness, flag) in rows.items():
            yield Interaction(
                ego, target, kind, at, event, audience=audience, directness=directness, visibility=visibility,
                parent=quoted[1] if quoted and kind == "quote" else parent,
                flags=" ".join(filter(None, (edited, flag))),
            )  # fmt: skip
        yield Post(
            event, ego, at, plain(status.content or ""), lang=status.language or None, url=status.url,
            media=len(status.media_attachments or ()),
        )  # fmt: skip

    def _quoted(self, status: Status, number: int) -> tuple[str, str] | None:
        quote = status.quote if isinstance(status.quote, dict) else {}
        try:
            post = msgspec.convert(quote.get("quoted_status"), Status)
        except msgspec.ValidationError:
            if quote:
                self._reader.skip("quote of an unknown author", number, self._name)
            return None
        return self.key(post.account), post.uri or str(post.id)

    def key(self, person: Person) -> str:
        """Return an account's actor; `@name@host` where the server does not tell it."""
        return person.uri or self._people.get(str(person.id)) or f"@{self.handle(person)}"

    def handle(self, person: Person) -> str:
        """Return `name@host`: the server leaves its own host out."""
        return person.acct if "@" in person.acct else f"{person.acct}@{self._domain}"

    def met(self, person: Person) -> Iterator[Account]:
        """Yield what is said of an account, once; a mention says nothing but the name."""
        if str(person.id) not in self._written and str(person.id) != self._own and person.created_at:
            self._written.add(str(person.id))
            yield self.account(person)

    def account(self, person: Person, owner: bool = False) -> Account:
        """Return what is said of an account."""
        counts = (person.followers_count, person.following_count, person.statuses_count)
        followers, following, posts = (count if count is not None and count >= 0 else None for count in counts)
        bio = plain(person.note or "") or None
        last = person.last_status_at
        return Account(
            self.key(person), handle=self.handle(person), name=person.display_name or None, bio=bio, url=person.url,
            created_at=milliseconds(person.created_at), followers=followers, following=following, posts=posts,
            last_active_at=milliseconds(f"{last[:10]}T00:00:00Z" if last else None),
            has_bio=None if person.note is None else bio is not None, automated=person.bot,
            default_avatar=None if person.avatar is None else person.avatar.endswith("missing.png"),
            state="suspended" if person.suspended else "moved" if person.moved else None, owner=owner,
        )  # fmt: skip

    def visibility(self, status: Status) -> Any:
        """Return who may see a post."""
        return _VISIBILITIES.get(status.visibility or "", "unknown")
