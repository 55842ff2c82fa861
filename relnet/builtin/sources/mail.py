"""Mail: mbox files (Gmail Takeout, Thunderbird …), Maildir folders and single messages; headers only."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

import msgspec

from relnet.builtin.sources import mbox
from relnet.builtin.sources.authors import Authors
from relnet.builtin.sources.mail_addresses import addresses
from relnet.builtin.sources.mail_letters import Headers, Letter, letter, list_addresses
from relnet.builtin.sources.members import sniffed, texts
from relnet.builtin.sources.people import People, later
from relnet.plugin import Coverage, Interaction, Peek, Reader, Record, Source

_SPAM = "spam|junk|junk e-?mail|bulk mail|correo no deseado|indésirables|spamverdacht|ongewenst"
_TRASH = "trash|bin|deleted items|deleted messages|papierkorb|corbeille|papelera|cestino|lixeira|prullenbak|kosz"
_DRAFTS = "drafts?|entwürfe|brouillons|borradores|bozze|rascunhos|concepten|templates|outbox"
_LEFT_OUT = re.compile(f"(?:{_SPAM}|{_TRASH}|{_DRAFTS})", re.IGNORECASE)
_SENT = re.compile(r"\b(?:sent|gesendet\w*|envoyés?|enviados?|inviat[ai]|posta inviata|verzonden)\b", re.IGNORECASE)
_FLAGS = re.compile(r":2,[A-Z]*[DT]")
_SENT_SHARE: Final = 0.05
"""Sent messages for one received, below which sent mail is taken to be missing: copies to oneself occur."""
_USUAL: Final = r"\.mbox$|\bmbox$|inbox|sent|(?:^|/)(?:cur|new)/[^/]+$"
_BY_LIST: Final = ("Precedence", "List-Id", "List-Unsubscribe")
_HEAD: Final = 65536
_IN_MEMORY: Final = 32 << 20


class Mail(Source):
    """mbox files and Maildir folders, alone, in a folder, zip or tar."""

    name, version, network = "mail", "1", "mail"

    def sniff(self, peek: Peek) -> float:
        """Look for an envelope line with headers, or for the headers of one message."""
        if sniffed(peek, mbox.begins, _USUAL):
            return 0.95
        return 0.8 if sniffed(peek, mbox.is_message, _USUAL) else 0.0

    def read(self, reader: Reader) -> Iterator[Record]:
        """Yield a row an addressee, replies where the answered message is here, and every account met."""
        with SpooledTemporaryFile(_IN_MEMORY) as file:
            yield from _Reading(reader, file).records()

    def coverage(self, reader: Reader) -> list[Coverage]:
        """State what came in to the owner's addresses, and what went out if sent mail is there."""
        since, until = reader.span()
        found = reader.found["mail"]
        rows = [
            Coverage(kind, way, owner, since, until, "surviving")
            for owner in found["owners"]
            for way in found["ways"]
            for kind in ("message", "reply")
        ]
        return rows or [Coverage(kind, "between", None, since, until, "partial") for kind in ("message", "reply")]


class _Spool:
    """Letters laid aside in a temporary file: nothing is decided before all are known."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Letter)

    def add(self, each: Letter) -> None:
        """Lay a letter aside."""
        data = self._encoder.encode(each)
        self._file.write(len(data).to_bytes(4, "little") + data)

    def __iter__(self) -> Iterator[Letter]:
        self._file.seek(0)
        while size := self._file.read(4):
            yield self._decoder.decode(self._file.read(int.from_bytes(size, "little")))


class _Reading:
    """One reading of all members: first all headers, then, knowing every author and list, the rows."""

    def __init__(self, reader: Reader, file: IO[bytes]) -> None:
        self._reader = reader
        self._people = People()
        self._authors = Authors()
        self._lists: set[str] = set()
        self._letters = _Spool(file)
        self._now = int(time.time() * 1000)
        self._newest: int | None = None
        self._machines: dict[str, bool] = {}
        self._likely: dict[str, Counter[str]] = {"sent": Counter(), "delivered": Counter()}

    def records(self) -> Iterator[Record]:
        for name, number, lines in self._messages():
            with self._reader.record(number, name):
                self._take(Headers(lines), name, number)
        for address, machine in self._machines.items():
            self._people[address].automated = machine or None
        self._reader.remember("seen_at", self._newest or self._reader.modified_at)
        owners = self._owners()
        traffic: Counter[str] = Counter()
        for each in self._letters:
            for act in self._acts(each, owners):
                traffic["out" if act.source in owners else "in" if act.target in owners else "else"] += 1
                yield act
        sent = traffic["out"] and traffic["out"] >= _SENT_SHARE * traffic["in"]
        ways = [way for way, there in (("out", sent), ("in", traffic["in"])) if there]
        if owners and not sent:
            self._reader.note("Sent mail seems to be missing: what you wrote is unknown. Load it, too.")
        self._reader.remember("mail", {"owners": sorted(owners), "ways": ways})
        for address in self._lists:
            self._people[address].automated = True
        yield from self._people.accounts()

    def _messages(self) -> Iterator[tuple[str, int, list[bytes]]]:
        """Yield (member, line or 0, header lines) of every message that is not spam, trash or a draft."""
        alone = self._reader.is_file
        names = list(self._reader.names) if alone else texts(self._reader.names)
        self._reader.expect(names)
        for name in names:
            if not alone and _is_left_out(name):
                self._reader.skip("in a folder of spam, trash or drafts", 0, name)
                continue
            with self._reader.stream(name) as stream:
                head = stream.read(_HEAD)
                single = mbox.is_message(head) and not mbox.begins(head)
                while single and len(mbox.header_block(head)) >= len(head.strip()) < mbox.MAX_HEADERS:
                    if not (more := stream.read(_HEAD)):
                        break
                    head += more
            if single:
                block = mbox.header_block(head)[: mbox.MAX_HEADERS]
                yield name, 0, [line.rstrip(b"\r") for line in block.split(b"\n")]
            elif alone or mbox.begins(head):
                for number, lines in mbox.headers(self._reader.lines(name, blank=True)):
                    yield name, number, lines
            else:
                self._reader.unread(name)

    def _take(self, headers: Headers, name: str, number: int) -> None:
        """Note what one message says, and lay it aside."""
        labels = headers.labels
        if any(_LEFT_OUT.fullmatch(label) for label in labels):
            self._reader.skip("spam, trash or draft", number, name)
            return
        found = letter(headers, name, number, self._now)
        if found is None:
            self._reader.skip("message without an author", number, name)
            return
        made, named = found
        self._letters.add(made)
        self._authors.add(made.event, made.sender)
        self._lists.update(list_addresses(headers))
        self._newest = later(self._newest, made.at)
        for address, shown in named[:1] if made.machine else named:
            self._people.see(address, made.at, shown, address, wrote=address == made.sender)
        if not (made.machine and made.own_post):
            self._machines[made.sender] = self._machines.get(made.sender, True) and bool(made.machine)
        if any(_SENT.search(each) for each in (name, *labels)) or not (made.machine or headers.has("received")):
            self._likely["sent"][made.sender] += 1
        for way in ("delivered-to", "x-original-to"):
            self._likely["delivered"].update(address for address, _ in headers.people(way))

    def _owners(self) -> frozenset[str]:
        ranked = [each for way in self._likely.values() for each, _ in way.most_common(3)]
        return frozenset(
            self._people.own(
                self._reader,
                lambda word: next((address for address, _ in addresses(word.removeprefix("mailto:"))), None),
                "Mail does not say which addresses are yours",
                list(dict.fromkeys(ranked)),
                by_name=False,
            )
        )

    def _acts(self, each: Letter, owners: frozenset[str]) -> Iterator[Interaction]:
        parent = next((each for each in each.answers if self._authors.of(each)), None)
        author = self._authors.of(parent) if parent else None
        parent = parent or next(iter(each.answers), None)
        if each.machine:
            if each.listed and each.machine in _BY_LIST and author not in (None, *self._lists):
                yield self._act(each, str(author), "reply", parent, "list", None)
            else:
                self._reader.skip(f"automated or list mail ({each.machine})", each.number, each.member)
            return
        ways: dict[str, Any] = {}
        for way, addressed in (("deliberate", each.bcc), ("carried", each.cc), ("list", each.to)):
            ways.update(dict.fromkeys(addressed, way))
        if len(set(each.to) - {each.sender}) == 1:
            ways.update(dict.fromkeys(each.to, "target"))
        people = [address for address in ways if address != each.sender and address not in self._lists]
        if not people:
            self._reader.skip("message to no person's address", each.number, each.member)
        for address in people:
            if each.sender in owners and address in owners:
                self._reader.skip("message between your own addresses", each.number, each.member)
            elif address == author:
                yield self._act(each, address, "reply", parent, "target", len(people))
            else:
                yield self._act(each, address, "message", parent, ways[address], len(people))

    def _act(
        self, each: Letter, target: str, kind: str, parent: str | None, directness: Any, audience: int | None
    ) -> Interaction:
        return Interaction(
            each.sender, target, kind, at=each.at, event=each.event, parent=parent, thread=each.thread,
            audience=audience, directness=directness, visibility="private", flags=each.flags,
            time_quality=each.quality, seen_at=each.at, member=each.member, record=each.number,
        )  # fmt: skip


def _is_left_out(name: str) -> bool:
    """Tell by folder, file or flag whether a member is spam, trash, a draft or not delivered yet."""
    *folders, file = name.split("/")
    in_maildir = bool(folders) and folders[-1] in ("cur", "new", "tmp")
    pieces = [piece for folder in folders for piece in folder.split(".")]
    if not in_maildir:
        pieces.append(file.partition(".")[0])
    return (
        any(_LEFT_OUT.fullmatch(piece.strip()) for piece in pieces)
        or "tmp" in folders[-1:]
        or _FLAGS.search(file) is not None
    )
