"""Fine-tuning: epoch after epoch, the best one kept, on any backend of Keras."""

import math
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from dermsplit_contract.errors import TrainingDiverged
from dermsplit_training.augment import build_augmentation
from dermsplit_training.batches import TrainingBatches, class_weights, shown_in_an_epoch
from dermsplit_training.calibrate import margin
from dermsplit_training.evaluate import auc, weighted_auc
from dermsplit_training.infer import jit_compile, outputs_for, predictor
from dermsplit_training.prepare import Prepared
from dermsplit_training.progress import KerasProgress
from dermsplit_training.progress_bar import console, progress_bar
from dermsplit_training.recipe import Recipe, TrainRecipe
from dermsplit_training.state import EpochRow, load_epoch, save_epoch


def fine_tune(network: keras.Model, prepared: Prepared, recipe: Recipe, out: Path) -> list[EpochRow]:
    """Train the network and leave the best epoch's as ``model.keras`` in ``out``; goes on from a state that lies there.

    Returns a row for every epoch, those before a resumption included. Raises TrainingDiverged where the loss is no
    number any more; the best epoch so far stays.
    """
    settings = recipe.train
    shown = shown_in_an_epoch(prepared.pictures, prepared.indices("train"), settings.phone_repeats)
    weights = class_weights(prepared.labels, shown)
    steps = max(1, len(shown) // settings.batch_size)
    trainer = _build_trainer(network, recipe, steps)
    validator = predictor(network)
    rows = load_epoch(out, trainer)
    with progress_bar() as progress:
        bar = KerasProgress(progress, "Training", steps * settings.epochs, completed=steps * len(rows))
        for epoch in range(len(rows), settings.epochs):
            began = time.monotonic()
            seed = (settings.seed, epoch)
            batches = TrainingBatches(prepared.inputs, prepared.labels, weights, shown, settings.batch_size, seed)
            _seed_layers(trainer, settings.seed, epoch)
            fitted = trainer.fit(batches, shuffle=False, verbose=0, callbacks=[bar, keras.callbacks.TerminateOnNaN()])
            loss = float(fitted.history["loss"][-1])
            _stop_if_diverged(loss, epoch)
            row = {"epoch": epoch + 1.0, "loss": loss, **_validate(validator, prepared, epoch)}
            row["seconds"] = round(time.monotonic() - began, 1)
            best = row["validation_auc"] > max((before["validation_auc"] for before in rows), default=-math.inf)
            rows.append(row)
            save_epoch(out, trainer, network, rows, best)
            console.print(_describe(row, settings, best), soft_wrap=True)
    return rows


def best_epoch(rows: list[EpochRow]) -> int:
    """The number, from 1, of the first epoch with the highest validation AUC, which is the one that was kept."""
    return int(max(rows, key=lambda row: row["validation_auc"])["epoch"])


def _build_trainer(network: keras.Model, recipe: Recipe, steps: int) -> keras.Model:
    settings = recipe.train
    augmented = build_augmentation(recipe.augment, settings.seed)(network.input)
    trainer = keras.Model(network.input, network(augmented), name="trainer")
    warmup = round(settings.warmup_epochs * steps)
    rate = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=settings.learning_rate / 100 if warmup else settings.learning_rate,
        decay_steps=max(1, settings.epochs * steps - warmup),
        warmup_target=settings.learning_rate if warmup else None,
        warmup_steps=warmup,
    )
    trainer.compile(
        optimizer=keras.optimizers.AdamW(rate, weight_decay=settings.weight_decay),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=jit_compile(),
    )
    trainer.optimizer.build(trainer.trainable_variables)  # else a saved state has nowhere to go
    return trainer


def _seed_layers(trainer: keras.Model, seed: int, epoch: int) -> None:
    """Let augmentation and dropout follow from seed and epoch, since Keras does not save their generators' state."""
    states = [variable for variable in trainer.variables if variable.path.endswith("seed_generator_state")]
    for position, state in enumerate(states):
        state.assign(np.array([1000 * seed + position, epoch << 16], dtype=np.uint32))


def _validate(validator: keras.Model, prepared: Prepared, epoch: int) -> EpochRow:
    chosen = prepared.indices("validation")
    with Progress(disable=True) as progress:
        logits = outputs_for(validator, prepared.inputs, chosen, progress, "Validation")
    _stop_if_diverged(logits, epoch)
    labels, domains, score = prepared.labels[chosen], prepared.domains[chosen], margin(logits)
    row = {"validation_loss": _loss(score, labels), "validation_auc": weighted_auc(labels, score, domains)}
    for domain in np.unique(prepared.domains):
        mine = domains == domain
        row[f"validation_auc_{domain}"] = auc(labels[mine], score[mine])
    return row


def _loss(score: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    return float(np.mean(np.logaddexp(0, score) - labels * score))


def _stop_if_diverged(values: NDArray[Any] | float, epoch: int) -> None:
    if not np.isfinite(values).all():
        raise TrainingDiverged(
            f"The loss is no number any more in epoch {epoch + 1}. The best epoch before it is kept; "
            "try a smaller train.learning_rate."
        )


def _describe(row: EpochRow, settings: TrainRecipe, best: bool) -> str:
    return (
        f"epoch {row['epoch']:.0f}/{settings.epochs}: loss {row['loss']:.4f}, validation loss "
        f"{row['validation_loss']:.4f}, AUC {row['validation_auc']:.4f}, {row['seconds']:.0f} s"
        f"{', the best so far' if best else ''}"
    )
