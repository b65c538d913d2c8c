"""The network from RGB 0..255 to logits, as one flat graph that can be cut at any layer."""

from pathlib import Path
from typing import cast

import keras

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data import LABELS
from dermsplit_training.recipe import NetworkRecipe

POOLED = "pooled"
LOGITS = "logits"
KERAS_SIZES = (96, 128, 160, 192, 224)
"""Pixels at which keras.applications offers MobileNetV2 weights; any other size takes the largest's."""


def build_network(recipe: NetworkRecipe, weights: Path | None) -> keras.Model:
    """Build MobileNetV2 with a pooled linear head: float32 [N, S, S, 3] RGB in 0..255 -> logits float32 [N, 2].

    The scaling x / 127.5 - 1 is in the graph. ``weights`` is a folder that is looked in for the ImageNet weights, by
    the file name that keras.applications uses, before Keras fetches them. Raises DataInvalid where neither has them.
    """
    size = recipe.input_size
    inputs = keras.Input((size, size, 3), name="input")
    scaled = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="scaled")(inputs)
    backbone = keras.applications.MobileNetV2(
        input_shape=(size, size, 3), input_tensor=scaled, alpha=recipe.alpha, include_top=False, weights=None
    )
    if recipe.weights == "imagenet":
        _load_imagenet(backbone, recipe, weights)
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = recipe.batch_norm_momentum
    pooled = keras.layers.GlobalAveragePooling2D(name=POOLED)(backbone.output)
    dropped = keras.layers.Dropout(recipe.dropout, name="dropout")(pooled)
    logits = keras.layers.Dense(len(LABELS), name=LOGITS)(dropped)
    return keras.Model(inputs, logits, name="network")


def pooled_features(network: keras.Model) -> keras.Model:
    """The network up to its pooled features: float32 [N, S, S, 3] -> float32 [N, F]."""
    return keras.Model(network.input, network.get_layer(POOLED).output, name="frozen")


def weights_file(recipe: NetworkRecipe) -> str:
    """The name under which keras.applications publishes the ImageNet weights without their top."""
    size = recipe.input_size if recipe.input_size in KERAS_SIZES else KERAS_SIZES[-1]
    return f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{recipe.alpha}_{size}_no_top.h5"


def _load_imagenet(backbone: keras.Model, recipe: NetworkRecipe, folder: Path | None) -> None:
    name = weights_file(recipe)
    if folder is not None and not folder.is_dir():
        raise DataInvalid(f"Expected a folder of weight files at '{folder}', found none. Check --weights.")
    if folder is not None and (folder / name).is_file():
        path = folder / name
    else:
        origin = f"https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/{name}"
        try:
            path = Path(cast(str, keras.utils.get_file(name, origin, cache_subdir="models")))
        except Exception as error:  # get_file raises a bare Exception for every network trouble
            raise DataInvalid(
                f"The ImageNet weights {name} could not be fetched. Put the file into a folder and give it with "
                "--weights, or set network.weights to none."
            ) from error
    try:
        backbone.load_weights(path)
    except (OSError, ValueError) as error:
        raise DataInvalid(
            f"The weights {name} do not fit MobileNetV2 alpha {recipe.alpha}, or are cut short."
        ) from error
