"""Measures of weighted images against scikit-learn's, which takes weights too."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, balanced_accuracy_score, roc_auc_score, roc_curve

from dermsplit_training.evaluation import resampled

RNG = np.random.default_rng(0)
N = 300
LABELS = RNG.random(N) < 0.3
WEIGHTS = RNG.integers(0, 4, size=(12, N)).astype(float)
SCORES = {
    "distinct": RNG.permutation(N) / N + 0.3 * LABELS,
    "tied": RNG.integers(0, 12, N) / 12,
    "constant": np.full(N, 0.4),
    "float32": (RNG.random(N) + 0.4 * LABELS).astype(np.float32),
}


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize(
    ("measure", "reference"),
    [(resampled.auc, roc_auc_score), (resampled.average_precision, average_precision_score)],
)
def test_curves_are_scikit_learns(name: str, measure: object, reference: object) -> None:
    expected = [reference(LABELS, SCORES[name], sample_weight=weights) for weights in WEIGHTS]
    assert measure(LABELS, SCORES[name])(WEIGHTS) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", SCORES)
def test_partial_auc_is_that_of_the_isic_2024_challenge(name: str) -> None:
    """As its scoring does: labels and scores turned round, the area up to 20% false positives, without its scaling."""
    found = resampled.partial_auc(LABELS, SCORES[name])(WEIGHTS)
    for value, weights in zip(found, WEIGHTS, strict=True):
        scaled = roc_auc_score(~LABELS, -SCORES[name], max_fpr=0.2, sample_weight=weights)  # McClish's 0.5..1
        least, most = 0.5 * 0.2**2, 0.2
        area = least + (most - least) * (scaled - 0.5) / 0.5
        assert value == pytest.approx(area / 0.2, abs=1e-12)


def test_partial_auc_by_hand() -> None:
    labels = np.array([True] * 5 + [False] * 5)
    once = np.ones((1, 10))
    assert resampled.partial_auc(labels, labels.astype(float))(once) == pytest.approx(1)
    assert resampled.partial_auc(labels, np.zeros(10))(once) == pytest.approx(0.1)  # what chance has
    # four of five are found before any benign image, the fifth after three of five
    late = np.array([0.9, 0.9, 0.9, 0.9, 0.3, 0.5, 0.5, 0.5, 0.1, 0.1])
    assert resampled.partial_auc(labels, late)(once) == pytest.approx(2 / 5)


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("least", [0.5, 0.9, 1.0])
def test_specificity_at_a_sensitivity_is_read_off_scikit_learns_curve(name: str, least: float) -> None:
    found = resampled.specificity_at(LABELS, SCORES[name], least)(WEIGHTS)
    for value, weights in zip(found, WEIGHTS, strict=True):
        alarms, sensitivity, _ = roc_curve(LABELS, SCORES[name], sample_weight=weights, drop_intermediate=False)
        assert value == pytest.approx(1 - alarms[sensitivity >= least - 1e-9].min(), abs=1e-12)


def test_specificity_at_a_sensitivity_by_hand() -> None:
    labels = np.array([True] * 4 + [False] * 4)
    scores = np.array([0.9, 0.8, 0.6, 0.2, 0.7, 0.3, 0.2, 0.1])
    once = np.ones((1, 8))
    assert resampled.specificity_at(labels, scores, 0.75)(once) == pytest.approx(3 / 4)
    assert resampled.specificity_at(labels, scores, 0.76)(once) == pytest.approx(1 / 4)  # the fourth ties with a benign
    # Scores that order alike give the same, however they are scaled: a threshold has no part in it.
    assert resampled.specificity_at(labels, scores**9, 0.75)(once) == pytest.approx(3 / 4)


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
def test_balanced_accuracy_is_scikit_learns() -> None:
    labels = RNG.integers(0, 4, N)
    answers = np.where(RNG.random(N) < 0.6, labels, RNG.integers(0, 5, N))  # class 4 is answered, and never true
    expected = [balanced_accuracy_score(labels, answers, sample_weight=weights) for weights in WEIGHTS]
    assert resampled.mean_recall(labels, answers)(WEIGHTS) == pytest.approx(expected, abs=1e-12)


def test_macro_auc_is_scikit_learns() -> None:
    labels = RNG.integers(0, 4, N)
    probabilities = RNG.dirichlet(np.ones(4), size=N).round(2)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    found = resampled.macro_auc(labels, probabilities)
    assert found(np.ones((1, N))) == pytest.approx(roc_auc_score(labels, probabilities, multi_class="ovr"), abs=1e-12)
    weights = WEIGHTS[0]
    single = [roc_auc_score(labels == c, probabilities[:, c], sample_weight=weights) for c in range(4)]
    assert found(WEIGHTS)[0] == pytest.approx(np.mean(single), abs=1e-12)


def test_a_class_without_images_does_not_count() -> None:
    labels, answers = np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0])
    weights = np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 0.0]])
    assert resampled.mean_recall(labels, answers)(weights) == pytest.approx([0.5, 0.75])
    probabilities = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.3, 0.6, 0.1], [0.5, 0.3, 0.2]])
    # class 0: 0.8 is above both others, 0.2 above none; class 1: 0.6 is above 0.1 and 0.3; class 2: above all
    assert resampled.macro_auc(labels, probabilities)(weights) == pytest.approx(
        [np.mean([2 / 4, 2 / 3, 1]), np.mean([1 / 2, 1 / 2])]
    )


def test_calibration_error_weighs_images() -> None:
    labels, probabilities = np.array([False, True, True]), np.array([0.5, 0.5, 0.9])
    found = resampled.calibration_error(labels, probabilities)(np.array([[1.0, 1, 1], [1.0, 0, 1], [0.0, 2, 0]]))
    assert found == pytest.approx([0.1 / 3, (0.5 + 0.1) / 2, 0.5])


def test_what_is_not_defined_is_not_a_number() -> None:
    labels, scores, none = np.array([True, True]), np.array([0.1, 0.9]), np.zeros((1, 2))
    for measure in (resampled.auc, resampled.partial_auc):
        assert np.isnan(measure(labels, scores)(np.ones((1, 2)))).all()
    for one_sided in (labels, ~labels):
        assert np.isnan(resampled.specificity_at(one_sided, scores, 0.9)(np.ones((1, 2)))).all()
    assert np.isnan(resampled.average_precision(~labels, scores)(np.ones((1, 2)))).all()
    assert np.isnan(resampled.share_of(labels)(none)).all()
    assert np.isnan(resampled.mean_recall(np.array([0, 1]), np.array([0, 1]))(none)).all()
