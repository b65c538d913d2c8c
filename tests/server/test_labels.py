"""The area under the ROC curve, against scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from dermsplit_server.client.labels import agreement, area_under_roc


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=60))
def test_auc_is_scikit_learns_with_ties(pairs: list[tuple[bool, int]]) -> None:
    truth = np.array([pair[0] for pair in pairs])
    scores = np.array([pair[1] / 5 for pair in pairs])
    if len(set(truth.tolist())) == 2:
        assert area_under_roc(truth, scores) == pytest.approx(roc_auc_score(truth, scores), abs=1e-12)
    else:
        assert np.isnan(area_under_roc(truth, scores))


def test_agreement_counts() -> None:
    truth = np.array([True, True, True, False, False])
    suspicious = np.array([True, True, False, False, True])
    found = agreement(truth, np.array([0.9, 0.8, 0.1, 0.2, 0.7]), suspicious)
    assert (found.malignant, found.benign) == (3, 2)
    assert found.sensitivity == pytest.approx(2 / 3)
    assert found.specificity == 0.5
    assert found.auc == pytest.approx(4 / 6)
