"""What the screens show: the only module of the dashboard that touches workspace and network.

Everything here that takes longer than a key press is called from a worker thread; one lock lets one of them
at a time through the door to the facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.assess.assessment import LABELS, AccountLabels, Assessment
from relnet.assess.explain import Explanation, Part, explain, explain_label
from relnet.assess.health import summary
from relnet.assess.run import assess, decide, view_of
from relnet.assess.table import handle_of
from relnet.errors import InputError
from relnet.ingest.importer import LoadReport, load
from relnet.network.evidence import Act, acts_between, months
from relnet.network.view import NetworkView
from relnet.plugin import Feature, LabelResult, ReadOptions, Source
from relnet.registry import Registry
from relnet.store.log import Manifest
from relnet.store.workspace import Workspace
from relnet.tui.job import Job
from relnet.tui.seen import Note, Notes, Seen, seen_from
from relnet.tui.widgets.bars import Months


class Model:
    """A workspace, its assessment, and the connections as they are seen at the moment.

    Parameters
    ----------
    workspace, registry
        Where the facts lie, and the plugins.
    options, source
        What the user says of inputs, and the name of the source to read them with.
    as_of, since
        Moment of judging, by default the end of coverage, and first moment looked at, ms UTC.
    """

    def __init__(
        self,
        workspace: Workspace,
        registry: Registry,
        options: ReadOptions | None = None,
        as_of: int | None = None,
        source: str | None = None,
        since: int | None = None,
    ) -> None:
        self.workspace, self.registry = workspace, registry
        self.options, self.as_of, self.since, self.source = options, as_of, since, source
        self.everyone: Seen | None = None
        """The connections of the owner, or all where nobody is the owner."""
        self.notes: Notes = {}
        self._focused: Seen | None = None
        self._view: NetworkView | None = None
        self._door, self._loading, self._judging = Lock(), Lock(), Lock()
        self._judged: list[int] = []
        self._demo: TemporaryDirectory[str] | None = None
        self._demo_paths: list[Path] = []

    # Loading

    def load(self, paths: Sequence[Path], job: Job, workspace: Workspace | None = None) -> None:
        """Read inputs and assess; what is shown changes only when all is done.

        Raises
        ------
        Cancelled
            The job was cancelled. Inputs already read stay, the one under way leaves nothing.
        RelnetError
            An input cannot be read, or there is nothing to assess.
        """
        workspace = workspace or self.workspace
        with self._loading:
            job.phase("Read")
            report = self._read(paths, workspace, job) if paths else LoadReport()
            job.phase("Clean")
            assessment = assess(workspace, self.registry, as_of=self.as_of, since=self.since, phase=job.phase)
            notes = _notes(workspace)
            everyone = seen_from(assessment, notes)
            job.finish(_findings(report, assessment))
        with self._door:
            self._view = None
            self.workspace, self.notes = workspace, notes
            self.everyone, self._focused, self._judged = everyone, None, []

    def _read(self, paths: Sequence[Path], workspace: Workspace, job: Job) -> LoadReport:
        named = self.registry.make(Source, self.source) if self.source else None
        sources, _ = self.registry.usable(Source)
        return load(paths, workspace, sources, self.options, job.read, named)

    def load_demo(self, job: Job) -> None:
        """Make up a network, write it as files, and read them with the real readers."""
        from relnet.demo.files import write_demo

        job.phase("Read")
        self._demo = self._demo or TemporaryDirectory(prefix="relnet-demo-")
        folder = Path(self._demo.name)
        self._demo_paths = self._demo_paths or write_demo(folder / "inputs")
        self.load(self._demo_paths, job, Workspace(folder / "workspace"))

    def close(self) -> None:
        """Remove what was made up."""
        self._view = None
        if self._demo:
            self._demo.cleanup()

    @property
    def imports(self) -> dict[str, Manifest]:
        """What was read, by id."""
        return self.workspace.imports()

    @property
    def formats(self) -> list[str]:
        """Names of the sources."""
        return self.registry.names("source")

    @property
    def log_path(self) -> Path:
        """Where errors are written down."""
        return self.workspace.cache / "dashboard.log"

    # What is seen

    @property
    def seen(self) -> Seen:
        """The connections as they are seen at the moment."""
        seen = self._focused or self.everyone
        if seen is None:
            raise InputError("Nothing is loaded.", "Open something first.")
        return seen

    @property
    def assessment(self) -> Assessment:
        """The assessment behind them."""
        return self.seen.assessment

    def focus(self, account: int | None) -> None:
        """See the connections from one account, or with `None` from the owner or all again."""
        self._focused = None if account is None else seen_from(self.assessment, self.notes, account)

    def handle(self, account: int) -> str:
        """Return how an account is shown; clean."""
        return handle_of(self.assessment, account)

    # Evidence, on demand

    def explanations(self, seen: Seen, row: int) -> list[Explanation]:
        """Return why each score of a connection is what it is, the headline first."""
        return sorted(explain(seen.ties, row, self.registry), key=lambda each: each.scorer != seen.headline)

    def cues(self, account: int) -> list[Part]:
        """Return what speaks for and against an account being fake, strongest first."""
        return explain_label(self.assessment, account, self.registry)

    def unit(self, column: str) -> str:
        """Return the unit of a feature's column; empty where it has none."""
        for name in (column, column.removesuffix("_ab").removesuffix("_ba")):
            if name in self.registry.names("feature"):
                return self.registry.make(Feature, name).unit
        return ""

    def acts(self, seen: Seen, row: int, limit: int, offset: int = 0) -> list[Act]:
        """Return interactions of a connection, newest first."""
        with self._door:
            return acts_between(self._opened(), [int(seen.ties.this[row])], seen.account(row), limit, offset)

    def counts_as(self, kind: str) -> str:
        """Return the class of a kind: act, signal or declared."""
        with self._door:
            return self._opened().kind_class(kind)

    def all_months(self) -> Months | None:
        """Return acts by month, until the moment of judging; `None` where none is dated."""
        header = self.assessment.header
        with self._door:
            return _until(header.as_of, months(self._opened(), header.me))

    def months(self, seen: Seen, row: int) -> Months | None:
        """Return the acts of a connection by month; a month of a direction that is not covered is unknown."""
        with self._door:
            found = months(self._opened(), [int(seen.ties.this[row])], seen.account(row))
        by_month = _until(seen.assessment.header.as_of, found)
        if by_month is not None:
            for way, known in ((by_month.out, seen.out_known[row]), (by_month.into, seen.in_known[row])):
                way[(way == 0) & (not known)] = np.nan
        return by_month

    def _opened(self) -> NetworkView:
        if self._view is None:
            self._view = view_of(self.workspace, self.assessment)
        return self._view

    # Judgements

    def get_ready_to_judge(self) -> None:
        """Open what the first judgement needs, which takes a second, while the user still chooses."""
        with self._judging, self._door:
            self._opened()
            _ = self.workspace.catalog

    def set_label(self, accounts: Sequence[int], label: str) -> None:
        """Give accounts a label that wins over every labeler."""
        from relnet.store.judgements import set_override

        with self._judging:
            for account in accounts:
                set_override(self.workspace.catalog, account, label)
            self._judged.append(len(accounts))
            self._take_over()

    def annotate(self, accounts: Sequence[int], kind: Note, text: str) -> None:
        """Add a note, a tag or an action-list entry to accounts."""
        from relnet.store.judgements import annotate

        with self._judging:
            for account in accounts:
                annotate(self.workspace.catalog, account, kind, text)
            self._judged.append(len(accounts))
            self._take_over()

    def undo(self) -> str | None:
        """Take back the last judgement, whole where it was of several accounts; return what it was."""
        from relnet.store.judgements import undo

        if not self.workspace.has_judgements:
            return None
        with self._judging:
            undone = [undo(self.workspace.catalog) for _ in range(self._judged.pop() if self._judged else 1)]
            self._take_over()
        return undone[0]

    def _take_over(self) -> None:
        """Read the judgements in force and show them."""
        from relnet.store.judgements import overrides

        assert self.everyone is not None
        assessment, focus = self.everyone.assessment, self.seen.focus
        with self._door:
            view = self._opened()
            labels = _relabelled(assessment, overrides(self.workspace.catalog), view)
            assessment = msgspec.structs.replace(assessment, labels=labels)
            header = msgspec.structs.replace(assessment.header, summary=summary(assessment, self.registry))
        assessment = msgspec.structs.replace(assessment, header=header)
        self.notes = _notes(self.workspace)
        self.everyone = seen_from(assessment, self.notes)
        self._focused = None if focus is None else seen_from(assessment, self.notes, focus)


def _until(as_of: int, found: dict[str, NDArray[Any]]) -> Months | None:
    """Return months from the first with an act to that of a moment, those after the last act with none."""
    if not len(found["month"]):
        return None
    first, last = found["month"][[0, -1]]
    silent = (np.datetime64(as_of, "ms").astype("datetime64[M]") - last).astype(int)
    names = [str(month) for month in np.arange(first, last + max(silent, 0) + 1)]
    empty = np.zeros(len(names) - len(found["month"]))
    return Months(names, *(np.concatenate((found[way].astype(np.float64), empty)) for way in ("out", "back")))


def _notes(workspace: Workspace) -> Notes:
    if not workspace.has_judgements:
        return {}
    from relnet.store.judgements import annotations

    notes: dict[int, dict[Note, list[str]]] = {}
    for row in annotations(workspace.catalog):
        kinds = notes.setdefault(row.account, {"note": [], "tag": [], "action": []})
        for kind, texts in kinds.items():
            if row.kind == kind:
                texts.append(row.text)
    return notes


def _relabelled(assessment: Assessment, overrides: dict[int, str], view: NetworkView) -> AccountLabels:
    labels = assessment.labels
    codes = decide(LabelResult(labels.p_fake, labels.p_inactive, labels.why))
    overridden = np.zeros(len(codes), dtype=np.bool_)
    for account, word in overrides.items():
        row = assessment.accounts.row(view.identity.get(account, account))
        if row is not None:
            codes[row], overridden[row] = LABELS.index(word), True
    return msgspec.structs.replace(labels, label=codes, overridden=overridden)


def _findings(report: LoadReport, assessment: Assessment) -> dict[str, str]:
    new = sum(not each.known for each in report.loaded)
    left_out = sum(assessment.header.skipped.values())
    return {
        "Read": f"{new:,} new" if new else "nothing new",
        "Clean": f"{left_out:,} records left out" if left_out else "nothing left out",
        "Graph": f"{len(assessment.connections):,} connections",
        "Score": f"{len(assessment.scores)} scores",
        "Label": f"{len(assessment.accounts.account):,} accounts",
    }
