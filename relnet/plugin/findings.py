"""What a section of the report reads, and the blocks that it returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

Unit = Literal["text", "count", "score", "share", "days", "hours"]
"""How a column of a block is shown; a value in it may be unknown (NaN or `None`)."""


class Block(msgspec.Struct, tag_field="block"):
    """A piece of a report section; never raw HTML."""


class Text(Block, tag="text"):
    """A paragraph."""

    text: str


class Table(Block, tag="table"):
    """A table; cells are plain values, formatted by whoever shows it.

    `units` says how, column by column; without it each value is shown by its type. `total` is the number of
    rows there are, where not all are given.
    """

    caption: str
    head: list[str]
    rows: list[list[Any]]
    total: int | None = None
    units: list[Unit] = []


class Chart(Block, tag="chart"):
    """Data of a chart; the report draws it and shows the data table beside it.

    Rows by kind: bars and stack (name, value); months (month, value[, value drawn downwards]); rings (name,
    circle, label), strongest first; scatter (name, x, y, number of dots in one place).
    """

    kind: Literal["bars", "stack", "months", "rings", "scatter"]
    title: str
    head: list[str]
    rows: list[list[Any]]
    note: str = ""
    units: list[Unit] = []


class Figure(Protocol):
    """One number of the summary, with its interval where it has one; NaN is unknown."""

    value: float
    low: float
    high: float
    n: int


class Measure(msgspec.Struct, frozen=True):
    """What a figure of the report says.

    Attributes
    ----------
    title, group
        What it is called, and which figures it belongs with.
    unit
        How its value is shown.
    meaning, source
        Its definition, and the work that it follows; the latter empty where it is a plain count.
    unknown
        Why its value is unknown; empty where it is known.
    at_least
        Whether the value is a lower bound, since not all is covered.
    """

    title: str
    group: str
    unit: Unit
    meaning: str
    source: str = ""
    unknown: str = ""
    at_least: bool = False


class Change(msgspec.Struct, frozen=True):
    """What is different from an earlier assessment of the same network.

    Attributes
    ----------
    since
        Moment of that assessment, as `Findings.as_of`.
    figures
        (name, then, now) of the figures that differ; NaN is unknown.
    lists
        (list, who, `new` or `gone`) of ties.
    circles
        (who, circle then, circle now) of ties that moved; 0 is outside all.
    """

    since: str
    figures: tuple[tuple[str, float, float], ...]
    lists: tuple[tuple[str, str, str], ...]
    circles: tuple[tuple[str, int, int], ...]


class Method(msgspec.Struct, frozen=True):
    """One plugin that took part in an assessment."""

    kind: str
    name: str
    version: str
    parameters: str
    about: str
    formula: str


class TieList(msgspec.Struct, frozen=True):
    """A list of ties that ask for attention.

    Attributes
    ----------
    meaning
        What puts a tie on it, and which comes first.
    rows
        Rows of the ties, in the order of the list.
    unknown
        Why the list, or a part of it, cannot be told; empty where it can.
    """

    meaning: str
    rows: NDArray[np.intp]
    unknown: str = ""


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What a section reads of an assessment. Strangers' texts in it are cleaned, or hidden where redacted.

    Attributes
    ----------
    as_of, since, first, last
        Moment of judging, first moment looked at, first and last dated interaction: ISO dates, months where
        redacted; `None` where there is none.
    owner
        Who “you” are; empty where the record is nobody's own.
    figures
        By name, as the overview shows them: `people`, `both_ways`, `share_fake` …; `share_fake_worst` is
        the share if as few fakes are found as in the worst set on which the labels were tested.
    measures
        What the figures say, by name, in the order in which they are told; not all figures have one.
    share_note
        Why the shares of the labels are unknown or as counted; empty where corrected for measured errors.
    thresholds
        Probability from which an account is `fake` or `inactive`, and p_fake below which it can be `good`; acts below
        which a tie is `thin`, days of contact from which it is in touch `often`.
    lists
        By name: `fading`, `rising`, `unanswered`, `one-sided`, `dormant`; rows of `ties`.
    headline
        Name of the leading score; empty where nothing scored.
    ties
        One row a connection, strongest first: `who`, `from` (own side), `out`, `in` (acts; NaN not covered),
        `out_known`, `in_known` (absence means zero), `last`, `first` (days before `as_of`), `days`,
        `interactions`, `circle`, `label`, `bot`, `community`, `last_out`, `last_in` (days since the last act of
        each side), and each score by its name.
    accounts
        One row an account met, most interactions first: `who`, `label`, `p_fake`, `p_inactive`, `reason`,
        `interactions`, `overridden`, `bot`, `state`, `community` (-1 for none).
    months
        `month` (datetime64[M]), `out`, `back`: acts. Where nobody is the owner all acts are `out`.
    windows
        The last whole windows of `horizon_days`, oldest first: `from` (ISO date), `out`, `back` (acts), `people`
        (in contact), `mutual` (with acts each way).
    change
        What is different from an earlier assessment; `None` where none was named.
    coverage
        What was imported could see, in words.
    visibility, skipped
        Dated interactions by visibility; records left out by reason.
    inputs
        (source, file, digest) each.
    provenance
        What it takes to make the assessment again, in words.
    """

    as_of: str
    since: str | None = None
    first: str | None = None
    last: str | None = None
    owner: tuple[str, ...] = ()
    redacted: bool = False
    interactions: int = 0
    undated: int = 0
    figures: Mapping[str, Figure]
    measures: Mapping[str, Measure] = {}
    share_note: str = ""
    thresholds: Mapping[str, float]
    headline: str = ""
    lists: Mapping[str, TieList] = {}
    ties: Mapping[str, NDArray[Any]]
    accounts: Mapping[str, NDArray[Any]]
    months: Mapping[str, NDArray[Any]]
    windows: Mapping[str, NDArray[Any]] = {}
    horizon_days: float = 0.0
    change: Change | None = None
    methods: tuple[Method, ...] = ()
    coverage: tuple[str, ...] = ()
    visibility: Mapping[str, int] = {}
    skipped: Mapping[str, int] = {}
    warnings: tuple[str, ...] = ()
    inputs: tuple[tuple[str, str, str], ...] = ()
    provenance: Mapping[str, str] = {}
