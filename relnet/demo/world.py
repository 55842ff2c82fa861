"""The simulated world as columns: who there is, what was written, and the truth that a score must find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
Text = NDArray[Any]

DAY = 86_400_000
"""Milliseconds."""
HORIZON = 90 * DAY
"""How far the truth looks beyond the as-of time."""
OWNER = 0
"""The owner's row among the accounts."""
NOBODY = -1

_FIRST_ID_MS = 1_288_834_974_657


def snowflakes(at: Int, serial: Int) -> Int:
    """Make ids of the form X gives out: the millisecond in the high bits, 22 low bits from the serial number.

    Parameters
    ----------
    at
        Milliseconds UTC since 1970, shape (n,).
    serial
        Distinct numbers below 2^22, so that two ids of one millisecond differ, shape (n,).

    References
    ----------
    Twitter, "Announcing Snowflake", 2010.
    """
    # An odd factor permutes the low bits: distinct serials stay distinct, and the ids don't look counted.
    return ((at - _FIRST_ID_MS) << 22) | ((serial * 2_654_435_761) & 0x3FFFFF)


def snowflake_times(ids: Int) -> Int:
    """Read from ids the time at which they were given out, ms UTC."""
    return (ids >> 22) + _FIRST_ID_MS


@dataclass(frozen=True)
class Accounts:
    """One row per account, the owner first.

    Attributes
    ----------
    created_at
        ms UTC.
    last_post
        Id of the newest post, which holds its time; 0 for those who never posted.
    followers, following, posts, likes, listed
        Totals as the profile shows them.
    automated
        The account says so itself.
    """

    id: Int
    handle: Text
    name: Text
    bio: Text
    url: Text
    location: Text
    created_at: Int
    last_post: Int
    followers: Int
    following: Int
    posts: Int
    likes: Int
    listed: Int
    has_avatar: Bool
    protected: Bool
    automated: Bool


@dataclass(frozen=True)
class Posts:
    """One row per public post, oldest first; accounts are row numbers of `Accounts`.

    Attributes
    ----------
    kind
        ``original``, ``reply``, ``mention``, ``quote`` or ``repost``.
    to
        Account answered, quoted, reposted or first mentioned, else -1.
    parent
        Id of the post answered, quoted or reposted, else 0.  It need not be among these rows.
    parent_row
        Its row here, else -1.
    conversation
        Id of the post that began the thread.
    mentions
        A tuple of accounts per post, in the order in which the text names them.
    link
        What the short link in the text leads to, else empty.
    first_version
        Id of the post before it was edited, else 0.
    deleted_at
        When the author took it down, ms UTC, else -1.
    """

    id: Int
    author: Int
    at: Int
    kind: Text
    to: Int
    parent: Int
    parent_row: Int
    conversation: Int
    mentions: Text
    text: Text
    link: Text
    likes: Int
    reposts: Int
    first_version: Int
    deleted_at: Int


@dataclass(frozen=True)
class Messages:
    """One row per private message, oldest first.

    Attributes
    ----------
    to
        The other account, or -1 in the owner's one group conversation.
    thanked
        Whether the other side put a heart on it.
    """

    id: Int
    author: Int
    to: Int
    at: Int
    text: Text
    thanked: Bool


@dataclass(frozen=True)
class Truth:
    """What really holds between the owner and each account, one row per account.

    Attributes
    ----------
    label
        ``good``, ``fake`` or ``inactive``.
    role
        A role of `relnet.demo.cast`, or ``owner``.
    strength
        0..1: r / (r + 0.05) with r the smaller of the two alive rates; 0 for automated accounts.
    alive_out, alive_in
        Expected acts per day from the owner and towards the owner at the as-of time.
    future_mutual
        Whether both sides act towards each other within 90 days after the as-of time.
    """

    label: Text
    role: Text
    strength: Float
    alive_out: Float
    alive_in: Float
    future_mutual: Bool


@dataclass(frozen=True)
class World:
    """Everything that was drawn.

    Attributes
    ----------
    since, as_of
        First moment simulated, and the moment of the exports; ms UTC.
    followers, following
        Accounts that follow the owner and that the owner follows, the newest first.
    blocked, muted
        Accounts that the owner blocked or muted.
    group
        Members of the owner's group conversation, the owner included.
    liked
        Rows of `Posts` that the owner liked, the newest first.
    """

    seed: int
    since: int
    as_of: int
    accounts: Accounts
    posts: Posts
    messages: Messages
    truth: Truth
    followers: Int
    following: Int
    blocked: Int
    muted: Int
    group: Int
    liked: Int

    def truth_table(self) -> dict[str, NDArray[Any]]:
        """Gather the truth about every account but the owner in columns, with account ids as text.

        Returns
        -------
        dict
            ``account`` (text), ``label``, ``role`` (text), ``strength``, ``alive_out``, ``alive_in``
            (float64), ``future_mutual``, ``automated``, ``follows_owner`` (bool), each of shape (n,).
        """
        others = slice(1, None)
        truth = self.truth
        follows = np.zeros(len(self.accounts.id), bool)
        follows[self.followers] = True
        return {
            "account": self.accounts.id[others].astype(str),
            "label": truth.label[others],
            "role": truth.role[others],
            "strength": truth.strength[others],
            "alive_out": truth.alive_out[others],
            "alive_in": truth.alive_in[others],
            "future_mutual": truth.future_mutual[others],
            "automated": self.accounts.automated[others],
            "follows_owner": follows[others],
        }


def mention_spans(text: str, handles: Sequence[str]) -> list[tuple[int, int]]:
    """Find where each ``@handle`` stands in the text, in code points, given in order of appearance."""
    spans = []
    end = 0
    for handle in handles:
        start = text.index("@" + handle, end)
        end = start + 1 + len(handle)
        spans.append((start, end))
    return spans


def iso_time(at: int) -> str:
    """Write a time in ms UTC as ``2023-05-16T00:21:51.717Z``."""
    return f"{datetime.fromtimestamp(at // 1000, UTC).isoformat()[:19]}.{at % 1000:03d}Z"
