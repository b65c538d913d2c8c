"""Measures against hand-made cases and scikit-learn, intervals by group."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dermsplit_contract.measures import OperatingPoint
from dermsplit_training.bootstrap import draw_groups, interval
from dermsplit_training.data import Picture
from dermsplit_training.evaluate import auc, calibration_error, evaluate_pictures, weighted_auc

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


def test_weighted_auc_weighs_by_the_root_of_the_images() -> None:
    labels = np.array([0, 1] * 8 + [0, 1, 0, 1])
    scores = np.array([0.0, 1.0] * 8 + [1.0, 0.0, 1.0, 0.0])
    domains = np.array(["dermoscopic"] * 16 + ["phone"] * 4)
    assert weighted_auc(labels, scores, domains) == pytest.approx((4 * 1 + 2 * 0) / 6)
    assert weighted_auc(labels[:17], scores[:17], domains[:17]) == 1


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


def test_groups_are_drawn_whole() -> None:
    draws = draw_groups(np.array(["a", "a", "b", "c", "c"]), seed=1, resamples=200)
    assert (draws[:, 0] == draws[:, 1]).all()
    assert (draws[:, 3] == draws[:, 4]).all()
    assert (draws[:, [0, 2, 3]].sum(axis=1) == 3).all()


def test_images_of_one_lesion_bring_no_certainty() -> None:
    """Ten views of each of 40 lesions: by group the interval is about as wide as of 40 images, not of 400."""
    rng = np.random.default_rng(2)
    hit = rng.random(40) < 0.7
    views, groups = np.repeat(hit, 10), np.repeat(np.arange(40).astype(str), 10)

    def width(groups: np.ndarray) -> float:
        found = interval(lambda weights: (weights @ views) / weights.sum(axis=1), draw_groups(groups, seed=1))
        assert found.value == pytest.approx(hit.mean())
        return found.high - found.low

    by_group, by_image = width(groups), width(np.arange(400).astype(str))
    assert by_group == pytest.approx(2 * 1.96 * np.sqrt(hit.mean() * (1 - hit.mean()) / 40), rel=0.15)
    assert by_group > 2.5 * by_image
