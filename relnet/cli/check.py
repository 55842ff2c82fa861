"""The follower check, for one account or several side by side."""

from __future__ import annotations

import math
from typing import Final

import typer

from relnet.assess.assessment import LABELS, Figure
from relnet.assess.follower_check import FollowerCheck, Month
from relnet.cli.output import emit, emit_json, table, terminal_width
from relnet.cli.session import Session, session
from relnet.errors import InputError, SettingsError
from relnet.live.job import reference
from relnet.text import count, share, share_range

_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_ASCII_BLOCKS: Final = " .:-=+*#%"
_PICTURE: Final = 60


def check(
    context: typer.Context,
    who: list[str] = typer.Argument(
        None,
        help="@handle or id in the record; bluesky:HANDLE or mastodon:USER@HOST asks the network; none: the owner.",
    ),
    limit: int = typer.Option(
        None,
        "--limit",
        min=0,
        help="Judge a random sample of so many followers; 0: all. Default: all; of long live lists enough for ±5 points.",
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say how many requests a live check takes."),
) -> None:
    """Say what share of an account's followers is fake, inactive, good or unknown, and why."""
    run = session(context)
    live = [each for each in who or [] if reference(each)]
    if live and len(live) < len(who):
        raise SettingsError("Accounts of the record and of a network cannot be checked together.", "Check them apart.")
    if dry_run and not live:
        raise SettingsError("A check of the record asks nobody.", "Leave --dry-run out, or name bluesky:HANDLE.")
    if dry_run:
        from relnet.cli.sync import emit_plans, plans_of_check

        emit_plans(run, plans_of_check(run, live, limit))
        return
    if live:
        found, warnings = _live_checks(run, live, limit)
    else:
        found, warnings = _checks(run, who or [], limit or 0)
    if run.json:
        emit_json("check", {"accounts": found}, warnings)
        return
    ascii = run.settings.ascii
    emit("\n\n".join(check_text(each, _title(each), ascii) for each in found), ascii=ascii)
    if len(found) > 1:
        emit("\n" + _side_by_side(found), ascii=ascii)


def _checks(run: Session, who: list[str], limit: int) -> tuple[list[FollowerCheck], list[str]]:
    """Check accounts of the record by the lists that were imported."""
    from relnet.assess.follower_check import check as check_followers
    from relnet.assess.run import view_of
    from relnet.cli.judge import account_called

    workspace = run.workspace()
    assessment = run.assessment(workspace)
    accounts = [account_called(workspace, assessment, each) for each in who] or assessment.header.me
    if not accounts:
        hint = "Name an account: relnet check @HANDLE. All labels: relnet show labels."
        raise InputError("This record is nobody's own.", hint)
    view = view_of(workspace, assessment)
    checks = [check_followers(assessment, view, run.registry, each, limit, run.given["seed"]) for each in accounts]
    found = [each for each in checks if each.seen] if not who else checks
    if not any(each.seen for each in found):
        raise InputError(
            "No followers were imported.",
            "Load a list of followers with profiles, or name bluesky:HANDLE or mastodon:USER@HOST to ask the network.",
        )
    return found, assessment.header.warnings


def _live_checks(run: Session, who: list[str], limit: int | None) -> tuple[list[FollowerCheck], list[str]]:
    """Check accounts of live networks by what their servers show."""
    from relnet.assess.follower_check import check as check_followers
    from relnet.assess.run import view_of
    from relnet.cli.sync import followers_of, place_of_check

    with place_of_check(run) as workspace:
        fetched = followers_of(run, workspace, who, limit)
        assessment = run.assessment(workspace)
        view = view_of(workspace, assessment)
        found = []
        for each in fetched:
            account = view.identity.get(each.account, each.account)
            one = check_followers(assessment, view, run.registry, account, import_id=each.import_id)
            one.seen = each.seen
            found.append(one)
    if not any(each.seen for each in found):
        raise InputError("Nobody is seen to follow.", "Check the name.")
    return found, assessment.header.warnings


def _title(each: FollowerCheck) -> str:
    stated = "" if math.isnan(each.stated) else f" of {count(each.stated)} that its profile states"
    sample = "" if each.judged_from == each.seen else f"; a random sample of {count(each.judged_from)}"
    return f"Followers of {each.handle}: {count(each.seen)} seen{stated}{sample}"


def check_text(each: FollowerCheck, title: str, ascii: bool = False) -> str:
    """Return a check in words: shares, composition by reason, and when the accounts were created."""
    lines = [title, "", *_shares(each)]
    for heading, counts in (
        ("Fake, by the strongest cue", each.fake_because), ("Unknown, because", each.unknown_because),
        ("States, not labels", each.states),
    ):  # fmt: skip
        if counts:
            lines += ["", heading, *(f"  {count(n):>8}  {word}" for word, n in counts.items())]
    if each.created:
        lines += ["", *_picture(each.created, ascii)]
    if each.clusters:
        lines += ["", "Weeks in which far more of their accounts were created than around (news does that too):"]
        lines += [
            f"  {week.week}  {count(week.followers)} for {week.expected:.1f} expected, {count(week.fake)} of them fake"
            for week in each.clusters
        ]
    return "\n".join(lines)


def _shares(each: FollowerCheck) -> list[str]:
    shares = each.shares
    rows = [[word, count(each.labels[word]), *_share(getattr(shares, word))] for word in LABELS[:3]]
    rows.append(["unknown", count(each.labels["unknown"]), "", ""])
    lines = [table(("label", "counted", "share", "95%"), rows, right=(1, 2, 3))]
    if not shares.fake.n:
        return [*lines, f"No share can be told: {shares.why}."]
    note = f"Shares of the {count(shares.fake.n)} that can be judged"
    if not shares.corrected:
        return [*lines, f"{note}, as counted: {shares.why}."]
    lines.append(f"{note}, corrected for the labels' measured errors.")
    worst = shares.fake_at_least_recall
    if worst.n:
        up_to = f"{share(worst.value)} ({share_range(worst.low, worst.high)})"
        lines.append(f"If these fakes are of a kind never seen, as many as {up_to}.")
    if math.isnan(shares.good.value):
        lines.append("No last activity is dated, so inactive and good cannot be told apart.")
    return lines


def _share(figure: Figure) -> list[str]:
    return [share(figure.value), share_range(figure.low, figure.high)]


def _picture(created: list[Month], ascii: bool) -> list[str]:
    per = -(-len(created) // _PICTURE)
    title = "By the month their account was created" if per == 1 else f"By creation date, {per} months a column"
    columns = [created[i : i + per] for i in range(0, len(created), per)]
    everyone = [sum(month.followers for month in column) for column in columns]
    fake = [sum(month.fake for month in column) for column in columns]
    top = max(everyone)
    lines = [f"{title} (highest: {count(top)})", f"  all   {_spark(everyone, top, ascii)}"]
    if any(fake):
        lines.append(f"  fake  {_spark(fake, top, ascii)}")
    gap = " " * max(1, len(columns) - 14)
    return [*lines, f"        {created[0].month}{gap}{created[-1].month}"]


def _spark(values: list[int], top: int, ascii: bool) -> str:
    blocks = _ASCII_BLOCKS if ascii else _BLOCKS
    return "".join(blocks[-(-value * 8 // top)] for value in values)


def _side_by_side(checks: list[FollowerCheck]) -> str:
    rows = []
    for each in checks:
        shares = [" ".join(_share(getattr(each.shares, word))) for word in ("fake", "inactive", "good")]
        unknown = f"{count(each.labels['unknown'])} of {count(each.judged_from)}"
        rows.append([each.handle, count(each.seen), count(each.shares.fake.n), *shares, unknown])
    head = ("account", "followers", "judged", "fake", "inactive", "good", "unknown")
    return table(head, rows, right=(1, 2, 3, 4, 5, 6), width=terminal_width())
