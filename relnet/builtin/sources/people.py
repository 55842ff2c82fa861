"""What a reading sees of each account, kept small: an observation an alias, dated by its newest sight."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from relnet.plugin import Account, Reader

_NO_ID: Final = frozenset({"", "-1", "0", "null", "none", "nan"})

Alias = tuple[str | None, str | None]
"""Handle and name, either of them possibly unknown."""


class Seen(msgspec.Struct):
    """What was seen of one account."""

    aliases: dict[Alias, int | None] = {}
    seen_at: int | None = None
    last_active_at: int | None = None
    automated: bool | None = None
    state: str | None = None
    owner: bool = False


class People:
    """The accounts met in one input."""

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}

    def __contains__(self, native_id: str) -> bool:
        return native_id in self._seen

    def __getitem__(self, native_id: str) -> Seen:
        seen = self._seen.get(native_id)
        if seen is None:
            seen = self._seen[native_id] = Seen()
        return seen

    def see(
        self,
        native_id: str,
        at: int | None,
        name: str | None = None,
        handle: str | None = None,
        *,
        wrote: bool = False,
    ) -> Seen:
        """Take note of an account at a moment (ms UTC), and of its act if it `wrote`."""
        seen = self[native_id]
        seen.seen_at = later(seen.seen_at, at)
        if wrote:
            seen.last_active_at = later(seen.last_active_at, at)
        alias = (handle or None, name or None)
        if alias != (None, None):
            seen.aliases[alias] = later(seen.aliases.get(alias), at)
        return seen

    def own(
        self,
        reader: Reader,
        as_id: Callable[[str], str | None],
        where: str,
        candidates: list[str],
        by_name: bool = True,
    ) -> list[str]:
        """Mark the accounts that `--me` names as the owner's and return their ids.

        Parameters
        ----------
        as_id
            Turns a word of `--me` into a native id, `None` where it has not the form of one.
        where
            What the input does not say, for the note: as in “this chat does not say which side is yours”.
        candidates
            Likely words for `--me`, likeliest first.
        by_name
            Whether a word may also be a handle or name.
        """
        mine: list[str] = []
        for word in reader.options.me:
            found = self.named(word, as_id, by_name)
            if len(found) > 1:
                reader.note(f"--me {word} fits {len(found)} accounts: {', '.join(sorted(found)[:5])}; give the id.")
            elif found:
                mine += [each for each in found if each not in mine]
                if found[0] not in self._seen:
                    reader.note(f"--me {word} was not met in this input.")
        if not mine:
            likely = f" Likely: {', '.join(candidates[:3])}." if candidates else ""
            unknown = " None of the --me given is in it." if reader.options.me else ""
            reader.note(f"{where}: say it with --me.{unknown}{likely}")
        for each in mine:
            self[each].owner = True
        return mine

    def named(self, word: str, as_id: Callable[[str], str | None], by_name: bool = True) -> list[str]:
        """Return the ids that a word of `--me` fits: by id, else by handle or name, else as a new id."""
        known = as_id(word.strip())
        if known is not None and known in self._seen:
            return [known]
        plain = word.strip().removeprefix("@").casefold()
        found = [
            each
            for each, seen in self._seen.items()
            if by_name and any(plain == text.casefold() for alias in seen.aliases for text in alias if text)
        ]
        return found or ([known] if known is not None else [])

    def described(self, native_id: str) -> str:
        """Return an id with a name, for a note."""
        name = next((name or handle for handle, name in self[native_id].aliases), None)
        return f"{native_id} ({name})" if name and name != native_id else native_id

    def accounts(self) -> Iterator[Account]:
        """Yield what was seen, an observation an alias."""
        for native_id, seen in self._seen.items():
            named = {handle for handle, name in seen.aliases if name}
            for handle, name in seen.aliases or {(None, None): None}:
                if name is None and handle in named:
                    continue
                yield Account(
                    native_id,
                    handle=handle,
                    name=name,
                    last_active_at=seen.last_active_at,
                    automated=seen.automated,
                    state=seen.state,  # type: ignore[arg-type]
                    owner=seen.owner,
                    seen_at=seen.aliases.get((handle, name), seen.seen_at),
                )


def later(one: int | None, other: int | None) -> int | None:
    """Return the later of two moments, either of them possibly unknown."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def native(value: str | int | None) -> str | None:
    """Return an id as text; null, absent, empty, `-1` and `0` are never ids."""
    text = "" if value is None else str(value).strip()
    return None if text.casefold() in _NO_ID else text
