"""Make a workspace of many interactions: ``python benchmarks/generate.py FOLDER SHAPE ROWS``.

SHAPE is `deep` (one connection for every 14 rows, as in 10 M over about 0.7 M) or `wide` (one for every 1.4).
Acts come in conversations: a connection draws how many, each has a few turns from side to side with
lognormal pauses; half of the answers name the act they answer. Most connections lie inside circles of
accounts, the others reach for popular ones, so that there are shared neighbours as well as hubs.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.facts.coverage import Coverage
from relnet.facts.keys import combine, keys
from relnet.store.log import SCHEMAS, Manifest, PartImport
from relnet.store.workspace import Workspace

ROWS_A_CONNECTION: Final = {"deep": 14.0, "wide": 1.4}
TIES_AN_ACCOUNT: Final = {"deep": 20, "wide": 12}
CIRCLE: Final = 60
TURNS: Final = 4.0
YEARS: Final = 3
YEAR_MS: Final = 365 * 86_400_000
START: Final = 1_600_000_000_000
PIECE: Final = 1_000_000
Ints = NDArray[np.int64]


def workspace(folder: Path, shape: str, rows: int, seed: int = 7) -> Workspace:
    """Return the workspace in `folder`, made if it is not there."""
    made = Workspace(folder)
    if not made.imports():
        rng = np.random.default_rng(seed)
        wanted = int(rows / ROWS_A_CONNECTION[shape])
        accounts = max(wanted * 2 // TIES_AN_ACCOUNT[shape], 10)
        part = PartImport(made.log)
        one, other = _connections(accounts, wanted, rng)
        account = _write_accounts(part, accounts, rng)
        last = _write_interactions(part, account, one, other, rows, rng)
        part.commit(_manifest(shape, rows, accounts, last, part.met))
    return made


def _connections(accounts: int, wanted: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Draw distinct pairs of account numbers."""
    found = np.empty(0, dtype=np.int64)
    while len(found) < wanted:
        n = int((wanted - len(found)) * 1.3) + 10
        one = rng.integers(0, accounts, n)
        near = (one // CIRCLE * CIRCLE + rng.integers(0, CIRCLE, n)) % accounts
        popular = (accounts * rng.random(n) ** 2.5).astype(np.int64)
        other = np.where(rng.random(n) < 0.6, near, popular)
        packed = np.minimum(one, other) * accounts + np.maximum(one, other)
        found = np.unique(np.concatenate([found, packed[one != other]]))
    found = rng.permutation(found)[:wanted]
    swapped = rng.random(wanted) < 0.5
    one, other = found // accounts, found % accounts
    return np.where(swapped, other, one), np.where(swapped, one, other)


def _write_accounts(part: PartImport, accounts: int, rng: np.random.Generator) -> Ints:
    """Write one observation an account and return the keys by account number."""
    native = pl.Series(np.arange(1, accounts + 1)).cast(pl.String)
    account = keys(pl.Series(["bench"]).new_from_index(0, accounts), native)
    frame = pl.DataFrame(
        {
            "account": account,
            "network": "bench",
            "native_id": native,
            "handle": "account" + native,
            "seen_at": START + YEARS * YEAR_MS,
            "followers": rng.poisson(300, accounts),
            "following": rng.poisson(300, accounts),
            "posts": rng.poisson(900, accounts),
            "origin": 0,
            "record": np.arange(accounts),
        }
    )
    part.write("accounts", _in_schema(frame, "accounts"))
    return account.to_numpy()


def _write_interactions(
    part: PartImport, account: Ints, one: Ints, other: Ints, rows: int, rng: np.random.Generator
) -> int:
    """Write the acts in the order of time; return the moment of the last."""
    pair, turn, at = _conversations(len(one), rows, rng)
    answers = turn > 0
    before = np.where(answers & (rng.random(rows) < 0.5), np.arange(rows) - 1, -1)
    starts = np.flatnonzero(~answers)
    sizes = np.diff(np.append(starts, rows))
    mostly = rng.random(len(one)) < 0.7
    opener = np.repeat(mostly[pair[starts]] ^ (rng.random(len(starts)) < 0.3), sizes)
    forward = opener ^ (turn % 2 == 1)
    order = np.argsort(at, kind="stable")
    place = np.empty(rows, dtype=np.int64)
    place[order] = np.arange(rows)
    parent = np.where(before >= 0, place[before], -1)[order]
    pair, forward, at, answers = pair[order], forward[order], at[order], answers[order]
    source = np.where(forward, one[pair], other[pair])
    target = np.where(forward, other[pair], one[pair])
    for low in range(0, rows, PIECE):
        piece = slice(low, low + PIECE)
        answered = answers[piece]
        part.write(
            "interactions",
            _rows(account[source[piece]], account[target[piece]], at[piece], parent[piece], answered, low, rng),
        )
    return int(at[-1])


def _conversations(pairs: int, rows: int, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Return pair, turn number and moment of each row, conversation by conversation."""
    weight = rng.lognormal(0, 1.5, pairs)
    talks = 1 + rng.poisson(np.maximum(rows / TURNS - pairs, 0) * weight / weight.sum())
    talk_pair = rng.permutation(np.repeat(np.arange(pairs), talks))
    turns = rng.geometric(min(1.0, len(talk_pair) / rows), len(talk_pair))
    spare = rows - int(turns.sum())
    while spare > 0:
        turns[rng.integers(0, len(turns), spare)] += 1
        spare = rows - int(turns.sum())
    while spare < 0:
        long = np.flatnonzero(turns > 1)
        turns[rng.choice(long, min(-spare, len(long)), replace=False)] -= 1
        spare = rows - int(turns.sum())
    starts = np.cumsum(turns) - turns
    turn = np.arange(rows) - np.repeat(starts, turns)
    pause = np.where(turn > 0, rng.lognormal(14.5, 1.8, rows).clip(1_000, 1e9), 0).cumsum()
    pause -= np.repeat(pause[starts], turns)
    opened = START + rng.random(len(turns)) * (YEARS * YEAR_MS)
    return np.repeat(talk_pair, turns), turn, (np.repeat(opened, turns) + pause).astype(np.int64)


def _rows(
    source: Ints, target: Ints, at: Ints, parent: Ints, answers: NDArray[np.bool_], first: int, rng: np.random.Generator
) -> pl.DataFrame:
    n = len(at)
    number = np.arange(first, first + n)
    opening = rng.choice(np.array(["mention", "message", "like", "repost"]), n, p=[0.45, 0.25, 0.2, 0.1])
    crowd = np.where(rng.random(n) < 0.2, 2 + rng.geometric(0.3, n), 1)
    frame = pl.DataFrame(
        {
            "event": combine(number),
            "source": source,
            "target": target,
            "kind": np.where(answers, "reply", opening),
            "at": at,
            "seen_at": START + YEARS * YEAR_MS,
            "post": combine(number),
            "parent": pl.Series(combine(np.maximum(parent, 0))).set(pl.Series(parent < 0), None),
            "audience": crowd,
            "directness": rng.choice(np.array(["target", "deliberate", "carried"]), n, p=[0.8, 0.15, 0.05]),
            "visibility": "public",
            "flags": "",
            "time_quality": "act",
            "network": "bench",
            "event_id": pl.Series(number).cast(pl.String),
            "origin": 0,
            "record": number,
        }
    )
    return _in_schema(frame, "interactions")


def _in_schema(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in SCHEMAS[kind].items()
    )


def _manifest(shape: str, rows: int, accounts: int, last: int, met: list[tuple[str, str, int | None]]) -> Manifest:
    return Manifest(
        import_id=f"{shape}-{rows}",
        source="bench",
        source_version="1",
        network="bench",
        path=f"{shape}.csv",
        digest=f"{shape}-{rows}",
        files=[],
        members=[f"{shape}.csv"],
        options={},
        owners=[],
        coverage=[(Coverage("*", "between", completeness="complete", network="bench"), None)],
        rows={"interactions": rows, "accounts": accounts, "posts": 0, "declared": 0},
        read={},
        skips={},
        notes=[],
        unknown_files=[],
        new_kinds=[],
        kinds={},
        first_at=START,
        last_at=last,
        seen_at=START + YEARS * YEAR_MS,
        met=met,
        finished=1,
    )


if __name__ == "__main__":
    started = time.perf_counter()
    workspace(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    print(f"{sys.argv[2]}, {int(sys.argv[3]):,} rows: {time.perf_counter() - started:.1f} s")
