"""relnet in a notebook or a script: load files, look at frames and graphs, write reports.

>>> import relnet
>>> net = relnet.load("archive.zip")  # doctest: +SKIP
>>> net.connections.sort("engagement").tail(10)  # doctest: +SKIP
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from relnet import runner
from relnet.assess.assessment import Assessment
from relnet.assess.plan import features_for
from relnet.assess.run import assess, scorer_inputs, view_of
from relnet.assess.table import headline
from relnet.errors import PluginError, SettingsError
from relnet.export import files, graph, tables
from relnet.ingest.importer import load as load_paths
from relnet.network.connections import Connections, connect_pairs
from relnet.network.view import NetworkView
from relnet.plugin import Feature, Inputs, ReadOptions, Scorer, Source
from relnet.registry import Registry
from relnet.report.build import build
from relnet.report.formats import by_name, write
from relnet.settings import load as load_settings
from relnet.store.workspace import Workspace
from relnet.trust import configured

if TYPE_CHECKING:
    import networkx as nx

SHOWN: Final = 10
"""Connections in the representation of a network."""
_COLUMNS: Final = ("handle", "name", "acts_out", "acts_in", "last_contact", "label")


def load(
    *paths: str | Path,
    workspace: str | Path | None = None,
    me: str | Sequence[str] = (),
    as_format: str | None = None,
    complete: bool = False,
    as_of: datetime | None = None,
    since: datetime | None = None,
) -> Network:
    """Return the network in some files: archives, exports, tables, or folders of them; settings count as everywhere.

    Parameters
    ----------
    workspace
        Folder that keeps what was read; by default a temporary one, which goes when the network does. Without paths,
        what it holds already is looked at.
    me
        Handles, ids or addresses of the owner, where the files do not say.
    as_format
        Name of the source that reads the files; by default the one that recognises them.
    complete
        Nothing is missing in the files: absence means zero.
    as_of, since
        Moment of judging and first moment looked at, UTC where they have no zone; by default the end of coverage and
        the beginning.

    Raises
    ------
    InputError
        A file cannot be read, or there is nothing to look at.
    """
    kept = None if workspace is None else Path(workspace)
    settings = load_settings(kept).settings
    registry = configured(settings, kept)
    if kept is None:
        folder = Path(tempfile.mkdtemp(prefix="relnet-"))
        place = Workspace(folder / "workspace")
        weakref.finalize(place, shutil.rmtree, folder, ignore_errors=True)
    else:
        place = Workspace(kept, create=bool(paths))
    if paths:
        owners = (me,) if isinstance(me, str) else tuple(me)
        named = registry.make(Source, as_format) if as_format else None
        options = ReadOptions(me=owners, complete=complete)
        load_paths([Path(path) for path in paths], place, registry.usable(Source)[0], options, named=named)
    found = assess(
        place, registry, as_of=_ms(as_of), since=_ms(since), horizon_days=settings.horizon_days, refit=settings.refit
    )
    return Network(found, place, registry)


class Network:
    """A network with its assessment. Frames are Polars: `.to_pandas()` and `.to_arrow()` make others of them.

    Parameters
    ----------
    assessment, workspace, registry
        What was found, where the facts are, and the plugins that judge them.
    """

    def __init__(self, assessment: Assessment, workspace: Workspace, registry: Registry) -> None:
        self.assessment, self.workspace, self.registry = assessment, workspace, registry

    @cached_property
    def view(self) -> NetworkView:
        """The facts at the moment of judging."""
        return view_of(self.workspace, self.assessment)

    @cached_property
    def connections(self) -> pl.DataFrame:
        """Your connections, or all where nobody is the owner: counts, label, circle, lists and scores."""
        return tables.connections(self.assessment)

    @cached_property
    def accounts(self) -> pl.DataFrame:
        """Every account with the newest known facts and its label."""
        return tables.account_table(self.assessment)

    @cached_property
    def interactions(self) -> pl.DataFrame:
        """Every interaction, oldest first, private ones included."""
        return tables.interactions(self.view, private=True)[0]

    @property
    def figures(self) -> dict[str, float]:
        """The figures of the overview by name; NaN is unknown."""
        return {name: figure.value for name, figure in self.assessment.header.summary.items()}

    def to_networkx(self) -> nx.DiGraph[str]:
        """Return a networkx DiGraph: nodes by network and id, edges by direction with acts as `weight`."""
        return graph.to_networkx(self.assessment)

    def score(self, scorer: str | type[Scorer] | Scorer) -> pl.DataFrame:
        """Return your connections with one more score, the highest first.

        Parameters
        ----------
        scorer
            Name of an installed scorer, or one of your own: a class or a value.

        Raises
        ------
        PluginError
            It fails, or needs what no feature makes.
        """
        if isinstance(scorer, str):
            chosen = self.registry.make(Scorer, scorer)
        else:
            chosen = scorer() if isinstance(scorer, type) else scorer
        inputs = self._inputs(chosen)
        outcome = runner.score(chosen, inputs)
        if outcome.failure:
            raise PluginError(outcome.failure.message, where=chosen.name)
        rows = tables.rows_of(self.assessment)
        scored = pl.Series(chosen.name, outcome.value)[rows].fill_nan(None)
        return (
            self.connections.drop(chosen.name, strict=False)
            .with_columns(scored)
            .sort(chosen.name, descending=True, nulls_last=True)
        )

    def _inputs(self, scorer: Scorer) -> Inputs:
        """Return the columns that a scorer asks for; those that this assessment has not are computed."""
        header, known = self.assessment.header, self.assessment.connections
        missing = [need for need in scorer.needs if need not in known.features and not need.startswith("score.")]
        features, _ = self.registry.usable(Feature)
        made = connect_pairs(self.view, features_for(missing, features, scorer.name), missing) if missing else known
        found = Connections(known.a, known.b, {**made.features, **known.features})
        return scorer_inputs(scorer, found, self.assessment.scores, header.as_of, frozenset(header.me), header.seed)

    def report(self, path: str | Path, format: str | None = None, *, redact: bool = False) -> Path:
        """Write the relationship-health report; the format follows the name of the file.

        Parameters
        ----------
        format
            html, md, json or pdf.
        redact
            Hide everybody's names.

        Raises
        ------
        SettingsError
            The format is unknown, or takes an extra that is not installed.
        """
        target = Path(path)
        format = format or by_name(target)
        made = build(self.assessment, self.view, self.registry, redact=redact)
        files.write_bytes(write(made, format), target)
        return target

    def export(self, what: str, path: str | Path, format: str | None = None) -> Path:
        """Write `connections`, `accounts`, `edges` or `graph`; the format follows the name of the file.

        Raises
        ------
        SettingsError
            There is no such table, or no such format of it.
        """
        target = Path(path)
        if what == "graph":
            graph.write_graph(self.assessment, target, files.chosen(format, target, graph.FORMATS))
            return target
        frames = {"connections": "connections", "accounts": "accounts", "edges": "interactions"}
        if what not in frames:
            raise SettingsError(f"There is no table {what!r}.", f"There are: {', '.join([*frames, 'graph'])}.")
        files.write_frame(getattr(self, frames[what]), target, files.chosen(format, target), table=what)
        return target

    def __len__(self) -> int:
        return len(self.connections)

    def __repr__(self) -> str:
        header = self.assessment.header
        return f"<relnet.Network: {len(self):,} connections, {header.interactions:,} dated interactions>"

    def _repr_html_(self) -> str:
        leading = headline(self.assessment)
        columns = [name for name in (*_COLUMNS, leading) if name in self.connections.columns]
        rows = self.connections.with_columns(pl.coalesce("handle", "id")).select(columns)
        if leading:
            rows = rows.sort(leading, descending=True, nulls_last=True)
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>"
            for row in rows.head(SHOWN).iter_rows()
        )
        caption = escape(repr(self).strip("<>").removeprefix("relnet."))
        return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)


def _cell(value: Any) -> str:
    if value is None:
        return "unknown"
    return escape(f"{value:.2f}" if isinstance(value, float) else str(value))
