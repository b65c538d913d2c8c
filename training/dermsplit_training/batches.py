"""Batches out of the cache for Keras, the same on every backend."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data import Picture

INFERENCE_BATCH = 64


class TrainingBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """One epoch of shuffled batches: (float32 [B, S, S, 3] in 0..255, label int64 [B], weight float32 [B]).

    The order follows from seed and epoch alone, so a resumed training sees what an unbroken one would have seen. A
    rest smaller than a batch is left for another epoch: compiled backends then see one shape only.
    """

    def __init__(
        self,
        inputs: NDArray[np.uint8],
        labels: NDArray[np.int64],
        weights: NDArray[np.float32],
        chosen: NDArray[np.int64],
        batch_size: int,
        seed: tuple[int, int],
    ) -> None:
        super().__init__(workers=1)
        self._inputs, self._labels, self._weights = inputs, labels, weights
        self._order = np.random.default_rng(seed).permutation(chosen)
        self._batch_size = min(batch_size, len(chosen))

    def __len__(self) -> int:
        return len(self._order) // self._batch_size

    def __getitem__(self, index: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        rows = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        return self._inputs[rows].astype(np.float32), self._labels[rows], self._weights[rows]


class InferenceBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The chosen inputs in order, without labels: float32 [B, S, S, 3] in 0..255."""

    def __init__(self, inputs: NDArray[np.uint8], chosen: NDArray[np.int64]) -> None:
        super().__init__(workers=1)
        self._inputs, self._chosen = inputs, chosen

    def __len__(self) -> int:
        return -(-len(self._chosen) // INFERENCE_BATCH)

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32]]:
        rows = self._chosen[index * INFERENCE_BATCH : (index + 1) * INFERENCE_BATCH]
        return (self._inputs[rows].astype(np.float32),)


def shown_in_an_epoch(pictures: Sequence[Picture], train: NDArray[np.int64], phone_repeats: int) -> NDArray[np.int64]:
    """Indices of the training pictures with every phone photo ``phone_repeats`` times: int64 [n]."""
    phone = [index for index in train if pictures[index].domain == "phone"]
    return np.concatenate([train, np.array(phone * (phone_repeats - 1), dtype=np.int64)])


def class_weights(labels: NDArray[np.int64], shown: NDArray[np.int64]) -> NDArray[np.float32]:
    """A weight for every picture, float32 [len(labels)], with which both labels count alike among those shown."""
    counts = np.bincount(labels[shown], minlength=2)
    by_label = len(shown) / (2 * np.maximum(counts, 1))
    return by_label[labels].astype(np.float32)
