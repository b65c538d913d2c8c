"""What is done to a bottleneck's features while a network learns, and never to what is saved of it."""

from typing import Any

import keras

from dermsplit_training.networks.adversary import Adversary
from dermsplit_training.networks.bottleneck import BOTTLENECK
from dermsplit_training.networks.flow import run_on
from dermsplit_training.networks.rounding import rounded
from dermsplit_training.recipe_bottleneck import BottleneckRecipe


def with_defences(network: keras.Model, recipe: BottleneckRecipe, seed: int) -> keras.Model:
    """The network with its bottleneck's features defended as the recipe has it, to train with; layers are shared.

    In the order in which features are sent: noise, then rounding. The adversary reads what would be sent; channels are
    left out behind it, since whoever gets the features has them all.
    """
    features = flowing = network.get_layer(BOTTLENECK).output
    if recipe.noise:
        flowing = keras.layers.GaussianNoise(recipe.noise, seed=seed, name="noise")(flowing)
    if recipe.levels:
        flowing = rounded(flowing, recipe.levels)
    if recipe.adversary:
        flowing = _opposed(flowing, network.inputs[0], recipe.adversary, seed)
    if recipe.channel_dropout:
        flowing = keras.layers.SpatialDropout2D(recipe.channel_dropout, seed=seed, name="channel_dropout")(flowing)
    inputs = network.inputs if len(network.inputs) > 1 else network.inputs[0]
    return keras.Model(inputs, run_on(network, features, flowing), name="defended")


def _opposed(features: Any, picture: Any, weight: float, seed: int) -> Any:
    adversary = Adversary(tuple(features.shape[1:]), tuple(picture.shape[1:3]), weight, seed)
    return adversary([features, picture])
