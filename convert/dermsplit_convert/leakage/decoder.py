"""The attacker that trains: a small convolutional decoder from features to the photo, on other people's photos.

It gets the ridge's picture beside the features and learns what is missing, so it starts where the ridge ends. What it
is given of the images that it learns from are the ridge's pictures of left-out folds, which are as wrong as those of
strangers. Training images are scarce; whoever has more of them does better.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_convert.keras_file import load_model

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float32]
Told = Callable[[int, float], None]
"""Told of an epoch's number and its loss on held-out images."""

WIDTHS = (96, 64, 48, 32)
"""Channels after the first convolution and after each doubling; the last one stays."""

BATCH = 32
RATE = 2e-3
SEED = 20
BEST, FINISHED, BACKUP = "best.keras", "finished.json", "backup"


@dataclass(frozen=True)
class Pairs:
    """Features float32 [N, ..., C], the ridge's pictures and the photos, float32 [N, P, P, 3] in 0..1."""

    features: Floats
    ridge: Floats
    photos: Floats


@dataclass(frozen=True)
class Decoder:
    """A trained decoder; its loss, the ridge's and the mean picture's on held-out images; how long it trained."""

    model: "keras.Model"
    loss: float
    ridge_loss: float
    mean_loss: float
    epochs: int

    @property
    def learned(self) -> bool:
        """Whether it beats the ridge and the mean picture on held-out images."""
        return self.loss < min(self.ridge_loss, self.mean_loss)

    def predict(self, features: Floats, ridge: Floats) -> Floats:
        """Pictures float32 [N, P, P, 3] in 0..1."""
        return np.clip(_run(self.model, features, ridge), 0.0, 1.0)


def train_decoder(learn: Pairs, held_out: Pairs, epochs: int, directory: Path, told: Told) -> Decoder:
    """Train, keeping the epoch that is best on held-out images; goes on where an earlier training stopped.

    The loss is the mean absolute error and 1 - SSIM. ``directory`` is this decoder's own.
    """
    import keras

    directory.mkdir(parents=True, exist_ok=True)
    loss = _loss()
    finished = directory / FINISHED
    if not finished.is_file():
        keras.utils.set_random_seed(SEED)
        model = build_decoder(learn.features, learn.photos.shape[1])
        _fit(model, loss, learn, held_out, epochs, directory, told)
        finished.write_text(json.dumps({"epochs": epochs}) + "\n", encoding="utf-8")
    best = load_model(directory / BEST)
    found = _mean_loss(loss, _run(best, held_out.features, held_out.ridge), held_out.photos)
    mean = np.broadcast_to(learn.photos.mean(axis=0), held_out.photos.shape)
    mean_loss = _mean_loss(loss, mean, held_out.photos)
    return Decoder(best, found, _mean_loss(loss, held_out.ridge, held_out.photos), mean_loss, epochs)


def build_decoder(features: Floats, side: int) -> "keras.Model":
    """A network from features [N, ..., C] and the ridge's picture [N, side, side, 3] to a picture of that shape."""
    import keras
    from keras import layers

    taken, ridge = keras.Input(features.shape[1:], name="features"), keras.Input((side, side, 3), name="ridge")
    scaler = layers.Normalization(axis=-1)
    scaler.adapt(features)
    half = side // 2
    grown = _grow(scaler(taken), half)
    small = layers.Resizing(half, half, name="ridge_half")(ridge)
    joined = layers.Concatenate()([grown, small])
    joined = layers.Conv2D(WIDTHS[-1], 3, padding="same", activation="relu")(joined)
    joined = layers.Conv2D(WIDTHS[-1], 3, padding="same", activation="relu")(joined)
    # Four pixels of three colours for each place: cheaper than convolutions at the full size (Shi et al. 2016).
    fine = layers.Conv2D(12, 3, padding="same", kernel_initializer="zeros", name="missing")(joined)
    fine = layers.Reshape((half, half, 2, 2, 3))(fine)
    fine = layers.Reshape((2 * half, 2 * half, 3))(layers.Permute((1, 3, 2, 4, 5))(fine))
    return keras.Model([taken, ridge], layers.Add()([ridge, fine]), name="decoder")


def _grow(x: Any, half: int) -> Any:
    """Bring features to half the picture's side, doubling as long as they stay below it."""
    from keras import layers

    if len(x.shape) == 2:
        x = layers.Reshape((5, 5, WIDTHS[1]))(layers.Dense(25 * WIDTHS[1], activation="relu")(x))
    while x.shape[1] > 2 * half:
        x = layers.AveragePooling2D(2)(x)
    x = layers.Conv2D(WIDTHS[0], 3, padding="same", activation="relu")(x)
    step = 0
    while 2 * x.shape[1] <= half:
        step += 1
        width = WIDTHS[min(step, len(WIDTHS) - 1)]
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(layers.UpSampling2D(2)(x))
    return layers.Resizing(half, half, name="grown")(x)


def _fit(
    model: "keras.Model", loss: Any, learn: Pairs, held_out: Pairs, epochs: int, directory: Path, told: Told
) -> None:
    import keras

    steps = epochs * -(-len(learn.photos) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(0.0, steps, warmup_target=RATE, warmup_steps=max(1, steps // 20))
    model.compile(keras.optimizers.Adam(rate), loss)
    best = directory / BEST
    reached = None
    if best.is_file():
        # A training that stopped may have had its best epoch before.
        earlier = load_model(best)
        reached = _mean_loss(loss, _run(earlier, held_out.features, held_out.ridge), held_out.photos)
    model.fit(
        [learn.features, learn.ridge],
        learn.photos,
        validation_data=([held_out.features, held_out.ridge], held_out.photos),
        batch_size=BATCH,
        epochs=epochs,
        verbose=0,
        callbacks=[
            keras.callbacks.BackupAndRestore(str(directory / BACKUP)),
            keras.callbacks.ModelCheckpoint(
                str(best), monitor="val_loss", save_best_only=True, initial_value_threshold=reached
            ),
            keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: told(epoch + 1, float(logs["val_loss"]))),
        ],
    )


def _loss() -> Any:
    import tensorflow as tf

    def distance(photos: Any, rebuilt: Any) -> Any:
        absolute = tf.reduce_mean(tf.abs(photos - rebuilt), axis=(1, 2, 3))
        return absolute + 0.1 * (1.0 - tf.image.ssim(photos, rebuilt, 1.0))

    return distance


def _mean_loss(loss: Any, rebuilt: Floats, photos: Floats) -> float:
    parts = [np.asarray(loss(photos[at : at + BATCH], rebuilt[at : at + BATCH])) for at in range(0, len(photos), BATCH)]
    return float(np.concatenate(parts).mean())


def _run(model: "keras.Model", features: Floats, ridge: Floats) -> Floats:
    parts = []
    for at in range(0, len(features), BATCH):
        parts.append(np.asarray(model([features[at : at + BATCH], ridge[at : at + BATCH]], training=False)))
    rebuilt: Floats = np.concatenate(parts).astype(np.float32)
    return rebuilt
