"""The backbones: each one flat graph that scales as its weights were trained, and is the same whenever it is built."""

from functools import cache
from typing import Any, get_args

import keras
import numpy as np
import pytest
from keras.src.utils import file_utils

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.networks.backbones import OWN, TABLE, build_backbone
from dermsplit_training.networks.scaling import IMAGENET_DEVIATION, IMAGENET_MEAN, scale
from dermsplit_training.networks.weights import weights_file
from dermsplit_training.recipe import BACKBONES, NetworkRecipe

# Of each kind one or two: all of them would take a minute.
BUILT = (
    "alexnet",
    "densenet121",
    "efficientnet_b0",
    "efficientnet_v2_b0",
    "efficientnet_v2_s",
    "inception_resnet_v2",
    "mobilenet",
    "mobilenet_v2",
    "resnet152",
    "resnet50_v2",
    "small_cnn",
    "vgg16",
    "xception",
)
# One of each way to name a file.
FETCHED = (
    "densenet121",
    "efficientnet_b0",
    "efficientnet_v2_b0",
    "inception_resnet_v2",
    "mobilenet",
    "mobilenet_v2",
    "resnet50_v2",
    "vgg16",
    "xception",
)
# What the documentation of keras.applications and of torchvision (AlexNet's features) give, without tops.
PARAMETERS = {
    "alexnet": 2_469_696,
    "densenet121": 7_037_504,
    "efficientnet_b0": 4_049_571,
    "inception_resnet_v2": 54_336_736,
    "mobilenet": 3_228_864,
    "mobilenet_v2": 2_257_984,
    "resnet152": 58_370_944,
    "resnet50_v2": 23_564_800,
    "small_cnn": 93_248,
    "vgg16": 14_714_688,
    "xception": 20_861_480,
}
PREPROCESSING = {
    "densenet121": keras.applications.densenet.preprocess_input,
    "densenet201": keras.applications.densenet.preprocess_input,
    "inception_resnet_v2": keras.applications.inception_resnet_v2.preprocess_input,
    "mobilenet": keras.applications.mobilenet.preprocess_input,
    "mobilenet_v2": keras.applications.mobilenet_v2.preprocess_input,
    "resnet152": keras.applications.resnet.preprocess_input,
    "resnet152_v2": keras.applications.resnet_v2.preprocess_input,
    "resnet50_v2": keras.applications.resnet_v2.preprocess_input,
    "vgg16": keras.applications.vgg16.preprocess_input,
    "xception": keras.applications.xception.preprocess_input,
}
COLOURS = np.array([[[[0, 0, 0], [255, 255, 255], [255, 0, 10], [3, 128, 200]]]], dtype=np.float32)


@cache
def built(name: str) -> keras.Model:
    """The backbone at its smallest, to look at."""
    return build_backbone(smallest(name))


def smallest(backbone: str) -> NetworkRecipe:
    return NetworkRecipe(backbone=backbone, weights="none", input_size=max(32, TABLE[backbone].smallest))


def up_to(model: keras.Model, layer: str, pixels: np.ndarray) -> np.ndarray:
    return np.asarray(keras.Model(model.inputs[0], model.get_layer(layer).output)(pixels))


def four_colours(size: int) -> np.ndarray:
    return np.tile(COLOURS, (1, size, size // 4 + 1, 1))[:, :, :size]


def test_every_backbone_of_a_recipe_is_in_the_table() -> None:
    assert sorted(TABLE) == sorted(get_args(BACKBONES))
    for row in TABLE.values():
        assert row.builder in OWN or hasattr(keras.applications, row.builder)


@pytest.mark.parametrize("name", BUILT)
def test_a_backbone_is_one_flat_graph(name: str) -> None:
    backbone = built(name)
    assert not any(isinstance(layer, keras.Model) for layer in backbone.layers)
    assert backbone.layers[0].name == "input"
    assert backbone.get_layer("scaled").output.shape[1:] == backbone.input_shape[1:]
    assert len(backbone.outputs[0].shape) == 4
    names = [operation.name for operation in backbone.operations]
    assert len(set(names)) == len(names)
    assert name not in PARAMETERS or backbone.count_params() == PARAMETERS[name]


def test_unnamed_layers_are_counted_as_keras_does_in_a_fresh_process() -> None:
    xception = built("xception")
    unnamed = [layer.name for layer in xception.layers if layer.name.startswith(("conv2d", "batch_norm"))]
    numbers = ("", "_1", "_2", "_3")
    assert unnamed == [kind + number for number in numbers for kind in ("conv2d", "batch_normalization")]
    assert built("inception_resnet_v2").get_layer("activation_161").output.shape[1:] == (3, 3, 288)
    again = build_backbone(smallest("xception"))
    assert [layer.name for layer in again.layers] == [layer.name for layer in xception.layers]


@pytest.mark.parametrize("name", PREPROCESSING)
def test_pixels_are_scaled_as_keras_applications_preprocesses_them(name: str) -> None:
    pixels = keras.Input((1, 4, 3))
    scaled = np.asarray(keras.Model(pixels, scale(pixels, TABLE[name].scaling))(COLOURS))
    np.testing.assert_allclose(scaled, PREPROCESSING[name](COLOURS.copy()), atol=1e-5)


def test_efficientnet_takes_mean_and_deviation_of_imagenet_away_once() -> None:
    expected = (COLOURS / 255 - IMAGENET_MEAN) / IMAGENET_DEVIATION
    scaled = up_to(built("efficientnet_b0"), "scaled", four_colours(32))
    np.testing.assert_allclose(scaled[:, :1, :4], expected, atol=1e-5)


@pytest.mark.parametrize("name", ["efficientnet_v2_b0", "efficientnet_v2_s"])
def test_efficientnet_v2_scales_as_keras_does_inside(name: str) -> None:
    constructor = getattr(keras.applications, TABLE[name].builder)
    whole = constructor(include_top=False, weights=None, input_shape=(32, 32, 3))
    scaling = whole.get_layer("stem_conv").input
    expected = np.asarray(keras.Model(whole.input, scaling)(four_colours(32)))
    scaled = up_to(built(name), "scaled", four_colours(32))
    np.testing.assert_allclose(scaled, expected, atol=1e-5)
    assert np.ptp(scaled) > 1.9


def test_unit_scaling_is_a_share_of_255_in_rgb() -> None:
    backbone = build_backbone(NetworkRecipe(backbone="vgg16", weights="none", input_size=32, scaling="unit"))
    np.testing.assert_allclose(up_to(backbone, "scaled", four_colours(32)), four_colours(32) / 255, atol=1e-6)


@pytest.mark.parametrize("name", FETCHED)
def test_imagenet_weights_are_those_that_keras_applications_fetches(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real constructors, as far as the download."""

    class AskedFor(Exception):
        pass

    def stop(file: str, origin: str, **_: Any) -> None:
        raise AskedFor(file, origin)

    monkeypatch.setattr(file_utils, "get_file", stop)
    constructor = getattr(keras.applications, TABLE[name].builder)
    size = max(TABLE[name].sizes[:1] or (TABLE[name].smallest,))
    with pytest.raises(AskedFor) as asked:
        constructor(include_top=False, weights="imagenet", input_shape=(size, size, 3))
    recipe = NetworkRecipe(backbone=name, input_size=size)
    file, origin = asked.value.args
    assert weights_file(recipe) == file
    assert TABLE[name].weights.rpartition("/")[0] == origin.rpartition("/")[0]


def test_widths_are_published_under_names_of_their_own() -> None:
    narrow = NetworkRecipe(backbone="mobilenet", alpha=0.25, input_size=160)
    assert weights_file(narrow) == "mobilenet_2_5_160_tf_no_top.h5"
    assert weights_file(NetworkRecipe(backbone="mobilenet", alpha=1.0)) == "mobilenet_1_0_224_tf_no_top.h5"
    wide = NetworkRecipe(backbone="mobilenet_v2", alpha=1.4, input_size=256)
    assert weights_file(wide) == "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.4_224_no_top.h5"


def test_what_a_backbone_has_not_is_told() -> None:
    with pytest.raises(
        RecipeInvalid, match=r"'network\.input_size' must be at least 75 for inception_resnet_v2, got 64"
    ):
        build_backbone(NetworkRecipe(backbone="inception_resnet_v2", weights="none", input_size=64))
    with pytest.raises(RecipeInvalid, match=r"'network\.alpha' must be 1\.0 for vgg16, got 0\.5.*mobilenet_v2 have"):
        build_backbone(NetworkRecipe(backbone="vgg16", weights="none", alpha=0.5, input_size=32))
    with pytest.raises(RecipeInvalid, match=r"one of 0\.35, .* for the ImageNet weights of mobilenet_v2, got 0\.6"):
        weights_file(NetworkRecipe(alpha=0.6))
    with pytest.raises(RecipeInvalid, match="no ImageNet weights for small_cnn"):
        weights_file(NetworkRecipe(backbone="small_cnn"))


@pytest.mark.parametrize(("name", "shape"), [("alexnet", (6, 6, 256)), ("small_cnn", (28, 28, 128))])
def test_own_backbones_end_at_their_last_pooling(name: str, shape: tuple[int, ...]) -> None:
    backbone = build_backbone(NetworkRecipe(backbone=name, weights="none", input_size=224))
    assert backbone.output.shape[1:] == shape


def test_alexnet_at_its_smallest_has_one_pixel_left() -> None:
    assert built("alexnet").output.shape[1:] == (1, 1, 256)
