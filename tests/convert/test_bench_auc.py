import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dermsplit_convert.bench.auc import auc, auc_difference, draw_groups, weighted_auc


def test_as_scikit_learn_with_ties_and_weights() -> None:
    rng = np.random.default_rng(0)
    scores, positive = rng.integers(6, size=60) / 6, rng.random(60) < 0.3
    weights = rng.integers(4, size=(5, 60)).astype(np.float64)
    expected = [roc_auc_score(positive, scores, sample_weight=row) for row in weights]
    assert weighted_auc(scores, positive, weights) == pytest.approx(expected)
    assert auc(scores, positive) == pytest.approx(roc_auc_score(positive, scores))


def test_without_a_class_there_is_none() -> None:
    scores = np.array([0.1, 0.2])
    assert auc(scores, np.array([True, True])) is None
    assert auc_difference(scores, scores, np.array([False, False]), np.ones((3, 2))) is None


def test_groups_are_drawn_whole() -> None:
    groups = np.array(["a", "b", "b", "c", "c", "c"])
    drawn = draw_groups(groups, resamples=50)
    assert drawn.shape == (50, 6)
    assert (drawn[:, 1] == drawn[:, 2]).all()
    assert (drawn[:, 3] == drawn[:, 5]).all()
    assert (drawn[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert (drawn == draw_groups(groups, resamples=50)).all()


def test_a_paired_difference_is_nothing_for_equal_ranks() -> None:
    rng = np.random.default_rng(1)
    positive = rng.random(80) < 0.4
    scores = rng.random(80) + 0.3 * positive
    drawn = draw_groups(np.arange(80).astype(str), resamples=200)
    same = auc_difference(scores**3, scores, positive, drawn)
    assert same is not None
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    worse = auc_difference(-scores, scores, positive, drawn)
    assert worse is not None
    assert worse.value == pytest.approx(1 - 2 * roc_auc_score(positive, scores))
    assert worse.low < worse.value < worse.high < 0
