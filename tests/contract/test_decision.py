"""The one rule from probabilities to a decision."""

import numpy as np
import pytest
from pydantic import ValidationError

from dermsplit_contract.decision import (
    CANNOT_TELL,
    NOT_SUSPICIOUS,
    SUSPICIOUS,
    decide,
    likelier_domains,
    thresholds_for,
)
from dermsplit_contract.measures import DomainSpec, OperatingPoint

SPEC = DomainSpec(declined_from=0.5, prevalence={})
COMMON = OperatingPoint(name="sensitivity_95", threshold=0.1, target_sensitivity=0.95, chosen_on="validation")
BY_DOMAIN = COMMON.model_copy(update={"thresholds": {"dermoscopic": 0.1, "phone": 0.4}})
MALIGNANT = np.array([0.1, 0.09, 0.3, 0.4, 0.99])
SHARES = np.array([[0.9, 0.1, 0], [0.9, 0.1, 0], [0.1, 0.9, 0], [0.1, 0.9, 0], [0.3, 0.2, 0.5]], dtype=np.float32)


def test_each_domain_has_its_own_threshold() -> None:
    found = decide(BY_DOMAIN, MALIGNANT, SPEC, SHARES).tolist()
    assert found == [SUSPICIOUS, NOT_SUSPICIOUS, NOT_SUSPICIOUS, SUSPICIOUS, CANNOT_TELL]
    assert thresholds_for(BY_DOMAIN, 5, likelier_domains(SPEC, SHARES)).tolist() == [0.1, 0.1, 0.4, 0.4, 0.1]


def test_one_threshold_decides_where_no_domain_is_told_or_it_has_none() -> None:
    expected = [SUSPICIOUS, NOT_SUSPICIOUS, SUSPICIOUS, SUSPICIOUS, SUSPICIOUS]
    assert decide(BY_DOMAIN, MALIGNANT).tolist() == expected
    assert decide(COMMON, MALIGNANT, SPEC, SHARES).tolist() == [*expected[:4], CANNOT_TELL]


def test_a_threshold_is_a_probability() -> None:
    with pytest.raises(ValidationError):
        OperatingPoint.model_validate({**COMMON.model_dump(), "thresholds": {"phone": 1.5}})
