"""An assessment: one run of chosen scorers and labelers over a network, and how it is kept on disk."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from relnet.assess.cache import Table, read, write
from relnet.assess.plan import LABELLED
from relnet.network.accounts import AccountTable, table_of
from relnet.network.activity import Activity
from relnet.network.columns import Columns, held
from relnet.network.connections import Connections
from relnet.network.pairs import distinct
from relnet.plugin import Column, Keys
from relnet.plugin.narrow import Held
from relnet.runner import Failure

LABELS: Final = ("good", "inactive", "fake", "unknown")
"""Labels by code: the int8 of `AccountLabels.label` indexes this tuple."""
FAKE_FROM: Final = 0.5
INACTIVE_FROM: Final = 0.5
GOOD_BELOW: Final = 0.1
"""Share of fakes expected before looking: from here up the facts speak for fake, though not enough to say so."""


class Thresholds(msgspec.Struct, frozen=True):
    """Chances at which a label is given."""

    fake_from: float = FAKE_FROM
    inactive_from: float = INACTIVE_FROM
    good_below: float = GOOD_BELOW


DEFAULT: Final = Thresholds()


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
    """By `kind name`: version and parameters, and of a scorer the seconds it took."""
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
    scores: MutableMapping[str, Column]
    labels: AccountLabels
    circle: NDArray[np.int16]
    community: NDArray[np.int32]

    def save(self, runs: Path, kept: Mapping[str, Path] | None = None) -> Path:
        """Write the run under its id: a temporary name first, then renamed.

        Parameters
        ----------
        kept
            Files that already hold some of the tables: linked where they are there.
        """
        final = runs / self.header.run_id
        part = runs / f".part-{secrets.token_hex(8)}"
        part.mkdir(parents=True)
        files = _score_files(self.header)
        for name, table in self._tables().items():
            path = part / f"{files.get(name, name)}.parquet"
            try:
                os.link((kept or {})[name], path)
            except (OSError, KeyError):
                write(path, table())
        (part / "assessment.json").write_bytes(msgspec.json.format(msgspec.json.encode(_nan_free(self.header))))
        # Only a run that could not be read back is made again under its id.
        shutil.rmtree(final, ignore_errors=True)
        os.rename(part, final)
        return final

    def _tables(self) -> dict[str, Callable[[], Mapping[str, Held]]]:
        """Return what is written as Parquet, by file: facts of connections and of accounts, and what was made of them."""
        fakes = {name: self.connections.features[name] for name in LABELLED if name in self.connections.features}
        labels = {name: getattr(self.labels, name) for name in AccountLabels.__struct_fields__}
        return {
            "connections": lambda: connections_table(self.connections),
            "circles": lambda: {"circle": self.circle},
            "fakes": lambda: fakes,
            "accounts": lambda: {"account": self.accounts.account, **self.accounts.columns},
            "labels": lambda: {"community": self.community, **labels},
            **{f"score.{name}": partial(self._score, name) for name in self.scores},
        }

    def _score(self, name: str) -> Table:
        return {name: self.scores[name]}


def _score_files(header: Header) -> dict[str, str]:
    """Return the name of the file by that of its table, `score.<scorer>`: no plugin's name becomes that of a file."""
    scorers = [key.removeprefix("scorer ") for key in header.plugins if key.startswith("scorer ")]
    return {f"score.{scorer}": f"score-{number}" for number, scorer in enumerate(scorers)}


def connections_table(connections: Connections) -> dict[str, Held]:
    """Return connections as one table, without what labels say."""
    features = {f"f.{name}": held(connections.features, name) for name in connections.features if name not in LABELLED}
    return {"a": connections.a, "b": connections.b, **features}


def connections_of(path: Path) -> Connections:
    """Return the connections of a file with a table that `connections_table` made; features are read when asked for."""
    table = pl.scan_parquet(path)
    ends = Columns(table)
    ends.make(("a", "b"))
    return Connections(ends["a"], ends["b"], Columns(table, "f."))


_TOGETHER: Final = ("interactions", "first", "last")


def activity_table(activity: Activity) -> Table:
    """Return who was active as one table, in which what holds for all together stands in every row."""
    together = {name: np.full(len(activity.accounts), getattr(activity, name) or 0) for name in _TOGETHER}
    return {"account": activity.accounts, "newest": activity.newest, **together}


def activity_from(table: Table) -> Activity:
    """Return the activity of a table that `activity_table` made."""
    if not len(table["account"]):
        return Activity()
    together = {name: int(table[name][0]) for name in _TOGETHER}
    return Activity(accounts=table["account"], newest=table["newest"], **together)


def accounts_of(path: Path) -> AccountTable:
    """Return the accounts of a file; facts are read when asked for."""
    return table_of(pl.scan_parquet(path))


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
    header = msgspec.convert(raw, Header)
    circle, fakes, labels = (read(folder / f"{name}.parquet") for name in ("circles", "fakes", "labels"))
    connections, scores = connections_of(folder / "connections.parquet"), Columns()
    connections.features.update(fakes)
    for file in _score_files(header).values():
        scores.add(pl.scan_parquet(folder / f"{file}.parquet"))
    return Assessment(
        header,
        connections,
        accounts_of(folder / "accounts.parquet"),
        scores,
        AccountLabels(*(labels[name] for name in AccountLabels.__struct_fields__)),
        circle["circle"],
        labels["community"],
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

    def take(self, rows: NDArray[np.intp]) -> Ties:
        """Return some of the ties, in the order given."""
        return Ties(self.assessment, self.rows[rows], self.other[rows], self.this[rows], self.flipped[rows])

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
        column: Column = features[f"{name}_{straight}"][self.rows]
        if self.flipped.any():
            column = np.where(self.flipped, features[f"{name}_{flipped}"][self.rows], column)
        return column

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
        if self.assessment.header.me:
            return distinct(self.other)
        connections = self.assessment.connections
        return connections.accounts() if len(self) == len(connections) else distinct(self.this, self.other)

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
