"""The phases of a training: what is frozen in which epochs, and the model that `fit` is called on in each."""

from dataclasses import dataclass

import keras

from dermsplit_training.augmentation.layers import build_augmentation
from dermsplit_training.augmentation.presets import augmentation_of
from dermsplit_training.learning.devices import Devices
from dermsplit_training.learning.infer import jit_compile
from dermsplit_training.learning.optimizers import build_loss, build_optimizer
from dermsplit_training.networks.network import learning_network, set_frozen, top_of
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


def build_trainer(network: keras.Model, phase: Phase, recipe: Recipe, steps: int, devices: Devices) -> keras.Model:
    """The model to fit in a phase, compiled; it shares the network's layers.

    Where it is given cached features, the trainer is the network's top; elsewhere the images are augmented first.
    """
    settings = recipe.train
    set_frozen(network, phase.frozen)
    if recipe.trains_on_features:
        top = top_of(network)
        inputs, outputs = top.inputs, top.outputs[0]
    else:
        image, *metadata = network.inputs
        augmented = build_augmentation(augmentation_of(recipe.augment), settings.seed)(image)
        taught = learning_network(network)
        inputs, outputs = network.inputs, taught([augmented, *metadata] if metadata else augmented)
    trainer = devices.trainer(inputs if len(inputs) > 1 else inputs[0], outputs, "trainer")
    trainer.compile(
        optimizer=build_optimizer(settings, steps, phase.last - phase.first),
        loss=build_loss(settings),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        jit_compile=jit_compile(),
    )
    trainer.optimizer.build(trainer.trainable_variables)  # else a saved state has nowhere to go
    return trainer
