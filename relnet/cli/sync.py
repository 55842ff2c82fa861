"""Verbs over live networks: sync one's own record; fetch anybody's followers for `check`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from relnet.cli.data import load_text
from relnet.cli.output import Progress, emit, emit_json, say
from relnet.cli.session import Session, recent, session
from relnet.errors import Paused, SettingsError
from relnet.facts.keys import key
from relnet.ingest.importer import Loaded, LoadReport
from relnet.ingest.importer import load as load_paths
from relnet.live.job import Job, Step, check_budget, fetched, kept_before, no_extra, reference, total
from relnet.plugin import Source
from relnet.store.workspace import Workspace, workspace_name
from relnet.text import clean, count, counted

if TYPE_CHECKING:
    from relnet.live.client import Client

SPOOLS = "sync"
"""Folder of a workspace in which fetched lists wait to be whole."""


class Plan(NamedTuple):
    """What a job takes: servers, steps, requests known beforehand, and what was asked to find out."""

    hosts: list[str]
    steps: list[Step]
    requests: int
    allowance: int
    asked: int


class Checked(NamedTuple):
    """What a check of a live account brought in."""

    account: int
    import_id: str
    seen: int


def sync(
    context: typer.Context,
    account: str = typer.Argument(help="bluesky:HANDLE, bluesky:DID or mastodon:USER@HOST; yours."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be asked, and ask no more than that needs."),
    lists: bool = typer.Option(True, "--lists/--no-lists", help="Followers, follows and profiles as well."),
    afresh: bool = typer.Option(False, "--afresh", help="Forget what earlier syncs had, and fetch all again."),
) -> None:
    """Fetch your own record from Bluesky or a Mastodon server: new things only, and never a post, follow or like.

    Secrets: RELNET_BLUESKY_PASSWORD (an app password), RELNET_MASTODON_TOKEN, or the system's keyring under `relnet`.
    """
    from relnet.cli.judge import current_view, offers
    from relnet.live.jobs import sync_job

    run = session(context)
    network, who = _named(account)
    with _client(run) as client:
        job = sync_job(network, who, client, run.settings.live, lists=lists)
        named = _earlier(job) or workspace_name(f"{network}-{who}")
        if dry_run:
            kept = {} if afresh else kept_before(run.place(named) / SPOOLS, job.name)
            emit_plans(run, [plan_of(job, client, kept)])
            return
        workspace = run.workspace(named, create=True)
        loaded, _ = _brought_in(run, job, client, workspace, afresh=afresh)
        sent = client.sent
    offered = offers(current_view(workspace))
    if run.json:
        data = {"workspace": str(workspace.path), "loaded": [loaded], "requests": sent}
        emit_json("sync", data, offered)
        return
    emit("\n".join([load_text(LoadReport([loaded])), *offered]))
    emit(f"{counted(sent, 'request')}. Workspace: {workspace.path}")


def followers_of(run: Session, workspace: Workspace, who: list[str], limit: int | None) -> list[Checked]:
    """Fetch the followers of live accounts into a workspace."""
    found, lasts = [], bool(run.given["workspace"])
    with _client(run) as client:
        for each in who:
            job = _check_job(run, client, each, limit)
            loaded, header = _brought_in(run, job, client, workspace, lasts=lasts)
            account = key(header["network"], header["account"])
            found.append(Checked(account, loaded.manifest.import_id, header["seen"]))
    return found


def plans_of_check(run: Session, who: list[str], limit: int | None) -> list[Plan]:
    """Return what a check of live accounts takes."""
    with _client(run) as client:
        return [plan_of(_check_job(run, client, each, limit), client, {}) for each in who]


def _check_job(run: Session, client: Client, who: str, limit: int | None) -> Job:
    from relnet.live.jobs import check_job

    return check_job(*_named(who), client, run.settings.live, limit, run.given["seed"])


@contextmanager
def place_of_check(run: Session) -> Iterator[Workspace]:
    """Open the workspace that was named, or one that is gone afterwards: what is known of strangers is not kept."""
    if run.given["workspace"]:
        yield run.workspace(create=True)
        return
    with tempfile.TemporaryDirectory(prefix="relnet-check-") as folder:
        yield Workspace(Path(folder) / "workspace")


def _earlier(job: Job) -> str | None:
    """Return the workspace that an account was synced into before, perhaps under another name."""
    found = (place for place in recent() if (place / SPOOLS / f"{job.name}.json").exists())
    return next(map(str, found), None)


def _named(text: str) -> tuple[str, str]:
    found = reference(text)
    if found is None:
        raise SettingsError(
            f"{clean(text)} is on no network that relnet can ask.",
            "Write bluesky:HANDLE or mastodon:USER@HOST.",
        )
    return found[0], found[1].removeprefix("@")


@contextmanager
def _client(run: Session) -> Iterator[Client]:
    try:
        from relnet.live.client import Client
    except ImportError:
        raise no_extra() from None
    notice = (lambda text: None) if run.given["quiet"] else lambda text: say(clean(text))
    with Client(run.settings.live, notice=notice) as client:
        yield client


def _brought_in(
    run: Session, job: Job, client: Client, workspace: Workspace, *, afresh: bool = False, lasts: bool = True
) -> tuple[Loaded, dict[str, Any]]:
    """Fetch and import; the fetched folder goes when its facts are in the log."""
    spools = workspace.path / SPOOLS
    steps = job.steps({} if afresh else kept_before(spools, job.name))
    check_budget(steps, run.settings.live)
    if not run.given["quiet"]:
        more = ", and more where only the server knows" if any(step.requests is None for step in steps) else ""
        say(f"Asking {', '.join(map(clean, job.hosts))}: about {counted(total(steps), 'request')}{more}.")
    source = run.registry.make(Source, job.source)
    progress = LiveProgress(run.given["quiet"], client)
    try:
        with fetched(job, spools, time.time(), progress, afresh=afresh) as whole:
            progress.close()
            [loaded] = load_paths([whole.folder], workspace, [source], named=source).loaded
            whole.imported()
    except Paused as error:
        if lasts:
            raise
        hint = "Nothing of it is kept: with -w NAME it is, and the same command goes on."
        raise Paused(error.message, hint, error.where) from None
    finally:
        progress.close()
    return loaded, whole.header


def plan_of(job: Job, client: Client, kept: dict[str, Any]) -> Plan:
    """Return what a job takes."""
    steps = job.steps(kept)
    return Plan(job.hosts, steps, total(steps), job.allowance, client.sent)


def emit_plans(run: Session, plans: list[Plan]) -> None:
    """Print what jobs take."""
    if run.json:
        data = [
            {
                "hosts": plan.hosts, "requests": plan.requests,
                "steps": [{"what": step.what, "requests": step.requests} for step in plan.steps],
            }
            for plan in plans
        ]  # fmt: skip
        emit_json("plan", data)
        return
    for plan in plans:
        lines = [f"Would ask {', '.join(map(clean, plan.hosts))}:"]
        lines += [f"  {'?' if step.requests is None else count(step.requests):>8}  {step.what}" for step in plan.steps]
        more = " and what only the server knows (?)" if any(step.requests is None for step in plan.steps) else ""
        lines.append(
            f"  {count(plan.requests):>8}  requests{more}; at the {count(plan.allowance)} in five minutes that such "
            f"servers usually allow, {max(1, round(plan.requests / plan.allowance * 5)):,} min."
        )
        emit("\n".join(lines))
    emit(f"Asked for this answer: {counted(plans[-1].asked, 'request')}. Nothing else was fetched or kept.")


class LiveProgress(Progress):
    """Progress by list."""

    def __init__(self, quiet: bool, client: Client) -> None:
        super().__init__(quiet)
        self._client = client

    def __call__(self, name: str, done: int, whole: int | None) -> None:
        """Show how far a list is."""
        if self.is_due():
            of = "" if whole is None else f" of {count(whole)}"
            self.show(f"{name}: {count(done)}{of}; {counted(self._client.sent, 'request')}")
