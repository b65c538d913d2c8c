"""The attacker that trains: a small convolutional decoder from features to the photo, on other people's photos.

It starts as a small ridge regression and learns what is missing, so it begins where the ridge ends. Training images are
scarce; whoever has more of them does better. Mirrored photos are no substitute: with them, as many epochs came to less.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_convert.keras_file import load_model
from dermsplit_convert.leakage.linear_start import linear_start
from dermsplit_convert.leakage.network import build_decoder
from dermsplit_convert.leakage.ridge import Ridge

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float32]
Told = Callable[[int, float], None]
"""Told of an epoch's number and its loss on held-out images."""

BATCH = 32
RATE = 1e-3
SEED = 20
BEST, FINISHED, BACKUP = "best.keras", "finished.json", "backup"


@dataclass(frozen=True)
class Pairs:
    """Features float32 [N, ..., C] and photos float32 [N, P, P, 3] in 0..1."""

    features: Floats
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

    def predict(self, features: Floats) -> Floats:
        """Pictures float32 [N, P, P, 3] in 0..1."""
        return np.clip(_run(self.model, features), 0.0, 1.0)


def train_decoder(ridge: Ridge, learn: Pairs, held_out: Pairs, epochs: int, directory: Path, told: Told) -> Decoder:
    """Train from a ridge on, keeping the epoch that is best on held-out images; goes on where a training stopped.

    The loss is the mean absolute error and 1 - SSIM (Zhao et al. 2017). ``directory`` is this decoder's own.
    """
    import keras

    directory.mkdir(parents=True, exist_ok=True)
    loss = _loss()
    finished = directory / FINISHED
    side = learn.photos.shape[1]
    if not finished.is_file():
        keras.utils.set_random_seed(SEED)
        model = build_decoder(ridge.scale, linear_start(ridge, side), side)
        _fit(model, loss, learn, held_out, epochs, directory, told)
        finished.write_text(json.dumps({"epochs": epochs}) + "\n", encoding="utf-8")
    best = load_model(directory / BEST)

    def loss_of(pictures: Floats) -> float:
        return _mean_loss(loss, pictures, held_out.photos)

    of_ridge = loss_of(ridge.predict(held_out.features).reshape(held_out.photos.shape))
    of_mean = loss_of(np.broadcast_to(learn.photos.mean(axis=0), held_out.photos.shape))
    return Decoder(best, loss_of(_run(best, held_out.features)), of_ridge, of_mean, epochs)


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
        reached = _mean_loss(loss, _run(load_model(best), held_out.features), held_out.photos)
    model.fit(
        learn.features,
        learn.photos,
        validation_data=(held_out.features, held_out.photos),
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


def _run(model: "keras.Model", features: Floats) -> Floats:
    starts = range(0, len(features), BATCH)
    parts = [np.asarray(model(features[at : at + BATCH], training=False)) for at in starts]
    rebuilt: Floats = np.concatenate(parts).astype(np.float32)
    return rebuilt
