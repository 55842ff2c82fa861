"""Direct messages of an X archive, between two and in groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

import msgspec

from relnet.builtin.sources.x_files import items
from relnet.builtin.sources.x_owner import moment
from relnet.plugin import Interaction, Post, Reader


class _Reaction(msgspec.Struct, gc=False):
    senderId: str | None = None  # noqa: N815 - the file's own keys, here and below
    eventId: str | None = None  # noqa: N815
    createdAt: str | None = None  # noqa: N815


class _Message(msgspec.Struct, gc=False):
    id: str | None = None
    senderId: str | None = None  # noqa: N815
    recipientId: str | None = None  # noqa: N815
    createdAt: str | None = None  # noqa: N815
    text: str | None = None
    mediaUrls: list[str] | None = None  # noqa: N815
    reactions: list[_Reaction] | None = None


class _Joined(msgspec.Struct, gc=False):
    createdAt: str | None = None  # noqa: N815
    initiatingUserId: str | None = None  # noqa: N815
    participantsSnapshot: list[str] | None = None  # noqa: N815
    userIds: list[str] | None = None  # noqa: N815


class _Entry(msgspec.Struct, gc=False):
    messageCreate: _Message | None = None  # noqa: N815
    joinConversation: _Joined | None = None  # noqa: N815
    participantsJoin: _Joined | None = None  # noqa: N815
    participantsLeave: _Joined | None = None  # noqa: N815


class _Conversation(msgspec.Struct, gc=False):
    conversationId: str | None = None  # noqa: N815
    messages: list[_Entry] | None = None


class _Item(_Conversation, gc=False):
    dmConversation: _Conversation | None = None  # noqa: N815


def messages(reader: Reader, name: str, owner: str) -> Iterator[Interaction | Post]:
    """Yield the messages of a member with their text, and reactions; in a group one row for each other member then."""
    for numbers, found in items(reader, name, _Item):
        for number, item in zip(numbers, found, strict=True):
            with reader.record(number, name):
                yield from _conversation(reader, name, number, item.dmConversation or item, owner)
        found.clear()


def _conversation(
    reader: Reader, name: str, number: int, talk: _Conversation, owner: str
) -> Iterator[Interaction | Post]:
    entries = sorted(
        ((at if (at := _at(entry)) is not None else -1, i, entry) for i, entry in enumerate(talk.messages or ())),
        key=lambda each: each[:2],
    )
    pair = [each for each in (talk.conversationId or "").split("-") if _is_id(each)]
    two = len(pair) == 2 or any(
        entry.messageCreate and _is_id(entry.messageCreate.recipientId) for *_, entry in entries
    )
    members = set() if two else _first_members(entries, owner)
    common: dict[str, Any] = {
        "thread": talk.conversationId, "visibility": "private", "member": name, "record": number
    }  # fmt: skip
    for at, _, entry in entries:
        when = at if at >= 0 else None
        if entry.joinConversation:
            members |= _ids(entry.joinConversation.participantsSnapshot)
        if entry.participantsJoin:
            members |= _ids(entry.participantsJoin.userIds)
        if entry.participantsLeave:
            members -= _ids(entry.participantsLeave.userIds)
        message = entry.messageCreate
        if message is None:
            continue
        if not _is_id(message.senderId):
            reader.skip("message without a sender", number, name)
            continue
        sender = message.senderId
        if message.id and (message.text or message.mediaUrls):
            media = len(message.mediaUrls or ())
            yield Post(message.id, sender, when, message.text or "", media=media, member=name, record=number)
        if two:
            other = message.recipientId if _is_id(message.recipientId) else _other(pair, sender)
            if other is None:
                reader.skip("message without a recipient", number, name)
            else:
                yield Interaction(sender, other, "message", when, message.id, audience=1, **common)
        else:
            members.add(sender)
            for other in sorted(members - {sender}):
                yield Interaction(
                    sender, other, "message", when, message.id, audience=len(members) - 1, directness="list", **common
                )
        for reaction in message.reactions or ():
            if _is_id(reaction.senderId):
                yield Interaction(
                    reaction.senderId, sender, "reaction", moment(reaction.createdAt), reaction.eventId,
                    parent=message.id, post=message.id, audience=1, **common,
                )  # fmt: skip


def _at(entry: _Entry) -> int | None:
    event = entry.messageCreate or entry.joinConversation or entry.participantsJoin or entry.participantsLeave
    return moment(event.createdAt) if event else None


def _first_members(entries: list[tuple[int, int, _Entry]], owner: str) -> set[str]:
    """Return who was in a group when its record begins.

    The snapshot of the owner's joining says so; without it, all who ever write, and who leave without having
    joined, were there from the start.
    """
    if any(entry.joinConversation and entry.joinConversation.participantsSnapshot for *_, entry in entries):
        return {owner}
    joined: set[str] = set()
    members = {owner}
    for _, _, entry in entries:
        if entry.messageCreate and _is_id(entry.messageCreate.senderId):
            members |= {entry.messageCreate.senderId} - joined
        if entry.participantsJoin:
            joined |= _ids(entry.participantsJoin.userIds)
        if entry.participantsLeave:
            members |= _ids(entry.participantsLeave.userIds) - joined
    return members


def _other(pair: list[str], sender: str) -> str | None:
    if len(pair) != 2:
        return None
    return pair[1] if sender == pair[0] else pair[0]


def _ids(given: list[str] | None) -> set[str]:
    return {each for each in given or () if _is_id(each)}


def _is_id(value: str | None) -> TypeGuard[str]:
    return bool(value) and value.isdecimal() and value.strip("0") != ""  # type: ignore[union-attr]
