"""int64 keys for native ids: the same on every machine, with no shared counter.

Decimal ids below 2**64 (X, Telegram, Discord, edge lists …) are mixed by the finaliser of SplitMix64 (Steele,
Lea, Flood 2014), a bijection, so that two of one network can never collide and a column takes nanoseconds a
row. All other ids take the first 8 bytes of BLAKE2b; a collision stops the import (`KeyCollision`).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

SEPARATOR = "\x1f"


def key(network: str, native_id: str) -> int:
    """Return the int64 key of one native id."""
    return int(keys(pl.Series([network]), pl.Series([native_id]))[0])


def keys(networks: pl.Series, native_ids: pl.Series) -> pl.Series:
    """Return the int64 keys of a column of native ids (null stays null).

    Parameters
    ----------
    networks, native_ids
        String columns of equal length.
    """
    if len(native_ids) > 1 and _all_alike(native_ids) and _all_alike(networks):
        return keys(networks[:1], native_ids[:1]).new_from_index(0, len(native_ids))
    numbers = native_ids.cast(pl.UInt64, strict=False)
    mixed = pl.Series("key", _mix(numbers.fill_null(0).to_numpy(), _seeds(networks)))
    # "+7" and "07" are other ids than "7", and come before "1"
    other = ~(numbers.is_not_null() & (native_ids >= "1"))
    if not other.any():
        return mixed
    rows = (other & native_ids.is_not_null()).arg_true()
    if len(rows):
        mixed = mixed.scatter(rows, text_keys(networks.gather(rows) + SEPARATOR + native_ids.gather(rows)))
    return mixed.set(native_ids.is_null(), None)


def _all_alike(values: pl.Series) -> bool:
    return bool(values.eq_missing(values[0]).all())


def text_keys(texts: pl.Series) -> NDArray[np.int64]:
    """Return the first 8 bytes of BLAKE2b of each text (no null), hashing each distinct text once."""
    distinct = texts.unique()
    few = len(distinct) < 0.5 * len(texts)
    hashed = _blake(distinct if few else texts)
    if not few:
        return hashed
    lookup = pl.DataFrame({"text": distinct, "key": hashed})
    joined = texts.to_frame("text").join(lookup, on="text", how="left", maintain_order="left")
    return joined["key"].to_numpy()


def _blake(texts: pl.Series) -> NDArray[np.int64]:
    blake2b = hashlib.blake2b
    digests = b"".join([blake2b(text.encode(), digest_size=8).digest() for text in texts])
    return np.frombuffer(digests, dtype="<i8").astype(np.int64)


@lru_cache(maxsize=256)
def _seed(network: str) -> int:
    return int.from_bytes(hashlib.blake2b(network.encode(), digest_size=8).digest(), "little")


def _seeds(networks: pl.Series) -> NDArray[np.uint64]:
    if len(networks) and _all_alike(networks):
        return np.full(1, _seed(networks[0]), dtype=np.uint64)
    table = {name: _seed(name) for name in networks.unique()}
    return np.array([table[name] for name in networks], dtype=np.uint64)


def _mix(numbers: NDArray[Any], seeds: NDArray[np.uint64]) -> NDArray[np.int64]:
    z = numbers.astype(np.uint64) + seeds
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (z ^ (z >> np.uint64(31))).view(np.int64)


def combine(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Mix int64 columns of equal length into one key column; order matters."""
    out = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        out = _mix(out, column.view(np.uint64))
    return out
