"""Temperature, shift and operating point on logits whose answer is known."""

import numpy as np
import pytest

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.evaluation.calibrate import fit_calibration, softmax, thresholds_for
from dermsplit_training.evaluation.judge import calibrated

RNG = np.random.default_rng(3)


@pytest.mark.parametrize(
    ("temperature", "shift"), [(1.0, [0.0, 0.0]), (2.5, [0.0, -1.0]), (0.5, [0.0, 0.8]), (1.7, [0.0, 0.5, -1.2])]
)
def test_a_known_temperature_and_shift_are_found(temperature: float, shift: list[float]) -> None:
    true = RNG.normal(0, 2, size=(100_000, len(shift)))
    sure = softmax(true)
    labels = (RNG.random((len(true), 1)) > sure.cumsum(axis=1)).sum(axis=1)
    logits = (true * temperature - np.array(shift)).astype(np.float32)
    found = fit_calibration(logits, labels)
    assert found.temperature == pytest.approx(temperature, rel=0.02)
    assert found.shift == pytest.approx(np.array(shift), abs=0.04)
    assert calibrated(logits, found.temperature, found.shift) == pytest.approx(sure, abs=0.015)


def test_logits_that_separate_perfectly_keep_a_finite_temperature() -> None:
    logits = np.array([[3.0, -3.0], [2.0, -2.0], [-2.0, 2.0], [-3.0, 3.0]], dtype=np.float32)
    found = fit_calibration(logits, np.array([0, 0, 1, 1]))
    assert 0.01 <= found.temperature < 1
    assert np.isfinite(found.shift).all()


def test_a_class_without_images_is_not_shifted() -> None:
    logits = RNG.normal(size=(200, 3)).astype(np.float32)
    assert fit_calibration(logits, RNG.integers(0, 2, 200)).shift[2] == 0


def test_probability_does_not_overflow() -> None:
    logits = np.array([[900.0, -900.0], [-900.0, 900.0]], dtype=np.float32)
    assert calibrated(logits, 0.01).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_threshold_is_the_largest_that_keeps_the_sensitivity() -> None:
    malignant = np.arange(1, 21) / 100  # 0.01 ... 0.20
    probabilities = np.concatenate([malignant, [0.5, 0.005]])
    labels = np.array([True] * 20 + [False, False])
    domains = np.array(["phone"] * 22)
    found = thresholds_for(probabilities, labels, domains, 0.95)["phone"]
    assert found == pytest.approx(0.02)  # 19 of 20 are at least 0.02
    assert np.mean(malignant >= found) == 0.95
    assert np.mean(malignant >= found + 1e-5) < 0.95
    assert thresholds_for(probabilities, labels, domains, 1.0)["phone"] == pytest.approx(0.01)


def test_each_domain_has_its_own_threshold() -> None:
    probabilities = np.array([0.9, 0.8, 0.3, 0.2])
    labels = np.array([True, True, True, True])
    domains = np.array(["dermoscopic", "dermoscopic", "phone", "phone"])
    found = thresholds_for(probabilities, labels, domains, 0.95)
    assert found == pytest.approx({"dermoscopic": 0.8, "phone": 0.2})
    with pytest.raises(DataInvalid, match="No malignant dermoscopic image"):
        thresholds_for(probabilities, np.array([False, False, True, True]), domains, 0.95)
