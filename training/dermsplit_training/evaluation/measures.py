"""How good a model is: what run.json and the model card say of each data set, and single figures without intervals."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.decision import reached
from dermsplit_contract.measures import Evaluation, OperatingPoint, OperatingResult
from dermsplit_training.data.picture import Picture
from dermsplit_training.evaluation import resampled
from dermsplit_training.evaluation.bootstrap import Draws, Measure, draw_groups, interval
from dermsplit_training.evaluation.resampled import BINS, Scores, share_of

Labels = NDArray[np.int64]


def evaluate_pictures(
    pictures: Sequence[Picture],
    probabilities: NDArray[np.float64],
    points: Sequence[OperatingPoint],
    part: str,
    model: str,
    told: NDArray[np.str_] | None = None,
) -> list[Evaluation]:
    """One evaluation a data set from calibrated malignant probabilities [N] of the pictures, which are one part's.

    Whether they are malignant is known of all pictures; ``told`` [N] is the domain that each is taken for, if any. A
    figure that is not defined, such as the AUC of one label, is 0.5 with an interval from 0 to 1.
    """
    evaluations = []
    for data_set in dict.fromkeys(picture.data_set for picture in pictures):
        mine = np.array([picture.data_set == data_set for picture in pictures])
        own = [picture for picture in pictures if picture.data_set == data_set]
        domains = None if told is None else told[mine]
        said = {point.name: reached(point, probabilities[mine], domains) for point in points}
        evaluations.append(_evaluate_data_set(own, probabilities[mine], said, part, model))
    return evaluations


def _evaluate_data_set(
    pictures: Sequence[Picture],
    probabilities: NDArray[np.float64],
    said: Mapping[str, NDArray[np.bool_]],
    part: str,
    model: str,
) -> Evaluation:
    labels = np.array([int(bool(picture.malignant)) for picture in pictures])
    draws = draw_groups(np.array([picture.group for picture in pictures]))
    malignant = int(labels.sum())
    decided = next(iter(said.values()), probabilities >= 0.5)
    return Evaluation(
        data_set=pictures[0].data_set,
        domain=pictures[0].domain,
        part=part,
        model=model,
        images=len(pictures),
        groups=draws.groups,
        malignant_images=malignant,
        majority_rate=max(malignant, len(labels) - malignant) / len(labels),
        accuracy=interval(share_of(decided == labels), draws),
        auc=interval(resampled.auc(labels == 1, probabilities), draws),
        calibration_error=calibration_error(labels, probabilities),
        operating_results=operating_results(labels == 1, said, draws),
    )


def operating_results(
    malignant: NDArray[np.bool_], said: Mapping[str, NDArray[np.bool_]], draws: Draws
) -> list[OperatingResult]:
    """Sensitivity and specificity at every operating point, by its name what is suspicious there: bool [N] each."""
    return [
        OperatingResult(
            operating_point=name,
            sensitivity=interval(share_of(suspicious, among=malignant), draws),
            specificity=interval(share_of(~suspicious, among=~malignant), draws),
        )
        for name, suspicious in said.items()
    ]


def auc(labels: Labels, scores: Scores) -> float:
    """Area under the ROC curve of scores [N]: the chance that a malignant one is above a benign one, ties half.

    NaN where there is one label only.
    """
    return _once(resampled.auc(labels == 1, scores), len(labels))


def macro_auc(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> float:
    """Mean over the classes that have images of the AUC of one against the rest, of probabilities [N, C]; else NaN."""
    return _once(resampled.macro_auc(labels, probabilities), len(labels))


def balanced_accuracy(labels: NDArray[np.int64], answers: NDArray[np.int64]) -> float:
    """Mean over the classes that have images of the share that was answered right."""
    return _once(resampled.mean_recall(labels, answers), len(labels))


def calibration_error(labels: Labels, probabilities: NDArray[np.float64], bins: int = BINS) -> float:
    """Expected calibration error of the malignant probability over equal-width bins (Naeini et al. 2015)."""
    return _once(resampled.calibration_error(labels == 1, probabilities, bins), len(labels))


def _once(measure: Measure, images: int) -> float:
    return float(measure(np.ones((1, images)))[0])
