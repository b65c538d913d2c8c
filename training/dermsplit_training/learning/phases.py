"""The phases of a training: what is frozen in which epochs, and the model that `fit` is called on in each."""

from dataclasses import dataclass
from typing import Any

import keras

from dermsplit_training.augmentation.layers import build_augmentation
from dermsplit_training.augmentation.presets import augmentation_of
from dermsplit_training.learning.devices import Devices
from dermsplit_training.learning.distillation import (
    NO_TEACHERS,
    DistillationLoss,
    DistilledAccuracy,
    Teachers,
)
from dermsplit_training.learning.infer import jit_compile
from dermsplit_training.learning.optimizers import build_loss, build_optimizer
from dermsplit_training.networks.defences import with_defences
from dermsplit_training.networks.flow import rest_of
from dermsplit_training.networks.network import freeze_up_to, learning_network, set_frozen, top_of
from dermsplit_training.recipe import Recipe, TrainRecipe


@dataclass(frozen=True)
class Phase:
    """Epochs ``first`` to ``last``, counted from 0 and without ``last``, with the backbone frozen or not."""

    first: int
    last: int
    frozen: bool


def phases_of(recipe: TrainRecipe) -> list[Phase]:
    """One phase, or two where the top learns first."""
    if recipe.regime == "two_phase":
        return [Phase(0, recipe.top_epochs, True), Phase(recipe.top_epochs, recipe.epochs, False)]
    return [Phase(0, recipe.epochs, recipe.regime == "feature_extractor")]


def phase_at(epoch: int, recipe: TrainRecipe) -> Phase:
    """The phase that an epoch belongs to."""
    return next(phase for phase in phases_of(recipe) if phase.first <= epoch < phase.last)


def build_trainer(
    network: keras.Model,
    phase: Phase,
    recipe: Recipe,
    steps: int,
    devices: Devices,
    teachers: Teachers = NO_TEACHERS,
) -> keras.Model:
    """The model to fit in a phase, compiled; it shares the network's layers.

    Where it is given cached features, the trainer is the network's top; elsewhere the images are augmented first.
    With teachers it gives their answers beside the network's, as ``DistillationLoss`` takes them.
    """
    settings = recipe.train
    set_frozen(network, phase.frozen)
    if recipe.network.frozen_up_to:
        freeze_up_to(network, recipe.network.frozen_up_to)
    if recipe.distillation.frozen_head:
        freeze_up_to(network, recipe.bottleneck.behind)
    if recipe.trains_on_features:
        top = top_of(network)
        inputs, outputs = top.inputs, top.outputs[0]
    else:
        inputs, outputs = network.inputs, _answers(network, recipe, teachers)
    loss, accuracy = build_loss(settings), keras.metrics.CategoricalAccuracy(name="accuracy")
    if len(teachers):
        loss, accuracy = DistillationLoss(loss, recipe.distillation), DistilledAccuracy(name="accuracy")
    trainer = devices.trainer(inputs if len(inputs) > 1 else inputs[0], outputs, "trainer")
    trainer.compile(
        optimizer=build_optimizer(settings, steps, phase.last - phase.first),
        loss=loss,
        metrics=[accuracy],
        jit_compile=jit_compile(),
    )
    trainer.optimizer.build(trainer.trainable_variables)  # else a saved state has nowhere to go
    return trainer


def _answers(network: keras.Model, recipe: Recipe, teachers: Teachers) -> Any:
    """Logits [N, D] of the augmented images, and with teachers theirs behind them, [N, 2 D]."""
    image, *metadata = network.inputs
    augmented = build_augmentation(augmentation_of(recipe.augment), recipe.train.seed)(image)
    learner, behind = learning_network(network), recipe.bottleneck.behind
    if recipe.bottleneck.defended:
        learner = with_defences(learner, recipe.bottleneck, recipe.train.seed)
    if not len(teachers):
        return learner([augmented, *metadata] if metadata else augmented)
    temperature = recipe.distillation.temperature
    if recipe.distillation.frozen_head and len(teachers) == 1 and teachers.views == 1:
        # Both would compute the same up to here, so it is computed once.
        crossing = keras.Model(image, network.get_layer(behind).output, name="frozen_head")(augmented)
        rest = rest_of(learner, behind)
        own = rest([crossing, *metadata] if metadata else crossing)
        taught = teachers.logits_behind(behind, crossing, temperature)
    else:
        own = learner([augmented, *metadata] if metadata else augmented)
        taught = teachers.logits(augmented, temperature)
    return keras.layers.Concatenate(dtype="float32")([own, taught])
