"""The network from a picture, and what is known about the patient, to logits: one flat graph."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import keras
import numpy as np

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.networks.backbones import build_backbone
from dermsplit_training.networks.bottleneck import with_bottleneck
from dermsplit_training.networks.weights import load_weights
from dermsplit_training.recipe import NetworkRecipe, TopRecipe
from dermsplit_training.recipe_bottleneck import BottleneckRecipe

METADATA = "metadata"
POOLED = "pooled"
JOINED = "joined"
LOGITS = "logits"
DIAGNOSES = "diagnoses"
SMALLEST_PROBABILITY = 1e-7
"""Added before logarithms, so that none is of zero."""

NO_BOTTLENECK = BottleneckRecipe()

POOLINGS = {
    "average": keras.layers.GlobalAveragePooling2D,
    "max": keras.layers.GlobalMaxPooling2D,
    "flatten": keras.layers.Flatten,
}


def build_network(
    network: NetworkRecipe,
    top: TopRecipe,
    metadata_width: int,
    classes: int,
    weights: Path | None,
    diagnoses: Sequence[int] = (),
    bottleneck: BottleneckRecipe = NO_BOTTLENECK,
) -> keras.Model:
    """Build ``input`` float32 [N, S, S, 3] RGB in 0..255 -> ``logits`` float32 [N, classes], scaling included.

    With a ``metadata_width`` M there is a second input, ``metadata`` float32 [N, M], joined to the pooled features.
    ``weights`` is a folder that is looked in for weight files before any is fetched. ``diagnoses`` are the classes
    that each diagnosis counts to: with them the layer ``diagnoses`` holds a logit for each. A
    ``bottleneck`` stands in the backbone as ``with_bottleneck`` puts it. Raises RecipeInvalid for
    what the backbone does not have, DataInvalid for weights that are missing or do not fit.
    """
    backbone = build_backbone(network)
    features = _up_to(backbone, network.last_layer)
    load_weights(backbone, features, network, weights)
    if network.batch_norm_momentum:
        for layer in features.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = network.batch_norm_momentum
    if bottleneck.behind:
        features = with_bottleneck(features, bottleneck)
    pooled = POOLINGS[top.pooling](name=POOLED)(features.output)
    inputs = [features.inputs[0]]
    if metadata_width:
        inputs.append(keras.Input((metadata_width,), name=METADATA))
        pooled = keras.layers.Concatenate(name=JOINED)([pooled, inputs[1]])
    return keras.Model(
        inputs if metadata_width else inputs[0], _add_top(pooled, top, classes, diagnoses), name="network"
    )


def pooled_features(network: keras.Model) -> keras.Model:
    """The network up to its pooled features, of the same layers: ``input`` [N, S, S, 3] -> float32 [N, F]."""
    return keras.Model(network.inputs[0], network.get_layer(POOLED).output, name="frozen")


def top_of(network: keras.Model) -> keras.Model:
    """The network from its pooled features on, of the same layers, so that training it trains the network.

    ``features`` [N, F], and ``metadata`` [N, M] where the network has it, -> logits float32 [N, C].
    """
    pooled = network.get_layer(POOLED).output
    features = keras.Input(pooled.shape[1:], dtype=pooled.dtype, name="features")
    inputs, flowing = [features], features
    if len(network.inputs) > 1:
        inputs.append(keras.Input(network.inputs[1].shape[1:], name=METADATA))
        flowing = network.get_layer(JOINED)(inputs)
    for layer in top_layers(network):
        flowing = layer(flowing)
    return keras.Model(inputs if len(inputs) > 1 else features, flowing, name="top")


def learning_network(network: keras.Model) -> keras.Model:
    """What learns from labels: the network, or where it has them its diagnoses, float32 [N, D], of the same layers."""
    names = {layer.name for layer in network.layers}
    return keras.Model(network.inputs, network.get_layer(DIAGNOSES).output) if DIAGNOSES in names else network


def backbone_layers(network: keras.Model) -> list[keras.layers.Layer]:
    """The layers from the input to the pooling, both included."""
    return list(pooled_features(network).layers)


def top_layers(network: keras.Model) -> list[keras.layers.Layer]:
    """The dropout and dense layers in their order, the logits last."""
    before = {id(layer) for layer in backbone_layers(network)}
    return [
        layer
        for layer in network.layers
        if id(layer) not in before and isinstance(layer, keras.layers.Dropout | keras.layers.Dense)
    ]


def set_frozen(network: keras.Model, frozen: bool) -> None:
    """Keep the backbone's weights as they are, or let them be trained; a model compiled before has to be again.

    Frozen batch norms use their moving averages and leave them alone, in training too.
    """
    for layer in backbone_layers(network):
        layer.trainable = not frozen


def freeze_up_to(network: keras.Model, name: str) -> None:
    """Keep the weights of the layer of that name, and of all before it, as they are. Raises RecipeInvalid where the
    backbone has no such layer."""
    if name not in {layer.name for layer in backbone_layers(network)}:
        raise RecipeInvalid(
            f"The recipe's 'network.frozen_up_to' must be a layer of the backbone, got '{name}'. "
            "`dermsplit cuts` lists layers."
        )
    for layer in keras.Model(network.inputs[0], network.get_layer(name).output).layers:
        layer.trainable = False


def _add_top(pooled: Any, top: TopRecipe, classes: int, diagnoses: Sequence[int]) -> Any:
    flowing = pooled
    for number, width in enumerate(top.hidden, start=1):
        penalty = keras.regularizers.L2(top.l2) if top.l2 else None
        flowing = keras.layers.Dropout(top.dropout, name=f"dropout_{number}")(flowing)
        hidden = keras.layers.Dense(width, activation="relu", kernel_regularizer=penalty, name=f"hidden_{number}")
        flowing = hidden(flowing)
    flowing = keras.layers.Dropout(top.dropout, name="dropout")(flowing)
    # Logits stay float32 where the rest is trained in half precision.
    if diagnoses:
        return _added_up(
            keras.layers.Dense(len(diagnoses), dtype="float32", name=DIAGNOSES)(flowing), diagnoses, classes
        )
    return keras.layers.Dense(classes, dtype="float32", name=LOGITS)(flowing)


def _added_up(diagnoses: Any, belongs_to: Sequence[int], classes: int) -> Any:
    """Logits of the classes: the logarithms of their diagnoses' probabilities, added up by a dense layer."""
    probabilities = keras.layers.Softmax(dtype="float32", name="diagnosis_probabilities")(diagnoses)
    members = np.eye(classes, dtype=np.float32)[list(belongs_to)]
    sums = keras.layers.Dense(classes, use_bias=False, trainable=False, dtype="float32", name="class_probabilities")
    logarithms = keras.ops.log(sums(probabilities) + SMALLEST_PROBABILITY)
    sums.set_weights([members])
    # As it stands it changes nothing; calibration shifts its bias.
    shifted = keras.layers.Dense(classes, trainable=False, dtype="float32", name=LOGITS)
    logits = shifted(logarithms)
    shifted.set_weights([np.eye(classes, dtype=np.float32), np.zeros(classes, dtype=np.float32)])
    return logits


def _up_to(backbone: keras.Model, last_layer: str) -> keras.Model:
    if not last_layer:
        return backbone
    maps = [layer.name for layer in backbone.layers[1:] if len(layer.output.shape) == 4]
    if last_layer not in maps:
        near = get_close_matches(last_layer, maps, n=3, cutoff=0.4)
        guess = f" Did you mean {', '.join(near)}?" if near else f" Its last is {maps[-1]}."
        raise RecipeInvalid(
            f"The recipe's 'network.last_layer' must be a layer of the backbone whose output is [N, H, W, F], "
            f"got '{last_layer}'.{guess}"
        )
    return keras.Model(backbone.inputs[0], backbone.get_layer(last_layer).output, name=backbone.name)
