"""GEXF and GraphML, read as a stream: local tag names only, no entities, whole elements of a broken file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Final
from xml.parsers import expat

import msgspec

from relnet.plugin import UnsafeInput

_CHUNK: Final = 1 << 20
_DEPTH: Final = 500


class Node(msgspec.Struct):
    """A node with its attributes by lower-case name."""

    id: str
    attributes: dict[str, str]


class Edge(msgspec.Struct):
    """An edge; `direction` is directed, undirected or mutual, `starts` where its spells begin."""

    source: str
    target: str
    direction: str
    attributes: dict[str, str]
    starts: list[str]


class Broken(Exception):
    """The document ends or goes wrong before its end."""


class GraphXml:
    """Hands out the nodes and edges of one document as they end."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = self._refuse
        self._done: list[Node | Edge] = []
        self._open: list[tuple[str, dict[str, str], dict[str, str], list[str]]] = []
        self._path: list[str] = []
        self._names: dict[str, str] = {}
        self._defaults: dict[str, dict[str, str]] = {"node": {}, "edge": {}}
        self._key = self._class = ""
        self._value: list[str] | None = None
        self._direction = "undirected"

    def elements(self, stream: IO[bytes]) -> Iterator[Node | Edge]:
        """Yield nodes and edges.

        Raises
        ------
        Broken
            The document is cut off or malformed; what came before was yielded.
        UnsafeInput
            It declares entities or is nested too deep.
        """
        try:
            while chunk := stream.read(_CHUNK):
                self._parser.Parse(chunk, False)
                yield from self._done
                self._done.clear()
            self._parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError) as error:
            yield from self._done
            raise Broken(str(error)) from error

    def _refuse(self, *_: object) -> None:
        raise UnsafeInput("It declares entities, which a graph does not need.", "Do not trust it.", self._where)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        self._path.append(name)
        if len(self._path) > _DEPTH:
            raise UnsafeInput("It is nested too deep.", "Do not trust it.", self._where)
        if name in ("node", "edge"):
            self._open.append((name, attributes, {}, []))
        elif name == "attvalue" and self._open:
            key = attributes.get("for") or attributes.get("id") or ""
            self._open[-1][2][f"{self._open[-1][0]} {key}"] = attributes.get("value", "")
        elif name == "spell" and self._open and attributes.get("start"):
            self._open[-1][3].append(attributes["start"])
        elif name in ("data", "default"):
            self._value = []
            self._key = attributes.get("key") or self._key
        elif name == "key":
            self._declare(attributes.get("for") or "all", attributes.get("id", ""), attributes.get("attr.name"))
        elif name == "attributes":
            self._class = attributes.get("class") or "node"
        elif name == "attribute":
            self._declare(self._class, attributes.get("id", ""), attributes.get("title"))
        elif name == "graph":
            said = attributes.get("edgedefault") or attributes.get("defaultedgetype") or "undirected"
            self._direction = said if said in ("directed", "mutual") else "undirected"

    def _declare(self, what: str, key: str, name: str | None) -> None:
        self._class, self._key = what if what in ("node", "edge") else "all", key
        for kind in ("node", "edge") if self._class == "all" else (self._class,):
            self._names[f"{kind} {key}"] = (name or key).strip().lower()

    def _text(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)

    def _end(self, tag: str) -> None:
        name = self._path.pop()
        if name == "data" and self._open and self._value is not None:
            self._open[-1][2][f"{self._open[-1][0]} {self._key}"] = "".join(self._value)
        elif name == "default" and self._value is not None:
            for kind in ("node", "edge") if self._class == "all" else (self._class,):
                self._defaults[kind][f"{kind} {self._key}"] = "".join(self._value)
        elif name in ("node", "edge") and self._open:
            self._close(*self._open.pop())
        if name in ("data", "default"):
            self._value = None

    def _close(self, kind: str, own: dict[str, str], values: dict[str, str], starts: list[str]) -> None:
        named = {}
        for key, value in (self._defaults[kind] | values).items():
            named[self._names.get(key) or key.partition(" ")[2]] = value
        named |= {key: own[key] for key in ("label", "weight", "kind", "type") if own.get(key)}
        if kind == "node":
            if own.get("id"):
                self._done.append(Node(own["id"], named))
        elif own.get("source") and own.get("target"):
            if own.get("start"):
                starts.append(own["start"])
            self._done.append(Edge(own["source"], own["target"], self._directed(own), named, starts))

    def _directed(self, own: dict[str, str]) -> str:
        if own.get("directed") in ("true", "false"):
            return "directed" if own["directed"] == "true" else "undirected"
        said = own.get("type", "").lower()
        return said if said in ("directed", "undirected", "mutual") else self._direction
