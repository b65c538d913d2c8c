"""Batches for Keras, the same on every backend."""

from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data.metadata import left_out
from dermsplit_training.learning.examples import Examples, Rows

INFERENCE_BATCH = 64


@dataclass(frozen=True)
class Shown:
    """What an epoch shows: which rows, their one-hot labels float32 [N, C] and weights float32 [N] of all examples."""

    rows: Rows
    labels: NDArray[np.float32]
    weights: NDArray[np.float32]
    batch_size: int
    mixup: float = 0.0
    metadata_fields: tuple[str, ...] = ()
    omit: float = 0.0

    @property
    def steps(self) -> int:
        """Batches an epoch. A rest smaller than a batch is left for another epoch: backends compile one shape only."""
        return len(self.rows) // min(self.batch_size, len(self.rows))


class TrainingBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """One epoch of shuffled batches: (inputs, one-hot labels float32 [B, C], weights float32 [B]).

    Everything drawn follows from seed and epoch alone, so a resumed training sees what an unbroken one would have seen.
    """

    def __init__(self, examples: Examples, shown: Shown, seed: tuple[int, int]) -> None:
        super().__init__(workers=1)
        self._shown, self._seed = shown, seed
        rng = np.random.default_rng(seed)
        self._order = rng.permutation(shown.rows)
        self._size = min(shown.batch_size, len(shown.rows))
        if examples.metadata is not None and shown.omit:
            metadata = left_out(examples.metadata, shown.metadata_fields, shown.omit, rng)
            examples = replace(examples, metadata=metadata)
        self._examples = examples

    def __len__(self) -> int:
        return self._shown.steps

    def __getitem__(self, index: int) -> tuple[Any, NDArray[np.float32], NDArray[np.float32]]:
        rows = self._order[index * self._size : (index + 1) * self._size]
        inputs, labels, weights = self._examples.of(rows), self._shown.labels[rows], self._shown.weights[rows]
        if not self._shown.mixup:
            return inputs, labels, weights
        return self._mixed(inputs, labels, weights, index)

    def _mixed(
        self, inputs: Any, labels: NDArray[np.float32], weights: NDArray[np.float32], index: int
    ) -> tuple[Any, NDArray[np.float32], NDArray[np.float32]]:
        """MixUp (Zhang et al. 2018), each picture with another of the batch; the weights go into the labels' shares."""
        rng = np.random.default_rng((*self._seed, index))
        share = rng.beta(self._shown.mixup, self._shown.mixup, size=len(labels)).astype(np.float32)
        share = np.maximum(share, 1 - share)
        other = rng.permutation(len(labels))

        def mix(values: NDArray[np.float32]) -> NDArray[np.float32]:
            own = share.reshape(-1, *[1] * (values.ndim - 1))
            return own * values + (1 - own) * values[other]

        weighted = mix(labels * weights[:, None])
        total = weighted.sum(axis=1)
        mixed = tuple(map(mix, inputs)) if isinstance(inputs, tuple) else mix(inputs)
        return mixed, weighted / total[:, None], total


class InferenceBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The chosen examples in order, without labels."""

    def __init__(self, examples: Examples, chosen: Rows) -> None:
        super().__init__(workers=1)
        self._examples, self._chosen = examples, chosen

    def __len__(self) -> int:
        return -(-len(self._chosen) // INFERENCE_BATCH)

    def __getitem__(self, index: int) -> tuple[Any]:
        return (self._examples.of(self._chosen[index * INFERENCE_BATCH : (index + 1) * INFERENCE_BATCH]),)
