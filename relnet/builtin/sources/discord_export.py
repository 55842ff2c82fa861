"""The shape of DiscordChatExporter's JSON: what is read of it, all of it optional."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

import msgspec

from relnet.builtin.sources.local_times import millis
from relnet.builtin.sources.people import native

_HEAD = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{\s*"guild"\s*:\s*\{.*"channel"\s*:\s*\{', re.DOTALL)
_DELETED_USER: Final = "456226577798135808"
"""One id under which Discord shows the messages of many deleted accounts: it is nobody."""

PLAIN: Final = frozenset({"Default", "0", "20", "23"})
"""Types of ordinary messages: typed ones, and what commands of bots answered."""
REPLY: Final = frozenset({"Reply", "19"})


def looks(head: bytes) -> bool:
    """Tell whether a file begins as an exported channel does."""
    return _HEAD.match(head) is not None


class Person(msgspec.Struct):
    """An account as it stands beside a message."""

    id: str | int | None = None
    name: str | None = None
    nickname: str | None = None
    bot: bool | None = msgspec.field(name="isBot", default=None)

    @property
    def key(self) -> str | None:
        """The id, `None` where it is none or stands for many."""
        known = native(self.id)
        return None if known == _DELETED_USER else known

    def is_typed_in(self, content: str) -> bool:
        """Tell whether a text names this account, as the exporter writes it."""
        return any(f"@{name}" in content for name in (self.nickname, self.name) if name)


class Emoji(msgspec.Struct):
    """The sign of a reaction."""

    id: str | int | None = None
    name: str | None = None


class Reaction(msgspec.Struct):
    """A reaction; newer exports name all who gave it, older ones count them."""

    emoji: Emoji | None = None
    count: int = 0
    users: list[Person] = []


class Reference(msgspec.Struct):
    """The message that another one answers, forwards, pins or begins a thread from."""

    id: str | int | None = msgspec.field(name="messageId", default=None)
    type: str | int | None = None


class Message(msgspec.Struct):
    """A message."""

    id: str | int | None = None
    type: str | int = "Default"
    timestamp: str | None = None
    edited: str | None = msgspec.field(name="timestampEdited", default=None)
    content: str | None = None
    author: Person | None = None
    mentions: list[Person] = []
    reactions: list[Reaction] = []
    reference: Reference | None = None
    attachments: list[msgspec.Raw] = []

    @property
    def answers(self) -> bool:
        """Whether it is a reply; a thread, a pin or a forward refers to a message without answering it."""
        forward = self.reference is not None and str(self.reference.type) in ("Forward", "1")
        return str(self.type) in REPLY and not forward

    @property
    def parent(self) -> str | None:
        """Id of the answered message, `None` where it is gone."""
        return native(self.reference.id) if self.answers and self.reference else None


class Channel(msgspec.Struct):
    """A channel, thread or conversation."""

    id: str | int | None = None
    type: str | int = ""
    name: str | None = None

    @property
    def is_pair(self) -> bool:
        """Whether it is a conversation of two."""
        return str(self.type) in ("DirectTextChat", "1")

    @property
    def is_circle(self) -> bool:
        """Whether it is a conversation of a few."""
        return str(self.type) in ("DirectGroupTextChat", "3")

    @property
    def is_thread(self) -> bool:
        """Whether it is a thread of a server's channel."""
        return "Thread" in str(self.type)


class Export(msgspec.Struct):
    """A whole file; messages stay raw, so that a bad one costs only itself."""

    channel: Channel
    messages: list[msgspec.Raw]
    range: Any = msgspec.field(name="dateRange", default=None)
    exported: Any = msgspec.field(name="exportedAt", default=None)

    def span(self) -> tuple[int | None, int | None, int | None]:
        """Return the first and last moment asked for and the moment of the export, ms UTC.

        Raises
        ------
        ValueError, TypeError
            One of them is no time.
        """
        asked = self.range if isinstance(self.range, dict) else {}
        return moment(asked.get("after")), moment(asked.get("before")), moment(self.exported)


def moment(text: str | None, zone: tzinfo | None = None) -> int | None:
    """Return the ms UTC of a time; one without a zone is of `zone`, else UTC.

    Raises
    ------
    ValueError
        It is no time.
    """
    if not text:
        return None
    read = datetime.fromisoformat(text)
    return millis(read if read.tzinfo else read.replace(tzinfo=zone or UTC))


def zoneless(text: str | None) -> bool:
    """Tell whether a time lacks its zone, as in odd exports."""
    return bool(text) and datetime.fromisoformat(text or "").tzinfo is None
