"""How good a model is: measures on probabilities, each with an interval by group."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import Evaluation, Interval, OperatingPoint, OperatingResult
from dermsplit_training.bootstrap import Measure, Weights, draw_groups, interval
from dermsplit_training.data import Picture

BINS = 15
Labels = NDArray[np.int64]
Scores = NDArray[np.float32] | NDArray[np.float64]


def evaluate_pictures(
    pictures: Sequence[Picture],
    probabilities: NDArray[np.float64],
    points: Sequence[OperatingPoint],
    part: str,
    model: str,
) -> list[Evaluation]:
    """One evaluation a data set from calibrated malignant probabilities [N] of the pictures, which are one part's."""
    evaluations = []
    for data_set in dict.fromkeys(picture.data_set for picture in pictures):
        mine = np.array([picture.data_set == data_set for picture in pictures])
        own = [picture for picture in pictures if picture.data_set == data_set]
        evaluations.append(_evaluate_data_set(own, probabilities[mine], points, part, model))
    return evaluations


def _evaluate_data_set(
    pictures: Sequence[Picture],
    probabilities: NDArray[np.float64],
    points: Sequence[OperatingPoint],
    part: str,
    model: str,
) -> Evaluation:
    labels = np.array([picture.label for picture in pictures])
    groups = np.array([picture.group for picture in pictures])
    draws = draw_groups(groups)
    malignant = int(labels.sum())
    decided = probabilities >= (points[0].threshold if points else 0.5)
    return Evaluation(
        data_set=pictures[0].data_set,
        domain=pictures[0].domain,
        part=part,
        model=model,
        images=len(pictures),
        groups=len(np.unique(groups)),
        malignant_images=malignant,
        majority_rate=max(malignant, len(labels) - malignant) / len(labels),
        accuracy=interval(_share_of(decided == labels), draws),
        auc=_auc_interval(labels, probabilities, draws),
        calibration_error=calibration_error(labels, probabilities),
        operating_results=[
            OperatingResult(
                operating_point=point.name,
                sensitivity=interval(_share_of(probabilities >= point.threshold, among=labels == 1), draws),
                specificity=interval(_share_of(probabilities < point.threshold, among=labels == 0), draws),
            )
            for point in points
        ],
    )


def auc(labels: Labels, scores: Scores) -> float:
    """Area under the ROC curve of scores [N]: the chance that a malignant one is above a benign one, ties half."""
    return float(_aucs(labels, scores)(np.ones((1, len(labels))))[0])


def weighted_auc(labels: Labels, scores: Scores, domains: NDArray[np.str_]) -> float:
    """One figure over the domains: each one's AUC, weighted by the square root of its images.

    The standard error of an AUC falls with that root, so each domain brings about as much chance into the figure as
    any other. A domain without both labels is left out; NaN where none has both.
    """
    total = weight = 0.0
    for domain in np.unique(domains):
        mine = domains == domain
        found = auc(labels[mine], scores[mine])
        if np.isfinite(found):
            total += found * np.sqrt(mine.sum())
            weight += np.sqrt(mine.sum())
    return float(total / weight) if weight else float("nan")


def calibration_error(labels: Labels, probabilities: NDArray[np.float64], bins: int = BINS) -> float:
    """Expected calibration error of the malignant probability over equal-width bins (Naeini et al. 2015)."""
    which = np.minimum((probabilities * bins).astype(int), bins - 1)
    count = np.bincount(which, minlength=bins)
    observed = np.bincount(which, weights=labels, minlength=bins)
    predicted = np.bincount(which, weights=probabilities, minlength=bins)
    return float(np.abs(observed - predicted)[count > 0].sum() / len(labels))


def _auc_interval(labels: Labels, scores: Scores, draws: Weights) -> Interval:
    found = interval(_aucs(labels, scores), draws)
    # One label only: no AUC. A half is what a coin would have, and the interval says that nothing is known.
    return found if np.isfinite(found.value) else Interval(value=0.5, low=0.0, high=1.0)


def _aucs(labels: Labels, scores: Scores) -> Measure:
    order = np.argsort(scores, kind="stable")
    ranked = scores[order]
    malignant = labels[order] == 1
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(ranked) else np.zeros(0, dtype=int)

    def measure(weights: Weights) -> NDArray[np.float64]:
        sorted_weights = weights[:, order]
        above = np.add.reduceat(sorted_weights * malignant, starts, axis=1)
        level = np.add.reduceat(sorted_weights * ~malignant, starts, axis=1)
        below = np.cumsum(level, axis=1) - level
        with np.errstate(invalid="ignore", divide="ignore"):
            areas: NDArray[np.float64] = (above * (below + level / 2)).sum(axis=1) / (
                above.sum(axis=1) * level.sum(axis=1)
            )
        return areas

    return measure


def _share_of(hits: NDArray[np.bool_], among: NDArray[np.bool_] | None = None) -> Measure:
    counted = np.ones(len(hits), dtype=bool) if among is None else among

    def measure(weights: Weights) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore", divide="ignore"):
            shares: NDArray[np.float64] = (weights @ (hits & counted)) / (weights @ counted)
        return shares

    return measure
