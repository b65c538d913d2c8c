"""The backbones, one row each: what builds it, how it wants its pixels, and where its ImageNet weights are."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import keras

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.networks.alexnet import alexnet
from dermsplit_training.networks.scaling import SCALED, Scaling, normalise_as_imagenet, scale
from dermsplit_training.networks.small_cnn import small_cnn
from dermsplit_training.recipe import NetworkRecipe

INPUT = "input"
PUBLISHED = "https://storage.googleapis.com/tensorflow/keras-applications"
KERNELS = "weights_tf_dim_ordering_tf_kernels"


@dataclass(frozen=True)
class Backbone:
    """One row. ``builder`` is a name in keras.applications or in ``OWN``, ``smallest`` is in pixels.

    ``weights`` is the address of the ImageNet weights without a top, empty where none are published; ``alphas`` and
    ``sizes`` are the widths and the pixels there are such files for, where there are several.
    """

    builder: str
    scaling: Scaling
    smallest: int = 32
    weights: str = ""
    alphas: tuple[float, ...] = ()
    sizes: tuple[int, ...] = ()


OWN = {"alexnet": alexnet, "small_cnn": small_cnn}

TABLE: dict[str, Backbone] = {
    "alexnet": Backbone("alexnet", "tf", smallest=63),
    "densenet121": Backbone("DenseNet121", "torch", weights=f"{PUBLISHED}/densenet/densenet121_{KERNELS}_notop.h5"),
    "densenet201": Backbone("DenseNet201", "torch", weights=f"{PUBLISHED}/densenet/densenet201_{KERNELS}_notop.h5"),
    **{
        f"efficientnet_b{number}": Backbone(
            f"EfficientNetB{number}",
            "inside",
            weights=f"https://storage.googleapis.com/keras-applications/efficientnetb{number}_notop.h5",
        )
        for number in range(8)
    },
    **{
        f"efficientnet_v2_{kind}": Backbone(
            f"EfficientNetV2{kind.upper()}",
            "torch" if kind.startswith("b") else "tf_128",
            weights=f"{PUBLISHED}/efficientnet_v2/efficientnetv2-{kind}_notop.h5",
        )
        for kind in ("b0", "b1", "b2", "b3", "s", "m", "l")
    },
    "inception_resnet_v2": Backbone(
        "InceptionResNetV2",
        "tf",
        smallest=75,
        weights=f"{PUBLISHED}/inception_resnet_v2/inception_resnet_v2_{KERNELS}_notop.h5",
    ),
    "mobilenet": Backbone(
        "MobileNet",
        "tf",
        weights=f"{PUBLISHED}/mobilenet/mobilenet_{{percent}}_{{size}}_tf_no_top.h5",
        alphas=(0.25, 0.5, 0.75, 1.0),
        sizes=(128, 160, 192, 224),
    ),
    "mobilenet_v2": Backbone(
        "MobileNetV2",
        "tf",
        weights=f"{PUBLISHED}/mobilenet_v2/mobilenet_v2_{KERNELS}_{{alpha}}_{{size}}_no_top.h5",
        alphas=(0.35, 0.5, 0.75, 1.0, 1.3, 1.4),
        sizes=(96, 128, 160, 192, 224),
    ),
    "resnet152": Backbone("ResNet152", "caffe", weights=f"{PUBLISHED}/resnet/resnet152_{KERNELS}_notop.h5"),
    "resnet152_v2": Backbone("ResNet152V2", "tf", weights=f"{PUBLISHED}/resnet/resnet152v2_{KERNELS}_notop.h5"),
    "resnet50_v2": Backbone("ResNet50V2", "tf", weights=f"{PUBLISHED}/resnet/resnet50v2_{KERNELS}_notop.h5"),
    "small_cnn": Backbone("small_cnn", "tf"),
    "vgg16": Backbone("VGG16", "caffe", weights=f"{PUBLISHED}/vgg16/vgg16_{KERNELS}_notop.h5"),
    "xception": Backbone("Xception", "tf", smallest=71, weights=f"{PUBLISHED}/xception/xception_{KERNELS}_notop.h5"),
}


def build_backbone(recipe: NetworkRecipe) -> keras.Model:
    """The whole backbone with random weights: ``input`` float32 [N, S, S, 3] RGB in 0..255 -> features [N, H, W, F].

    One flat graph, scaling included. Its layers are named as keras.applications names them in a fresh process, except
    that ``scaled`` gives what the first convolution takes. Raises RecipeInvalid for a size or a width that the
    backbone does not have.
    """
    row = TABLE[recipe.backbone]
    _check(row, recipe)
    size = recipe.input_size
    pixels = keras.Input((size, size, 3), name=INPUT)
    scaled = scale(pixels, "unit" if recipe.scaling == "unit" else row.scaling)
    if row.builder in OWN:
        backbone = keras.Model(pixels, OWN[row.builder](scaled), name=recipe.backbone)
    else:
        constructor = getattr(keras.applications, row.builder)
        options = {"input_tensor": scaled, "input_shape": (size, size, 3), "include_top": False, "weights": None}
        backbone = constructor(**options, **_more_options(row, recipe))
    _number_from_zero(backbone)
    rescale_inside(backbone)
    return backbone


def rescale_inside(backbone: keras.Model) -> None:
    """Set the scaling of a backbone that scales by weights of its own; to be called again after those were loaded."""
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.name = SCALED
            normalise_as_imagenet(layer)


def _check(row: Backbone, recipe: NetworkRecipe) -> None:
    if recipe.input_size < row.smallest:
        raise RecipeInvalid(
            f"The recipe's 'network.input_size' must be at least {row.smallest} for {recipe.backbone}, "
            f"got {recipe.input_size}."
        )
    if recipe.alpha != 1.0 and not row.alphas:
        raise RecipeInvalid(
            f"The recipe's 'network.alpha' must be 1.0 for {recipe.backbone}, got {recipe.alpha}: "
            f"only {' and '.join(name for name, other in TABLE.items() if other.alphas)} have widths."
        )


def _more_options(row: Backbone, recipe: NetworkRecipe) -> dict[str, Any]:
    if row.alphas:
        return {"alpha": recipe.alpha}
    return {"include_preprocessing": False} if row.builder.startswith("EfficientNetV2") else {}


def _number_from_zero(backbone: keras.Model) -> None:
    """Count the operations that keras.applications leaves unnamed through this network.

    Keras counts them through the whole process, so a layer's name would depend on what was built before.
    """
    numbered: dict[str, list[tuple[int, Any]]] = defaultdict(list)
    for operation in backbone.operations:
        if found := re.fullmatch(r"(.+?)(?:_(\d+))?", operation.name):
            kind, number = found[1], int(found[2] or 0)
            if kind.replace("_", "") == type(operation).__name__.lower():
                numbered[kind].append((number, operation))
    for kind, operations in numbered.items():
        for place, (_, operation) in enumerate(sorted(operations, key=lambda pair: pair[0])):
            operation.name = f"{kind}_{place}" if place else kind
