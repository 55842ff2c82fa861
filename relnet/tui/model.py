"""What the screens do to a workspace: read into it, judge it anew, write down what the user decides.

Everything here takes longer than a key press and is called from a worker thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from relnet.assess.agreement import Agreement, agreement
from relnet.assess.assessment import DEFAULT, LABELS, Assessment, Thresholds
from relnet.assess.plan import runnable
from relnet.assess.run import assess, judgements, view_of
from relnet.assess.written import Entry, written
from relnet.ingest.importer import LoadReport, load
from relnet.plugin import Feature, ReadOptions, Scorer, Source
from relnet.registry import Registry
from relnet.settings import HORIZON_DAYS
from relnet.store.log import Manifest
from relnet.store.workspace import Workspace
from relnet.text import counted
from relnet.tui.facts import Facts
from relnet.tui.job import Job
from relnet.tui.judged import by_account, relabelled
from relnet.tui.seen import Note, seen_from


class Model(Facts):
    """A workspace that can be read into, judged anew and judged by the user.

    Parameters
    ----------
    workspace, registry
        Where the facts lie, and the plugins.
    options, source
        What the user says of inputs, and the name of the source to read them with.
    as_of, since
        Moment of judging, by default the end of coverage, and first moment looked at, ms UTC.
    horizon_days, refit
        Days ahead that engagement looks, and whether scorers are fitted to the record first.
    """

    def __init__(
        self,
        workspace: Workspace,
        registry: Registry,
        options: ReadOptions | None = None,
        as_of: int | None = None,
        source: str | None = None,
        since: int | None = None,
        horizon_days: float = HORIZON_DAYS,
        refit: bool = False,
    ) -> None:
        super().__init__(workspace, registry)
        self.options, self.as_of, self.since, self.source = options, as_of, since, source
        self.horizon_days, self.refit = horizon_days, refit
        self.left_out: frozenset[str] = frozenset()
        """Scorers that the user turned off."""
        self._whole = (since, as_of)
        self._loading, self._judging = Lock(), Lock()
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
        if workspace is not None and workspace.path != self.workspace.path:
            self.since, self.as_of = self._whole  # a period chosen in one record says nothing of another
        workspace = workspace or self.workspace
        with self._loading:
            job.phase("Read")
            report = self._read(paths, workspace, job) if paths else LoadReport()
            job.phase("Clean")
            assessment = self._assess(workspace, self.left_out, job)
            wrote = written(assessment, workspace)
            everyone = seen_from(assessment, by_account(wrote))
            job.finish(_findings(report, assessment))
        with self._door:
            self._view = self._all_months = None
            self.workspace, self.written = workspace, wrote
            self.everyone, self._focused, self._judged = everyone, None, []

    def _assess(self, workspace: Workspace, left_out: frozenset[str], job: Job | None = None) -> Assessment:
        scorers = None
        if left_out:
            wanted = [each for each in self.registry.usable(Scorer)[0] if each.name not in left_out]
            scorers = [each.name for each in runnable(wanted, self.registry.usable(Feature)[0])[0]]
        return assess(
            workspace,
            self.registry,
            as_of=self.as_of,
            since=self.since,
            scorers=scorers,
            horizon_days=self.horizon_days,
            refit=self.refit,
            phase=job.phase if job else None,
        )

    # Judging anew, without reading anything

    def set_period(self, since: int | None, as_of: int | None) -> None:
        """Look at a period of the record only, judged at its end; `None` for the ends of the record."""
        before = self.since, self.as_of
        self.since, self.as_of = since, as_of
        try:
            self._judge_anew(self.left_out)
        except BaseException:
            self.since, self.as_of = before
            raise

    def set_whole_period(self) -> None:
        """Look at what was asked for at the start."""
        self.set_period(*self._whole)

    def set_left_out(self, names: frozenset[str]) -> None:
        """Leave scorers out of the assessment."""
        self._judge_anew(names)

    def take_plugins(self, registry: Registry) -> None:
        """Go on with the plugins as they are now."""
        before, self.registry = self.registry, registry
        try:
            self._judge_anew(self.left_out)
        except BaseException:
            self.registry = before
            raise

    def _judge_anew(self, left_out: frozenset[str]) -> None:
        with self._loading:
            assessment = self._assess(self.workspace, left_out)
            with self._door:
                self._view, self.left_out = view_of(self.workspace, assessment), left_out
            self._show(assessment if self.thresholds == DEFAULT else self._relabelled(assessment))

    def _show(self, assessment: Assessment) -> None:
        """Take over an assessment with all that the user wrote, seen from where it was seen before."""
        wrote, focus = written(assessment, self.workspace), self.seen.focus
        notes = by_account(wrote)
        everyone = seen_from(assessment, notes)
        focused = None if focus is None else seen_from(assessment, notes, focus)
        self.written, self.everyone, self._focused = wrote, everyone, focused

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

    def settled_actions(self) -> list[Entry]:
        """Return the action list with all that is being written down just now."""
        with self._judging:
            return self.actions()

    def remove_actions(self, entries: Sequence[Entry]) -> None:
        """Take entries off the action list."""
        from relnet.store.judgements import remove_annotation

        with self._judging:
            for entry in entries:
                remove_annotation(self.workspace.catalog, entry.account, entry.number)
            self._judged.append(len(entries))
            self._take_over()

    def join(self, accounts: Sequence[int], name: str) -> None:
        """Say that accounts are one person, and judge anew with them as one."""
        from relnet.store.judgements import merge_accounts

        with self._judging:
            merge_accounts(self.workspace.catalog, name, list(dict.fromkeys(accounts)))
            self._judged.append(1)
            self._all_months = None
            self._judge_anew(self.left_out)

    def undo(self) -> str | None:
        """Take back the last judgement, whole where it was of several accounts; return what it was."""
        from relnet.store.judgements import undo

        if not self.workspace.has_judgements:
            return None
        with self._judging:
            before = judgements(self.workspace).persons
            undone = [undo(self.workspace.catalog) for _ in range(self._judged.pop() if self._judged else 1)]
            if judgements(self.workspace).persons != before:  # who is whom changes every number
                self._all_months = None
                self._judge_anew(self.left_out)
            else:
                self._take_over()
        return undone[0]

    def _take_over(self) -> None:
        """Read the judgements in force and show them."""
        assert self.everyone is not None
        self._show(self._relabelled(self.everyone.assessment))

    def _relabelled(self, assessment: Assessment) -> Assessment:
        with self._door:
            return relabelled(assessment, self.workspace, self._opened(), self.registry, self.thresholds)

    def set_thresholds(self, thresholds: Thresholds) -> None:
        """Give labels by other thresholds from now on."""
        with self._judging:
            self.thresholds = thresholds
            self._take_over()

    def answer(self, account: int, word: str) -> Agreement:
        """Write down what the user says of an account drawn by chance; return the agreement with all answers."""
        from relnet.store.judgements import add_review

        assessment = self.assessment
        with self._judging:
            row = assessment.accounts.row(account)
            shown = LABELS[int(assessment.labels.label[row or 0])]
            add_review(self.workspace.catalog, assessment.header.run_id, account, shown, word)
            return agreement(assessment, self._answers())


def _findings(report: LoadReport, assessment: Assessment) -> dict[str, str]:
    new = sum(not each.known for each in report.loaded)
    left_out = sum(assessment.header.skipped.values())
    return {
        "Read": f"{new:,} new" if new else "nothing new",
        "Clean": f"{counted(left_out, 'record')} left out" if left_out else "nothing left out",
        "Graph": counted(len(assessment.connections), "connection"),
        "Score": counted(len(assessment.scores), "score"),
        "Label": counted(len(assessment.accounts.account), "account"),
    }
