"""Long posts: the archive keeps their full text, and whom it names, in a file of its own."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import polars as pl

from relnet.builtin.sources import x_files
from relnet.builtin.sources.x_files import Files, items
from relnet.builtin.sources.x_names import named
from relnet.builtin.sources.x_owner import moment
from relnet.builtin.sources.x_posts import MENTIONS
from relnet.plugin import Reader

_OPENING: Final = 200
"""Characters by which a long post and its cut version are told to be the same."""


class Note(msgspec.Struct):
    """The full text of a post, and the accounts named in it as (id, handle, name)."""

    id: str | None
    at: int | None
    text: str
    named: list[tuple[str | None, str | None, str | None]]


class Notes:
    """The long posts of an archive."""

    def __init__(self, reader: Reader, files: Files) -> None:
        self._by_id: dict[str, Note] = {}
        self._by_second: dict[int, list[Note]] = {}
        for name in files.of(*x_files.NOTES):
            for numbers, found in items(reader, name, dict[str, Any]):
                for number, item in zip(numbers, found, strict=True):
                    with reader.record(number, name):
                        self._add(_note(item))

    def _add(self, note: Note) -> None:
        if note.id:
            self._by_id[note.id] = note
        if note.at is not None:
            self._by_second.setdefault(note.at // 1000, []).append(note)

    def joined(self, posts: pl.DataFrame, mentions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Give posts (with `at`) the text of their note, and the mentions that were cut off with it."""
        if not self._by_id and not self._by_second:
            return posts, mentions
        seconds = [second + near for second in self._by_second for near in (-1, 0, 1)]
        which = pl.col("post").is_in(list(self._by_id)) | (pl.col("at") // 1000).is_in(seconds)
        rows = posts.select("post", "at", "text").with_row_index("row").filter(which)
        texts: dict[int, str] = {}
        more: list[tuple[Any, ...]] = []
        for row, post, at, text in rows.iter_rows():
            note = self._by_id.get(post) or self._same(at, text or "")
            if note is None:
                continue
            texts[row] = note.text or text or ""
            there = set(mentions.filter(pl.col("row") == row)["handle"].str.to_lowercase())
            for native_id, handle, name in note.named:
                if handle and handle.lower() not in there:
                    start = note.text.lower().find(f"@{handle.lower()}")
                    more.append((row, native_id, handle, name, start if start >= 0 else len(note.text)))
        added = named(pl.DataFrame(more, schema=MENTIONS, orient="row"))
        full = pl.DataFrame(
            {"row": list(texts), "full": list(texts.values())}, schema={"row": pl.UInt32, "full": pl.String}
        )
        posts = posts.with_row_index("row").join(full, on="row", how="left", maintain_order="left")
        posts = posts.with_columns(text=pl.coalesce("full", "text")).drop("row", "full")
        return posts, pl.concat([mentions, added.select(mentions.columns)]).sort("row", maintain_order=True)

    def _same(self, at: int | None, text: str) -> Note | None:
        """Find the note of a post by its time and opening words."""
        if at is None:
            return None
        opening = text.rpartition("…")[0] or text
        for second in (at // 1000, at // 1000 - 1, at // 1000 + 1):
            for note in self._by_second.get(second, ()):
                if opening[:_OPENING].strip() and note.text.startswith(opening[:_OPENING].strip()):
                    return note
        return None


def _note(item: dict[str, Any]) -> Note:
    note = item.get("noteTweet") or item.get("noteTweetResults") or item
    note = note.get("result") or note
    core = note.get("core") or note
    found = core.get("mentions") or core.get("user_mentions") or []
    people = [(_first(each, "id_str", "id", "userId", "user_id"), _first(each, "screen_name", "screenName", "username", "handle"),
               _first(each, "name")) for each in found if isinstance(each, dict)]  # fmt: skip
    text = core.get("text")
    return Note(
        _first(note, "noteTweetId", "id"), moment(note.get("createdAt")), text if isinstance(text, str) else "", people
    )


def _first(item: dict[str, Any], *keys: str) -> str | None:
    """Return the first value there is; the names of these keys are not documented and have changed."""
    return next((str(item[key]) for key in keys if isinstance(item.get(key), str | int) and item[key] != ""), None)
