"""The nodes and edges of a graph become accounts and interactions; repeated edges are summed, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import polars as pl

from relnet.builtin.sources.graph_xml import Edge, Node
from relnet.builtin.sources.table_times import Times
from relnet.plugin import Batch, InputError, Reader

_HELD: Final = 50_000
_TWARC: Final = ("retweet", "reply", "quote", "mention")
_TWARC_NAMES: Final = frozenset(_TWARC)
_WORDS: Final = {
    "retweet": "repost", "retweeted": "repost", "replied_to": "reply", "quoted": "quote",
    "replies to": "reply", "mentions": "mention",
}  # fmt: skip
_KINDS: Final = {"repost", "reply", "quote", "mention", "message", "like", "email", "comment", *_WORDS}
_DIRECTIONS: Final = {"directed", "undirected", "mutual"}
_NODE: Final = {
    "id": pl.String, "user_id": pl.String, "screen_name": pl.String, "label": pl.String, "bio": pl.String,
    "url": pl.String, "followers": pl.Int64, "following": pl.Int64, "posts": pl.Int64, "likes": pl.Int64,
}  # fmt: skip
_NODEXL: Final = {"followers": "followers", "followed": "following", "tweets": "posts", "favorites": "likes"}
_EDGE: Final = {
    "source": pl.String, "target": pl.String, "direction": pl.String, "kind": pl.String, "weight": pl.Float64,
    "start": pl.String, "event": pl.String, "parent": pl.String, "record": pl.Int64,
}  # fmt: skip


class _Row(NamedTuple):
    kind: str
    weight: float
    start: str | None = None
    event: str | None = None
    parent: str | None = None


class GraphRows:
    """Collects the elements of one graph in columns and states its facts at the end."""

    def __init__(self, reader: Reader, name: str) -> None:
        self._reader, self._name = reader, name
        self._nodes: list[tuple[Any, ...]] = []
        self._edges: list[tuple[Any, ...]] = []
        self._node_frames: list[pl.DataFrame] = []
        self._edge_frames: list[pl.DataFrame] = []
        self._count = self._alone = 0
        self._is_x = False

    def add(self, element: Node | Edge) -> None:
        """Take one node or edge."""
        if isinstance(element, Node):
            self._nodes.append(_node(element))
            if len(self._nodes) >= _HELD:
                self._flush()
            return
        number = self._count
        self._count += 1
        try:
            rows = self._rows(element)
        except ValueError:
            self._reader.skip("unreadable weight", number, self._name)
            return
        source, target, direction = element.source, element.target, element.direction
        if direction == "undirected" and source > target:
            source, target = target, source
        for row in rows:
            if not row.weight > 0:
                self._reader.skip("weight of zero or less", number, self._name)
                continue
            rest = (row.kind, row.weight, row.start, row.event, row.parent, number)
            self._edges.append((source, target, direction, *rest))
            if direction == "mutual":
                self._edges.append((target, source, direction, *rest))
        if len(self._edges) >= _HELD:
            self._flush()

    def _rows(self, edge: Edge) -> list[_Row]:
        said = edge.attributes
        if "relationship" in said:  # NodeXL: here, an edge is one post
            self._is_x = True
            kind = said["relationship"].strip().lower()
            if kind == "tweet":
                self._alone += 1
                return []
            date = said.get("relationship date (utc)", "").strip()
            own, parent = (said.get(key, "").strip().lstrip("'") or None for key in _NODEXL_IDS)
            return [_Row(_WORDS.get(kind, kind), 1.0, f"{date} UTC" if date else None, own, parent)]
        if "weight" in said and not _TWARC_NAMES.isdisjoint(said):
            return _twarc(said)
        word = said.get("type", "").strip().lower()
        word = said.get("kind", "").strip().lower() or (word if word in _KINDS else "")
        kind = _WORDS.get(word, word) if word and word not in _DIRECTIONS else "interaction"
        weight = float(said.get("weight") or said.get("count") or said.get("value") or 1)
        if weight != weight:
            raise ValueError("not a number")
        return [_Row(kind, weight, start) for start in edge.starts] or [_Row(kind, weight)]

    def batches(self) -> Iterator[Batch]:
        """Yield accounts and interactions."""
        self._flush()
        nodes = pl.concat([pl.DataFrame(schema=_NODE), *self._node_frames])
        edges = pl.concat([pl.DataFrame(schema=_EDGE), *self._edge_frames])
        self._node_frames, self._edge_frames = [], []
        self._is_x |= bool(nodes["user_id"].is_not_null().any())
        name = pl.coalesce("screen_name", "id").str.strip_prefix("@").str.to_lowercase()
        native = pl.coalesce("user_id", "@" + name) if self._is_x else pl.col("id")
        nodes = nodes.with_columns(native_id=native).unique("id", keep="last", maintain_order=True)
        if self._is_x:
            for side in ("source", "target"):
                known = nodes.select(pl.col("id").alias(side), "native_id")
                edges = edges.join(known, on=side, how="left", maintain_order="left")
                unknown = "@" + pl.col(side).str.strip_prefix("@").str.to_lowercase()
                edges = edges.with_columns(pl.coalesce("native_id", unknown).alias(side)).drop("native_id")
        network = pl.lit("x" if self._is_x else None, pl.String)
        shared = {"network": network, "member": pl.lit(self._name)}
        if len(nodes):
            yield Batch(accounts=_accounts(nodes, self._is_x).with_columns(**shared))
        if len(edges):
            yield Batch(interactions=self._interactions(edges).with_columns(**shared))

    def _interactions(self, edges: pl.DataFrame) -> pl.DataFrame:
        edges = edges.with_columns(self._at(edges["start"]))
        aggregate = edges.filter(pl.col("event").is_null())
        pair = ["source", "target", "direction", "kind", "at", "time_quality"]
        summed = aggregate.group_by(pair, maintain_order=True).agg(pl.col("weight").sum(), pl.col("record").min())
        repeated = len(aggregate) - len(summed)
        if repeated:
            self._reader.note(f"{repeated:,} repeated edges were added to the first of their kind.")
        undirected = int((summed["direction"] == "undirected").sum())
        if undirected:
            self._reader.remember("undirected", True)
            self._reader.note(
                f"{undirected:,} edges are undirected: who addressed whom is unknown, so nothing that "
                "depends on direction is complete."
            )
        if len(summed):
            self._reader.note(
                "Its edges are sums, not single acts: each is one interaction with the flag weight=N, and "
                "what depends on how often or when stays unknown."
            )
        if self._alone:
            self._reader.note(f"{self._alone:,} posts address nobody.")
        if self._is_x and edges["event"].null_count() < len(edges):
            self._reader.note("Only edges between accounts inside this network are in it.")
        rows = pl.concat([summed, edges.filter(pl.col("event").is_not_null())], how="diagonal_relaxed")
        met = self._reader.found.get("kinds", set())
        network = "x" if self._is_x else None
        self._reader.remember("kinds", met | {(network, kind) for kind in rows["kind"].unique()})
        flags = pl.concat_str(
            pl.when(pl.col("direction") == "undirected").then(pl.lit("undirected")),
            pl.when(pl.col("weight") != 1).then("weight=" + _number("weight")),
            separator=" ", ignore_nulls=True,
        )  # fmt: skip
        told = ("source", "target", "kind", "at", "time_quality", "event", "parent", "record")
        return rows.select(*(column for column in told if column in rows.columns), flags=flags)

    def _at(self, start: pl.Series) -> pl.DataFrame:
        """Read where edges begin; an aggregate's begin is only a bound of its acts."""
        unknown = pl.DataFrame({"at": pl.Series([None] * len(start), dtype=pl.Int64), "time_quality": "act"})
        if start.null_count() == len(start):
            return unknown
        try:
            read = Times(self._reader).read(start)
        except InputError as error:
            self._reader.note(f"Its times are left out. {error.message} {error.hint}")
            return unknown
        bad = int(read["bad"].sum())
        if bad:
            self._reader.note(f"{bad:,} times cannot be read; those edges are undated.")
        quality = read["time_quality"] if self._is_x else pl.repeat("bound", len(read), eager=True)
        return read.select("at", time_quality=quality)

    def _flush(self) -> None:
        if self._nodes:
            self._node_frames.append(pl.DataFrame(self._nodes, schema=_NODE, orient="row"))
            self._nodes = []
        if self._edges:
            self._edge_frames.append(pl.DataFrame(self._edges, schema=_EDGE, orient="row"))
            self._edges = []


_NODEXL_IDS: Final = ("imported id", "in-reply-to tweet id")


def _node(node: Node) -> tuple[Any, ...]:
    said = node.attributes
    counts = {ours: _count(said[theirs]) for theirs, ours in _NODEXL.items() if theirs in said}
    return (
        node.id, said.get("user_id") or None, said.get("screen_name") or None, said.get("label") or None,
        said.get("description") or None, said.get("web") or None,
        *(counts.get(name) for name in ("followers", "following", "posts", "likes")),
    )  # fmt: skip


def _count(text: str) -> int | None:
    try:
        number = int(float(text))
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number < 2**62 else None


def _twarc(said: dict[str, str]) -> list[_Row]:
    """Split twarc-network's sums by kind; there, a reply was also counted as a mention (C26)."""
    counts = {kind: float(said.get(kind) or 0) for kind in _TWARC}
    counts["mention"] = max(counts["mention"] - counts["reply"], 0)
    return [_Row(_WORDS.get(kind, kind), count) for kind, count in counts.items() if count > 0]


def _accounts(nodes: pl.DataFrame, is_x: bool) -> pl.DataFrame:
    label = pl.when(pl.col("label") != pl.col("id")).then(pl.col("label"))
    handle = pl.coalesce("screen_name", "id").str.strip_prefix("@") if is_x else pl.lit(None, pl.String)
    facts = ("bio", "url", "followers", "following", "posts", "likes") if is_x else ()
    return nodes.select("native_id", *facts, name=label, handle=handle)


def _number(column: str) -> pl.Expr:
    whole = pl.col(column).cast(pl.Int64, strict=False)
    return pl.when(whole == pl.col(column)).then(whole.cast(pl.String)).otherwise(pl.col(column).cast(pl.String))
