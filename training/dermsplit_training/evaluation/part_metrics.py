"""A part of the images measured: each data set by itself, and all of them together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data.picture import Picture
from dermsplit_training.data.split import Part
from dermsplit_training.evaluation import resampled
from dermsplit_training.evaluation.bootstrap import Draws, draw_groups, interval, interval_if_defined
from dermsplit_training.evaluation.measures import operating_results
from dermsplit_training.evaluation.metrics import (
    ALL,
    COMPARED_AT,
    ClassMetrics,
    MalignancyMetrics,
    PartMetrics,
    SpecificityAt,
)
from dermsplit_training.evaluation.outcome import Outcome


def measure_part(outcome: Outcome, part: Part) -> list[PartMetrics]:
    """One measurement a data set that has images in the part and, where there are several, one of all together.

    Intervals are drawn by lesion or patient (``bootstrap.py``); a changed copy belongs to its original's.
    """
    found = outcome.of(part)
    names = data_sets(found)
    measured = [_measure(found.where(of_data_set(found, name)), name, part) for name in names]
    return measured + ([_measure(found, ALL, part)] if len(names) > 1 else [])


def data_sets(outcome: Outcome) -> list[str]:
    """The names of the data sets, in the order of their first pictures."""
    return list(dict.fromkeys(picture.data_set for picture in outcome.pictures))


def of_data_set(outcome: Outcome, name: str) -> NDArray[np.bool_]:
    """Which pictures are of the data set: bool [N]."""
    return np.array([picture.data_set == name for picture in outcome.pictures], dtype=bool)


def group_names(pictures: Sequence[Picture]) -> NDArray[np.str_]:
    """What is drawn together: the lesion or patient of each picture, [N]; two data sets never share one."""
    return np.array([f"{picture.data_set}/{picture.group}" for picture in pictures], dtype=np.str_)


def malignant_softmax(outcome: Outcome) -> NDArray[np.float64]:
    """The malignant probability before calibration: float64 [N] in 0..1."""
    before: NDArray[np.float64] = outcome.own_probabilities[:, outcome.classes.malignant_indices].sum(axis=1)
    return np.clip(before, 0, 1)


def _measure(outcome: Outcome, data_set: str, part: Part) -> PartMetrics:
    labels, answers = outcome.labels, outcome.answers
    draws = draw_groups(group_names(outcome.pictures))
    count = np.bincount(labels, minlength=len(outcome.classes.names))
    several = np.count_nonzero(count) > 1
    return PartMetrics(
        model=outcome.model,
        data_set=data_set,
        part=part,
        images=len(labels),
        groups=draws.groups,
        majority_class=outcome.classes.names[int(count.argmax())],
        majority_rate=float(count.max() / len(labels)),
        accuracy=interval(resampled.share_of(labels == answers), draws),
        balanced_accuracy=interval(resampled.mean_recall(labels, answers), draws),
        macro_auc=interval_if_defined(resampled.macro_auc(labels, outcome.probabilities), draws) if several else None,
        classes=_each_class(outcome.classes.names, labels, answers),
        confusion=_confusion(labels, answers, len(count)),
        malignancy=_malignancy(outcome, answers, draws),
    )


def _each_class(names: Sequence[str], labels: NDArray[np.int64], answers: NDArray[np.int64]) -> list[ClassMetrics]:
    from sklearn.metrics import precision_recall_fscore_support

    columns = range(len(names))
    figures = precision_recall_fscore_support(labels, answers, labels=columns, zero_division=np.nan)
    return [
        ClassMetrics(
            label=name,
            images=int(images),
            precision=float(precision) if np.isfinite(precision) else None,
            recall=float(recall) if np.isfinite(recall) else None,
            f1=float(np.nan_to_num(f1)),
        )
        for name, precision, recall, f1, images in zip(names, *figures, strict=True)
    ]


def _confusion(labels: NDArray[np.int64], answers: NDArray[np.int64], classes: int) -> list[list[int]]:
    from sklearn.metrics import confusion_matrix

    table: list[list[int]] = confusion_matrix(labels, answers, labels=range(classes)).tolist()
    return table


def _malignancy(outcome: Outcome, answers: NDArray[np.int64], draws: Draws) -> MalignancyMetrics | None:
    if not outcome.classes.malignant or len(np.unique(outcome.malignant)) < 2:
        return None
    malignant, probabilities = outcome.malignant, np.clip(outcome.malignant_probabilities, 0, 1)
    said = {point.name: outcome.suspicious(point) for point in outcome.points}
    said_malignant = np.isin(answers, outcome.classes.malignant_indices)
    return MalignancyMetrics(
        malignant_images=int(malignant.sum()),
        auc=interval(resampled.auc(malignant, probabilities), draws),
        average_precision=interval(resampled.average_precision(malignant, probabilities), draws),
        partial_auc=interval(resampled.partial_auc(malignant, probabilities), draws),
        specificity_at=[
            SpecificityAt(
                sensitivity=least,
                specificity=interval(resampled.specificity_at(malignant, probabilities, least), draws),
            )
            for least in COMPARED_AT
        ],
        operating_results=operating_results(malignant, said, draws),
        sensitivity_by_class=interval(resampled.share_of(said_malignant, among=malignant), draws),
        calibration_error=interval(resampled.calibration_error(malignant, probabilities), draws),
        calibration_error_before=interval(resampled.calibration_error(malignant, malignant_softmax(outcome)), draws),
    )
