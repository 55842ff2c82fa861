"""An assessment: one run of chosen scorers and labelers over a network, and how it is kept on disk."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.network.connections import Connections
from relnet.network.view import NUMBERS, TEXTS, AccountTable
from relnet.plugin import Column, Keys
from relnet.runner import Failure

LABELS: Final = ("good", "inactive", "fake", "unknown")
"""Labels by code: the int8 of `AccountLabels.label` indexes this tuple."""
FAKE_FROM: Final = 0.5
INACTIVE_FROM: Final = 0.5
GOOD_BELOW: Final = 0.1
"""Share of fakes expected before looking: from here up the facts speak for fake, though not enough to say so."""


class Figure(msgspec.Struct):
    """One number of the summary, with its interval where it has one; NaN is unknown."""

    value: float
    low: float = float("nan")
    high: float = float("nan")
    n: int = 0


class AccountLabels(msgspec.Struct):
    """Labels in the row order of the account table.

    Attributes
    ----------
    label
        int8[n], index into `LABELS`.
    p_fake, p_inactive
        float64[n], NaN where the labeler cannot say.
    why
        uint8[n] reason bits where unknown.
    overridden
        bool[n]: the user's own word.
    """

    label: NDArray[np.int8]
    p_fake: Column
    p_inactive: Column
    why: NDArray[np.uint8]
    overridden: NDArray[np.bool_]


class Header(msgspec.Struct, kw_only=True):
    """What an assessment was made of: enough to make it again."""

    run_id: str
    as_of: int
    asked_as_of: int | None
    """The moment that the user named; `None`: the end of coverage."""
    since: int | None
    seed: int
    horizon_days: float
    imports: list[str]
    sources: list[str]
    paths: list[str]
    """Names of the inputs, for screens."""
    me: list[int]
    plugins: dict[str, dict[str, Any]]
    """By `kind name`: version and parameters."""
    failures: list[Failure]
    warnings: list[str]
    seconds: dict[str, float]
    coverage: list[str]
    skipped: dict[str, int]
    interactions: int
    first_at: int | None
    last_at: int | None
    summary: dict[str, Figure]


class Assessment(msgspec.Struct):
    """The result of a run, immutable; all views read this and nothing else.

    Attributes
    ----------
    connections
        Pairs with features, float64[n].
    accounts
        Facts per account.
    scores
        float64[n] per scorer, NaN where unknown.
    labels
        Per account.
    circle
        int16[n]: 5, 15, 50, 150, or 0 outside all circles.
    community
        int32 per account: number of the community, -1 for none.
    """

    header: Header
    connections: Connections
    accounts: AccountTable
    scores: dict[str, Column]
    labels: AccountLabels
    circle: NDArray[np.int16]
    community: NDArray[np.int32]

    def save(self, runs: Path) -> Path:
        """Write the run under its id: a temporary name first, then renamed."""
        final = runs / self.header.run_id
        part = runs / f".part-{secrets.token_hex(8)}"
        part.mkdir(parents=True)
        pairs: dict[str, Any] = {"a": self.connections.a, "b": self.connections.b, "circle": self.circle}
        pairs |= {f"f.{name}": column for name, column in self.connections.features.items()}
        pairs |= {f"s.{name}": column for name, column in self.scores.items()}
        pl.DataFrame(pairs).write_parquet(part / "connections.parquet", compression="lz4")
        people: dict[str, Any] = {"account": self.accounts.account, "community": self.community}
        people |= {
            name: pl.Series(column.tolist(), dtype=pl.String) if name in TEXTS else column
            for name, column in self.accounts.columns.items()
        }
        people |= {f"l.{name}": getattr(self.labels, name) for name in AccountLabels.__struct_fields__}
        pl.DataFrame(people).write_parquet(part / "accounts.parquet", compression="lz4")
        (part / "assessment.json").write_bytes(msgspec.json.format(msgspec.json.encode(_nan_free(self.header))))
        # Only a run that could not be read back is made again under its id.
        shutil.rmtree(final, ignore_errors=True)
        os.rename(part, final)
        return final


def _nan_free(header: Header) -> Any:
    """JSON has no NaN: unknown figures are null there."""
    built = msgspec.to_builtins(header)
    for figure in built["summary"].values():
        for name, value in figure.items():
            if value != value:
                figure[name] = None
    return built


def load(folder: Path) -> Assessment | None:
    """Read a run back; `None` where there is none, or one that this relnet cannot read."""
    try:
        return _read(folder)
    except (OSError, msgspec.ValidationError, msgspec.DecodeError, pl.exceptions.PolarsError, KeyError):
        return None


def _read(folder: Path) -> Assessment:
    raw = msgspec.json.decode((folder / "assessment.json").read_bytes())
    for figure in raw["summary"].values():
        for name, value in figure.items():
            figure[name] = float("nan") if value is None else value
    pairs = pl.read_parquet(folder / "connections.parquet")
    people = pl.read_parquet(folder / "accounts.parquet")
    features = {name[2:]: pairs[name].to_numpy() for name in pairs.columns if name.startswith("f.")}
    scores = {name[2:]: pairs[name].to_numpy() for name in pairs.columns if name.startswith("s.")}
    columns: dict[str, Any] = {name: people[name].to_numpy() for name in NUMBERS}
    columns |= {name: np.array(people[name].to_list(), dtype=object) for name in TEXTS}
    labels = AccountLabels(*(people[f"l.{name}"].to_numpy() for name in AccountLabels.__struct_fields__))
    return Assessment(
        msgspec.convert(raw, Header),
        Connections(pairs["a"].to_numpy(), pairs["b"].to_numpy(), features),
        AccountTable(people["account"].to_numpy(), columns),
        scores,
        labels,
        pairs["circle"].to_numpy(),
        people["community"].to_numpy(),
    )


class Ties(msgspec.Struct):
    """Connections seen from someone: one row per other account.

    Attributes
    ----------
    rows
        int[n] rows of `Assessment.connections`.
    other
        int64[n] key of the other account (`b` where nobody is the focus).
    this
        int64[n] key of the own side.
    flipped
        bool[n]: the own side is `b` of the pair, so that out is `_ba`.
    """

    assessment: Assessment
    rows: NDArray[np.intp]
    other: Keys
    this: Keys
    flipped: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.rows)

    def feature(self, name: str) -> Column:
        """Return an undirected feature."""
        return self.assessment.connections.features[name][self.rows]

    def out(self, name: str) -> Column:
        """Return a directed feature from the own side."""
        return self._directed(name, "ba", "ab")

    def back(self, name: str) -> Column:
        """Return a directed feature towards the own side."""
        return self._directed(name, "ab", "ba")

    def _directed(self, name: str, flipped: str, straight: str) -> Column:
        features = self.assessment.connections.features
        return np.where(
            self.flipped, features[f"{name}_{flipped}"][self.rows], features[f"{name}_{straight}"][self.rows]
        )

    def score(self, name: str) -> Column:
        """Return a score."""
        return self.assessment.scores[name][self.rows]

    @property
    def circle(self) -> NDArray[np.int16]:
        """Circle of each tie, 0 outside all."""
        return self.assessment.circle[self.rows]

    @property
    def label(self) -> NDArray[np.int8]:
        """Label code of the other account."""
        return self.assessment.labels.label[self.account_rows]

    @property
    def met(self) -> Keys:
        """Keys of the accounts met, sorted: the other ends, and both where nobody is the owner."""
        return np.unique(self.other if self.assessment.header.me else np.concatenate([self.this, self.other]))

    @property
    def account_rows(self) -> NDArray[np.intp]:
        """Rows of the other accounts in the account table."""
        return self.assessment.accounts.rows(self.other)


def ties(assessment: Assessment, focus: frozenset[int] | None = None) -> Ties:
    """Return the connections of the focus (by default the owner), or all where nobody is.

    A connection between two accounts of the focus is left out.
    """
    connections = assessment.connections
    focus = frozenset(assessment.header.me) if focus is None else focus
    if not focus:
        rows = np.arange(len(connections), dtype=np.intp)
        return Ties(assessment, rows, connections.b, connections.a, np.zeros(len(rows), dtype=np.bool_))
    keys = np.array(sorted(focus), dtype=np.int64)
    is_a, is_b = np.isin(connections.a, keys), np.isin(connections.b, keys)
    rows = np.flatnonzero(is_a ^ is_b)
    flipped = is_b[rows]
    a, b = connections.a[rows], connections.b[rows]
    return Ties(assessment, rows, np.where(flipped, a, b), np.where(flipped, b, a), flipped)
