"""Whole groups are drawn, and the interval is what drawing them one by one gives."""

import time
import tracemalloc

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dermsplit_training.evaluation import resampled
from dermsplit_training.evaluation.bootstrap import UNKNOWN, draw_groups, interval, interval_if_defined


def test_groups_are_drawn_whole() -> None:
    draws = draw_groups(np.array(["a", "a", "b", "c", "c"]), seed=1, resamples=200)
    (weights,) = draws.blocks()
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 3] == weights[:, 4]).all()
    assert (weights[:, [0, 2, 3]].sum(axis=1) == 3).all()
    assert (draws.images, draws.groups) == (5, 3)


def test_an_interval_is_that_of_a_brute_force_bootstrap() -> None:
    """The same draws, laid out image by image and given to scikit-learn."""
    rng = np.random.default_rng(3)
    groups = np.array([f"lesion {index}" for index in rng.integers(0, 25, 60)])
    labels = rng.random(60) < 0.4
    scores = (rng.random(60) + 0.3 * labels).round(1)
    draws = draw_groups(groups, seed=7, resamples=300)
    names = np.unique(groups)

    areas = []
    for times in draws.times:
        images = np.concatenate(
            [np.flatnonzero(groups == name).repeat(n) for name, n in zip(names, times, strict=True)]
        )
        if 0 < labels[images].sum() < len(images):
            areas.append(roc_auc_score(labels[images], scores[images]))
    found = interval(resampled.auc(labels, scores), draws)
    assert found.value == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(areas, [2.5, 97.5])), abs=1e-12)


def test_images_of_one_lesion_bring_no_certainty() -> None:
    """Ten views of each of 40 lesions: by group the interval is about as wide as of 40 images, not of 400."""
    rng = np.random.default_rng(2)
    hit = rng.random(40) < 0.7
    views, groups = np.repeat(hit, 10), np.repeat(np.arange(40).astype(str), 10)

    def width(groups: np.ndarray) -> float:
        found = interval(resampled.share_of(views), draw_groups(groups, seed=1))
        assert found.value == pytest.approx(hit.mean())
        return found.high - found.low

    by_group, by_image = width(groups), width(np.arange(400).astype(str))
    assert by_group == pytest.approx(2 * 1.96 * np.sqrt(hit.mean() * (1 - hit.mean()) / 40), rel=0.15)
    assert by_group > 2.5 * by_image


def test_what_is_not_defined_has_no_interval() -> None:
    measure, draws = resampled.auc(np.array([True, True]), np.array([0.1, 0.2])), draw_groups(np.array(["a", "b"]))
    assert interval_if_defined(measure, draws) is None
    assert interval(measure, draws) == UNKNOWN


def test_blocks_are_one_bootstrap() -> None:
    draws = draw_groups(np.arange(3000).astype(str), seed=4, resamples=400)
    blocks = list(draws.blocks())
    assert len(blocks) > 1
    assert np.array_equal(np.concatenate(blocks), draws.times[:, draws.member])


def test_ten_thousand_images_take_little_time_and_memory() -> None:
    rng = np.random.default_rng(5)
    labels, scores = rng.random(10_000) < 0.2, rng.random(10_000)
    tracemalloc.start()
    began = time.process_time()
    interval(resampled.partial_auc(labels, scores), draw_groups(np.arange(10_000).astype(str)))
    assert time.process_time() - began < 5
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()
