"""The report in at most five sentences."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan

import numpy as np

from relnet.builtin.sections.standing import acts, only_in, only_out, whole
from relnet.builtin.sections.wording import interval
from relnet.plugin import Block, Findings, Section, Text
from relnet.text import counted

FIRST_RECORDS = "1971"
"""A clock that begins in 1970 and shows no later year was never set."""


class Summary(Section):
    """Five sentences that claim no more than intervals and coverage allow."""

    name, version, title, order = "summary", "1", "Summary", 10

    def render(self, findings: Findings) -> Iterable[Block]:
        """Return one paragraph a sentence."""
        yield Text(size(findings))
        if len(findings.ties["who"]):
            yield Text(direction(findings))
            yield Text(reality(findings))
            yield Text(frequency(findings))
            yield Text(loss(findings))


def size(findings: Findings) -> str:
    """Say how much there is."""
    people = counted(findings.figures["people"].value, "account")
    span = f" from {findings.first} to {findings.last}" if findings.first else ""
    if span and str(findings.first) < FIRST_RECORDS:
        span += " (its times seem to count from a beginning that is not named, so the dates mean nothing)"
    acts = counted(findings.interactions, "dated interaction")
    window = f", looked at since {findings.since}" if findings.since else ""
    if findings.owner:
        return f"The record{window} holds {acts}{span}; in it you have connections with {people}."
    pairs = counted(len(findings.ties["who"]), "connection")
    return f"The record{window} holds {acts}{span} in {pairs} among {people}; nobody is marked as its owner."


def direction(findings: Findings) -> str:
    """Say how many ties go both ways, or that it cannot be known."""
    both, total = findings.figures["both_ways"].value, len(findings.ties["who"])
    unknown = findings.figures["direction_unknown"].value
    connections = counted(total, "connection")
    if unknown == total and not findings.interactions:
        return "How many connections go both ways is unknown: no act is dated."
    if unknown == total:
        blind = _blind(findings)
        return f"How many connections go both ways is unknown: what was imported does not cover {blind}."
    if unknown:
        return (
            f"At least {both:,.0f} of {connections} go both ways; for {unknown:,.0f} a direction is not "
            "covered, so they are called neither mutual nor one-sided."
        )
    one_sided = int(only_out(findings).sum() + only_in(findings).sum())
    without = int((acts(findings) == 0).sum())
    if without:
        parts = f"{both:,.0f} go both ways, in {one_sided:,} all acts come from one side and in {without:,} there is"
        return f"Of {connections}, {parts} no act, only likes, reposts, follows or the like."
    return f"Of {connections}, {both:,.0f} go both ways and in {one_sided:,} all acts come from one side."


def _blind(findings: Findings) -> str:
    out, back = np.any(findings.ties["out_known"]), np.any(findings.ties["in_known"])
    if not findings.owner or not (out or back):
        return "both directions"
    return "what others wrote to you" if out else "what you wrote to others"


def reality(findings: Findings) -> str:
    """Say what the labels say, with intervals, or that there are none."""
    figures = findings.figures
    labelled = {word: figures[f"label_{word}"].value for word in ("fake", "inactive", "good", "unknown")}
    if labelled["unknown"] == len(findings.accounts["who"]):
        return f"Who is real is unknown: of {counted(labelled['unknown'], 'account')} none could be labelled."
    fake, inactive, good = (figures[f"share_{word}"] for word in ("fake", "inactive", "good"))
    if isnan(fake.value):
        told = ", ".join(f"{n:,.0f} {word}" for word, n in labelled.items())
        return f"What share of the accounts is fake is unknown; labelled are {told}."
    awake = "; without dates inactive and good cannot be told apart"
    if not isnan(good.value):
        awake = f", {interval(inactive)} inactive and {interval(good)} good"
    return (
        f"Of {counted(fake.n, 'account')} that can be judged, an estimated {interval(fake)} are fake{awake}; "
        f"{labelled['unknown']:,.0f} of all {counted(len(findings.accounts['who']), 'account')} "
        f"{'gets' if labelled['unknown'] == 1 else 'get'} no label: too little is known, or it does not decide."
    )


def frequency(findings: Findings) -> str:
    """Say how many are in touch how often."""
    if not np.isfinite(findings.ties["last"]).any():
        return "How often people are in touch is unknown: no act is dated."
    weekly, monthly, half, year = (findings.figures[f"circle_{size}"].value for size in (5, 15, 50, 150))
    total = counted(len(findings.ties["who"]), "connection")
    if not year:
        seen = "" if whole(findings) else ", as far as what was imported shows"
        return f"Of {total}, none is in touch yearly or more often{seen}."
    bound = "" if whole(findings) else "at least "
    return (
        f"In touch weekly: {bound}{weekly:,.0f} of {total}; monthly or more often: {bound}{monthly:,.0f}; "
        f"half-yearly or more often: {bound}{half:,.0f}; yearly or more often: {bound}{year:,.0f}."
    )


def loss(findings: Findings) -> str:
    """Say how many have gone quiet against their own rhythm."""
    fading, dormant = findings.lists["fading"], findings.lists["dormant"]
    if fading.unknown:
        return f"Which connections are fading is unknown: {fading.unknown}."
    seen = "" if whole(findings) else "; contact that was not imported cannot be seen"
    often = int((findings.ties["days"] >= findings.thresholds["often"]).sum())
    if not often:
        return (
            f"No connection has {findings.thresholds['often']:g} days of contact, so which are fading cannot be said."
        )
    return (
        f"Of {counted(often, 'connection')} with {findings.thresholds['often']:g} or more days of contact, "
        f"{_some(len(fading.rows), 'is', 'are')} fading, silent for longer than their own rhythm explains, and "
        f"{_some(len(dormant.rows), 'has', 'have')} been silent for over a year{seen}."
    )


def _some(n: int, one: str, many: str) -> str:
    return f"none {one}" if not n else f"{n:,} {one if n == 1 else many}"
