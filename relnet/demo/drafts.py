"""Public acts on their way to becoming posts: who addresses whom, then ids, order and full texts."""

from __future__ import annotations

from typing import Any

import numpy as np

from relnet.demo.world import NOBODY, Accounts, Int, Posts, Text, snowflakes

SHORT_LINK_LENGTH = 23
"""Code points of a short link; it ends the text that has one."""

_REPOST_LIMIT = 140
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Drafts:
    """Columns of acts, collected block by block; a row number never changes.

    Each row has an author and a time (``at``, ms UTC), a kind as in `Posts`, the account addressed (``to``),
    the row answered (``parent_row``) or only its time where it lies outside the world (``parent_at``), a
    third account carried along (``third``), one named at the end (``cc``), everybody named by a mass mention
    (``crowd``, a tuple) and the text proper (``body``).  Absent numbers are -1.
    """

    def __init__(self) -> None:
        self._blocks: list[dict[str, Any]] = []
        self._size = 0

    def add(self, kind: str | Text, author: Int, at: Int, body: Text, **columns: Any) -> Int:
        """Append acts and return their row numbers."""
        n = len(at)
        block = {"kind": np.full(n, kind) if isinstance(kind, str) else kind, "author": author, "at": at}
        for name in ("to", "parent_row", "parent_at", "third", "cc"):
            block[name] = columns.get(name, np.full(n, NOBODY))
        block["body"] = body
        block["crowd"] = columns.get("crowd", np.full(n, None))
        self._blocks.append(block)
        self._size += n
        return np.arange(self._size - n, self._size)

    def __len__(self) -> int:
        return self._size

    def columns(self) -> dict[str, Any]:
        """Join all blocks to one set of columns, shape (rows,) each."""
        return {name: np.concatenate([block[name] for block in self._blocks]) for name in self._blocks[0]}

    def addressed(self, since: int, until: int) -> tuple[Int, Int]:
        """List authors and addressees of deliberate acts in (since, until]; the carried are left out."""
        c = self.columns()
        rows = (c["at"] > since) & (c["at"] <= until) & (c["kind"] != "repost")
        pairs = [(c["author"][rows], c["to"][rows]), (c["author"][rows], c["cc"][rows])]
        named = rows & np.isin(c["kind"], ("mention", "quote"))
        pairs.append((c["author"][named], c["third"][named]))
        for row in np.flatnonzero(rows & (c["crowd"] != None)):  # noqa: E711 (elementwise)
            crowd = np.array(c["crowd"][row])
            pairs.append((np.full(len(crowd), c["author"][row]), crowd))
        authors, targets = (np.concatenate(column) for column in zip(*pairs, strict=True))
        known = targets != NOBODY
        return authors[known], targets[known]


def latest_before(authors: Int, at: Int, who: Int, when: Int, within: int) -> Int:
    """Find each author's last post before a moment, at most ``within`` ms older: its index, or -1."""
    order = np.lexsort((at, authors))
    # One sorted key for both: times stay below 2^41 until the year 2039.
    keys = (authors[order] << 41) + at[order]
    wanted = (who << 41) + when
    place = np.searchsorted(keys, wanted) - 1
    found = (place >= 0) & (wanted - keys[place] < within)
    return np.where(found, order[place], NOBODY)


def settle_posts(drafts: Drafts, accounts: Accounts, as_of: int, rng: np.random.Generator) -> Posts:
    """Give every act up to ``as_of`` its id, place in time and full text; later ones stay unwritten."""
    c = drafts.columns()
    total = len(c["at"])
    ids = snowflakes(c["at"], np.arange(total))
    outside = snowflakes(c["parent_at"], np.arange(total, 2 * total))
    known = c["parent_row"] != NOBODY
    parent = np.where(known, ids[c["parent_row"]], np.where(c["parent_at"] > 0, outside, 0))

    order = np.argsort(ids)
    order = order[c["at"][order] <= as_of]
    place = np.full(total + 1, NOBODY)  # the last entry answers for row -1
    place[order] = np.arange(len(order))
    parent_row = place[c["parent_row"][order]]
    c = {name: column[order] for name, column in c.items()}
    ids, parent, n = ids[order], parent[order], len(order)

    text, mentions, link = _texts(c, ids, parent, parent_row, accounts)
    reposted = parent_row[(c["kind"] == "repost") & (parent_row != NOBODY)]
    return Posts(
        id=ids,
        author=c["author"],
        at=c["at"],
        kind=c["kind"],
        to=c["to"],
        parent=parent,
        parent_row=parent_row,
        conversation=_conversations(c["kind"], ids, parent, parent_row),
        mentions=mentions,
        text=text,
        link=link,
        likes=np.where(c["kind"] == "repost", 0, rng.poisson(np.where(c["kind"] == "original", 4, 1))),
        reposts=np.bincount(reposted, minlength=n),
        first_version=np.zeros(n, np.int64),
        deleted_at=np.full(n, NOBODY),
    )


def _conversations(kind: Text, ids: Int, parent: Int, parent_row: Int) -> Int:
    answers = kind == "reply"
    root = np.where(answers & (parent_row == NOBODY) & (parent > 0), parent, ids)
    inner = answers & (parent_row != NOBODY)
    step = np.where(inner, parent_row, np.arange(len(ids)))
    while not np.array_equal(step, step[step]):  # pointer doubling: as many rounds as the log of the depth
        step = step[step]
    return root[step]


def _texts(c: dict[str, Any], ids: Int, parent: Int, parent_row: Int, accounts: Accounts) -> tuple[Text, Text, Text]:
    handles = accounts.handle.tolist()
    n = len(ids)
    texts, mentions, links = np.empty((3, n), object)
    names = ("kind", "author", "to", "third", "cc", "crowd", "body")
    for row, (kind, author, to, third, cc, crowd, body) in enumerate(
        zip(*(c[name].tolist() for name in names), strict=True)
    ):
        link = ""
        named: tuple[int, ...] = ()
        if kind == "original":
            if ids[row] % 8 == 0:
                link = f"https://example.com/{ids[row] % 9973}"
        elif kind == "repost":
            source = texts[parent_row[row]] if parent_row[row] != NOBODY else body
            body, named = _cut(f"RT @{handles[to]}: {source}"), (to,)
        elif crowd is not None:
            body = " ".join([body, *(f"@{handles[k]}" for k in crowd)])
            named, link = crowd, "https://example.com/offer"
        elif to != author:
            named = tuple(k for k in (to, third, cc) if k != NOBODY)
            body = _addressed(kind, body, [handles[k] for k in named], cc != NOBODY)
        if kind == "quote":
            link = f"https://x.com/{handles[to]}/status/{parent[row]}"
            named = named[1:]
        texts[row] = f"{body} {short_link(int(ids[row]))}" if link else body
        mentions[row], links[row] = named, link
    return texts, mentions, links


def _addressed(kind: str, body: str, handles: list[str], copied: bool) -> str:
    tail = f" cc @{handles.pop()}" if copied else ""
    if kind == "quote":
        handles = handles[1:]  # a quote names its author by its link
    run = " ".join(f"@{handle}" for handle in handles)
    if kind == "mention" and len(body) % 2:
        return f"{body} Right, {run}?{tail}"
    return f"{run} {body}{tail}".lstrip()


def _cut(text: str) -> str:
    return text if len(text) <= _REPOST_LIMIT else text[: _REPOST_LIMIT - 1] + "…"


def short_link(post_id: int) -> str:
    """Make up the short link that stands in a post's text."""
    number = post_id * 6_364_136_223_846_793_005 % 62**10
    letters = []
    for _ in range(10):
        number, letter = divmod(number, 62)
        letters.append(_LETTERS[letter])
    return f"https://t.co/{''.join(letters)}"
