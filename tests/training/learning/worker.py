"""One process of a training on several devices: python -m tests.training.learning.worker STRATEGY CPUS RESULT.json."""

import json
import math
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dermsplit_contract.errors import TrainingError, UsageError
from dermsplit_training.learning.devices import Devices, open_devices

ROWS, BATCH = 48, 12


class Drawn(keras.utils.PyDataset):
    """Drawn pictures and metadata with one-hot labels and unequal weights; the last weight of batch 1 can be NaN."""

    def __init__(self, epoch: int, batch: int = BATCH, nan: bool = False) -> None:
        super().__init__(workers=1)
        rng = np.random.default_rng(7)
        self._images = rng.random((ROWS, 8, 8, 3), dtype=np.float32)
        self._metadata = rng.random((ROWS, 2), dtype=np.float32)
        self._labels = np.eye(3, dtype=np.float32)[rng.choice(3, ROWS, p=[0.7, 0.2, 0.1])]
        self._weights = self._labels @ np.array([0.4, 1.5, 4.0], dtype=np.float32)
        self._order = np.random.default_rng(epoch).permutation(ROWS)
        self._batch, self._nan = batch, nan

    def __len__(self) -> int:
        return ROWS // self._batch

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        rows = self._order[index * self._batch : (index + 1) * self._batch]
        weights = self._weights[rows]
        if self._nan and index == 1:
            weights[-1] = math.nan
        if self._nan and index > 1:
            time.sleep(1)  # so that it is still read ahead when the process ends
        return (self._images[rows], self._metadata[rows]), self._labels[rows], weights


class Steps(keras.callbacks.Callback):
    """Notes the loss after every step, and lets this process be killed before one of them."""

    def __init__(self, killed_before: int | None = None) -> None:
        super().__init__()
        self.losses: list[float] = []
        self._killed_before = killed_before

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        if batch == self._killed_before:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any]) -> None:  # noqa: ARG002
        self.losses.append(float(logs["loss"]))


def build(devices: Devices, batch_norm: bool) -> keras.Model:
    keras.utils.set_random_seed(3)
    with devices.scope():
        image, metadata = keras.Input((8, 8, 3)), keras.Input((2,))
        features = keras.layers.Conv2D(4, 3, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01))(image)
        if batch_norm:
            features = keras.layers.BatchNormalization(momentum=0.5)(features)
        joined = keras.layers.Concatenate()([keras.layers.Flatten()(features), metadata])
        trainer = devices.trainer([image, metadata], keras.layers.Dense(3)(joined), "trainer")
        trainer.compile(
            optimizer=keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(0.01, 20), weight_decay=0.01),
            loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
            metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
            jit_compile=False,
        )
        trainer.optimizer.build(trainer.trainable_variables)
    return trainer


def fit(devices: Devices, trainer: keras.Model, epoch: int, *callbacks: Any, **drawn: Any) -> dict[str, float]:
    batches = devices.epoch_batches(Drawn(epoch, **drawn))
    every = [keras.callbacks.TerminateOnNaN(), *callbacks]
    fitted = trainer.fit(batches, initial_epoch=epoch, epochs=epoch + 1, shuffle=False, verbose=0, callbacks=every)
    return {name: values[-1] for name, values in fitted.history.items()}


def weights(trainer: keras.Model) -> list[float]:
    return [float(value) for array in trainer.get_weights() for value in array.ravel()]


def measure(devices: Devices) -> dict[str, Any]:
    trainer, normed, steps = build(devices, batch_norm=False), build(devices, batch_norm=True), Steps()
    found: dict[str, Any] = {"chief": devices.chief, "replicas": devices.replicas}
    found["rows"] = [fit(devices, trainer, epoch) for epoch in range(2)]
    found["weights"] = weights(trainer)
    fit(devices, normed, 0)
    found["normed_weights"] = weights(normed)
    fit(devices, trainer, 2, steps, nan=True)
    found["losses_to_nan"] = steps.losses
    return found


def detail_of(error: type[Exception], call: Any) -> str:
    try:
        call()
    except error as raised:
        return str(raised)
    return ""


def main(strategy: str, cpus: str, result: str) -> None:
    logical = [tf.config.LogicalDeviceConfiguration()] * int(cpus)
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], logical)
    devices = open_devices(strategy, patience=120)
    found = measure(devices)
    if strategy == "mirrored":
        found["single"] = measure(open_devices("none"))
        found["uneven"] = detail_of(UsageError, lambda: devices.epoch_batches(Drawn(0, batch=9)))
    if strategy == "multi-worker":
        index = 0 if devices.chief else 1
        found["from_chief"] = devices.from_chief([index + 0.25, index + 7])
        found["unlike"] = detail_of(UsageError, lambda: devices.epoch_batches(Drawn(epoch=index)))
        trainer, dies = build(devices, batch_norm=False), Steps(killed_before=None if devices.chief else 2)
        Path(result).write_text(json.dumps(found), encoding="utf-8")
        found["alone"] = detail_of(TrainingError, lambda: fit(devices, trainer, 0, dies))
    Path(result).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
