"""A random sample of a list too long to keep: the same accounts in whatever order and pages it comes."""

from __future__ import annotations

import heapq
import math
from hashlib import blake2b
from typing import Final

HALF_WIDTH: Final = 0.05
"""A share is told to within so much, either way, at 95 %."""
ALL_UP_TO: Final = 1_000
"""Lists of this length are taken whole."""
_Z: Final = 1.959964


def sample_size(people: int, half_width: float = HALF_WIDTH) -> int:
    """Return how many of a list must be judged for a share to be known to within `half_width` at 95 %.

    For the worst share, one half, with the correction for drawing without replacement from few (Cochran 1977, 4.2).

    >>> sample_size(100_000), sample_size(2_000)
    (383, 323)
    """
    of_many = (_Z / half_width) ** 2 / 4
    return min(people, math.ceil(of_many / (1 + (of_many - 1) / max(1, people))))


class Sample:
    """The `size` members with the smallest hashes (bottom-k): a uniform sample, each member counted once."""

    def __init__(self, size: int, seed: int = 0) -> None:
        self._size, self._salt = size, seed.to_bytes(8, "little", signed=True)
        self._heap: list[tuple[int, str]] = []
        self._members: dict[str, bytes] = {}

    def offer(self, name: str, line: bytes) -> bool:
        """Take a member if it belongs to the sample so far, and return whether it does."""
        if name in self._members or not self._size:
            return False
        rank = -int.from_bytes(blake2b(name.encode(), digest_size=8, salt=self._salt).digest(), "big")
        if len(self._heap) >= self._size:
            if rank <= self._heap[0][0]:
                return False
            _, out = heapq.heapreplace(self._heap, (rank, name))
            del self._members[out]
        else:
            heapq.heappush(self._heap, (rank, name))
        self._members[name] = line
        return True

    def lines(self) -> list[bytes]:
        """Return what was said of the members, by their order in the sample."""
        return [self._members[name] for _, name in sorted(self._heap, reverse=True)]
