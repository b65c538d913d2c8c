"""Measures for the bootstrap: each gives, for weights of the images [R, N], one figure a row of them, [R].

Labels are bool [N], True for what the score speaks for. A figure is NaN where the weights leave it undefined.
"""

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.evaluation.bootstrap import Measure, Weights

BINS = 15
LEAST_SENSITIVITY = 0.8
ROUNDING = 1e-9
"""A sum of shares may be this much below what it is."""

Scores = NDArray[np.float32] | NDArray[np.float64]
Figures = NDArray[np.float64]


def share_of(hits: NDArray[np.bool_], among: NDArray[np.bool_] | None = None) -> Measure:
    """How many of the images ``among``, bool [N], are hits; of all where it is None."""
    counted = np.ones(len(hits), dtype=bool) if among is None else among
    both = np.stack([hits & counted, counted], axis=1).astype(np.float64)

    def measure(weights: Weights) -> Figures:
        found = weights @ both
        return _divide(found[:, 0], found[:, 1])

    return measure


def mean_recall(labels: NDArray[np.int64], answers: NDArray[np.int64]) -> Measure:
    """Balanced accuracy: the mean over the classes of the share of their images that were answered right.

    ``labels`` and ``answers`` are classes, [N]. A class that a resample has no image of does not count in it.
    """
    own = (labels[:, None] == np.unique(labels)[None]).astype(np.float64)
    right = own * (labels == answers)[:, None]

    def measure(weights: Weights) -> Figures:
        return _mean_of_defined(_divide(weights @ right, weights @ own))

    return measure


def auc(labels: NDArray[np.bool_], scores: Scores) -> Measure:
    """Area under the ROC curve: the chance that a score with the label is above one without, ties half."""
    curve = _Curve(labels, scores)

    def measure(weights: Weights) -> Figures:
        hits, alarms = curve.steps(weights)
        beneath = alarms.sum(axis=1, keepdims=True) - np.cumsum(alarms, axis=1)
        return _divide((hits * (beneath + alarms / 2)).sum(axis=1), hits.sum(axis=1) * alarms.sum(axis=1))

    return measure


def macro_auc(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> Measure:
    """Mean over the classes of the AUC of each against the rest; ``labels`` [N] are columns of [N, C].

    Classes without an image, in the data or in a resample, do not count in it (Fawcett 2006, unweighted).
    """
    measures = [auc(labels == column, probabilities[:, column]) for column in np.unique(labels)]

    def measure(weights: Weights) -> Figures:
        return _mean_of_defined(np.stack([one(weights) for one in measures], axis=1))

    return measure


def average_precision(labels: NDArray[np.bool_], scores: Scores) -> Measure:
    """Sum over the thresholds of precision times the step in recall, as scikit-learn: no interpolation."""
    curve = _Curve(labels, scores)

    def measure(weights: Weights) -> Figures:
        hits, alarms = curve.steps(weights)
        found = np.cumsum(hits, axis=1)
        answered = found + np.cumsum(alarms, axis=1)
        precision = np.divide(found, answered, out=np.zeros_like(found), where=answered > 0)
        return _divide((hits * precision).sum(axis=1), hits.sum(axis=1))

    return measure


def partial_auc(labels: NDArray[np.bool_], scores: Scores, least: float = LEAST_SENSITIVITY) -> Measure:
    """Area between the ROC curve and the line of the ``least`` sensitivity, divided by 1 - least, so in 0..1.

    What the ISIC 2024 challenge ranked by, there undivided, in 0..0.2 (Kurtansky et al. 2024, Scientific Data 11,
    884; its scoring code ISIC-Research/Challenge-2024-Metrics). The same as the mean specificity over the
    sensitivities from ``least`` to 1; chance has (1 - least) / 2.
    """
    curve = _Curve(labels, scores)

    def measure(weights: Weights) -> Figures:
        hits, alarms = curve.steps(weights)
        step = _divide(hits, hits.sum(axis=1, keepdims=True))
        fall = _divide(alarms, alarms.sum(axis=1, keepdims=True))
        sensitivity = np.cumsum(step, axis=1)
        width = np.minimum(np.clip(sensitivity - least, 0, None), step)  # of each step, what is above the line
        above = np.divide(width, step, out=np.zeros_like(width), where=step > 0)
        specificity = 1 - np.cumsum(fall, axis=1) + fall * above / 2  # in the middle of that piece of the curve
        area: Figures = (width * specificity).sum(axis=1) / (1 - least)
        return area

    return measure


def specificity_at(labels: NDArray[np.bool_], scores: Scores, least: float) -> Measure:
    """The specificity at the highest threshold whose sensitivity is at least ``least``, found anew for every row.

    It depends on the order of the scores alone, so models whose thresholds differ can be held against each other.
    """
    curve = _Curve(labels, scores)

    def measure(weights: Weights) -> Figures:
        hits, alarms = curve.steps(weights)
        sensitivity = np.cumsum(_divide(hits, hits.sum(axis=1, keepdims=True)), axis=1)
        first = np.argmax(sensitivity >= least - ROUNDING, axis=1)
        fall = _divide(np.cumsum(alarms, axis=1), alarms.sum(axis=1, keepdims=True))
        specificity: Figures = 1 - fall[np.arange(len(weights)), first]
        return np.where(np.isfinite(sensitivity[:, -1]), specificity, np.nan)

    return measure


def calibration_error(labels: NDArray[np.bool_], probabilities: NDArray[np.float64], bins: int = BINS) -> Measure:
    """Expected calibration error over equal-width bins (Naeini et al. 2015).

    It is never negative, so noise adds to it: in few images a perfect model has some, and resamples have more.
    """
    which = bin_of(probabilities, bins)
    excess = np.zeros((len(labels), bins))
    excess[np.arange(len(labels)), which] = labels - probabilities

    def measure(weights: Weights) -> Figures:
        return _divide(np.abs(weights @ excess).sum(axis=1), weights.sum(axis=1))

    return measure


def bin_of(probabilities: NDArray[np.float64], bins: int = BINS) -> NDArray[np.int64]:
    """The bin of equal width of each probability in 0..1: int64 [N] in 0..bins - 1, 1 being in the last."""
    which: NDArray[np.int64] = np.minimum((probabilities * bins).astype(np.int64), bins - 1)
    return which


class _Curve:
    """The images in falling order of their scores, those of one score together: the ROC curve's steps."""

    def __init__(self, labels: NDArray[np.bool_], scores: Scores) -> None:
        self.order = np.argsort(-scores, kind="stable")
        self.labels = labels[self.order].astype(np.float64)
        ranked = scores[self.order]
        new = np.r_[True, ranked[1:] != ranked[:-1]] if len(ranked) else np.zeros(0, dtype=bool)
        self.starts = None if new.all() else np.flatnonzero(new)

    def steps(self, weights: Weights) -> tuple[Figures, Figures]:
        """Weight of the images with and of those without the label at each score: two of [R, scores]."""
        ordered = weights[:, self.order]
        hits = ordered * self.labels
        alarms = ordered - hits
        if self.starts is None:
            return hits, alarms
        return np.add.reduceat(hits, self.starts, axis=1), np.add.reduceat(alarms, self.starts, axis=1)


def _divide(above: Figures, below: Figures) -> Figures:
    with np.errstate(invalid="ignore", divide="ignore"):
        quotient: Figures = above / below
    return quotient


def _mean_of_defined(figures: Figures) -> Figures:
    defined = np.isfinite(figures)
    return _divide(np.where(defined, figures, 0).sum(axis=1), defined.sum(axis=1))
