"""A narrow place in a network, to be cut at: its features are few, and the rest is rebuilt from them."""

from typing import Any

import keras

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.networks.flow import run_on
from dermsplit_training.recipe_bottleneck import BottleneckRecipe

BOTTLENECK = "bottleneck"
"""The layer to cut at: float32 [N, H / stride, W / stride, channels], each channel with mean 0 and deviation 1."""

MOMENTUM = 0.95
WIDEST = 512


def with_bottleneck(features: keras.Model, recipe: BottleneckRecipe) -> keras.Model:
    """The backbone with a bottleneck behind a layer; every layer of before is shared, by name and weight.

    Down: a depthwise convolution for every halving, then one to ``channels``, normalised without scale or offset, so
    that its values use the levels of a quantiser evenly. Up: back to the layer's shape. Raises RecipeInvalid where the
    backbone has no such layer, where its map is too small, or where paths go round it.
    """
    crossing = _crossing(features, recipe)
    height, width, channels = crossing.shape[1:]
    flowing = crossing
    for step in range(_halvings(recipe)):
        convolution = keras.layers.DepthwiseConv2D(
            3, strides=2, padding="same", use_bias=False, name=f"reduce_{step + 1}"
        )
        flowing = _normalised(convolution(flowing), f"reduce_{step + 1}")
    flowing = keras.layers.Conv2D(recipe.channels, 1, use_bias=False, name=f"{BOTTLENECK}_project")(flowing)
    flowing = keras.layers.BatchNormalization(center=False, scale=False, momentum=MOMENTUM, name=BOTTLENECK)(flowing)

    wide = min(channels, WIDEST)
    flowing = _normalised(keras.layers.Conv2D(wide, 1, use_bias=False, name="expand")(flowing), "expand")
    if recipe.stride > 1:
        flowing = keras.layers.UpSampling2D(recipe.stride, interpolation="bilinear", name="enlarge")(flowing)
        # An odd map was rounded up on its way down.
        rows, columns = flowing.shape[1] - height, flowing.shape[2] - width
        if rows or columns:
            flowing = keras.layers.Cropping2D(((0, rows), (0, columns)), name="crop")(flowing)
    spread = keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="spread")
    flowing = _normalised(spread(flowing), "spread")
    restore = keras.layers.Conv2D(channels, 1, use_bias=False, name="restore")
    flowing = _normalised(restore(flowing), "restore")
    return keras.Model(features.inputs[0], run_on(features, crossing, flowing), name=features.name)


def _crossing(features: keras.Model, recipe: BottleneckRecipe) -> Any:
    maps = [layer.name for layer in features.layers[1:] if len(layer.output.shape) == 4]
    if recipe.behind not in maps:
        raise RecipeInvalid(
            "The recipe's 'bottleneck.behind' must be a layer of the backbone whose output is [N, H, W, F], "
            f"got '{recipe.behind}'. `dermsplit cuts` lists where a network can be cut."
        )
    crossing = features.get_layer(recipe.behind).output
    if min(crossing.shape[1:3]) < recipe.stride:
        raise RecipeInvalid(
            f"A bottleneck of stride {recipe.stride} needs a map of at least that size, and '{recipe.behind}' gives "
            f"{crossing.shape[1]}x{crossing.shape[2]}. Take a smaller bottleneck.stride, or an earlier layer."
        )
    return crossing


def _halvings(recipe: BottleneckRecipe) -> int:
    return recipe.stride.bit_length() - 1


def _normalised(flowing: Any, name: str) -> Any:
    norm = keras.layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")
    return keras.layers.ReLU(name=f"{name}_relu")(norm(flowing))
