"""Do the labels find fake followers, and spare real people? Labelers judged on accounts of known truth.

Only the question fake or not is judged here: an inactive or undated account counts by its p_fake. Bots are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet import runner
from relnet.assess.assessment import FAKE_FROM, GOOD_BELOW
from relnet.assess.labeling import COMBINED
from relnet.assess.labelled import Labelled
from relnet.assess.metrics import Ranked
from relnet.assess.prevalence import wilson
from relnet.errors import InputError
from relnet.plugin import Column, Figure, Labeler, LabelResult

FEW_POSTS: Final = 50
Bools = NDArray[np.bool_]


class Counted(msgspec.Struct):
    """How calls of fake agree with the truth; NaN where a figure does not exist."""

    mcc: float
    f1: float
    precision: float
    recall: float
    false_positive_rate: float


class Standing(Counted, kw_only=True):
    """How one labeler did; the counted figures take unknown as not fake.

    Attributes
    ----------
    auc
        By p_fake, unknown last.
    unknown_share
        Share of all accounts that it calls neither fake nor not fake.
    calibration_error
        Mean gap between p_fake, where known, and the share of fakes, ten bins of equal weight, at 10 % fakes.
    without_unknown
        The counted figures with unknown accounts left out.
    few_posts
        Genuine accounts with fewer than 50 posts: share called fake.
    inactive_share
        Of the accounts that it judges; no truth is known here.
    """

    name: str
    version: str
    fitted: str
    auc: float
    unknown_share: float
    calibration_error: float
    recall_range: Figure
    false_positive_range: Figure
    without_unknown: Counted
    few_posts: Figure
    inactive_share: Figure


class LabelTest(msgspec.Struct):
    """The result of a test; `left_out` are the bots."""

    accounts: int
    fake: int
    genuine: int
    left_out: int
    labelers: list[Standing]
    failures: list[runner.Failure]


def judge(
    accounts: Labelled,
    labelers: Iterable[Labeler],
    *,
    train: Labelled | None = None,
    folds: int | None = None,
    seed: int = 0,
) -> LabelTest:
    """Judge labelers on accounts of known truth: the published rules first, the combined answer last.

    Parameters
    ----------
    train
        Accounts to fit on, for those that can be fitted; without it (and without folds) they are judged as shipped.
    folds
        Fit on all folds but one and judge on that one, in turn; each fold has its share of fakes.

    Raises
    ------
    InputError
        There is nothing to judge, or a fold would lack fakes or genuine accounts.
    """
    judged = accounts.take(accounts.fake >= 0)
    fake = judged.fake == 1
    if not len(judged):
        raise InputError("No account is labelled fake or good.", "Bots are left out: they are not fake followers.")
    if folds is not None and folds > min(fake.sum(), (~fake).sum()):
        raise InputError(f"{folds} folds need as many fake and as many genuine accounts.", "Give fewer folds.", "--cv")
    if train is not None and not 0 < (train.fake == 1).sum() < (train.fake >= 0).sum():
        raise InputError("To fit takes fake and genuine accounts.", "Name another file.", "--train")
    standings, failures = [], []
    for labeler in sorted(labelers, key=_order):
        can_fit = type(labeler).fit is not Labeler.fit
        try:
            if can_fit and folds is not None:
                result, fitted = _out_of_fold(labeler, judged, fold_of(fake, folds, seed)), f"{folds} folds"
            elif can_fit and train is not None:
                result, fitted = _answers(_fitted(labeler, train), judged), "other accounts"
            else:
                result, fitted = _answers(labeler, judged), "shipped" if can_fit else "no"
        except _Failed as error:
            failures.append(error.failure)
            continue
        if _answers_anything(result):
            standings.append(_standing(labeler, fitted, judged, fake, result))
    counts = int(fake.sum()), int((~fake).sum()), len(accounts) - len(judged)
    return LabelTest(len(judged), *counts, standings, failures)


def fold_of(fake: Bools, folds: int, seed: int) -> NDArray[np.intp]:
    """Return int[n] fold numbers, drawn so that each fold has its share of fakes."""
    rng = np.random.default_rng(seed)
    fold = np.zeros(len(fake), dtype=np.intp)
    for side in (fake, ~fake):
        fold[side] = rng.permutation(int(side.sum())) % folds
    return fold


def verdicts(p_fake: Column) -> tuple[Bools, Bools]:
    """Return which accounts are called fake, and of which nothing is said."""
    called = p_fake >= FAKE_FROM
    return called, ~called & ~(p_fake < GOOD_BELOW)


class _Failed(Exception):
    def __init__(self, failure: runner.Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def _order(labeler: Labeler) -> tuple[int, str]:
    return (2 if labeler.name == COMBINED else int(type(labeler).fit is not Labeler.fit), labeler.name)


def _answers(labeler: Labeler, accounts: Labelled) -> LabelResult:
    outcome = runner.label(labeler, accounts.inputs(labeler))
    if outcome.failure is not None:
        raise _Failed(outcome.failure)
    assert isinstance(outcome.value, LabelResult)
    return outcome.value


def _fitted(labeler: Labeler, accounts: Labelled) -> Labeler:
    known = accounts.take(accounts.fake >= 0)
    try:
        with np.errstate(all="ignore"):
            return labeler.fit(known.inputs(labeler), known.fake == 1)
    except Exception as error:
        raise _Failed(runner.Failure(labeler.name, f"{type(error).__name__}: {error}")) from error


def _out_of_fold(labeler: Labeler, accounts: Labelled, fold: NDArray[np.intp]) -> LabelResult:
    n = len(accounts)
    whole = LabelResult(np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, dtype=np.uint8))
    for each in range(int(fold.max()) + 1):
        held = fold == each
        result = _answers(_fitted(labeler, accounts.take(~held)), accounts.take(held))
        whole.p_fake[held], whole.p_inactive[held], whole.why[held] = result.p_fake, result.p_inactive, result.why
    return whole


def _answers_anything(result: LabelResult) -> bool:
    return bool(np.isfinite(result.p_fake).any() or np.isfinite(result.p_inactive).any())


def _standing(labeler: Labeler, fitted: str, accounts: Labelled, fake: Bools, result: LabelResult) -> Standing:
    called, unknown = verdicts(result.p_fake)
    nothing = bool(np.isnan(result.p_fake).all())
    known = ~unknown
    few = ~fake & (accounts.columns.get("posts", np.full(len(accounts), np.nan)) < FEW_POSTS)
    dated = np.isfinite(result.p_inactive)
    auc, calibration = (np.nan, np.nan) if nothing else _ranking(fake, result.p_fake)
    first = {} if nothing else dict(_items(counted(fake, called)))
    return Standing(
        **{name: first.get(name, np.nan) for name in Counted.__struct_fields__},
        name=labeler.name,
        version=labeler.version,
        fitted=fitted,
        auc=auc,
        unknown_share=float(unknown.mean()),
        calibration_error=calibration,
        recall_range=wilson(int(called[fake].sum()), 0 if nothing else int(fake.sum())),
        false_positive_range=wilson(int(called[~fake].sum()), 0 if nothing else int((~fake).sum())),
        without_unknown=counted(fake[known], called[known]),
        few_posts=wilson(int(called[few].sum()), 0 if nothing else int(few.sum())),
        inactive_share=wilson(int((result.p_inactive[dated] >= 0.5).sum()), int(dated.sum())),
    )


def _items(figures: Counted) -> Iterator[tuple[str, float]]:
    return ((name, getattr(figures, name)) for name in Counted.__struct_fields__)


def counted(fake: Bools, called: Bools) -> Counted:
    """Return the figures of calls of fake against the truth, both bool[n]."""
    tp, fp = float((fake & called).sum()), float((~fake & called).sum())
    fn, tn = float((fake & ~called).sum()), float((~fake & ~called).sum())

    def share(part: float, whole: float) -> float:
        return part / whole if whole else float("nan")

    root = ((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) ** 0.5
    f1 = share(2 * tp, 2 * tp + fp + fn) if fake.any() else float("nan")
    return Counted(share(tp * tn - fp * fn, root), f1, share(tp, tp + fp), share(tp, tp + fn), share(fp, fp + tn))


def _ranking(fake: Bools, p_fake: Column) -> tuple[float, float]:
    """Return the area under the ROC curve, unknown last, and the calibration error at the stated prior."""
    if not fake.any() or fake.all():
        return float("nan"), float("nan")
    ranked = Ranked.of(fake.astype(np.float64), p_fake)
    known = ~np.isnan(p_fake)
    weight = np.where(fake, GOOD_BELOW / max(1, (fake & known).sum()), (1 - GOOD_BELOW) / max(1, (~fake & known).sum()))
    return ranked.measures(probability=False)["auc"], ranked.measures(weight)["ece"]
