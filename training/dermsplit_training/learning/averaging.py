"""Weights averaged over the steps of a training (Polyak, Juditsky 1992): what is validated and kept is the average."""

from typing import Any

import keras
import numpy as np

STATISTICS_BATCHES = 32
"""Of the epoch, that the batch norms' statistics are taken from anew: about a thousand images."""


class Averaging(keras.callbacks.Callback):  # type: ignore[misc]
    """Holds on to what an epoch learned while the average is in its place, where ``fit`` leaves it.

    Without an average in the trainer's optimizer nothing here does anything.
    """

    def __init__(self) -> None:
        super().__init__()
        self._learned: list[tuple[Any, Any]] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Keras puts the average in place after this, before ``fit`` returns."""
        if self.model.optimizer.use_ema:
            held = [*self.model.trainable_variables, *self.model.non_trainable_variables]
            self._learned = [(variable, np.array(variable)) for variable in held]

    def take_statistics(self, batches: keras.utils.PyDataset) -> None:
        """Let the batch norms that learn take means and variances anew, from the first batches of an epoch.

        Those of the weights that were learned do not fit their average (Izmailov et al. 2018, section 3.2).
        """
        if not self._learned:
            return
        for variable in self.model.trainable_variables:
            # JAX has the optimizer's own array here, which would be gone after a prediction.
            variable.assign(np.array(variable))
        norms = [layer for layer in _layers(self.model) if isinstance(layer, keras.layers.BatchNormalization)]
        momenta = [norm.momentum for norm in norms]
        for number in range(min(STATISTICS_BATCHES, len(batches))):
            for norm in norms:
                norm.momentum = number / (number + 1)  # the plain mean over the batches
            self.model(batches[number][0], training=True)
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum

    def put_back(self) -> None:
        """Let the training go on from what was learned."""
        for variable, value in self._learned:
            variable.assign(value)
        self._learned = []


def _layers(model: keras.Model) -> list[keras.layers.Layer]:
    # Keras has no public name for every layer, those of models within the model included.
    return list(model._flatten_layers())
