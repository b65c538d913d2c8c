"""Batches: shuffled by seed and epoch alone, weighted so that both labels count alike."""

import numpy as np

from dermsplit_training.batches import InferenceBatches, TrainingBatches, class_weights, shown_in_an_epoch
from dermsplit_training.data import Picture

INPUTS = np.arange(10, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 2, 3), dtype=np.uint8)
LABELS = np.array([0, 0, 0, 0, 0, 0, 0, 1, 1, 1])


def order(seed: tuple[int, int]) -> list[int]:
    batches = TrainingBatches(INPUTS, LABELS, np.ones(10, np.float32), np.arange(10), 4, seed)
    assert len(batches) == 2
    found = []
    for index in range(len(batches)):
        inputs, labels, weights = batches[index]
        assert (inputs.dtype, inputs.shape, weights.shape) == (np.float32, (4, 2, 2, 3), (4,))
        rows = inputs[:, 0, 0, 0].astype(int)
        np.testing.assert_array_equal(labels, LABELS[rows])
        found += rows.tolist()
    return found


def test_order_follows_from_seed_and_epoch() -> None:
    assert order((1, 0)) == order((1, 0))
    assert order((1, 0)) != order((1, 1))
    assert len(set(order((1, 0)))) == 8


def test_inference_keeps_order_and_rest() -> None:
    batches = InferenceBatches(np.repeat(INPUTS, 10, axis=0), np.arange(99, -1, -1))
    seen = np.concatenate([batches[index][0] for index in range(len(batches))])
    np.testing.assert_array_equal(seen[:, 0, 0, 0], np.repeat(np.arange(10), 10)[::-1])


def test_both_labels_count_alike_and_phone_photos_repeat() -> None:
    domains = ["dermoscopic"] * 6 + ["phone"] * 4
    pictures = [
        Picture(str(index), "set", domain, "mel" if label else "nv", bool(label), str(index))
        for index, (label, domain) in enumerate(zip(LABELS, domains, strict=True))
    ]
    shown = shown_in_an_epoch(pictures, np.array([0, 1, 2, 6, 7]), phone_repeats=3)
    assert sorted(shown.tolist()) == [0, 1, 2, 6, 6, 6, 7, 7, 7]
    weights = class_weights(LABELS, shown)
    malignant = LABELS[shown] == 1
    assert weights[shown][malignant].sum() == weights[shown][~malignant].sum()
    assert weights[shown].mean() == 1
