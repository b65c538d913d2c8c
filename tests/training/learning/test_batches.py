"""Batches: shuffled by seed and epoch alone; MixUp and left-out metadata follow from them too."""

from dataclasses import replace

import numpy as np
import pytest

from dermsplit_training.learning.batches import InferenceBatches, Shown, TrainingBatches
from dermsplit_training.learning.examples import Examples

INPUTS = np.arange(10, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 2, 3), dtype=np.uint8)
LABELS = np.array([0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
SHOWN = Shown(np.arange(10), np.eye(2, dtype=np.float32)[LABELS], np.ones(10, dtype=np.float32), batch_size=4)


def order(seed: tuple[int, int]) -> list[int]:
    batches = TrainingBatches(Examples(INPUTS), SHOWN, seed)
    assert len(batches) == 2
    found = []
    for index in range(len(batches)):
        inputs, labels, weights = batches[index]
        assert (inputs.dtype, inputs.shape, weights.shape) == (np.float32, (4, 2, 2, 3), (4,))
        rows = inputs[:, 0, 0, 0].astype(int)
        np.testing.assert_array_equal(labels.argmax(axis=1), LABELS[rows])
        found += rows.tolist()
    return found


def test_order_follows_from_seed_and_epoch() -> None:
    assert order((1, 0)) == order((1, 0))
    assert order((1, 0)) != order((1, 1))
    assert len(set(order((1, 0)))) == 8


def test_inference_keeps_order_and_rest() -> None:
    batches = InferenceBatches(Examples(np.repeat(INPUTS, 10, axis=0)), np.arange(99, -1, -1))
    seen = np.concatenate([batches[index][0] for index in range(len(batches))])
    np.testing.assert_array_equal(seen[:, 0, 0, 0], np.repeat(np.arange(10), 10)[::-1])


def test_mixup_mixes_pictures_and_labels_in_the_same_shares() -> None:
    """Every picture is filled with its row number times 20, so that a mixed one tells what it was made of."""
    labels = np.eye(10, dtype=np.float32)
    shown = Shown(np.arange(10), labels, np.ones(10, dtype=np.float32), batch_size=10, mixup=1.0)
    inputs, mixed, weights = TrainingBatches(Examples(INPUTS * 20), shown, (1, 0))[0]
    assert weights == pytest.approx(np.ones(10))
    assert mixed.sum(axis=1) == pytest.approx(np.ones(10))
    assert inputs[:, 0, 0, 0] == pytest.approx(mixed @ (20 * np.arange(10)), rel=1e-4)
    assert (mixed.max(axis=1) >= 0.5 - 1e-6).all()
    assert ((mixed > 0.01).sum(axis=1) == 2).any()


def test_mixup_takes_each_label_with_its_weight() -> None:
    weights = np.where(LABELS == 1, 7 / 3, 1).astype(np.float32)
    shown = replace(SHOWN, weights=weights, batch_size=10, mixup=1.0)
    _, mixed, total = TrainingBatches(Examples(INPUTS), shown, (1, 0))[0]
    shares = mixed * total[:, None]
    assert (shares[:, 0] + shares[:, 1] * 3 / 7) == pytest.approx(np.ones(10), rel=1e-5)


def test_metadata_is_left_out_in_training_only() -> None:
    known = np.ones((10, 2), dtype=np.float32)  # age over 100, and that it is known
    examples = Examples(INPUTS, known)
    shown = replace(SHOWN, batch_size=10, metadata_fields=("age",), omit=0.5)
    (_, metadata), _, _ = TrainingBatches(examples, shown, (1, 0))[0]
    assert set(metadata[:, 1].tolist()) == {0.0, 1.0}
    assert (metadata[:, 0] == metadata[:, 1]).all()
    (_, kept) = InferenceBatches(examples, np.arange(10))[0][0]
    assert kept.tolist() == known.tolist()
