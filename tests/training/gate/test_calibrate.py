"""Calibration by domain on logits whose answer is known, and the error that chance alone gives."""

import numpy as np
import pytest

from dermsplit_training.evaluation.calibrate import softmax
from dermsplit_training.gate.calibrate import fit_by_domain
from dermsplit_training.gate.record import error_by_chance


def draw(count: int, slope: float, shift: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits [n, 2] and labels [n] that slope and shift calibrate."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, size=(count, 2)).astype(np.float32)
    malignant = softmax(slope * logits + np.array([0, shift]))[:, 1]
    return logits, (rng.random(count) < malignant).astype(np.int64)


def both(dermoscopic: int, phone: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    lens, its_labels = draw(dermoscopic, 0.6, -1.0, 1)
    photo, photo_labels = draw(phone, 1.2, 0.5, 2)
    domains = np.array(["dermoscopic"] * dermoscopic + ["phone"] * phone)
    return np.concatenate([lens, photo]), np.concatenate([its_labels, photo_labels]), domains


def test_each_domain_finds_its_own_where_images_are_many() -> None:
    found = fit_by_domain(*both(40_000, 40_000))
    assert found.slopes == pytest.approx([0.6, 1.2], rel=0.05)
    assert found.offsets[:, 1] == pytest.approx([-1.0, 0.5], abs=0.06)
    assert found.offsets[:, 0] == pytest.approx([0, 0])


def test_few_images_stay_near_the_common_calibration() -> None:
    logits, labels, domains = both(40_000, 4)
    found = fit_by_domain(logits, labels, domains)
    common = found.common.shift[1] / found.common.temperature
    assert abs(found.offsets[1, 1] - common) < 0.9
    assert found.offsets[0, 1] == pytest.approx(-1.0, abs=0.06)
    alone = fit_by_domain(logits[:40_000], labels[:40_000], domains[:40_000])
    assert alone.each[1] == alone.common


def test_rows_between_the_domains_get_a_mix() -> None:
    found = fit_by_domain(*both(4000, 4000))
    logits = np.array([[0.5, -0.5]] * 3, dtype=np.float32)
    calibrated = found.apply(logits, np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]))
    assert calibrated[0] == pytest.approx(found.slopes[0] * logits[0] + found.offsets[0])
    assert calibrated[2] == pytest.approx((calibrated[0] + calibrated[1]) / 2)


def test_few_images_have_a_large_error_by_chance() -> None:
    rng = np.random.default_rng(0)
    few, many = (error_by_chance(rng.random(count), draws=300) for count in (70, 20_000))
    assert few.value > 0.08
    assert many.value < 0.01
    assert few.low < few.value < few.high


def test_sure_answers_have_none_by_chance() -> None:
    assert error_by_chance(np.array([0.0, 1.0] * 20), draws=20).value == 0
