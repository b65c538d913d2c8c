"""The learning: epoch after epoch, the best one kept, on any backend of Keras."""

import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from dermsplit_contract.errors import TrainingDiverged
from dermsplit_training.augmentation.presets import augmentation_of
from dermsplit_training.data.prepare import Prepared
from dermsplit_training.learning.averaging import Averaging
from dermsplit_training.learning.batches import TrainingBatches
from dermsplit_training.learning.devices import Devices
from dermsplit_training.learning.distillation import NO_TEACHERS, Teachers
from dermsplit_training.learning.examples import Examples
from dermsplit_training.learning.imbalance import shown_in_an_epoch
from dermsplit_training.learning.infer import outputs_for, predictor
from dermsplit_training.learning.phases import build_trainer, phase_at
from dermsplit_training.learning.state import EpochRow, load_epoch, read_history, save_best, save_epoch
from dermsplit_training.learning.validation import is_best, out_of_patience, validation_row
from dermsplit_training.networks.network import top_of
from dermsplit_training.progress import KerasProgress
from dermsplit_training.progress_bar import console, progress_bar
from dermsplit_training.recipe import Recipe, TrainRecipe

TENSORBOARD_FOLDER = "tensorboard"


def learn(
    network: keras.Model,
    examples: Examples,
    prepared: Prepared,
    recipe: Recipe,
    out: Path,
    devices: Devices,
    tensorboard: bool = False,
    teachers: Teachers = NO_TEACHERS,
) -> list[EpochRow]:
    """Train the network and leave the best epoch's as ``model.keras`` in ``out``; goes on from a state that lies there.

    Returns a row for every epoch, those before a resumption included. Raises TrainingDiverged where the loss is no
    number any more; the best epoch so far stays.
    """
    settings = recipe.train
    shown = shown_in_an_epoch(prepared, recipe, augmentation_of(recipe.augment).mixup)
    validator = predictor(top_of(network) if recipe.trains_on_features else network)
    rows = read_history(out)
    phase = phase_at(max(len(rows) - 1, 0), settings)
    with devices.scope():
        trainer = build_trainer(network, phase, recipe, shown.steps, devices, teachers)
        load_epoch(out, trainer, rows)
    with progress_bar() as progress:
        bar = KerasProgress(progress, "Training", shown.steps * settings.epochs, completed=shown.steps * len(rows))
        averaging = Averaging()
        callbacks = [
            bar,
            keras.callbacks.TerminateOnNaN(),
            averaging,
            *_tensorboard(out, tensorboard and devices.chief),
        ]
        for epoch in range(len(rows), settings.epochs):
            if out_of_patience(rows, recipe):
                console.print(f"No better epoch for {settings.patience}: stopped.")
                break
            if (now := phase_at(epoch, settings)) != phase:
                phase = now
                with devices.scope():
                    trainer = build_trainer(network, phase, recipe, shown.steps, devices, teachers)
            began = time.monotonic()
            batches = TrainingBatches(examples, shown, (settings.seed, epoch))
            fitted = _fit_epoch(trainer, batches, epoch, callbacks, devices, settings)
            averaging.take_statistics(batches)
            row = {**fitted, **_validate(validator, examples, prepared, epoch)}
            row["seconds"] = round(time.monotonic() - began, 1)
            # The chief's, so that a rounding cannot let one worker stop while another goes on.
            agreed = dict(zip(row, devices.from_chief(list(row.values())), strict=True))
            rows.append({"epoch": epoch + 1.0, **agreed})
            best = is_best(rows, recipe)
            if devices.chief and best:
                save_best(out, network, epoch + 1)
            averaging.put_back()
            if devices.chief:
                save_epoch(out, trainer, rows)
            console.print(_describe(rows[-1], settings, best), soft_wrap=True)
    return rows


def _fit_epoch(
    trainer: keras.Model,
    batches: TrainingBatches,
    epoch: int,
    callbacks: list[keras.callbacks.Callback],
    devices: Devices,
    settings: TrainRecipe,
) -> EpochRow:
    _seed_layers(trainer, settings.seed, epoch)
    fitted = trainer.fit(
        devices.epoch_batches(batches),
        initial_epoch=epoch,
        epochs=epoch + 1,
        shuffle=False,
        verbose=0,
        callbacks=callbacks,
    )
    row = {key: float(fitted.history[key][-1]) for key in ("loss", "accuracy")}
    _stop_if_diverged(row["loss"], epoch)
    return row


def _seed_layers(trainer: keras.Model, seed: int, epoch: int) -> None:
    """Let augmentation and dropout follow from seed and epoch, since Keras does not save their generators' state."""
    states = [variable for variable in trainer.variables if variable.path.endswith("seed_generator_state")]
    for position, state in enumerate(states):
        state.assign(np.array([1000 * seed + position, epoch << 16], dtype=np.uint32))


def _validate(validator: keras.Model, examples: Examples, prepared: Prepared, epoch: int) -> EpochRow:
    with Progress(disable=True) as progress:
        logits = outputs_for(validator, examples, prepared.indices("validation"), progress, "Validation")
    _stop_if_diverged(logits, epoch)
    return validation_row(logits, prepared)


def _tensorboard(out: Path, wanted: bool) -> list[keras.callbacks.Callback]:
    return [keras.callbacks.TensorBoard(str(out / TENSORBOARD_FOLDER), write_graph=False)] if wanted else []


def _stop_if_diverged(values: NDArray[Any] | float, epoch: int) -> None:
    if not np.isfinite(values).all():
        raise TrainingDiverged(
            f"The loss is no number any more in epoch {epoch + 1}. The best epoch before it is kept; "
            "try a smaller train.learning_rate."
        )


def _describe(row: EpochRow, settings: TrainRecipe, best: bool) -> str:
    return (
        f"epoch {row['epoch']:.0f}/{settings.epochs}: loss {row['loss']:.4f}, accuracy {row['accuracy']:.4f}; "
        f"validation loss {row['validation_loss']:.4f}, accuracy {row['validation_accuracy']:.4f}, "
        f"AUC {row['validation_auc']:.4f}; {row['seconds']:.0f} s{', the best so far' if best else ''}"
    )
