"""Why a score is what it is: its parts, or the reason why it is unknown, in words."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
import numpy as np

from relnet import runner
from relnet.assess.assessment import Assessment, Ties
from relnet.assess.labeling import COMBINED, inputs_of
from relnet.assess.plan import LABELLED
from relnet.assess.run import scorer_inputs
from relnet.assess.table import LEAST_ACTS
from relnet.plugin import Labeler, LabelResult, Scorer
from relnet.registry import Registry


class Part(msgspec.Struct):
    """One part of a score: the feature, how much it moves the score (or its logit), and the raw value."""

    name: str
    effect: float
    value: float = float("nan")


class Explanation(msgspec.Struct):
    """One scorer's answer for one tie."""

    scorer: str
    score: float
    base: float
    link: str
    parts: list[Part]
    unknown: str = ""
    """Why the score is unknown; empty where it is known."""
    summary: str = ""
    """The scorer's own first docstring line: what it measures."""
    low: float = float("nan")
    high: float = float("nan")
    """Ends of the score's 95 % interval, where the scorer gives one."""


def explain(ties: Ties, row: int, registry: Registry, names: Collection[str] | None = None) -> list[Explanation]:
    """Return what scorers say of one tie, the headline first.

    Parameters
    ----------
    row
        Row of `ties`.
    names
        Scorers to ask; by default all.
    """
    assessment = ties.assessment
    place = np.array([ties.rows[row]])
    explanations = []
    asked = assessment.scores.keys() if names is None else assessment.scores.keys() & set(names)
    for name in sorted(asked, key=lambda name: (name != "engagement", name)):
        header = assessment.header.plugins.get(f"scorer {name}", {"parameters": {}})
        scorer = registry.make(Scorer, name, header["parameters"])
        score = float(assessment.scores[name][place[0]])
        explanations.append(_explained(scorer, score, assessment, place))
    return explanations


def _explained(scorer: Scorer, score: float, assessment: Assessment, place: np.ndarray) -> Explanation:
    about = (type(scorer).__doc__ or "").strip().partition("\n")[0]
    if np.isnan(score):
        return Explanation(scorer.name, score, np.nan, "identity", [], why_unknown(scorer, assessment, place[0]), about)
    header = assessment.header
    inputs = scorer_inputs(
        scorer, assessment.connections, assessment.scores, header.as_of, frozenset(header.me), header.seed
    )
    if scorer.rowwise:  # it looks at no other tie
        inputs, place = inputs.take(place), np.zeros(1, dtype=np.intp)
    evidence = runner.explain(scorer, inputs, place).value
    if evidence is None:
        return Explanation(scorer.name, score, np.nan, "identity", [], "", about)
    parts = [
        Part(name, float(effect[0]), float(inputs[name][place[0]]) if name in inputs else np.nan)
        for name, effect in evidence.parts.items()
    ]
    parts.sort(key=lambda part: -abs(part.effect))
    ends = runner.interval(scorer, inputs).value or (np.full(inputs.rows, np.nan),) * 2
    low, high = (float(end[place[0]]) for end in ends)
    return Explanation(scorer.name, score, float(evidence.base[0]), evidence.link, parts, "", about, low, high)


def why_unknown(scorer: Scorer, assessment: Assessment, row: int) -> str:
    """Return in words why a scorer does not answer for a connection."""
    features = assessment.connections.features
    for failure in assessment.header.failures:
        if failure.plugin == scorer.name:
            return f"the scorer failed: {failure.message}"
    if set(scorer.needs) & set(LABELLED):
        return "an account has no label"
    if np.isnan(features["last_contact"][row]):
        return "no dated act between the two"
    directed = any(need.endswith(("_ab", "_ba")) for need in scorer.needs)
    if directed and not (features["known_ab"][row] and features["known_ba"][row]):
        return "one direction is not covered by what was imported"
    acts = int(np.nansum([features["count_ab"][row], features["count_ba"][row]]))
    unknown = [need for need in scorer.needs if need in features and np.isnan(features[need][row])]
    if acts >= LEAST_ACTS and unknown:
        names = dict.fromkeys(need.removesuffix("_ab").removesuffix("_ba").replace("_", " ") for need in unknown)
        return f"not known here: {', '.join(names)}"
    return f"too few acts: {acts}"


class Verdict(msgspec.Struct):
    """What one labeler says of an account; `because` are the parts that speak for fake, strongest first."""

    labeler: str
    p_fake: float
    p_inactive: float
    because: list[str]


def verdicts(assessment: Assessment, account: int, registry: Registry) -> list[Verdict]:
    """Return what the labelers beside the one that gives the label say of an account, for comparison."""
    row = assessment.accounts.row(account)
    found = []
    for labeler in registry.usable(Labeler)[0] if row is not None else ():
        inputs = inputs_of(labeler, assessment)
        result = runner.label(labeler, inputs).value
        if labeler.name == COMBINED or not isinstance(result, LabelResult):
            continue
        evidence = runner.explain(labeler, inputs, np.array([row])).value
        effects = {} if evidence is None else {name: float(part[0]) for name, part in evidence.parts.items()}
        because = [name for name in sorted(effects, key=lambda name: -effects[name]) if effects[name] > 0]
        found.append(Verdict(labeler.name, float(result.p_fake[row]), float(result.p_inactive[row]), because))
    return found


def explain_label(assessment: Assessment, account: int, registry: Registry, name: str = COMBINED) -> list[Part]:
    """Return the cues behind an account's p_fake, strongest first; empty where the labeler gives none."""
    row = assessment.accounts.row(account)
    if row is None or name not in registry.names("labeler"):
        return []
    labeler = registry.make(Labeler, name)
    inputs = inputs_of(labeler, assessment)
    evidence = runner.explain(labeler, inputs, np.array([row])).value
    if evidence is None:
        return []
    parts = [
        Part(cue, float(effect[0]), float(inputs[cue][row]) if cue in inputs else np.nan)
        for cue, effect in evidence.parts.items()
    ]
    return sorted(parts, key=lambda part: -abs(part.effect))
