"""What is read from a tail's outputs, and how many decisions differ."""

import numpy as np

from dermsplit_contract.measures import DomainSpec, OperatingPoint
from dermsplit_convert.decisions import Judge, concatenate

POINT = OperatingPoint(
    name="sensitivity_95",
    threshold=0.5,
    thresholds={"dermoscopic": 0.5, "phone": 0.25},
    target_sensitivity=0.95,
    chosen_on="validation",
)
SPEC = DomainSpec(declined_from=0.5, prevalence={})


def outputs(malignant: list[float]) -> np.ndarray:
    """Probabilities of three labels, the last two malignant."""
    column = np.array(malignant, dtype=np.float32)
    return np.stack([1 - column, column / 2, column / 2], axis=1)


def test_flips_of_a_known_difference() -> None:
    judge = Judge([1, 2], POINT, None)
    reference = judge([outputs([0.1, 0.2, 0.5, 0.6])])
    assert judge([outputs([0.2, 0.6, 0.4, 0.6])]).flips(reference) == 2
    assert reference.flips(reference) == 0
    assert reference.decisions.tolist() == ["not_suspicious", "not_suspicious", "suspicious", "suspicious"]


def test_the_domain_gives_the_threshold_and_a_change_of_it_is_a_flip() -> None:
    judge = Judge([1, 2], POINT, SPEC)
    lens, phone, neither = ([0.9, 0.1, 0.0], [0.1, 0.9, 0.0], [0.1, 0.2, 0.7])
    first = judge([outputs([0.3, 0.3, 0.3]), np.array([lens, phone, neither], dtype=np.float32)])
    assert first.decisions.tolist() == ["not_suspicious", "suspicious", "cannot_tell"]
    second = judge([outputs([0.3, 0.3, 0.3]), np.array([lens, lens, lens], dtype=np.float32)])
    assert second.flips(first) == 2
    both = concatenate([first, second])
    assert both.decisions.tolist() == [*first.decisions, *second.decisions]
    np.testing.assert_array_equal(both.malignant, np.full(6, 0.3, dtype=np.float32))
