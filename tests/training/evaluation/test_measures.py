"""Measures against hand-made cases and scikit-learn, intervals by group."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dermsplit_contract.measures import Evaluation, OperatingPoint
from dermsplit_training.data.picture import Picture
from dermsplit_training.evaluation.bootstrap import UNKNOWN
from dermsplit_training.evaluation.measures import auc, calibration_error, evaluate_pictures

POINT = OperatingPoint(name="half", threshold=0.5, target_sensitivity=0.9, chosen_on="validation")


def pictures(labels: list[int], groups: list[str] | None = None) -> list[Picture]:
    names = groups or [f"lesion {index}" for index in range(len(labels))]
    return [
        Picture(f"{index}.jpg", "HAM10000", "dermoscopic", "mel" if label else "nv", bool(label), group)
        for index, (label, group) in enumerate(zip(labels, names, strict=True))
    ]


def test_auc_of_four_images() -> None:
    assert auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])) == 0.75
    assert auc(np.array([0, 1]), np.array([0.5, 0.5])) == 0.5
    assert np.isnan(auc(np.array([1, 1]), np.array([0.1, 0.2])))


def test_auc_is_scikit_learns_with_ties() -> None:
    rng = np.random.default_rng(0)
    labels, scores = rng.integers(0, 2, 500), rng.integers(0, 20, 500) / 20
    assert auc(labels, scores) == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)


def test_calibration_error_by_hand() -> None:
    labels, probabilities = np.array([0, 1, 1, 1]), np.array([0.5, 0.5, 0.9, 0.99])
    # bin of 0.5: |1 - 1.0| = 0; bins of 0.9 and 0.99: |1 - 0.9| + |1 - 0.99|, of four images
    assert calibration_error(labels, probabilities) == pytest.approx((0.0 + 0.1 + 0.01) / 4)
    assert calibration_error(np.array([1]), np.array([1.0])) == 0


def test_evaluation_by_hand() -> None:
    labels = [0, 0, 0, 1, 1]
    (found,) = evaluate_pictures(
        pictures(labels, ["a", "a", "b", "c", "d"]), np.array([0.1, 0.6, 0.2, 0.5, 0.4]), [POINT], "test", "network"
    )
    assert (found.images, found.groups, found.malignant_images, found.majority_rate) == (5, 4, 2, 0.6)
    assert found.accuracy.value == pytest.approx(3 / 5)
    assert found.auc.value == pytest.approx(4 / 6)
    result = found.operating_results[0]
    assert result.sensitivity.value == 0.5
    assert result.specificity.value == pytest.approx(2 / 3)


def test_one_label_alone_has_no_auc_to_speak_of() -> None:
    (found,) = evaluate_pictures(pictures([1, 1]), np.array([0.1, 0.6]), [POINT], "test", "network")
    assert (found.auc.value, found.auc.low, found.auc.high) == (0.5, 0.0, 1.0)


def test_every_figure_of_one_label_alone_can_be_written_and_read() -> None:
    (found,) = evaluate_pictures(pictures([1, 1]), np.array([0.1, 0.6]), [POINT], "test", "network")
    assert Evaluation.model_validate_json(found.model_dump_json()) == found
    assert found.operating_results[0].sensitivity.value == 0.5
    assert found.operating_results[0].specificity == UNKNOWN


def test_each_data_set_is_evaluated_by_itself() -> None:
    first, second = pictures([0, 1, 1]), pictures([0, 0, 1])
    second = [replace(picture, data_set="own", domain="phone") for picture in second]
    mixed = [first[0], second[0], first[1], second[1], first[2], second[2]]
    found = evaluate_pictures(mixed, np.array([0.1, 0.9, 0.8, 0.2, 0.7, 0.6]), [POINT], "validation", "baseline")
    assert [(one.data_set, one.domain, one.malignant_images) for one in found] == [
        ("HAM10000", "dermoscopic", 2),
        ("own", "phone", 1),
    ]
    assert [one.auc.value for one in found] == [1.0, 0.5]
