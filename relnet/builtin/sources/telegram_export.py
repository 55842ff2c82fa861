"""The shape of Telegram Desktop's `result.json`: what is read of it, all of it optional."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

import msgspec

from relnet.builtin.sources.local_times import from_seconds, millis
from relnet.builtin.sources.people import native

ONE_TO_ONE: Final = frozenset({"personal_chat", "bot_chat"})
GROUPS: Final = frozenset({"private_group", "private_supergroup", "public_supergroup"})
NO_TIES: Final = {
    "saved_messages": "a note to oneself",
    "replies": "in the list of replies elsewhere: no tie",
    "verification_codes": "a verification code",
    "private_channel": "a broadcast in a channel: no tie",
    "public_channel": "a broadcast in a channel: no tie",
}

_HEAD = re.compile(
    rb'\A(?:\xef\xbb\xbf)?\s*\{.*?(?:"personal_information"\s*:\s*\{|"chats"\s*:\s*\{\s*"about"|"type"\s*:\s*"(?:'
    + "|".join(sorted(ONE_TO_ONE | GROUPS | NO_TIES.keys() - {"replies"})).encode()
    + rb')"\s*,\s*"(?:id|messages)")',
    re.DOTALL,
)
_HANDLE = re.compile(r"@[A-Za-z0-9_]{3,32}")


def looks(head: bytes) -> bool:
    """Tell whether a file begins as an export of one chat or of an account does."""
    return _HEAD.match(head) is not None


class Piece(msgspec.Struct):
    """A formatted piece of a text."""

    text: str = ""


class Entity(msgspec.Struct):
    """A piece of a text with its meaning; a `mention_name` knows whom it means."""

    type: str = ""
    text: str = ""
    user_id: int | str | None = None


class Reactor(msgspec.Struct):
    """One of the accounts that reacted."""

    from_id: str | int | None = None
    name: str | None = msgspec.field(name="from", default=None)
    date: str | None = None


class Reaction(msgspec.Struct):
    """A reaction with some of those who gave it."""

    emoji: str | None = None
    document_id: str | None = None
    recent: list[Reactor] = []


class Head(msgspec.Struct):
    """Who sent a message, and when: `date` is the exporter's wall clock, `date_unixtime` is missing in old exports."""

    id: int | str | None = None
    type: str = "message"
    date: str | None = None
    date_unixtime: str | int | None = None
    name: str | None = msgspec.field(name="from", default=None)
    from_id: str | int | None = None


class Message(Head):
    """A whole message."""

    edited: str | None = None
    reply_to_message_id: int | str | None = None
    reply_to_peer_id: int | str | None = None
    text: str | list[str | Piece] = ""
    text_entities: list[Entity] = []
    reactions: list[Reaction] = []
    media_type: str | None = None
    photo: str | None = None
    file: str | None = None

    @property
    def plain(self) -> str:
        """The text without its formatting."""
        if isinstance(self.text, str):
            return self.text
        return "".join(piece if isinstance(piece, str) else piece.text for piece in self.text)

    @property
    def mentions(self) -> list[str]:
        """Accounts named in the text: ids where known, else `@handle`."""
        found = []
        for entity in self.text_entities:
            if entity.type == "mention_name":
                found.append(user(entity.user_id))
            elif entity.type == "mention" and _HANDLE.fullmatch(entity.text):
                found.append(entity.text.lower())
        return [each for each in found if each]


class Chat(msgspec.Struct):
    """A chat; messages stay raw, so that a bad one costs only itself."""

    id: int | str | None = None
    name: str | None = None
    type: str = ""
    messages: list[msgspec.Raw] = []

    @property
    def key(self) -> str:
        """What makes message ids unique."""
        return native(self.id) or self.name or "chat"


class Items(msgspec.Struct):
    """The chats or contacts of an account, raw."""

    items: list[msgspec.Raw] = msgspec.field(name="list", default_factory=list)


class Person(msgspec.Struct):
    """The owner or a contact; phone numbers are not read."""

    user_id: int | str | None = None
    first_name: str | None = None
    last_name: str | None = None
    username: str | None = None

    @property
    def full_name(self) -> str:
        """First and last name."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


class Export(Chat):
    """A whole file: one chat, or an account's."""

    chats: Items | None = None
    left_chats: Items | None = None
    personal_information: Person | None = None
    contacts: Items | None = None


def user(value: str | int | None) -> str | None:
    """Return the id of a person, `user` and a number; `user_id` and exports of 2020 have the number only."""
    text = native(value) or ""
    number = text.removeprefix("user")
    return f"user{number}" if native(number) and number.isascii() and number.isdigit() else None


def moment(message: Head, zone: tzinfo | None) -> tuple[int | None, str]:
    """Return when a message was sent, ms UTC, and how well that is known.

    Raises
    ------
    ValueError
        It is no time.
    """
    if message.date_unixtime is not None:
        return from_seconds(message.date_unixtime), "act"
    if message.date is None or zone is None:
        return None, "act"
    return millis(datetime.fromisoformat(message.date).replace(tzinfo=zone)), "local"


def reacted(reactor: Reactor, message: Message, at: int | None) -> int | None:
    """Return when somebody reacted: its wall clock is as far from UTC as that of the message."""
    if reactor.date is None or message.date is None or at is None:
        return None
    wall = [millis(datetime.fromisoformat(each).replace(tzinfo=UTC)) for each in (message.date, reactor.date)]
    return at + wall[1] - wall[0]
