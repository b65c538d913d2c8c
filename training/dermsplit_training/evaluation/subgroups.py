"""The test part by age, sex, body site and skin type: where the network does worse than its one figure says."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import GroupResult, Interval
from dermsplit_training.data.picture import Picture
from dermsplit_training.evaluation import resampled
from dermsplit_training.evaluation.bootstrap import Draws, Measure, draw_groups, interval
from dermsplit_training.evaluation.metrics import SubgroupMetrics
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.part_metrics import data_sets, group_names, of_data_set

UNKNOWN_VALUE = "unknown"
LEAST_IMAGES = 5
AGE_BANDS = ("0-29", "30-44", "45-59", "60-74", "75+")
AGE_STARTS = (30, 45, 60, 75)


def measure_subgroups(outcome: Outcome) -> list[SubgroupMetrics]:
    """The test part of each data set by each field of which a value is known; none where malignancy is not known.

    Images of which the value is not known are a subgroup of their own, the last. A figure is None where it would rest
    on fewer than five images.
    """
    if not outcome.classes.malignant:
        return []
    test = outcome.of("test")
    measured = []
    for name in data_sets(test):
        own = test.where(of_data_set(test, name))
        for field, value_of in FIELDS.items():
            values = np.array([value_of(picture) for picture in own.pictures])
            measured += [_measure(own.where(values == value), name, field, value) for value in _in_order(values)]
    return measured


def group_results(outcome: Outcome) -> list[GroupResult]:
    """The same for run.json and the model card."""
    return [
        GroupResult(
            data_set=found.data_set,
            attribute=found.field,
            value=found.value,
            images=found.images,
            malignant_images=found.malignant_images,
            auc=found.auc,
            sensitivity=found.sensitivity,
            specificity=found.specificity,
        )
        for found in measure_subgroups(outcome)
    ]


def age_band(picture: Picture) -> str:
    """The band of the patient's age in years, or unknown."""
    if not (text := picture.metadata.get("age")):
        return UNKNOWN_VALUE
    return AGE_BANDS[int(np.searchsorted(AGE_STARTS, float(text), side="right"))]


def _text(key: str) -> Callable[[Picture], str]:
    return lambda picture: picture.metadata.get(key) or UNKNOWN_VALUE


FIELDS: dict[str, Callable[[Picture], str]] = {
    "age": age_band,
    "sex": _text("sex"),
    "site": _text("site"),
    "skin_type": _text("skin_type"),
}


def _in_order(values: NDArray[np.str_]) -> list[str]:
    """The values there are, unknown last; none where nothing else is there."""
    known = [str(value) for value in np.unique(values) if value != UNKNOWN_VALUE]
    return [*known, UNKNOWN_VALUE] if known and UNKNOWN_VALUE in values else known


def _measure(outcome: Outcome, data_set: str, field: str, value: str) -> SubgroupMetrics:
    malignant, probabilities = outcome.malignant, outcome.malignant_probabilities
    draws = draw_groups(group_names(outcome.pictures))
    enough = malignant.sum() >= LEAST_IMAGES, (~malignant).sum() >= LEAST_IMAGES
    suspicious = outcome.suspicious(outcome.points[0]) if outcome.points else probabilities >= 0.5
    return SubgroupMetrics(
        data_set=data_set,
        field=field,
        value=value,
        images=len(malignant),
        malignant_images=int(malignant.sum()),
        auc=_interval_if(all(enough), resampled.auc(malignant, probabilities), draws),
        sensitivity=_interval_if(enough[0], resampled.share_of(suspicious, among=malignant), draws),
        specificity=_interval_if(enough[1], resampled.share_of(~suspicious, among=~malignant), draws),
    )


def _interval_if(enough: bool, measure: Measure, draws: Draws) -> Interval | None:
    return interval(measure, draws) if enough else None
