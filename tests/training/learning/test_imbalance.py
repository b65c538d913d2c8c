"""What an epoch shows, where there are few of a class or of a domain."""

import numpy as np
import pytest

from dermsplit_training.learning.imbalance import class_weights, oversampled

LABELS = np.array([0, 0, 0, 0, 0, 0, 0, 1, 1, 2])


def test_all_classes_count_alike_among_those_shown() -> None:
    rows = np.array([0, 1, 2, 7, 7, 9])
    weights = class_weights(LABELS, rows, 3)
    by_class = [weights[rows][LABELS[rows] == label].sum() for label in range(3)]
    assert by_class == pytest.approx([2, 2, 2])
    assert weights[rows].mean() == pytest.approx(1)


def test_oversampling_repeats_the_rarer_classes_in_turn() -> None:
    rows = oversampled(np.array([0, 1, 2, 3, 7, 8, 9]), LABELS)
    assert np.bincount(LABELS[rows]).tolist() == [4, 4, 4]
    assert np.bincount(rows, minlength=10)[[7, 8, 9]].tolist() == [2, 2, 4]
